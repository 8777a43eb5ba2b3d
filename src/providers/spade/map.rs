//! The shared model in Spade's words.

use super::operations::Report;
use super::wire::{ChargebackFeedback, FraudType, State};
use super::{ID, WonMeans};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, FraudKind, Network, NetworkCode, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::providers::reply::time;
use crate::providers::text::truncate;
use crate::util::violation::Violation;

/// Spade's limit for free text, in characters.
const NOTES: usize = 512;

/// What stands between the parts of notes.
const SEPARATOR: &str = "; ";

/// How a stage is said: the state, and whether it says just that. `None` where Spade has no word.
const fn said(stage: Stage, won_means: WonMeans) -> Option<(State, bool)> {
    let (merchant_won, merchant_lost) = match won_means {
        WonMeans::MerchantWon => (State::ChargebackWon, State::ChargebackLost),
        WonMeans::IssuerWon => (State::ChargebackLost, State::ChargebackWon),
    };
    match stage {
        Stage::Received => Some((State::ChargebackPending, true)),
        Stage::Contested | Stage::UnderReview | Stage::PreArbitration | Stage::Arbitration => {
            Some((State::ChargebackPending, false))
        }
        Stage::Won => Some((merchant_won, true)),
        Stage::Reversed | Stage::Withdrawn => Some((merchant_won, false)),
        Stage::Lost => Some((merchant_lost, true)),
        Stage::Accepted | Stage::Expired => Some((merchant_lost, false)),
        // A refund has a call of its own, which is no state of a chargeback.
        Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed => None,
    }
}

pub(super) fn stage(stage: Stage, won_means: WonMeans) -> StageSupport {
    let Some((word, exact)) = said(stage, won_means) else { return StageSupport::unsupported() };
    let expression = if exact { StageSupport::exact(word.as_str()) } else { StageSupport::lossy(word.as_str()) };
    if word == State::ChargebackPending { expression } else { expression.by_setting("won_means") }
}

pub(super) fn reason(reason: &Reason) -> StageSupport {
    match reason {
        Reason::FraudCardAbsent => StageSupport::exact(FraudType::CardNotPresent.as_str()),
        Reason::FraudCardPresent => StageSupport::lossy(FraudType::Other.as_str()),
        Reason::FraudOther => StageSupport::exact(FraudType::Unknown.as_str()),
        // Goes to the notes, in words.
        Reason::Unrecognized
        | Reason::Authorization
        | Reason::Duplicate
        | Reason::IncorrectAmount
        | Reason::LatePresentment
        | Reason::ProcessingError
        | Reason::NotReceived
        | Reason::NotAsDescribed
        | Reason::CounterfeitMerchandise
        | Reason::Misrepresentation
        | Reason::CreditNotProcessed
        | Reason::CancelledRecurring
        | Reason::CancelledGoodsServices
        | Reason::NoReply
        | Reason::Other
        | Reason::Unknown(_) => StageSupport::lossy(""),
    }
}

pub(super) const fn carriage(field: Field) -> FieldSupport {
    match field {
        Field::Stage | Field::OccurredAt | Field::Reason | Field::Notes | Field::Fraud => FieldSupport::Sent,
        Field::NetworkCode => FieldSupport::Noted,
        Field::CaseId
        | Field::Amount
        | Field::Currency
        | Field::OrderId
        | Field::TransactionId
        | Field::GatewayTransactionId
        | Field::UserId
        | Field::SessionId
        | Field::OpenedAt
        | Field::ReceivedAt
        | Field::DueBy
        | Field::Processor
        | Field::Arn
        | Field::CaseNumber
        | Field::Metadata
        | Field::Representment => FieldSupport::Dropped,
    }
}

pub(super) fn translate(
    chargeback: &Chargeback,
    won_means: WonMeans,
) -> Result<Translation<Report<ChargebackFeedback>>, TranslateError> {
    let Some((state, _)) = said(chargeback.stage(), won_means) else {
        return Err(TranslateError::unsupported_stage(
            chargeback,
            "Spade has states for a chargeback that is pending, won or lost",
        ));
    };
    let mut broken = Vec::new();
    let enrichment = chargeback.vendor_reference(&ID).and_then(|reference| reference.payment.as_deref());
    if enrichment.is_none() {
        broken.push(Violation::new("vendor_references.spade.payment", "Spade needs the enrichment id of the payment"));
    }
    let mut feedback = ChargebackFeedback::new(state);
    feedback.occurred_at = time("occurred_at", chargeback.occurred_at(), &mut broken);
    let mut losses = Vec::new();
    losses.extend(Loss::from_support(Field::Stage, &stage(chargeback.stage(), won_means)));
    add_fraud(chargeback, &mut feedback, &mut losses);
    add_notes(chargeback, &mut feedback, &mut losses);
    let reason_value = feedback.fraud_type.map_or("", FraudType::as_str);
    match enrichment {
        Some(enrichment) if broken.is_empty() => {
            Ok(Translation::new(Report::new(enrichment, feedback)).words(state.as_str(), reason_value).losses(losses))
        }
        _ => Err(TranslateError::Invalid(broken)),
    }
}

/// `isFraud` and its companions, for reasons that are fraud beyond doubt.
fn add_fraud(chargeback: &Chargeback, feedback: &mut ChargebackFeedback, losses: &mut Vec<Loss>) {
    let by_reason = match chargeback.reason() {
        Reason::FraudCardAbsent => FraudType::CardNotPresent,
        Reason::FraudCardPresent => chargeback.network_code().map_or(FraudType::Other, proven_type),
        Reason::FraudOther => FraudType::Unknown,
        _ => {
            losses.push(Loss::new(Field::Reason, LossKind::Noted, "in words, in the notes"));
            if chargeback.fraud().is_some() {
                losses.push(Loss::new(Field::Fraud, LossKind::Dropped, "the reason is not fraud"));
            }
            return;
        }
    };
    let detail = chargeback.fraud();
    let by_detail = detail.and_then(|fraud| fraud.kind).map(type_of_kind);
    let fraud_type = by_detail.unwrap_or(by_reason);
    if !says(fraud_type, chargeback.reason()) {
        losses.push(Loss::new(Field::Reason, LossKind::Merged, format!("sent as `{fraud_type}`")));
    }
    feedback.is_fraud = Some(true);
    feedback.fraud_type = Some(fraud_type);
    if let Some(notes) = detail.and_then(|fraud| fraud.notes.as_deref()) {
        let (kept, cut) = truncate(notes, NOTES);
        feedback.fraud_notes = Some(kept.to_owned());
        if cut {
            losses.push(Loss::new(Field::Fraud, LossKind::Truncated, "fraudNotes has at most 512 characters"));
        }
    }
}

/// Whether a type of fraud also says whether the card was present, as the reason does (by inference, but for three types).
const fn says(fraud_type: FraudType, reason: &Reason) -> bool {
    match reason {
        Reason::FraudCardAbsent => {
            matches!(fraud_type, FraudType::CardNotPresent | FraudType::CardTesting | FraudType::Phishing)
        }
        Reason::FraudCardPresent => matches!(fraud_type, FraudType::CounterfeitCard | FraudType::StolenCard),
        _ => true,
    }
}

/// The codes that prove how the card came to be present.
fn proven_type(code: &NetworkCode) -> FraudType {
    match (code.network(), code.code()) {
        (Network::Visa, "10.1")
        | (Network::Mastercard, "4870")
        | (Network::Amex, "F30")
        | (Network::Discover, "UA05" | "4866") => FraudType::CounterfeitCard,
        (Network::Visa, "10.2") | (Network::Mastercard, "4871") | (Network::Amex, "F31") => FraudType::StolenCard,
        _ => FraudType::Other,
    }
}

const fn type_of_kind(kind: FraudKind) -> FraudType {
    match kind {
        FraudKind::CardNotPresent => FraudType::CardNotPresent,
        FraudKind::CardTesting => FraudType::CardTesting,
        FraudKind::StolenCard => FraudType::StolenCard,
        FraudKind::CounterfeitCard => FraudType::CounterfeitCard,
        FraudKind::Phishing => FraudType::Phishing,
        FraudKind::MerchantFraud => FraudType::MerchantFraud,
        FraudKind::FriendlyFraud => FraudType::ChargebackFraud,
        FraudKind::Other => FraudType::Other,
    }
}

/// What has no field of its own, then the caller's notes. What is beyond the limit is cut off, and each part of it listed.
fn add_notes(chargeback: &Chargeback, feedback: &mut ChargebackFeedback, losses: &mut Vec<Loss>) {
    let mut whole = String::with_capacity(96 + chargeback.notes().map_or(0, str::len));
    let mut length = 0;
    let mut add = |field: Field, parts: [&str; 4]| {
        if !whole.is_empty() {
            whole.push_str(SEPARATOR);
            length += SEPARATOR.len();
        }
        let start = length;
        for part in parts {
            whole.push_str(part);
            length += part.chars().count();
        }
        if start >= NOTES {
            losses.push(Loss::new(field, LossKind::Dropped, "no room is left in chargebackNotes"));
        } else if length > NOTES {
            losses.push(Loss::new(field, LossKind::Truncated, "chargebackNotes has at most 512 characters"));
        }
    };
    if feedback.is_fraud.is_none() {
        add(Field::Reason, ["reason: ", chargeback.reason().description(), "", ""]);
    }
    if let Some(code) = chargeback.network_code() {
        add(Field::NetworkCode, ["network code: ", code.network().as_str(), " ", code.code()]);
    }
    if let Some(notes) = chargeback.notes() {
        add(Field::Notes, [notes, "", "", ""]);
    }
    if !whole.is_empty() {
        let kept = truncate(&whole, NOTES).0.len();
        whole.truncate(kept);
        feedback.chargeback_notes = Some(whole);
    }
}

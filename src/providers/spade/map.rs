//! Maps the model to Spade's API.

use super::config::{ID, WonMeans};
use super::request::{ChargebackFeedback, FraudType, ReportChargeback, State};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, FraudKind, Network, NetworkCode, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::providers::map::{self, Mapped, rfc3339};
use crate::providers::notes::{Notes, NotesFormat};
use crate::providers::text::truncate;
use crate::util::violation::Violation;

/// Spade's limit for free text, in characters.
const NOTES_LIMIT: usize = 512;

const CHARGEBACK_NOTES: NotesFormat = NotesFormat { name: "chargebackNotes", limit: NOTES_LIMIT, separator: "; " };

/// Maps a stage to a state; `None` if Spade has no state for it.
const fn stage(stage: Stage, won_means: WonMeans) -> Option<Mapped<State>> {
    let (merchant_won, merchant_lost) = match won_means {
        WonMeans::MerchantWon => (State::ChargebackWon, State::ChargebackLost),
        WonMeans::IssuerWon => (State::ChargebackLost, State::ChargebackWon),
    };
    Some(match stage {
        Stage::Received => Mapped::exact(State::ChargebackPending),
        Stage::Contested | Stage::UnderReview | Stage::PreArbitration | Stage::Arbitration => {
            Mapped::lossy(State::ChargebackPending)
        }
        Stage::Won => Mapped::exact(merchant_won),
        Stage::Reversed | Stage::Withdrawn => Mapped::lossy(merchant_won),
        Stage::Lost => Mapped::exact(merchant_lost),
        Stage::Accepted | Stage::Expired => Mapped::lossy(merchant_lost),
        // A refund has its own call and is not a state of a chargeback.
        Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed => return None,
    })
}

/// Returns the capabilities entry of a stage, with the setting that decides it.
pub(super) fn stage_support(case_stage: Stage, won_means: WonMeans) -> StageSupport {
    let mapped = stage(case_stage, won_means);
    let support = map::stage_support(mapped);
    match mapped {
        Some(Mapped { value: State::ChargebackWon | State::ChargebackLost, .. }) => support.by_setting("won_means"),
        _ => support,
    }
}

/// Maps a reason to a type of fraud; no type for a reason that is sent as text in `chargebackNotes`.
pub(super) const fn reason(reason: &Reason) -> Mapped<Option<FraudType>> {
    match reason {
        Reason::FraudCardAbsent => Mapped::exact(Some(FraudType::CardNotPresent)),
        Reason::FraudCardPresent => Mapped::lossy(Some(FraudType::Other)),
        Reason::FraudOther => Mapped::exact(Some(FraudType::Unknown)),
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
        | Reason::Unknown(_) => Mapped::lossy(None),
    }
}

/// Returns whether Spade's call has a place for a field.
pub(super) const fn field(field: Field) -> FieldSupport {
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

/// Translates a chargeback to a report.
pub(super) fn translate(
    chargeback: &Chargeback,
    won_means: WonMeans,
) -> Result<Translation<ReportChargeback>, TranslateError> {
    let Some(stage) = stage(chargeback.stage(), won_means) else {
        let supported = "supported: chargeback_pending, chargeback_won, chargeback_lost";
        return Err(TranslateError::unsupported_stage(chargeback, supported));
    };
    let mut violations = Vec::new();
    let enrichment = chargeback.vendor_reference(&ID).and_then(|reference| reference.payment.as_deref());
    if enrichment.is_none() {
        violations.push(Violation::new(
            "vendor_references.spade.payment",
            "required by Spade; set the enrichment id with vendor_payment",
        ));
    }
    let mut feedback = ChargebackFeedback::new(stage.value);
    feedback.occurred_at = rfc3339("occurred_at", chargeback.occurred_at(), &mut violations);
    let mut losses = Vec::new();
    losses.extend(stage.loss(Field::Stage));
    add_fraud(chargeback, &mut feedback, &mut losses);
    add_notes(chargeback, &mut feedback, &mut losses);
    let reason_value = feedback.fraud_type.map_or("", FraudType::as_str);
    match enrichment {
        Some(id) if violations.is_empty() => {
            let report = ReportChargeback::new(id, feedback);
            Ok(Translation::new(report).values(stage.text(), reason_value).losses(losses))
        }
        _ => Err(TranslateError::Invalid(violations)),
    }
}

/// Sets `isFraud`, `fraudType` and `fraudNotes` if the reason is fraud.
///
/// The type comes from the first source that is known: the fraud details, the network code, the reason.
fn add_fraud(chargeback: &Chargeback, feedback: &mut ChargebackFeedback, losses: &mut Vec<Loss>) {
    let fraud = chargeback.fraud();
    let Some(by_reason) = reason(chargeback.reason()).value else {
        losses.push(Loss::new(Field::Reason, LossKind::Noted, "as text in chargebackNotes"));
        if fraud.is_some() {
            losses.push(Loss::new(Field::Fraud, LossKind::Dropped, "the reason is not fraud"));
        }
        return;
    };
    let by_code = match chargeback.reason() {
        Reason::FraudCardPresent => chargeback.network_code().and_then(proven_type),
        _ => None,
    };
    let by_kind = fraud.and_then(|fraud| fraud.kind).map(type_of_kind);
    let fraud_type = by_kind.or(by_code).unwrap_or(by_reason);
    if !preserves_card_presence(fraud_type, chargeback.reason()) {
        losses.push(Loss::new(Field::Reason, LossKind::Merged, format!("sent as `{fraud_type}`")));
    }
    feedback.is_fraud = Some(true);
    feedback.fraud_type = Some(fraud_type);
    if let Some(notes) = fraud.and_then(|fraud| fraud.notes.as_deref()) {
        let (kept, cut) = truncate(notes, NOTES_LIMIT);
        feedback.fraud_notes = Some(kept.to_owned());
        if cut {
            losses.push(Loss::new(Field::Fraud, LossKind::Truncated, "fraudNotes has at most 512 characters"));
        }
    }
}

/// Returns true if the type of fraud also states whether the card was present, as the reason does. Our inference for
/// all types except `card_not_present`, `counterfeit_card` and `stolen_card`.
const fn preserves_card_presence(fraud_type: FraudType, reason: &Reason) -> bool {
    match reason {
        Reason::FraudCardAbsent => {
            matches!(fraud_type, FraudType::CardNotPresent | FraudType::CardTesting | FraudType::Phishing)
        }
        Reason::FraudCardPresent => matches!(fraud_type, FraudType::CounterfeitCard | FraudType::StolenCard),
        _ => true,
    }
}

/// Returns the type of fraud that a network code of card-present fraud proves.
fn proven_type(code: &NetworkCode) -> Option<FraudType> {
    match (code.network(), code.code()) {
        (Network::Visa, "10.1")
        | (Network::Mastercard, "4870")
        | (Network::Amex, "F30")
        | (Network::Discover, "UA05" | "4866") => Some(FraudType::CounterfeitCard),
        (Network::Visa, "10.2") | (Network::Mastercard, "4871") | (Network::Amex, "F31") => Some(FraudType::StolenCard),
        _ => None,
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

/// Sets `chargebackNotes`: the fields that Spade has no place for, then the caller's notes.
fn add_notes(chargeback: &Chargeback, feedback: &mut ChargebackFeedback, losses: &mut Vec<Loss>) {
    let capacity = 96 + chargeback.notes().map_or(0, str::len);
    let mut notes = Notes::new(CHARGEBACK_NOTES, capacity, losses);
    if feedback.is_fraud.is_none() {
        notes.add(Field::Reason, &["reason: ", chargeback.reason().description()]);
    }
    if let Some(code) = chargeback.network_code() {
        notes.add(Field::NetworkCode, &["network code: ", code.network().as_str(), " ", code.code()]);
    }
    if let Some(text) = chargeback.notes() {
        notes.add(Field::Notes, &[text]);
    }
    feedback.chargeback_notes = notes.finish();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_won_and_lost_depend_on_the_setting() {
        for &case_stage in Stage::ALL {
            let [merchant, issuer] = [WonMeans::MerchantWon, WonMeans::IssuerWon].map(|won| stage(case_stage, won));
            assert_eq!(merchant.map(|mapped| mapped.fidelity), issuer.map(|mapped| mapped.fidelity), "{case_stage}");
            let support = stage_support(case_stage, WonMeans::IssuerWon);
            assert_eq!(merchant != issuer, support.setting() == Some("won_means"), "{case_stage}");
        }
        assert_eq!(stage(Stage::Won, WonMeans::MerchantWon), Some(Mapped::exact(State::ChargebackWon)));
        assert_eq!(stage(Stage::Won, WonMeans::IssuerWon), Some(Mapped::exact(State::ChargebackLost)));
    }

    #[test]
    fn a_type_is_sent_only_for_fraud() {
        for known in Reason::ALL {
            let is_fraud = matches!(known, Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::FraudOther);
            assert_eq!(reason(known).value.is_some(), is_fraud, "{known}");
        }
    }
}

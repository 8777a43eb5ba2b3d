//! The shared model in RevCent's words.

use chrono::{DateTime, Utc};

use super::ID;
use super::find::{KEY_NAME, OUR_NAMES, key};
use super::wire::{CreateChargeback, Metadatum, Outcome, RepresentmentFields};
use crate::connector::TranslateError;
use crate::model::{Chargeback, DecimalNumber, Field, Reason, Representment, RepresentmentOutcome, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::providers::map::rfc3339;
use crate::providers::text::truncate;
use crate::util::violation::Violation;

/// RevCent's limits for metadata, in characters.
const NAME: usize = 100;
const VALUE: usize = 255;

/// What a stage is at RevCent, which has no field for it: how far the representment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fight {
    /// No representment.
    None,
    /// Initiated.
    Initiated,
    /// Completed, with this outcome.
    CallReceipt(Outcome),
}

impl Fight {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::None => "no representment",
            Self::Initiated => "initiated",
            Self::CallReceipt(Outcome::Won) => "completed, won",
            Self::CallReceipt(Outcome::Lost) => "completed, lost",
            Self::CallReceipt(Outcome::Pending) => "completed, pending",
        }
    }
}

/// How a stage is said, and whether that says just it. `None` where RevCent has no way.
pub(super) const fn fight(stage: Stage) -> Option<(Fight, bool)> {
    match stage {
        Stage::Received => Some((Fight::None, true)),
        Stage::Accepted => Some((Fight::None, false)),
        Stage::Contested => Some((Fight::Initiated, true)),
        Stage::UnderReview => Some((Fight::Initiated, false)),
        Stage::Won => Some((Fight::CallReceipt(Outcome::Won), true)),
        Stage::Lost => Some((Fight::CallReceipt(Outcome::Lost), true)),
        Stage::Reversed => Some((Fight::CallReceipt(Outcome::Won), false)),
        // `Refunded` is never said by `void_transaction`: that would refund a second time.
        Stage::Alert
        | Stage::Inquiry
        | Stage::PreArbitration
        | Stage::Arbitration
        | Stage::Refunded
        | Stage::Withdrawn
        | Stage::Expired
        | Stage::Closed => None,
    }
}

pub(super) fn stage(stage: Stage) -> StageSupport {
    match fight(stage) {
        None => StageSupport::unsupported(),
        Some((fight, exact)) => {
            let said = if exact { StageSupport::exact(fight.word()) } else { StageSupport::lossy(fight.word()) };
            if matches!(fight, Fight::CallReceipt(_)) { said.only_if("it was contested") } else { said }
        }
    }
}

/// Every reason goes into `reason_code`: as the network's code if that is known, else in words.
pub(super) fn reason(_: &Reason) -> StageSupport {
    StageSupport::lossy("")
}

pub(super) const fn carriage(field: Field) -> FieldSupport {
    match field {
        Field::CaseId
        | Field::Stage
        | Field::Reason
        | Field::NetworkCode
        | Field::Amount
        | Field::GatewayTransactionId
        | Field::OpenedAt
        | Field::ReceivedAt
        | Field::Arn
        | Field::CaseNumber
        | Field::Metadata
        | Field::Representment => FieldSupport::Sent,
        Field::Currency | Field::OrderId | Field::Processor | Field::Notes => FieldSupport::Noted,
        Field::OccurredAt | Field::TransactionId | Field::UserId | Field::SessionId | Field::DueBy | Field::Fraud => {
            FieldSupport::Dropped
        }
    }
}

/// A chargeback in RevCent's words, before anything is known of what RevCent holds.
pub(super) struct Wanted {
    pub(super) fields: CreateChargeback,
    pub(super) fight: Fight,
    pub(super) losses: Vec<Loss>,
}

/// Everything but the representment, which hangs on what RevCent holds.
pub(super) fn wanted(chargeback: &Chargeback) -> Result<Wanted, TranslateError> {
    let Some((fight, _)) = fight(chargeback.stage()) else {
        return Err(TranslateError::unsupported_stage(
            chargeback,
            "RevCent records a representment and its outcome, and nothing else",
        ));
    };
    let mut broken = Vec::new();
    let mut losses = Vec::new();
    losses.extend(Loss::from_support(Field::Stage, &stage(chargeback.stage())));
    let mut fields = CreateChargeback {
        third_party_chargeback_id: Some(chargeback.case_id().to_owned()),
        amount: chargeback.amount().map(DecimalNumber::from),
        arn: chargeback.arn().map(str::to_owned),
        case_number: chargeback.case_number().map(str::to_owned),
        chargeback_date: chargeback.opened_at().and_then(|at| rfc3339("opened_at", at, &mut broken)),
        received_date: chargeback.received_at().and_then(|at| rfc3339("received_at", at, &mut broken)),
        ..CreateChargeback::default()
    };
    if fields.amount.is_some() {
        losses.push(Loss::new(Field::Amount, LossKind::Assumed, "RevCent does not say the unit; sent in major units"));
    }
    name_transaction(chargeback, &mut fields, &mut losses, &mut broken);
    name_reason(chargeback, &mut fields, &mut losses);
    fields.metadata = metadata(chargeback, &mut losses, &mut broken);
    check_fight(chargeback, fight, &mut losses, &mut broken);
    if broken.is_empty() { Ok(Wanted { fields, fight, losses }) } else { Err(TranslateError::Invalid(broken)) }
}

fn name_transaction(
    chargeback: &Chargeback,
    fields: &mut CreateChargeback,
    losses: &mut Vec<Loss>,
    broken: &mut Vec<Violation>,
) {
    let reference = chargeback.vendor_reference(&ID);
    let gateway = &chargeback.payment().gateway_transaction_id;
    if let Some(id) = reference.and_then(|reference| reference.payment.clone()) {
        if id.chars().count() != 20 {
            broken.push(Violation::new("vendor_references.revcent.payment", "not exactly 20 characters"));
        }
        if gateway.is_some() {
            losses.push(Loss::new(Field::GatewayTransactionId, LossKind::Dropped, "RevCent's own id is sent instead"));
        }
        fields.transaction_id = Some(id);
    } else if gateway.is_some() {
        fields.gateway_transaction_id.clone_from(gateway);
    } else if reference.is_none_or(|reference| reference.case.is_none()) {
        let rule = "RevCent needs this or payment.gateway_transaction_id";
        broken.push(Violation::new("vendor_references.revcent.payment", rule));
    }
    if reference.and_then(|reference| reference.case.as_deref()).is_some_and(|id| id.chars().count() != 20) {
        broken.push(Violation::new("vendor_references.revcent.case", "not exactly 20 characters"));
    }
}

fn name_reason(chargeback: &Chargeback, fields: &mut CreateChargeback, losses: &mut Vec<Loss>) {
    if let Some(code) = chargeback.network_code() {
        // The code says the reason, and more exactly.
        fields.reason_code = Some(code.code().to_owned());
        losses.push(Loss::new(Field::Reason, LossKind::Noted, "as the network's code, as reason_code"));
        losses.push(Loss::new(Field::NetworkCode, LossKind::Noted, "the code is sent, its network as metadata"));
    } else {
        fields.reason_code = Some(chargeback.reason().description().to_owned());
        losses.push(Loss::new(Field::Reason, LossKind::Noted, "in words, as reason_code"));
    }
}

/// The caller's metadata, and what has no field of its own under names of ours.
fn metadata(chargeback: &Chargeback, losses: &mut Vec<Loss>, broken: &mut Vec<Violation>) -> Option<Vec<Metadatum>> {
    // The key, and seven more at most that are not the caller's.
    let mut pairs = Vec::with_capacity(8 + chargeback.metadata().len());
    pairs.push(Metadatum::new(KEY_NAME, key(chargeback.case_id())));
    let mut add = |field: Field, name: &str, value: &str| {
        let (kept, cut) = truncate(value, VALUE);
        if cut {
            losses.push(Loss::new(field, LossKind::Truncated, "a value of metadata has at most 255 characters"));
        }
        if kept.is_empty() {
            losses.push(Loss::new(field, LossKind::Dropped, "an empty value of metadata"));
        } else {
            pairs.push(Metadatum::new(name, kept));
        }
    };
    for (name, value) in chargeback.metadata() {
        if name.chars().count() > NAME {
            broken.push(Violation::new("metadata", "a name is longer than 100 characters"));
        }
        if name.starts_with(OUR_NAMES) {
            broken.push(Violation::new("metadata", "a name starts with `chargeback.`, as this crate's own do"));
        }
        add(Field::Metadata, name, value);
    }
    if let Some(amount) = chargeback.amount() {
        add(Field::Currency, "chargeback.currency", amount.currency().code());
    }
    if let Some(code) = chargeback.network_code() {
        add(Field::NetworkCode, "chargeback.network", code.network().as_str());
    }
    if let Some(order) = &chargeback.payment().order_id {
        add(Field::OrderId, "chargeback.order_id", order);
    }
    if let Some(processor) = chargeback.processor() {
        add(Field::Processor, "chargeback.processor", &processor.name);
        if let Some(id) = &processor.dispute_id {
            add(Field::Processor, "chargeback.processor_dispute_id", id);
        }
        if let Some(id) = &processor.payment_id {
            add(Field::Processor, "chargeback.processor_payment_id", id);
        }
    }
    if let Some(notes) = chargeback.notes() {
        add(Field::Notes, "chargeback.notes", notes);
    }
    (!pairs.is_empty()).then_some(pairs)
}

fn check_fight(chargeback: &Chargeback, fight: Fight, losses: &mut Vec<Loss>, broken: &mut Vec<Violation>) {
    let Some(representment) = chargeback.representment() else { return };
    let outcome = representment.outcome.map(|outcome| match outcome {
        RepresentmentOutcome::Won => Outcome::Won,
        RepresentmentOutcome::Lost => Outcome::Lost,
    });
    match fight {
        Fight::None => {
            let why = "RevCent shows a representment from the stage `contested` on";
            losses.push(Loss::new(Field::Representment, LossKind::Dropped, why));
        }
        Fight::Initiated if outcome.is_some() || representment.completed_at.is_some() => {
            broken.push(Violation::new("representment", "has ended, which the stage contradicts"));
        }
        Fight::CallReceipt(wanted) if outcome.is_some_and(|outcome| outcome != wanted) => {
            broken.push(Violation::new("representment.outcome", "contradicts the stage"));
        }
        Fight::Initiated | Fight::CallReceipt(_) => {}
    }
}

/// The representment as a new chargeback has it. Dates come from the caller alone.
pub(super) fn new_representment(
    chargeback: &Chargeback,
    fight: Fight,
) -> Result<Option<RepresentmentFields>, TranslateError> {
    let known = chargeback.representment();
    match fight {
        Fight::None => Ok(None),
        Fight::Initiated => Ok(Some(fields(fight, known))),
        Fight::CallReceipt(_) if known.is_some() => Ok(Some(fields(fight, known))),
        Fight::CallReceipt(_) => Err(not_contested(chargeback)),
    }
}

pub(super) fn not_contested(chargeback: &Chargeback) -> TranslateError {
    TranslateError::unsupported_stage(
        chargeback,
        "RevCent records an outcome only of a representment, and none is known",
    )
}

pub(super) fn fields(fight: Fight, known: Option<&Representment>) -> RepresentmentFields {
    // The model's years are 1 to 9999, which RFC 3339 can write.
    let date = |at: Option<DateTime<Utc>>| at.and_then(|at| at.try_into().ok());
    let ended = match fight {
        Fight::CallReceipt(outcome) => Some(outcome),
        Fight::None | Fight::Initiated => None,
    };
    RepresentmentFields {
        initiated: Some(true),
        initiated_date: date(known.and_then(|known| known.initiated_at)),
        completed: ended.map(|_| true),
        completed_date: ended.and_then(|_| date(known.and_then(|known| known.completed_at))),
        outcome: ended,
    }
}

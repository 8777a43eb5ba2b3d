//! The shared model in Pipwave's words.

use super::ID;
use super::wire::{ChargebackReason, ChargebackStage, TagChargeback};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::util::string_enum::WireText as _;
use crate::util::violation::Violation;

/// How a stage is said, and whether that says just it. `None` where Pipwave has no word.
const fn said_stage(stage: Stage) -> Option<(ChargebackStage, bool)> {
    match stage {
        Stage::Received => Some((ChargebackStage::Disputed, true)),
        Stage::Contested | Stage::UnderReview | Stage::PreArbitration | Stage::Arbitration => {
            Some((ChargebackStage::Disputed, false))
        }
        Stage::Lost => Some((ChargebackStage::Chargeback, true)),
        Stage::Accepted | Stage::Expired => Some((ChargebackStage::Chargeback, false)),
        Stage::Won => Some((ChargebackStage::DisputeWon, true)),
        Stage::Reversed => Some((ChargebackStage::ChargebackReversed, true)),
        Stage::Closed => Some((ChargebackStage::DisputeResolved, true)),
        Stage::Withdrawn => Some((ChargebackStage::DisputeResolved, false)),
        // Pipwave's refund is a real refund, not a report of one.
        Stage::Alert | Stage::Inquiry | Stage::Refunded => None,
    }
}

pub(super) fn stage(stage: Stage) -> StageSupport {
    match said_stage(stage) {
        None => StageSupport::unsupported(),
        Some((stage, true)) => StageSupport::exact(stage.wire_text()),
        Some((stage, false)) => StageSupport::lossy(stage.wire_text()),
    }
}

/// How a reason is said, and whether that says just it.
const fn said_reason(reason: &Reason) -> (ChargebackReason, bool) {
    match reason {
        Reason::FraudOther => (ChargebackReason::Unauthorized, true),
        Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::Unrecognized => {
            (ChargebackReason::Unauthorized, false)
        }
        Reason::NotReceived => (ChargebackReason::NonReceipt, true),
        Reason::NotAsDescribed => (ChargebackReason::NotAsDescribed, true),
        Reason::CounterfeitMerchandise | Reason::Misrepresentation => (ChargebackReason::NotAsDescribed, false),
        Reason::Other => (ChargebackReason::Others, true),
        Reason::Authorization
        | Reason::Duplicate
        | Reason::IncorrectAmount
        | Reason::LatePresentment
        | Reason::ProcessingError
        | Reason::CreditNotProcessed
        | Reason::CancelledRecurring
        | Reason::CancelledGoodsServices
        | Reason::NoReply
        | Reason::Unknown(_) => (ChargebackReason::Others, false),
    }
}

pub(super) fn reason(reason: &Reason) -> StageSupport {
    match said_reason(reason) {
        (word, true) => StageSupport::exact(word.wire_text()),
        (word, false) => StageSupport::lossy(word.wire_text()),
    }
}

pub(super) const fn carriage(field: Field) -> FieldSupport {
    match field {
        Field::Stage | Field::Reason | Field::TransactionId => FieldSupport::Sent,
        Field::CaseId
        | Field::OccurredAt
        | Field::NetworkCode
        | Field::Amount
        | Field::Currency
        | Field::OrderId
        | Field::GatewayTransactionId
        | Field::UserId
        | Field::SessionId
        | Field::OpenedAt
        | Field::ReceivedAt
        | Field::DueBy
        | Field::Processor
        | Field::Arn
        | Field::CaseNumber
        | Field::Notes
        | Field::Metadata
        | Field::Fraud
        | Field::Representment => FieldSupport::Dropped,
    }
}

pub(super) fn translate(chargeback: &Chargeback) -> Result<Translation<TagChargeback>, TranslateError> {
    let Some((said, _)) = said_stage(chargeback.stage()) else {
        let why = "Pipwave has disputed, chargeback, dispute won, dispute resolved and chargeback reversed";
        return Err(TranslateError::unsupported_stage(chargeback, why));
    };
    let pw_id = chargeback.vendor_reference(&ID).and_then(|reference| reference.payment.clone());
    let txn_id = chargeback.payment().transaction_id.clone();
    let mut broken = Vec::new();
    if pw_id.is_none() && txn_id.is_none() {
        let rule = "Pipwave needs this or vendor_references.pipwave.payment";
        broken.push(Violation::new("payment.transaction_id", rule));
    }
    for (field, id, limit) in
        [("vendor_references.pipwave.payment", &pw_id, 32), ("payment.transaction_id", &txn_id, 255)]
    {
        if id.as_ref().is_some_and(|id| id.chars().nth(limit).is_some()) {
            broken.push(Violation::new(field, format!("longer than {limit} characters")));
        }
    }
    if !broken.is_empty() {
        return Err(TranslateError::Invalid(broken));
    }
    let mut losses = Vec::new();
    losses.extend(Loss::from_support(Field::Stage, &stage(chargeback.stage())));
    let (word, _) = said_reason(chargeback.reason());
    let takes_reason = matches!(said, ChargebackStage::Disputed | ChargebackStage::Chargeback);
    if takes_reason {
        losses.extend(Loss::from_support(Field::Reason, &reason(chargeback.reason())));
    } else {
        losses.push(Loss::new(Field::Reason, LossKind::Dropped, "not sent: documented only where a case is opened"));
    }
    let reason_value = if takes_reason { word.wire_text() } else { "".into() };
    let stage_value = said.wire_text();
    let tag = TagChargeback { pw_id, txn_id, stage: said, reason: takes_reason.then_some(word) };
    Ok(Translation::new(tag).words(stage_value, reason_value).losses(losses))
}

//! Maps the model to Pipwave's API.

use super::config::ID;
use super::request::{ChargebackReason, ChargebackStage, TagChargeback};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind};
use crate::providers::map::Mapped;
use crate::providers::text::check_length;
use crate::util::violation::Violation;

/// Maps a stage to Pipwave's stage; `None` if Pipwave has no stage for it.
pub(super) const fn stage(stage: Stage) -> Option<Mapped<ChargebackStage>> {
    Some(match stage {
        Stage::Received => Mapped::exact(ChargebackStage::Disputed),
        Stage::Contested | Stage::UnderReview | Stage::PreArbitration | Stage::Arbitration => {
            Mapped::lossy(ChargebackStage::Disputed)
        }
        Stage::Lost => Mapped::exact(ChargebackStage::Chargeback),
        Stage::Accepted | Stage::Expired => Mapped::lossy(ChargebackStage::Chargeback),
        Stage::Won => Mapped::exact(ChargebackStage::DisputeWon),
        Stage::Reversed => Mapped::exact(ChargebackStage::ChargebackReversed),
        Stage::Closed => Mapped::exact(ChargebackStage::DisputeResolved),
        Stage::Withdrawn => Mapped::lossy(ChargebackStage::DisputeResolved),
        // Pipwave's refund call refunds the customer; it does not report a refund.
        Stage::Alert | Stage::Inquiry | Stage::Refunded => return None,
    })
}

/// Maps a reason.
pub(super) const fn reason(reason: &Reason) -> Mapped<ChargebackReason> {
    match reason {
        Reason::FraudOther => Mapped::exact(ChargebackReason::Unauthorized),
        Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::Unrecognized => {
            Mapped::lossy(ChargebackReason::Unauthorized)
        }
        Reason::NotReceived => Mapped::exact(ChargebackReason::NonReceipt),
        Reason::NotAsDescribed => Mapped::exact(ChargebackReason::NotAsDescribed),
        Reason::CounterfeitMerchandise | Reason::Misrepresentation => Mapped::lossy(ChargebackReason::NotAsDescribed),
        Reason::Other => Mapped::exact(ChargebackReason::Others),
        Reason::Authorization
        | Reason::Duplicate
        | Reason::IncorrectAmount
        | Reason::LatePresentment
        | Reason::ProcessingError
        | Reason::CreditNotProcessed
        | Reason::CancelledRecurring
        | Reason::CancelledGoodsServices
        | Reason::NoReply
        | Reason::Unknown(_) => Mapped::lossy(ChargebackReason::Others),
    }
}

/// Returns whether Pipwave's call has a place for a field.
pub(super) const fn field(field: Field) -> FieldSupport {
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

/// Translates a chargeback to a report.
pub(super) fn translate(chargeback: &Chargeback) -> Result<Translation<TagChargeback>, TranslateError> {
    let Some(stage) = stage(chargeback.stage()) else {
        let supported = "supported: disputed, chargeback, dispute won, dispute resolved, chargeback reversed";
        return Err(TranslateError::unsupported_stage(chargeback, supported));
    };
    let pw_id = chargeback.vendor_reference(&ID).and_then(|reference| reference.payment.clone());
    let txn_id = chargeback.payment().transaction_id.clone();
    check_ids(pw_id.as_deref(), txn_id.as_deref()).map_err(TranslateError::Invalid)?;
    let mut losses = Vec::new();
    losses.extend(stage.loss(Field::Stage));
    let stage_text = stage.text();
    if !opens_case(&stage.value) {
        let detail = "not sent: documented only for stages that open a case";
        losses.push(Loss::new(Field::Reason, LossKind::Dropped, detail));
        let tag = TagChargeback { pw_id, txn_id, stage: stage.value, reason: None };
        return Ok(Translation::new(tag).values(stage_text, "").losses(losses));
    }
    let reason = reason(chargeback.reason());
    losses.extend(reason.loss(Field::Reason));
    let reason_text = reason.text();
    let tag = TagChargeback { pw_id, txn_id, stage: stage.value, reason: Some(reason.value) };
    Ok(Translation::new(tag).values(stage_text, reason_text).losses(losses))
}

/// Returns true for the stages that can open a case at Pipwave.
const fn opens_case(stage: &ChargebackStage) -> bool {
    matches!(stage, ChargebackStage::Disputed | ChargebackStage::Chargeback)
}

/// Checks that the payment has an id, and that no id is too long.
fn check_ids(pw_id: Option<&str>, txn_id: Option<&str>) -> Result<(), Vec<Violation>> {
    let mut violations = Vec::new();
    if pw_id.is_none() && txn_id.is_none() {
        let rule = "required by Pipwave; set transaction_id or vendor_payment";
        violations.push(Violation::new("payment.transaction_id", rule));
    }
    for (field, id, limit) in
        [("vendor_references.pipwave.payment", pw_id, 32), ("payment.transaction_id", txn_id, 255)]
    {
        violations.extend(check_length(field, id, limit));
    }
    if violations.is_empty() { Ok(()) } else { Err(violations) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_of_pipwave_has_one_exact_stage() {
        for value in ChargebackStage::ALL {
            let is_exact = |&&case_stage: &&Stage| stage(case_stage) == Some(Mapped::exact(value.clone()));
            assert_eq!(Stage::ALL.iter().filter(is_exact).count(), 1, "{value}");
        }
    }

    #[test]
    fn a_refund_is_not_supported() {
        assert_eq!(stage(Stage::Refunded), None);
    }

    #[test]
    fn a_reason_without_a_value_is_others() {
        assert_eq!(reason(&Reason::Duplicate), Mapped::lossy(ChargebackReason::Others));
        assert_eq!(reason(&Reason::Other), Mapped::exact(ChargebackReason::Others));
        assert_eq!(reason(&Reason::Unrecognized), Mapped::lossy(ChargebackReason::Unauthorized));
    }

    #[test]
    fn ids_are_limited_in_characters() {
        assert_eq!(check_ids(Some(&"ä".repeat(32)), Some(&"ä".repeat(255))), Ok(()));
        assert_eq!(
            check_ids(Some(&"a".repeat(33)), Some(&"a".repeat(256))).map_err(|violations| violations.len()),
            Err(2)
        );
        assert_eq!(check_ids(None, None).map_err(|violations| violations.len()), Err(1));
    }
}

//! Maps the model to Thirdwatch's API.

use super::config::Thirdwatch;
use super::custom_info::CustomInfo;
use super::request::{AbuseType, ChargebackEvent, ChargebackReason, ChargebackState, Step, TagUser};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind};
use crate::providers::map::Mapped;
use crate::util::violation::Violation;

/// Maps a stage to a state; `None` if Thirdwatch has no state for it.
pub(super) const fn stage(stage: Stage) -> Option<Mapped<ChargebackState>> {
    Some(match stage {
        Stage::Received => Mapped::exact(ChargebackState::Received),
        Stage::Accepted => Mapped::exact(ChargebackState::Accepted),
        Stage::Contested => Mapped::exact(ChargebackState::Disputed),
        Stage::UnderReview | Stage::PreArbitration | Stage::Arbitration => Mapped::lossy(ChargebackState::Disputed),
        Stage::Won => Mapped::exact(ChargebackState::Won),
        Stage::Reversed | Stage::Withdrawn => Mapped::lossy(ChargebackState::Won),
        Stage::Lost => Mapped::exact(ChargebackState::Lost),
        Stage::Expired => Mapped::lossy(ChargebackState::Lost),
        Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed => return None,
    })
}

/// Maps a reason. The precise reason also goes to `_customInfo`.
pub(super) const fn reason(reason: &Reason) -> Mapped<ChargebackReason> {
    match reason {
        Reason::FraudOther => Mapped::exact(ChargebackReason::Fraud),
        Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::Unrecognized => {
            Mapped::lossy(ChargebackReason::Fraud)
        }
        Reason::Duplicate => Mapped::exact(ChargebackReason::Duplicate),
        Reason::NotReceived => Mapped::exact(ChargebackReason::ProductNotReceived),
        Reason::NotAsDescribed => Mapped::exact(ChargebackReason::ProductUnacceptable),
        Reason::CounterfeitMerchandise | Reason::Misrepresentation => {
            Mapped::lossy(ChargebackReason::ProductUnacceptable)
        }
        Reason::Other => Mapped::exact(ChargebackReason::Unlisted),
        Reason::Authorization
        | Reason::IncorrectAmount
        | Reason::LatePresentment
        | Reason::ProcessingError
        | Reason::CreditNotProcessed
        | Reason::CancelledRecurring
        | Reason::CancelledGoodsServices
        | Reason::NoReply
        | Reason::Unknown(_) => Mapped::lossy(ChargebackReason::Unlisted),
    }
}

/// Returns whether Thirdwatch's call has a place for a field.
pub(super) const fn field(field: Field) -> FieldSupport {
    match field {
        Field::Stage | Field::Reason | Field::OrderId | Field::TransactionId | Field::UserId | Field::SessionId => {
            FieldSupport::Sent
        }
        Field::CaseId
        | Field::OccurredAt
        | Field::NetworkCode
        | Field::Amount
        | Field::Currency
        | Field::GatewayTransactionId
        | Field::OpenedAt
        | Field::ReceivedAt
        | Field::DueBy
        | Field::Processor
        | Field::Arn
        | Field::CaseNumber
        | Field::Notes
        | Field::Metadata => FieldSupport::Noted,
        Field::Fraud | Field::Representment => FieldSupport::Dropped,
    }
}

/// Translates a chargeback to a report, with a tag of the user if the connector is set to send one.
pub(super) fn translate(chargeback: &Chargeback, thirdwatch: &Thirdwatch) -> Result<Translation<Step>, TranslateError> {
    let Some(stage) = stage(chargeback.stage()) else {
        let supported = "supported: _received, _accepted, _disputed, _won, _lost";
        return Err(TranslateError::unsupported_stage(chargeback, supported));
    };
    let reason = reason(chargeback.reason());
    let mut violations = Vec::new();
    let mut losses = Vec::new();
    losses.extend(stage.loss(Field::Stage));
    losses.extend(reason.loss(Field::Reason));
    let values = (stage.text(), reason.text());
    let payment = chargeback.payment();
    // Thirdwatch asks for the session id of a guest in both fields.
    let user = payment.user_id.as_ref().or(payment.session_id.as_ref());
    if user.is_none() {
        violations.push(Violation::new("payment.user_id", "required by Thirdwatch; set user_id or session_id"));
    } else if payment.user_id.is_none() {
        let detail = "no user id: the session id is also sent as `_userId`";
        losses.push(Loss::new(Field::SessionId, LossKind::Assumed, detail));
    }
    let event = ChargebackEvent {
        user_id: user.cloned(),
        session_id: payment.session_id.clone(),
        order_id: payment.order_id.clone(),
        transaction_id: payment.transaction_id.clone(),
        state: Some(stage.value),
        reason: Some(reason.value),
        custom_info: Some(CustomInfo::for_report(chargeback, &mut violations)),
    };
    if !violations.is_empty() {
        return Err(TranslateError::Invalid(violations));
    }
    let translation = Translation::new(Step::Chargeback(event)).values(values.0, values.1).losses(losses);
    Ok(match user {
        Some(user) if thirdwatch.tag_after_fraud && is_evidence_against_user(chargeback) => {
            let tag = TagUser { abuse_type: Some(AbuseType::PaymentAbuse), ..TagUser::new(user, true) };
            translation.and_then(Step::Tag(tag))
        }
        _ => translation,
    })
}

/// Returns true if the reason is fraud, and the case was neither won nor taken back.
const fn is_evidence_against_user(chargeback: &Chargeback) -> bool {
    let is_fraud =
        matches!(chargeback.reason(), Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::FraudOther);
    is_fraud && !matches!(chargeback.stage(), Stage::Won | Stage::Reversed | Stage::Withdrawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_one_exact_stage() {
        for state in ChargebackState::ALL {
            let is_exact = |&&case_stage: &&Stage| stage(case_stage) == Some(Mapped::exact(state.clone()));
            assert_eq!(Stage::ALL.iter().filter(is_exact).count(), 1, "{state}");
        }
    }

    #[test]
    fn a_reason_without_a_value_is_unlisted() {
        assert_eq!(reason(&Reason::NoReply), Mapped::lossy(ChargebackReason::Unlisted));
        assert_eq!(reason(&Reason::Other), Mapped::exact(ChargebackReason::Unlisted));
        assert_eq!(reason(&Reason::Unrecognized), Mapped::lossy(ChargebackReason::Fraud));
    }
}

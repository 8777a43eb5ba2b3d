//! Maps the model to Riskified's API.

use super::request::{Decision, ReportDecision};
use super::values::ExternalStatus;
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, DecimalNumber, Field, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::providers::map::{self, Mapped, rfc3339};
use crate::util::violation::Violation;

/// The two decisions of a chargeback, by its reason. Plans and receipts show it as the value of the stage.
const CHARGEBACK: &str = "chargeback_*";

/// Maps a stage; `None` if Riskified has no decision for it. The decision has no stage, and none takes a chargeback
/// back: `approved` would be another statement.
const fn stage(stage: Stage) -> Option<Mapped<&'static str>> {
    match stage {
        Stage::Received => Some(Mapped::exact(CHARGEBACK)),
        Stage::Accepted
        | Stage::Contested
        | Stage::UnderReview
        | Stage::PreArbitration
        | Stage::Arbitration
        | Stage::Lost
        | Stage::Expired => Some(Mapped::lossy(CHARGEBACK)),
        Stage::Alert
        | Stage::Inquiry
        | Stage::Won
        | Stage::Reversed
        | Stage::Withdrawn
        | Stage::Refunded
        | Stage::Closed => None,
    }
}

/// Returns the capabilities entry of a stage.
pub(super) fn stage_support(case_stage: Stage) -> StageSupport {
    map::stage_support(stage(case_stage))
}

/// Maps a reason; `None` for an unknown reason, which does not show whether it is fraud.
const fn reason(reason: &Reason) -> Option<Mapped<ExternalStatus>> {
    match reason {
        Reason::FraudOther => Some(Mapped::exact(ExternalStatus::ChargebackFraud)),
        // By the contracts that Riskified describes, a payment that is not recognized is fraud.
        Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::Unrecognized => {
            Some(Mapped::lossy(ExternalStatus::ChargebackFraud))
        }
        Reason::Authorization
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
        | Reason::Other => Some(Mapped::lossy(ExternalStatus::ChargebackNotFraud)),
        Reason::Unknown(_) => None,
    }
}

/// Returns the capabilities entry of a reason.
pub(super) fn reason_support(case_reason: &Reason) -> StageSupport {
    map::stage_support(reason(case_reason))
}

/// Returns whether Riskified's call has a place for a field.
pub(super) const fn field(field: Field) -> FieldSupport {
    match field {
        Field::Stage
        | Field::Reason
        | Field::OccurredAt
        | Field::NetworkCode
        | Field::Amount
        | Field::Currency
        | Field::OrderId
        | Field::Notes => FieldSupport::Sent,
        Field::CaseId
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
        | Field::Fraud
        | Field::Representment => FieldSupport::Dropped,
    }
}

/// Translates a chargeback to a decision about its order.
pub(super) fn translate(chargeback: &Chargeback) -> Result<Translation<ReportDecision>, TranslateError> {
    let Some(stage) = stage(chargeback.stage()) else {
        return Err(TranslateError::unsupported_stage(chargeback, "Riskified has no decision for it"));
    };
    let Some(reason) = reason(chargeback.reason()) else {
        return Err(TranslateError::unsupported_reason(chargeback, "Riskified must know whether it is fraud"));
    };
    let (mut violations, mut losses) = (Vec::new(), Vec::new());
    losses.extend(stage.loss(Field::Stage));
    losses.extend(reason.loss(Field::Reason));
    if chargeback.network_code().is_some() {
        losses.push(Loss::new(Field::NetworkCode, LossKind::Merged, "the name of the network is not sent"));
    }
    let mut decision = Decision::new(reason.value);
    decision.decided_at = rfc3339("occurred_at", chargeback.occurred_at(), &mut violations);
    decision.reason = Some(match chargeback.network_code() {
        Some(code) => code.code().to_owned(),
        None => chargeback.reason().description().to_owned(),
    });
    decision.amount = chargeback.amount().map(DecimalNumber::from);
    decision.currency = chargeback.amount().map(|amount| amount.currency().code().to_owned());
    decision.notes = chargeback.notes().map(str::to_owned);
    match &chargeback.payment().order_id {
        Some(order_id) if violations.is_empty() => {
            let report = ReportDecision::new(order_id, decision);
            Ok(Translation::new(report).values(stage.text(), reason.text()).losses(losses))
        }
        Some(_) => Err(TranslateError::Invalid(violations)),
        None => {
            violations.push(Violation::new("payment.order_id", "required by Riskified"));
            Err(TranslateError::Invalid(violations))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fraud_and_unrecognized_payments_are_fraud() {
        for known in Reason::ALL {
            let is_fraud = known.as_str().starts_with("fraud_") || *known == Reason::Unrecognized;
            let status = reason(known).map(|mapped| mapped.value);
            assert_eq!(status == Some(ExternalStatus::ChargebackFraud), is_fraud, "{known}");
        }
        assert_eq!(reason(&Reason::from("x")), None);
    }
}

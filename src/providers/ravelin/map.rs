//! Maps the model to Ravelin's API.

use super::config::{Alerts, Ravelin, UnclearReasons};
use super::request::{Dispute, DisputeOutcome, DisputeStage, ReportDispute};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, Money, Reason, Stage};
use crate::provider::{Fidelity, FieldSupport, Loss, LossKind, StageSupport};
use crate::util::violation::Violation;

/// Ravelin's two values for a stage, and how much of the meaning they keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MappedStage {
    stage: DisputeStage,
    outcome: Option<DisputeOutcome>,
    fidelity: Fidelity,
}

impl MappedStage {
    const fn new(stage: DisputeStage, outcome: Option<DisputeOutcome>, fidelity: Fidelity) -> Self {
        Self { stage, outcome, fidelity }
    }

    /// Returns both values as one text, for plans and receipts.
    fn text(self) -> String {
        match self.outcome {
            Some(outcome) => format!("{}, {outcome}", self.stage),
            None => self.stage.to_string(),
        }
    }

    fn support(self) -> StageSupport {
        match self.fidelity {
            Fidelity::Exact => StageSupport::exact(self.text()),
            _ => StageSupport::lossy(self.text()),
        }
    }
}

/// Maps a stage; `None` if Ravelin has no value for it, or the settings refuse it.
///
/// A decided case has the stage `CHARGEBACK`, also after an arbitration, so the round is lost.
const fn stage(stage: Stage, alerts: Alerts) -> Option<MappedStage> {
    use DisputeStage::{Arbitration, Chargeback, ChargebackReversed, EarlyFraudWarning, PreArbitration};
    use Fidelity::{Exact, Lossy};
    let (stage, outcome, fidelity) = match stage {
        Stage::Alert => match alerts {
            Alerts::Send => (EarlyFraudWarning, None, Exact),
            Alerts::Refuse => return None,
        },
        Stage::Inquiry => (DisputeStage::RequestForInformation, None, Exact),
        Stage::Received => (Chargeback, None, Exact),
        Stage::Contested | Stage::UnderReview => (Chargeback, None, Lossy),
        Stage::PreArbitration => (PreArbitration, None, Exact),
        Stage::Arbitration => (Arbitration, None, Exact),
        Stage::Accepted => (Chargeback, Some(DisputeOutcome::Accepted), Lossy),
        Stage::Won => (Chargeback, Some(DisputeOutcome::Won), Lossy),
        Stage::Lost => (Chargeback, Some(DisputeOutcome::Lost), Lossy),
        Stage::Expired => (Chargeback, Some(DisputeOutcome::Expired), Lossy),
        Stage::Reversed => (ChargebackReversed, None, Exact),
        Stage::Withdrawn => (ChargebackReversed, None, Lossy),
        // A refund is another event, and a closed case without an outcome would read as an open one.
        Stage::Refunded | Stage::Closed => return None,
    };
    Some(MappedStage::new(stage, outcome, fidelity))
}

/// Returns the capabilities entry of a stage, with the setting that decides it.
pub(super) fn stage_support(case_stage: Stage, alerts: Alerts) -> StageSupport {
    let mapped = stage(case_stage, alerts);
    let support = mapped.map_or_else(StageSupport::unsupported, MappedStage::support);
    if case_stage == Stage::Alert { support.by_setting("alerts") } else { support }
}

/// Maps a reason to `nonFraud`. The reason itself is free text.
const fn non_fraud(reason: &Reason, unclear: UnclearReasons) -> Option<bool> {
    match reason {
        Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::FraudOther => Some(false),
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
        | Reason::CancelledGoodsServices => Some(true),
        Reason::Unrecognized | Reason::NoReply | Reason::Other | Reason::Unknown(_) => match unclear {
            UnclearReasons::Fraud => Some(false),
            UnclearReasons::NonFraud => Some(true),
            UnclearReasons::LeaveOut => None,
        },
    }
}

/// Returns the text of `nonFraud`, for plans and receipts.
const fn reason_text(non_fraud: Option<bool>) -> &'static str {
    match non_fraud {
        Some(true) => "nonFraud: true",
        Some(false) => "nonFraud: false",
        None => "",
    }
}

/// Returns the capabilities entry of a reason. `FraudOther` is exact, because it means fraud and nothing more.
pub(super) fn reason_support(reason: &Reason, unclear: UnclearReasons) -> StageSupport {
    let text = reason_text(non_fraud(reason, unclear));
    match reason {
        Reason::FraudOther => StageSupport::exact(text),
        _ => StageSupport::lossy(text),
    }
}

/// Returns whether Ravelin's call has a place for a field.
pub(super) const fn field(field: Field) -> FieldSupport {
    match field {
        Field::CaseId
        | Field::Stage
        | Field::Reason
        | Field::OccurredAt
        | Field::Amount
        | Field::Currency
        | Field::OrderId
        | Field::TransactionId
        | Field::GatewayTransactionId
        | Field::UserId
        | Field::OpenedAt
        | Field::Arn => FieldSupport::Sent,
        Field::NetworkCode | Field::Processor => FieldSupport::Noted,
        Field::SessionId
        | Field::ReceivedAt
        | Field::DueBy
        | Field::CaseNumber
        | Field::Notes
        | Field::Metadata
        | Field::Fraud
        | Field::Representment => FieldSupport::Dropped,
    }
}

/// Translates a chargeback to a report.
pub(super) fn translate(
    chargeback: &Chargeback,
    ravelin: &Ravelin,
) -> Result<Translation<ReportDispute>, TranslateError> {
    let Some(stage) = stage(chargeback.stage(), ravelin.alerts) else {
        let detail = match chargeback.stage() {
            Stage::Alert => "refused by the setting alerts",
            _ => "Ravelin has no stage for it",
        };
        return Err(TranslateError::unsupported_stage(chargeback, detail));
    };
    let payment = chargeback.payment();
    let references = [&payment.gateway_transaction_id, &payment.transaction_id, &payment.order_id];
    if references.iter().all(|id| id.is_none()) {
        let rule = "required by Ravelin; set gateway_transaction_id, transaction_id or order_id";
        return Err(TranslateError::Invalid(vec![Violation::new("payment.gateway_transaction_id", rule)]));
    }
    let non_fraud = non_fraud(chargeback.reason(), ravelin.unclear_reasons);
    let mut losses = Vec::new();
    losses.extend(Loss::from_support(Field::Stage, &stage.support()));
    if *chargeback.reason() != Reason::FraudOther {
        losses.push(Loss::new(Field::Reason, LossKind::Noted, "as text in reason"));
    }
    if chargeback.processor().is_some_and(|processor| processor.dispute_id.is_some() || processor.payment_id.is_some())
    {
        losses.push(Loss::new(Field::Processor, LossKind::Noted, "only the name is sent"));
    }
    let mut dispute = Dispute::new(chargeback.case_id(), stage.stage);
    dispute.outcome = stage.outcome;
    dispute.gateway = chargeback.processor().map(|processor| processor.name.clone());
    dispute.gateway_reference.clone_from(&payment.gateway_transaction_id);
    dispute.transaction_id.clone_from(&payment.transaction_id);
    dispute.amount = chargeback.amount().map(Money::minor_units);
    dispute.currency = chargeback.amount().map(|amount| amount.currency().code().to_owned());
    dispute.dispute_time = chargeback.opened_at().map(|at| at.timestamp_millis());
    dispute.reason = Some(reason_with_code(chargeback));
    dispute.non_fraud = non_fraud;
    dispute.acquirer_reference_number = chargeback.arn().map(str::to_owned);
    let mut report = ReportDispute::new(chargeback.occurred_at().timestamp_millis(), dispute);
    report.order_id.clone_from(&payment.order_id);
    report.customer_id.clone_from(&payment.user_id);
    Ok(Translation::new(report).values(stage.text(), reason_text(non_fraud)).losses(losses))
}

/// Returns the reason as words, with the network's code: `fraud, card not present (visa 10.4)`.
fn reason_with_code(chargeback: &Chargeback) -> String {
    let words = chargeback.reason().description();
    match chargeback.network_code() {
        Some(code) => format!("{words} ({} {})", code.network(), code.code()),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_alerts_depend_on_the_setting() {
        for &case_stage in Stage::ALL {
            let [sent, refused] = [Alerts::Send, Alerts::Refuse].map(|alerts| stage(case_stage, alerts));
            assert_eq!(sent != refused, case_stage == Stage::Alert, "{case_stage}");
        }
    }

    #[test]
    fn each_outcome_has_one_stage() {
        for &outcome in DisputeOutcome::ALL {
            let has = |&&case_stage: &&Stage| stage(case_stage, Alerts::Send).and_then(|s| s.outcome) == Some(outcome);
            assert_eq!(Stage::ALL.iter().filter(has).count(), 1, "{outcome}");
        }
    }

    #[test]
    fn unclear_reasons_depend_on_the_setting() {
        for reason in Reason::ALL.iter().chain([&Reason::from("x")]) {
            let values = UnclearReasons::ALL.iter().map(|&unclear| non_fraud(reason, unclear)).collect::<Vec<_>>();
            let is_unclear = values[0] != values[1];
            assert_eq!(is_unclear, matches!(reason.as_str(), "unrecognized" | "no_reply" | "other" | "x"), "{reason}");
            assert_eq!(is_unclear, values[2].is_none(), "{reason}");
        }
    }
}

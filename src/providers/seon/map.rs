//! Maps the model to SEON's API.

use super::config::{ID, Seon, WonLabel};
use super::label::Label;
use super::request::{LabelTransactions, TransactionLabel};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::providers::map::{self, Mapped};
use crate::util::violation::Violation;

/// The labels of a chargeback, by its reason. Plans and receipts show it as the value of the stage.
const CHARGEBACK: &str = "ecommerce_chargeback_*";

/// Maps a stage to a label, or to the labels of a chargeback; `None` if SEON has no label for it, or the settings
/// refuse it. A label has no stage, so every stage but the first is lossy.
fn stage(stage: Stage, won_label: WonLabel) -> Option<Mapped<&'static str>> {
    match stage {
        Stage::Received => Some(Mapped::exact(CHARGEBACK)),
        Stage::Accepted
        | Stage::Contested
        | Stage::UnderReview
        | Stage::PreArbitration
        | Stage::Arbitration
        | Stage::Lost
        | Stage::Expired => Some(Mapped::lossy(CHARGEBACK)),
        Stage::Won | Stage::Reversed | Stage::Withdrawn => won_label.label().map(|label| Mapped::lossy(label.as_str())),
        Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed => None,
    }
}

/// Returns the capabilities entry of a stage, with the setting that decides it.
pub(super) fn stage_support(case_stage: Stage, won_label: WonLabel) -> StageSupport {
    let support = map::stage_support(stage(case_stage, won_label));
    match case_stage {
        Stage::Won | Stage::Reversed | Stage::Withdrawn => support.by_setting("won_label"),
        _ => support,
    }
}

/// Maps a reason to a label of the family `ecommerce_chargeback`. The four labels are read as the four categories of
/// Visa (medium confidence).
pub(super) const fn reason(reason: &Reason) -> Mapped<Label> {
    match reason {
        Reason::FraudOther => Mapped::exact(Label::EcommerceChargebackFraud),
        Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::Unrecognized => {
            Mapped::lossy(Label::EcommerceChargebackFraud)
        }
        Reason::Authorization => Mapped::exact(Label::EcommerceChargebackAuthorizationIssue),
        Reason::ProcessingError => Mapped::exact(Label::EcommerceChargebackProcessingError),
        Reason::Duplicate | Reason::IncorrectAmount | Reason::LatePresentment => {
            Mapped::lossy(Label::EcommerceChargebackProcessingError)
        }
        Reason::NotReceived
        | Reason::NotAsDescribed
        | Reason::CounterfeitMerchandise
        | Reason::Misrepresentation
        | Reason::CreditNotProcessed
        | Reason::CancelledRecurring
        | Reason::CancelledGoodsServices
        | Reason::NoReply
        | Reason::Other
        | Reason::Unknown(_) => Mapped::lossy(Label::EcommerceChargebackDispute),
    }
}

/// Returns whether SEON's call has a place for a field.
pub(super) const fn field(field: Field, seon: &Seon) -> FieldSupport {
    match field {
        Field::Stage | Field::Reason => FieldSupport::Sent,
        Field::TransactionId if !seon.order_id_as_transaction_id => FieldSupport::Sent,
        Field::OrderId if seon.order_id_as_transaction_id => FieldSupport::Sent,
        Field::CaseId
        | Field::OccurredAt
        | Field::NetworkCode
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
        | Field::Notes
        | Field::Metadata
        | Field::Fraud
        | Field::Representment => FieldSupport::Dropped,
    }
}

/// Translates a chargeback to a label of its transaction.
pub(super) fn translate(
    chargeback: &Chargeback,
    seon: &Seon,
) -> Result<Translation<LabelTransactions>, TranslateError> {
    let Some(stage) = stage(chargeback.stage(), seon.won_label) else {
        let detail = match chargeback.stage() {
            Stage::Won | Stage::Reversed | Stage::Withdrawn => "refused by the setting won_label",
            _ => "SEON has no label for it",
        };
        return Err(TranslateError::unsupported_stage(chargeback, detail));
    };
    let mut losses = Vec::new();
    losses.extend(stage.loss(Field::Stage));
    let transaction_id = transaction_id(chargeback, seon, &mut losses)?;
    let won = if stage.value == CHARGEBACK { None } else { seon.won_label.label() };
    let label = if let Some(label) = won {
        losses.push(Loss::new(Field::Reason, LossKind::Dropped, "the label of a won case has no reason"));
        label
    } else {
        let reason = reason(chargeback.reason());
        losses.extend(reason.loss(Field::Reason));
        reason.value
    };
    let report = LabelTransactions::new(vec![TransactionLabel::new(transaction_id, label)]);
    let reason_value = if won.is_some() { "" } else { label.as_str() };
    Ok(Translation::new(report).values(stage.text(), reason_value).losses(losses))
}

/// Returns SEON's id of the transaction, or else the merchant's.
fn transaction_id(chargeback: &Chargeback, seon: &Seon, losses: &mut Vec<Loss>) -> Result<String, TranslateError> {
    let payment = chargeback.payment();
    let (field, name, id) = if seon.order_id_as_transaction_id {
        (Field::OrderId, "payment.order_id", &payment.order_id)
    } else {
        (Field::TransactionId, "payment.transaction_id", &payment.transaction_id)
    };
    match (chargeback.vendor_reference(&ID).and_then(|reference| reference.payment.as_deref()), id) {
        (Some(vendor_id), id) => {
            if id.is_some() {
                losses.push(Loss::new(field, LossKind::Dropped, "SEON's id is sent"));
            }
            Ok(vendor_id.to_owned())
        }
        (None, Some(id)) => Ok(id.clone()),
        (None, None) => {
            let rule = "required by SEON; or set SEON's id with vendor_payment";
            Err(TranslateError::Invalid(vec![Violation::new(name, rule)]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cases_that_ended_well_depend_on_the_setting() {
        for &case_stage in Stage::ALL {
            let [refused, approved] = [WonLabel::Refuse, WonLabel::MarkedAsApproved].map(|won| stage(case_stage, won));
            let ended_well = matches!(case_stage, Stage::Won | Stage::Reversed | Stage::Withdrawn);
            assert_eq!(refused != approved, ended_well, "{case_stage}");
            assert_eq!(stage_support(case_stage, WonLabel::FalseAlert).setting().is_some(), ended_well, "{case_stage}");
        }
    }

    #[test]
    fn reasons_have_labels_of_one_family() {
        for known in Reason::ALL {
            assert!(reason(known).value.as_str().starts_with("ecommerce_chargeback_"), "{known}");
        }
    }
}

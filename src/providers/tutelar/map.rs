//! Maps the model to Tutelar's API.

use super::config::{DefeatedMeans, OrderIds, Tutelar};
use super::request::{ChargebackStatus, TransactionChargeback};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::providers::map::{self, Mapped};
use crate::util::violation::Violation;

/// Maps a stage to a status; `None` if Tutelar has no status for it.
const fn stage(stage: Stage, defeated_means: DefeatedMeans) -> Option<Mapped<ChargebackStatus>> {
    Some(match (stage, defeated_means) {
        (Stage::Accepted, _) => Mapped::exact(ChargebackStatus::Accepted),
        (Stage::Contested, _) => Mapped::exact(ChargebackStatus::Contested),
        (Stage::UnderReview, _) => Mapped::lossy(ChargebackStatus::Contested),
        (Stage::PreArbitration, _) => Mapped::exact(ChargebackStatus::Prearbitration),
        (Stage::Arbitration, _) => Mapped::lossy(ChargebackStatus::Prearbitration),
        (Stage::Refunded, _) => Mapped::exact(ChargebackStatus::Refunded),
        (Stage::Won, DefeatedMeans::MerchantWon) | (Stage::Lost, DefeatedMeans::MerchantLost) => {
            Mapped::exact(ChargebackStatus::Defeated)
        }
        (Stage::Reversed | Stage::Withdrawn, DefeatedMeans::MerchantWon) => Mapped::lossy(ChargebackStatus::Defeated),
        (Stage::Expired, _) | (Stage::Lost, DefeatedMeans::MerchantWon | DefeatedMeans::Refuse) => {
            Mapped::lossy(ChargebackStatus::Accepted)
        }
        (Stage::Won | Stage::Reversed | Stage::Withdrawn, DefeatedMeans::MerchantLost | DefeatedMeans::Refuse)
        | (Stage::Alert | Stage::Inquiry | Stage::Received | Stage::Closed, _) => return None,
    })
}

/// Returns the capabilities entry of a stage, with the setting that decides it.
pub(super) fn stage_support(case_stage: Stage, defeated_means: DefeatedMeans) -> StageSupport {
    let support = map::stage_support(stage(case_stage, defeated_means));
    match case_stage {
        Stage::Won | Stage::Lost | Stage::Reversed | Stage::Withdrawn => support.by_setting("defeated_means"),
        _ => support,
    }
}

/// Maps a reason. Tutelar has no values for reasons, so every reason is sent as text.
pub(super) const fn reason(_: &Reason) -> Mapped<&'static str> {
    Mapped::lossy("")
}

/// Returns whether Tutelar's call has a place for a field.
pub(super) const fn field(field: Field) -> FieldSupport {
    match field {
        Field::Stage | Field::Reason | Field::OrderId => FieldSupport::Sent,
        Field::NetworkCode => FieldSupport::Noted,
        Field::CaseId
        | Field::OccurredAt
        | Field::Amount
        | Field::Currency
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

/// Translates a chargeback to a report.
pub(super) fn translate(
    chargeback: &Chargeback,
    tutelar: &Tutelar,
) -> Result<Translation<TransactionChargeback>, TranslateError> {
    let Some(stage) = stage(chargeback.stage(), tutelar.defeated_means) else {
        return Err(TranslateError::unsupported_stage(chargeback, unsupported(chargeback.stage())));
    };
    let order_id = order_id(chargeback, tutelar.order_ids).map_err(TranslateError::Invalid)?;
    let mut losses = Vec::new();
    losses.push(Loss::new(Field::Reason, LossKind::Noted, "as text in reason"));
    losses.extend(stage.loss(Field::Stage));
    let body = TransactionChargeback::new(stage.value, order_id, reason_text(chargeback));
    Ok(Translation::new(body).values(stage.text(), "").losses(losses))
}

/// Explains why a stage is not supported.
const fn unsupported(stage: Stage) -> &'static str {
    match stage {
        Stage::Won | Stage::Reversed | Stage::Withdrawn => {
            "its only status for this stage is `defeated`, which the setting `defeated_means` rules out"
        }
        _ => "supported: contested, accepted, defeated, refunded, prearbitration",
    }
}

/// Describes the reason, with the network code if there is one: `goods or services not received (visa 13.1)`.
fn reason_text(chargeback: &Chargeback) -> String {
    let text = chargeback.reason().description();
    match chargeback.network_code() {
        Some(code) => [text, " (", code.network().as_str(), " ", code.code(), ")"].concat(),
        None => text.to_owned(),
    }
}

/// Returns the order id, or the rules that it breaks.
fn order_id(chargeback: &Chargeback, order_ids: OrderIds) -> Result<&str, Vec<Violation>> {
    let violation = |rule| Violation::new("payment.order_id", rule);
    let Some(id) = chargeback.payment().order_id.as_deref() else {
        return Err(vec![violation("required by Tutelar; set order_id to the order id that Tutelar received")]);
    };
    let (is_short, is_plain) = match order_ids {
        OrderIds::Documented => (id.chars().count() <= 40, id.bytes().all(is_order_id_byte)),
        OrderIds::Any => (true, true),
    };
    let mut violations = Vec::new();
    if !is_short {
        violations.push(violation("must not be longer than 40 characters (Tutelar's code 105)"));
    }
    if !is_plain {
        violations.push(violation("must contain only A-Z, a-z, 0-9, _ and - (Tutelar's code 104)"));
    }
    if violations.is_empty() { Ok(id) } else { Err(violations) }
}

const fn is_order_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defeated_is_sent_only_with_the_meaning_that_is_set() {
        let defeated = |means| {
            let is_defeated = |&&case_stage: &&Stage| {
                stage(case_stage, means).is_some_and(|mapped| mapped.value == ChargebackStatus::Defeated)
            };
            Stage::ALL.iter().filter(is_defeated).copied().collect::<Vec<_>>()
        };
        let won = defeated(DefeatedMeans::MerchantWon);
        assert_eq!(won.len(), 3);
        assert!([Stage::Won, Stage::Reversed, Stage::Withdrawn].iter().all(|stage| won.contains(stage)));
        assert_eq!(defeated(DefeatedMeans::MerchantLost), [Stage::Lost]);
        assert_eq!(defeated(DefeatedMeans::Refuse), []);
    }

    #[test]
    fn a_loss_is_accepted_unless_defeated_means_it() {
        let lost = |means| stage(Stage::Lost, means);
        assert_eq!(lost(DefeatedMeans::MerchantLost), Some(Mapped::exact(ChargebackStatus::Defeated)));
        assert_eq!(lost(DefeatedMeans::MerchantWon), Some(Mapped::lossy(ChargebackStatus::Accepted)));
        assert_eq!(lost(DefeatedMeans::Refuse), Some(Mapped::lossy(ChargebackStatus::Accepted)));
    }

    #[test]
    fn every_status_has_one_exact_stage() {
        for &status in ChargebackStatus::ALL {
            let exact =
                |&&case_stage: &&Stage| stage(case_stage, DefeatedMeans::MerchantWon) == Some(Mapped::exact(status));
            assert_eq!(Stage::ALL.iter().filter(exact).count(), 1, "{status}");
        }
    }

    #[test]
    fn an_unsupported_stage_names_the_setting_if_it_decides() {
        for &case_stage in Stage::ALL {
            if stage(case_stage, DefeatedMeans::Refuse).is_none() {
                let by_setting = stage_support(case_stage, DefeatedMeans::Refuse).setting().is_some();
                assert_eq!(unsupported(case_stage).contains("defeated_means"), by_setting, "{case_stage}");
            }
        }
    }
}

//! The shared model in Tutelar's words.

use super::operations::Call;
use super::wire::{ChargebackStatus, TransactionChargeback};
use super::{DefeatedMeans, OrderIds};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::util::violation::Violation;

/// What the caller has decided.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) defeated_means: DefeatedMeans,
    pub(super) order_ids: OrderIds,
}

/// How a stage is said, and whether that says just it. `None` where Tutelar has no word.
const fn status(stage: Stage, defeated: DefeatedMeans) -> Option<(ChargebackStatus, bool)> {
    match stage {
        Stage::Accepted => Some((ChargebackStatus::Accepted, true)),
        Stage::Contested => Some((ChargebackStatus::Contested, true)),
        Stage::UnderReview => Some((ChargebackStatus::Contested, false)),
        Stage::PreArbitration => Some((ChargebackStatus::Prearbitration, true)),
        Stage::Arbitration => Some((ChargebackStatus::Prearbitration, false)),
        Stage::Refunded => Some((ChargebackStatus::Refunded, true)),
        Stage::Expired => Some((ChargebackStatus::Accepted, false)),
        Stage::Won => match defeated {
            DefeatedMeans::MerchantWon => Some((ChargebackStatus::Defeated, true)),
            DefeatedMeans::MerchantLost | DefeatedMeans::Refuse => None,
        },
        Stage::Reversed | Stage::Withdrawn => match defeated {
            DefeatedMeans::MerchantWon => Some((ChargebackStatus::Defeated, false)),
            DefeatedMeans::MerchantLost | DefeatedMeans::Refuse => None,
        },
        Stage::Lost => match defeated {
            DefeatedMeans::MerchantLost => Some((ChargebackStatus::Defeated, true)),
            DefeatedMeans::MerchantWon | DefeatedMeans::Refuse => Some((ChargebackStatus::Accepted, false)),
        },
        Stage::Alert | Stage::Inquiry | Stage::Received | Stage::Closed => None,
    }
}

pub(super) fn stage(stage: Stage, settings: Settings) -> StageSupport {
    let said = match status(stage, settings.defeated_means) {
        None => StageSupport::unsupported(),
        Some((status, true)) => StageSupport::exact(status.as_str()),
        Some((status, false)) => StageSupport::lossy(status.as_str()),
    };
    match stage {
        Stage::Won | Stage::Lost | Stage::Reversed | Stage::Withdrawn => said.by_setting("defeated_means"),
        _ => said,
    }
}

/// Every reason goes out in words.
pub(super) fn reason(_: &Reason) -> StageSupport {
    StageSupport::lossy("")
}

pub(super) const fn carriage(field: Field) -> FieldSupport {
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

pub(super) fn translate(chargeback: &Chargeback, settings: Settings) -> Result<Translation<Call>, TranslateError> {
    let Some((status, _)) = status(chargeback.stage(), settings.defeated_means) else {
        let why = match stage(chargeback.stage(), settings).setting() {
            Some(_) => "its only word for it is `defeated`, which `defeated_means` does not let stand for it",
            None => "Tutelar has contested, accepted, defeated, refunded and prearbitration",
        };
        return Err(TranslateError::unsupported_stage(chargeback, why));
    };
    let order_id = order_id(chargeback, settings.order_ids)?;
    let mut losses = vec![Loss::new(Field::Reason, LossKind::Noted, "in words, as reason")];
    losses.extend(Loss::from_support(Field::Stage, &stage(chargeback.stage(), settings)));
    let words = chargeback.reason().description();
    let reason = match chargeback.network_code() {
        Some(code) => [words, " (", code.network().as_str(), " ", code.code(), ")"].concat(),
        None => words.to_owned(),
    };
    let body = TransactionChargeback::new(status, order_id, reason);
    Ok(Translation::new(Call::Chargeback(body)).words(status.as_str(), "").losses(losses))
}

fn order_id(chargeback: &Chargeback, order_ids: OrderIds) -> Result<&str, TranslateError> {
    let field = "payment.order_id";
    let Some(id) = chargeback.payment().order_id.as_deref() else {
        return Err(TranslateError::Invalid(vec![Violation::new(
            field,
            "Tutelar needs the order id that it was given",
        )]));
    };
    let mut broken = Vec::new();
    if order_ids == OrderIds::Documented {
        if id.chars().count() > 40 {
            broken.push(Violation::new(field, "longer than 40 characters (Tutelar's code 105)"));
        }
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            broken.push(Violation::new(field, "has characters other than A-Z, a-z, 0-9, _ and - (Tutelar's code 104)"));
        }
    }
    if broken.is_empty() { Ok(id) } else { Err(TranslateError::Invalid(broken)) }
}

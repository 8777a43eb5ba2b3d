//! Maps the model to Sift's API.

use serde_json::{Map, Value};

use super::event::{ChargebackEvent, has_id_characters, is_ach_code};
use super::request::{EventOptions, ReportChargeback};
use super::values::{ChargebackReason, ChargebackState};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, FraudKind, Money, NetworkCode, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind};
use crate::providers::facts::for_each_fact;
use crate::providers::map::Mapped;
use crate::util::violation::Violation;

/// The number of decimals of Sift's unit of money.
const MICROS: u8 = 6;

/// Maps a stage to a state; `None` if Sift has no state for it.
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
        // A refund is another event, and a warning or an inquiry is no chargeback.
        Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed => return None,
    })
}

/// Maps a reason. The precise reason also goes to a custom field.
pub(super) const fn reason(reason: &Reason) -> Mapped<ChargebackReason> {
    match reason {
        Reason::FraudOther => Mapped::exact(ChargebackReason::Fraud),
        // Such a case is often not fraud, and `$friendly_fraud` would be a verdict on the customer.
        Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::Unrecognized => {
            Mapped::lossy(ChargebackReason::Fraud)
        }
        Reason::Authorization => Mapped::exact(ChargebackReason::Authorization),
        Reason::Duplicate => Mapped::exact(ChargebackReason::Duplicate),
        Reason::ProcessingError => Mapped::exact(ChargebackReason::ProcessingErrors),
        Reason::IncorrectAmount | Reason::LatePresentment => Mapped::lossy(ChargebackReason::ProcessingErrors),
        Reason::NotReceived => Mapped::exact(ChargebackReason::ProductNotReceived),
        Reason::NotAsDescribed => Mapped::exact(ChargebackReason::ProductUnacceptable),
        Reason::CounterfeitMerchandise | Reason::Misrepresentation => {
            Mapped::lossy(ChargebackReason::ProductUnacceptable)
        }
        Reason::CreditNotProcessed | Reason::CancelledGoodsServices => {
            Mapped::lossy(ChargebackReason::ConsumerDisputes)
        }
        Reason::CancelledRecurring => Mapped::exact(ChargebackReason::CancelSubscription),
        Reason::Other => Mapped::exact(ChargebackReason::Unlisted),
        Reason::NoReply | Reason::Unknown(_) => Mapped::lossy(ChargebackReason::Unlisted),
    }
}

/// Returns whether Sift's event has a place for a field.
pub(super) const fn field(field: Field) -> FieldSupport {
    match field {
        Field::Stage
        | Field::Reason
        | Field::OccurredAt
        | Field::OrderId
        | Field::TransactionId
        | Field::UserId
        | Field::SessionId
        | Field::NetworkCode
        | Field::Fraud => FieldSupport::Sent,
        Field::CaseId
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
        Field::Representment => FieldSupport::Dropped,
    }
}

/// Translates a chargeback to an event.
pub(super) fn translate(chargeback: &Chargeback) -> Result<Translation<ReportChargeback>, TranslateError> {
    let Some(stage) = stage(chargeback.stage()) else {
        let supported = "supported: $received, $accepted, $disputed, $won, $lost";
        return Err(TranslateError::unsupported_stage(chargeback, supported));
    };
    let (mut violations, mut losses) = (Vec::new(), Vec::new());
    losses.extend(stage.loss(Field::Stage));
    let payment = chargeback.payment();
    if payment.order_id.is_none() && payment.transaction_id.is_none() {
        violations.push(Violation::new("payment.order_id", "required by Sift; set order_id or transaction_id"));
    }
    if !payment.user_id.as_deref().is_none_or(has_id_characters) {
        violations.push(Violation::new("payment.user_id", "may only have letters, digits and =.-_+@:&^%!$ at Sift"));
    }
    let mut event = ChargebackEvent {
        user_id: payment.user_id.clone(),
        order_id: payment.order_id.clone(),
        transaction_id: payment.transaction_id.clone(),
        state: Some(stage.value),
        time: Some(chargeback.occurred_at().timestamp_millis()),
        ..ChargebackEvent::default()
    };
    match (&payment.session_id, &payment.user_id) {
        (Some(_), Some(_)) => losses.push(Loss::new(Field::SessionId, LossKind::Dropped, "the user id is sent")),
        (session_id, _) => event.session_id.clone_from(session_id),
    }
    let reason = add_reason(chargeback, &mut event, &mut losses);
    add_custom_fields(chargeback, &mut event.custom, &mut violations);
    if !violations.is_empty() {
        return Err(TranslateError::Invalid(violations));
    }
    let report = ReportChargeback::new(event, EventOptions::default());
    Ok(Translation::new(report).values(stage.text(), reason.as_str()).losses(losses))
}

/// Sets the reason, from the first source that is known: the return code of an ACH payment, the kind of fraud, the
/// reason of the chargeback.
fn add_reason(chargeback: &Chargeback, event: &mut ChargebackEvent, losses: &mut Vec<Loss>) -> ChargebackReason {
    let ach = chargeback.network_code().filter(|code| code.network().as_str() == "ach").map(NetworkCode::code);
    let ach = ach.filter(|code| is_ach_code(code));
    if chargeback.network_code().is_some() && ach.is_none() {
        losses.push(Loss::new(Field::NetworkCode, LossKind::Noted, "as custom fields"));
    }
    let mapped = reason(chargeback.reason());
    let fraud = chargeback.fraud();
    let is_friendly = mapped.value == ChargebackReason::Fraud
        && fraud.is_some_and(|fraud| fraud.kind == Some(FraudKind::FriendlyFraud));
    if fraud.is_some_and(|fraud| !is_friendly || ach.is_some() || fraud.notes.is_some()) {
        let detail = if is_friendly { "only the kind is sent" } else { "" };
        losses.push(Loss::new(Field::Fraud, LossKind::Dropped, detail));
    }
    let sent = match ach {
        Some(code) => {
            event.ach_return_code = Some(code.to_owned());
            losses.push(Loss::new(Field::Reason, LossKind::Merged, "sent as `$ach_return` with the code"));
            ChargebackReason::AchReturn
        }
        None if is_friendly => ChargebackReason::FriendlyFraud,
        None => {
            losses.extend(mapped.loss(Field::Reason));
            mapped.value
        }
    };
    event.reason = Some(sent);
    sent
}

/// Adds the fields that the event has no place for. A name that ends in `_id` would restrict the characters of its
/// value, so the names of ids have no ending.
fn add_custom_fields(chargeback: &Chargeback, custom: &mut Map<String, Value>, violations: &mut Vec<Violation>) {
    for_each_fact(chargeback, violations, |_, name, text| {
        let name = match name {
            "amount" | "occurred_at" => return,
            "network" => "card_network",
            _ => name.trim_end_matches("_id"),
        };
        custom.insert(name.to_owned(), text.into());
    });
    if let Some(amount) = chargeback.amount() {
        match micros(amount) {
            Some(micros) => _ = custom.insert("amount_micros".to_owned(), micros.into()),
            None => violations.push(Violation::new("amount", "too large for Sift's unit of micros")),
        }
    }
    if !chargeback.metadata().is_empty() {
        // One text, because Sift restricts the names of custom fields.
        let entries = chargeback.metadata().iter().map(|(name, value)| (name.clone(), value.clone().into()));
        custom.insert("metadata".to_owned(), Value::Object(entries.collect()).to_string().into());
    }
}

/// Converts an amount to millionths of a major unit: 12.99 USD is 12990000, and 1 JPY is 1000000.
fn micros(amount: Money) -> Option<i64> {
    let missing = MICROS.checked_sub(amount.currency().digits())?;
    amount.minor_units().checked_mul(10_i64.checked_pow(missing.into())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;

    #[test]
    fn every_state_has_one_exact_stage() {
        for &state in ChargebackState::ALL {
            let is_exact = |&&case_stage: &&Stage| stage(case_stage) == Some(Mapped::exact(state));
            assert_eq!(Stage::ALL.iter().filter(is_exact).count(), 1, "{state}");
        }
    }

    #[test]
    fn amounts_are_in_micros() {
        for (minor, currency, expected) in [
            (1299, Currency::USD, Some(12_990_000)),
            (1, Currency::JPY, Some(1_000_000)),
            (1, Currency::KWD, Some(1_000)),
            (-5, Currency::USD, Some(-50_000)),
            (i64::MAX, Currency::JPY, None),
        ] {
            assert_eq!(micros(Money::from_minor_units(minor, currency)), expected, "{minor} {currency}");
        }
    }
}

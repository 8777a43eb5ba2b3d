//! The fields of a chargeback as text, for vendors with free text or a map of free fields.

use chrono::{DateTime, Utc};

use crate::model::{Chargeback, Currency, Decimal, Field, Money, NetworkCode, TimeText};
use crate::util::violation::Violation;

/// The number of names that [`for_each_fact`] can pass.
pub(crate) const FACTS: usize = 18;

/// Calls `add` with the field, the name and the text of each fact that is set, in the order of the names. Ids of the
/// order, the payment, the user and the session, and metadata are left out.
///
/// Times are in RFC 3339. A time that cannot be written is recorded as a violation.
pub(crate) fn for_each_fact(
    chargeback: &Chargeback,
    violations: &mut Vec<Violation>,
    mut add: impl FnMut(Field, &'static str, &str),
) {
    let (payment, amount) = (chargeback.payment(), chargeback.amount());
    let (code, processor) = (chargeback.network_code(), chargeback.processor());
    let mut text = |field, name, text: Option<&str>| {
        if let Some(text) = text {
            add(field, name, text);
        }
    };
    text(Field::Amount, "amount", amount.map(Decimal::new).as_ref().map(Decimal::as_str));
    text(Field::Arn, "arn", chargeback.arn());
    text(Field::CaseId, "case_id", Some(chargeback.case_id()));
    text(Field::CaseNumber, "case_number", chargeback.case_number());
    text(Field::Currency, "currency", amount.map(Money::currency).as_ref().map(Currency::code));
    text(Field::DueBy, "due_by", rfc3339("due_by", chargeback.due_by(), violations).as_ref().map(TimeText::as_str));
    text(Field::GatewayTransactionId, "gateway_transaction_id", payment.gateway_transaction_id.as_deref());
    text(Field::NetworkCode, "network", code.map(|code| code.network().as_str()));
    text(Field::NetworkCode, "network_reason_code", code.map(NetworkCode::code));
    text(Field::Notes, "notes", chargeback.notes());
    let occurred_at = rfc3339("occurred_at", Some(chargeback.occurred_at()), violations);
    text(Field::OccurredAt, "occurred_at", occurred_at.as_ref().map(TimeText::as_str));
    let opened_at = rfc3339("opened_at", chargeback.opened_at(), violations);
    text(Field::OpenedAt, "opened_at", opened_at.as_ref().map(TimeText::as_str));
    text(Field::Processor, "processor", processor.map(|processor| processor.name.as_str()));
    text(Field::Processor, "processor_dispute_id", processor.and_then(|processor| processor.dispute_id.as_deref()));
    text(Field::Processor, "processor_payment_id", processor.and_then(|processor| processor.payment_id.as_deref()));
    text(Field::Reason, "reason", Some(chargeback.reason().as_str()));
    let received_at = rfc3339("received_at", chargeback.received_at(), violations);
    text(Field::ReceivedAt, "received_at", received_at.as_ref().map(TimeText::as_str));
    text(Field::Stage, "stage", Some(chargeback.stage().as_str()));
}

fn rfc3339(name: &'static str, at: Option<DateTime<Utc>>, violations: &mut Vec<Violation>) -> Option<TimeText> {
    let time = TimeText::new(at?);
    if time.is_none() {
        violations.push(TimeText::violation(name));
    }
    time
}

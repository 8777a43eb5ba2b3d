//! The rules of a chargeback that hold for every vendor.

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::chargeback::Data;
use super::payment::{Payment, VendorReference};
use crate::util::violation::Violation;

/// Returns every broken rule, in a stable order: ids, texts, times, amount.
pub(super) fn violations(data: &Data) -> Vec<Violation> {
    let mut broken = Vec::new();
    check_case_id(&data.case_id, &mut broken);
    check_payment(data, &mut broken);
    check_texts(data, &mut broken);
    check_times(data, &mut broken);
    if data.amount.is_some_and(|amount| amount.minor_units() < 0) {
        broken.push(Violation::new("amount", "negative"));
    }
    broken
}

fn check_case_id(case_id: &str, broken: &mut Vec<Violation>) {
    match case_id.chars().count() {
        0 => broken.push(Violation::new("case_id", "empty")),
        1..=255 => {}
        _ => broken.push(Violation::new("case_id", "longer than 255 characters")),
    }
    if case_id.chars().any(char::is_control) {
        broken.push(Violation::new("case_id", "has a control character"));
    }
    // Some vendors trim ids, so an untrimmed id would not match later.
    if case_id.trim() != case_id {
        broken.push(Violation::new("case_id", "has white space around it"));
    }
}

fn check_payment(data: &Data, broken: &mut Vec<Violation>) {
    let Payment { order_id, transaction_id, gateway_transaction_id, user_id, session_id } = &data.payment;
    let ids = [
        ("payment.order_id", order_id),
        ("payment.transaction_id", transaction_id),
        ("payment.gateway_transaction_id", gateway_transaction_id),
        ("payment.user_id", user_id),
        ("payment.session_id", session_id),
    ];
    for (field, id) in ids {
        check_not_empty(field, id.as_deref(), broken);
    }
    for (provider, reference) in &data.vendor_references {
        for (part, id) in [("payment", &reference.payment), ("case", &reference.case)] {
            if id.as_deref().is_some_and(str::is_empty) {
                broken.push(Violation::new(format!("vendor_references.{provider}.{part}"), "empty (leave it out)"));
            }
        }
    }
    let has_vendor_id = |reference: &VendorReference| reference.payment.is_some() || reference.case.is_some();
    if ids.iter().all(|(_, id)| id.is_none()) && !data.vendor_references.values().any(has_vendor_id) {
        broken.push(Violation::new("payment", "no id of the payment is given"));
    }
}

fn check_texts(data: &Data, broken: &mut Vec<Violation>) {
    check_not_empty("arn", data.arn.as_deref(), broken);
    check_not_empty("case_number", data.case_number.as_deref(), broken);
    check_not_empty("notes", data.notes.as_deref(), broken);
    check_not_empty("fraud.notes", data.fraud.as_ref().and_then(|fraud| fraud.notes.as_deref()), broken);
    if data.metadata.keys().any(String::is_empty) {
        broken.push(Violation::new("metadata", "a name is empty"));
    }
    if let Some(processor) = &data.processor {
        check_not_empty("processor.name", Some(&processor.name), broken);
        check_not_empty("processor.dispute_id", processor.dispute_id.as_deref(), broken);
        check_not_empty("processor.payment_id", processor.payment_id.as_deref(), broken);
    }
    if let Some(code) = &data.network_code {
        check_not_empty("network_code.code", Some(code.code()), broken);
        if code.network().as_str().is_empty() {
            broken.push(Violation::new("network_code.network", "empty"));
        }
    }
}

fn check_not_empty(field: &'static str, text: Option<&str>, broken: &mut Vec<Violation>) {
    if text.is_some_and(str::is_empty) {
        broken.push(Violation::new(field, "empty (leave it out)"));
    }
}

fn check_times(data: &Data, broken: &mut Vec<Violation>) {
    let representment = data.representment.clone().unwrap_or_default();
    let times = [
        ("occurred_at", Some(data.occurred_at)),
        ("opened_at", data.opened_at),
        ("received_at", data.received_at),
        ("due_by", data.due_by),
        ("representment.initiated_at", representment.initiated_at),
        ("representment.completed_at", representment.completed_at),
    ];
    for (field, time) in times.into_iter().filter_map(|(field, time)| Some((field, time?))) {
        if !(1..=9999).contains(&time.year()) {
            broken.push(Violation::new(field, "the year is not between 1 and 9999"));
        }
        if is_impossible_leap_second(time) {
            broken.push(Violation::new(field, "a leap second that is not at 23:59:60 UTC"));
        }
    }
    if representment.initiated_at.zip(representment.completed_at).is_some_and(|(start, end)| end < start) {
        broken.push(Violation::new("representment.completed_at", "before representment.initiated_at"));
    }
}

/// Returns true for a leap second outside 23:59 UTC, where a reader rejects second 60.
fn is_impossible_leap_second(time: DateTime<Utc>) -> bool {
    time.nanosecond() >= 1_000_000_000 && (time.hour(), time.minute()) != (23, 59)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_seconds_are_possible_only_at_the_end_of_a_day() {
        let cases = [
            ("2016-12-31T23:59:60Z", false),
            ("2016-12-31T23:59:60.5Z", false),
            ("2016-12-31T23:58:60Z", true),
            ("2016-12-31T22:59:60Z", true),
            ("2016-12-31T22:59:59.999Z", false),
        ];
        for (text, expected) in cases {
            let time = DateTime::parse_from_rfc3339(text).unwrap().to_utc();
            assert_eq!(is_impossible_leap_second(time), expected, "{text}");
        }
    }
}

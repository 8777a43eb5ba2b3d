//! The rules of a chargeback that hold for every vendor.

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::chargeback::Data;
use super::payment::{Payment, VendorReference};
use super::vendor_case::is_blank_id;
use crate::util::violation::Violation;

/// Returns every broken rule, in a stable order: ids, texts, times, amount.
pub(super) fn violations(data: &Data) -> Vec<Violation> {
    let mut violations = Vec::new();
    check_case_id(&data.case_id, &mut violations);
    check_payment(data, &mut violations);
    check_texts(data, &mut violations);
    check_times(data, &mut violations);
    if data.amount.is_some_and(|amount| amount.minor_units() < 0) {
        violations.push(Violation::new("amount", "must not be negative"));
    }
    violations
}

fn check_case_id(case_id: &str, violations: &mut Vec<Violation>) {
    match case_id.chars().count() {
        0 => violations.push(Violation::new("case_id", "must not be empty")),
        1..=255 => {}
        _ => violations.push(Violation::new("case_id", "must not be longer than 255 characters")),
    }
    if case_id.chars().any(char::is_control) {
        violations.push(Violation::new("case_id", "must not contain control characters"));
    }
    // Some vendors trim ids, so an untrimmed id would not match later.
    if case_id.trim() != case_id {
        violations.push(Violation::new("case_id", "must not start or end with white space"));
    }
}

fn check_payment(data: &Data, violations: &mut Vec<Violation>) {
    let Payment { order_id, transaction_id, gateway_transaction_id, user_id, session_id } = &data.payment;
    let ids = [
        ("payment.order_id", order_id),
        ("payment.transaction_id", transaction_id),
        ("payment.gateway_transaction_id", gateway_transaction_id),
        ("payment.user_id", user_id),
        ("payment.session_id", session_id),
    ];
    for (field, id) in ids {
        check_not_empty(field, id.as_deref(), violations);
    }
    for (provider, reference) in &data.vendor_references {
        for (part, id) in [("payment", &reference.payment), ("case", &reference.case)] {
            if id.as_deref().is_some_and(is_blank_id) {
                violations.push(Violation::new(
                    format!("vendor_references.{provider}.{part}"),
                    "must not be empty; omit it instead",
                ));
            }
        }
    }
    let has_vendor_id = |reference: &VendorReference| reference.payment.is_some() || reference.case.is_some();
    if ids.iter().all(|(_, id)| id.is_none()) && !data.vendor_references.values().any(has_vendor_id) {
        violations.push(Violation::new(
            "payment",
            "must have an id; set order_id, transaction_id, vendor_payment or another id",
        ));
    }
}

fn check_texts(data: &Data, violations: &mut Vec<Violation>) {
    check_not_empty("arn", data.arn.as_deref(), violations);
    check_not_empty("case_number", data.case_number.as_deref(), violations);
    check_not_empty("notes", data.notes.as_deref(), violations);
    check_not_empty("fraud.notes", data.fraud.as_ref().and_then(|fraud| fraud.notes.as_deref()), violations);
    if data.metadata.keys().any(String::is_empty) {
        violations.push(Violation::new("metadata", "names must not be empty"));
    }
    if let Some(processor) = &data.processor {
        check_not_empty("processor.name", Some(&processor.name), violations);
        check_not_empty("processor.dispute_id", processor.dispute_id.as_deref(), violations);
        check_not_empty("processor.payment_id", processor.payment_id.as_deref(), violations);
    }
    if let Some(code) = &data.network_code {
        check_not_empty("network_code.code", Some(code.code()), violations);
        if code.network().as_str().is_empty() {
            violations.push(Violation::new("network_code.network", "must not be empty"));
        }
    }
}

fn check_not_empty(field: &'static str, text: Option<&str>, violations: &mut Vec<Violation>) {
    if text.is_some_and(str::is_empty) {
        violations.push(Violation::new(field, "must not be empty; omit it instead"));
    }
}

fn check_times(data: &Data, violations: &mut Vec<Violation>) {
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
            violations.push(Violation::new(field, "the year must be between 1 and 9999"));
        }
        if is_impossible_leap_second(time) {
            violations.push(Violation::new(field, "a leap second must be at 23:59:60 UTC"));
        }
    }
    if representment.initiated_at.zip(representment.completed_at).is_some_and(|(start, end)| end < start) {
        violations.push(Violation::new("representment.completed_at", "must not be before representment.initiated_at"));
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

//! Checkout.com: signatures, stages and fields.

use chargeback::Reason;
use chargeback::webhooks::{Cycle, DisputeEvent, Mapping, VerifyError, checkout};
use serde_json::{Value, json};

use super::samples::{check, written};
use super::{case, checkout_verified, dispute, fixture, headers, two};

#[test]
fn every_sample_has_the_expected_stage() {
    check(
        "checkout",
        &[
            ("request_for_information_received", "inquiry!"),
            ("dispute_received", "received"),
            ("dispute_evidence_required", "received"),
            ("dispute_evidence_submitted", "under_review"),
            ("dispute_evidence_acknowledged_by_scheme", "under_review"),
            ("dispute_accepted", "accepted"),
            ("dispute_expired", "expired"),
            ("dispute_won", "won"),
            ("dispute_lost", "lost"),
            ("dispute_canceled", "withdrawn"),
            ("dispute_resolved-", "closed"),
            ("dispute_resolved-rapid_dispute_resolution", "refunded"),
            ("dispute_arbitration_evidence_submitted", "arbitration"),
            ("dispute_arbitration_sent_to_scheme", "arbitration"),
            ("dispute_arbitration_won", "won"),
            ("dispute_arbitration_lost", "lost"),
            ("payment_approved", "-"),
        ],
    );
}

#[test]
fn every_field_of_a_sample() {
    let expected = json!({
        "case_id": "checkout-dsp_fixtestdispute0001", "stage": "received", "occurred_at": "2026-03-05T10:20:32.582Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "10.4" },
        "amount": { "value": "49.99", "currency": "GBP" },
        "payment": { "order_id": "ORDER-3001", "gateway_transaction_id": "pay_fixtestpayment00000000001" },
        "opened_at": "2026-03-02T10:15:30.504270200Z", "due_by": "2026-03-20T18:00:00Z",
        "processor": {
            "name": "checkout", "dispute_id": "dsp_fixtestdispute0001", "payment_id": "pay_fixtestpayment00000000001",
        },
    });
    assert_eq!(written("checkout", "dispute_evidence_required.json"), expected);
    let times = ["dispute_evidence_required-created_on.json", "dispute_evidence_required.json"]
        .map(|name| dispute("checkout", name).occurred_at);
    assert!(times.iter().all(|time| time.timestamp() > 1_700_000_000), "the time has two names");
    assert!(dispute("checkout", "dispute_arbitration_lost.json").chargeback.representment().is_some());
}

#[test]
fn a_computed_vector_is_verified() {
    let body = concat!(
        r#"{"id":"evt_1","type":"dispute_received","#,
        r#""data":{"id":"dsp_1","amount":1250,"currency":"EUR","payment_id":"pay_1"}}"#
    );
    let signature = "01698e8f2ebef447787786fe470e5bfdc779603b5907f06bf811c5190ddb47ae";
    let verify = |key: &str, signature: &str| {
        let verifier = checkout::Verifier::new(two("another", key)).unwrap();
        verifier.verify(&headers([("cko-signature", signature)]), body.as_bytes()).map(drop)
    };
    assert_eq!(verify("test_signature_key", signature), Ok(()));
    assert_eq!(verify("test_signature_kex", signature), Err(VerifyError::NoMatch));
    assert_eq!(verify("test_signature_key", "xyz"), Err(VerifyError::Malformed("cko-signature")));
}

/// A sample as another event, with more data.
pub fn parse_event(kind: &str, data: Value) -> DisputeEvent {
    let mut event: Value = serde_json::from_str(&fixture("checkout", "dispute_lost.json")).unwrap();
    event["type"] = kind.into();
    let Value::Object(data) = data else { panic!() };
    event["data"].as_object_mut().unwrap().extend(data);
    case(checkout_verified(&event.to_string()).parse(&Mapping::default()))
}

#[test]
fn the_category_is_the_reason_without_a_code() {
    let reason = |category: &str| {
        let data = json!({ "reason_code": null, "category": category });
        parse_event("dispute_lost", data).chargeback.reason().clone()
    };
    for (category, expected) in [
        ("fraudulent", Reason::FraudOther),
        ("unrecognized", Reason::Unrecognized),
        ("canceled_recurring", Reason::CancelledRecurring),
        ("product_service_not_received", Reason::NotReceived),
        ("not_as_described", Reason::NotAsDescribed),
        ("credit_not_issued", Reason::CreditNotProcessed),
        ("duplicate", Reason::Duplicate),
        ("incorrect_amount", Reason::IncorrectAmount),
        ("general", Reason::Other),
        ("of_a_new_kind", Reason::from("of_a_new_kind")),
    ] {
        assert_eq!(reason(category), expected, "{category}");
    }
    assert_eq!(parse_event("dispute_lost", json!({})).cycle, Cycle::Dispute);
    assert_eq!(parse_event("dispute_arbitration_lost", json!({})).cycle, Cycle::SecondRound);
}

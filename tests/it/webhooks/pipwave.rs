//! Pipwave: signatures, confirmations, stages and fields.

use chargeback::Field;
use chargeback::pipwave::Requery;
use chargeback::webhooks::pipwave::Confirmation;
use chargeback::webhooks::{VerifyError, pipwave};
use serde_json::json;

use super::samples::{check, written};
use super::{PIPWAVE_KEYS, dispute, fixture, pipwave_signed, pipwave_verified, two};

#[test]
fn every_sample_has_the_expected_stage() {
    check(
        "pipwave",
        &[
            ("chargeback-", "received"),
            ("chargeback-reverse_status_6", "won"),
            ("chargeback-reverse_status_7", "closed"),
            ("chargeback-reverse_status_8", "reversed"),
            ("chargeback-reverse_status_10", "lost"),
            ("chargeback-unknown_reverse_status", "?reverse_status"),
            ("chargeback-no_reverse_status", "?reverse_status"),
            ("payment-not_a_dispute", "-"),
            ("payment-disputed_status", "?type"),
            ("refund-", "-"),
        ],
    );
}

#[test]
fn every_field_of_a_sample() {
    let expected = json!({
        "case_id": "pipwave-FIXPW0001", "stage": "received", "occurred_at": "2026-03-02T10:00:00Z", "reason": "",
        "payment": { "transaction_id": "ORDER-6001" }, "vendor_references": { "pipwave": { "payment": "FIXPW0001" } },
        "received_at": "2026-03-02T10:00:00Z", "processor": { "name": "pipwave", "dispute_id": "FIXPW0001" },
        "case_number": "FIXREVERSE1",
    });
    assert_eq!(written("pipwave", "chargeback-reverse_status_1_pending.json"), expected);
    assert!(dispute("pipwave", "chargeback-no_reverse_ids.json").unsigned_fields.contains(&Field::Stage));
}

#[test]
fn the_signature_is_that_of_the_connector() {
    let body = pipwave_signed(&fixture("pipwave", "chargeback-reverse_status_1_pending.json"));
    let verify = |key: &str, secrets: chargeback::webhooks::Secrets, body: &str| {
        pipwave::Verifier::new(key, secrets).unwrap().verify(body.as_bytes()).map(drop)
    };
    let (key, secret) = PIPWAVE_KEYS;
    assert_eq!(verify(key, two("new", secret), &body), Ok(()));
    assert_eq!(verify(key, two(secret, "old"), &body), Ok(()));
    assert_eq!(verify(key, "other".into(), &body), Err(VerifyError::NoMatch));
    assert_eq!(verify("other", secret.into(), &body), Err(VerifyError::NoMatch));
    assert_eq!(verify(key, secret.into(), &body.replace("126.60", "126.61")), Err(VerifyError::NoMatch));
    assert_eq!(
        verify(key, secret.into(), &body.replace("\"signature\"", "\"no\"")),
        Err(VerifyError::Missing("signature"))
    );
    assert_eq!(verify(key, secret.into(), "[]"), Err(VerifyError::Malformed("body")));
}

#[test]
fn a_query_confirms_or_contradicts_a_notification() {
    use Confirmation::{Confirmed as Y, Contradicted as N, Inconclusive as I};

    let state = |status: i64| {
        let script = crate::support::Script::new([crate::support::Play::json(
            200,
            format!(r#"{{"status":200,"transaction_status":{status}}}"#),
        )]);
        let vendor = chargeback::pipwave::Pipwave::new("k", "s", chargeback::pipwave::Environment::Staging);
        let provider = crate::support::provider(vendor, &script);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(provider.requery(Requery::Payment("FIXPW0001".into()))).unwrap().reply
    };
    let payload = |name: &str| pipwave_verified(&fixture("pipwave", name));
    let received = payload("chargeback-reverse_status_1_pending.json");
    assert_eq!(received.requery(), Some(Requery::Payment("FIXPW0001".into())));
    assert_eq!(received.notification().txn_id(), Some("ORDER-6001"));
    let confirmations =
        |name: &str| [13, 15, 10, 20, 25, 0, 99].map(|status| payload(name).confirmation(&state(status)));
    assert_eq!(confirmations("chargeback-reverse_status_1_pending.json"), [Y, Y, N, I, I, N, N]);
    assert_eq!(confirmations("chargeback-reverse_status_10_finalised.json"), [I, Y, N, I, I, N, N]);
    assert_eq!(confirmations("chargeback-reverse_status_6_won.json"), [N, N, I, I, I, N, N]);
    assert_eq!(confirmations("chargeback-reverse_status_7_resolved.json"), [I; 7]);
}

#[test]
fn the_event_id_is_signed_except_for_the_status() {
    let id = |name: &str| dispute("pipwave", name).event_id;
    assert_eq!(id("chargeback-reverse_status_1_pending.json"), "FIXPW0001:1772445600:13:1");
    assert_ne!(id("chargeback-reverse_status_1_pending.json"), id("chargeback-reverse_status_6_won.json"));
}

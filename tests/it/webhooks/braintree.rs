//! Braintree: signatures, stages and fields.

use chargeback::webhooks::{Event, Mapping, VerifyError, braintree};
use chargeback::{Reason, Stage};
use serde_json::json;

use super::samples::{check, written};
use super::{BRAINTREE_KEYS, braintree_fields, braintree_verified, braintree_verifier, case, dispute, fixture};

#[test]
fn every_sample_has_the_expected_stage() {
    check(
        "braintree",
        &[
            ("dispute_opened-", "received"),
            ("dispute_opened-retrieval", "inquiry!"),
            ("dispute_opened-pre_arbitration", "pre_arbitration"),
            ("dispute_under_review", "received"),
            ("dispute_disputed", "under_review"),
            ("dispute_accepted", "accepted"),
            ("dispute_auto_accepted", "accepted"),
            ("dispute_auto_accepted-visa_rdr", "refunded"),
            ("dispute_expired", "expired"),
            ("dispute_won", "won"),
            ("dispute_lost", "lost"),
            ("subscription_charged_successfully", "-"),
            ("check", "-"),
        ],
    );
}

#[test]
fn every_field_of_a_sample() {
    let expected = json!({
        "case_id": "braintree-fixdispute000001", "stage": "received", "occurred_at": "2026-03-02T10:15:30Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "83" },
        "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-4001", "gateway_transaction_id": "fixtxn0001" },
        "opened_at": "2026-03-01T09:00:00Z", "received_at": "2026-03-02T10:15:30Z", "due_by": "2026-03-20T23:59:59Z",
        "processor": { "name": "braintree", "dispute_id": "fixdispute000001", "payment_id": "fixtxn0001" },
        "case_number": "CASE-0001",
    });
    assert_eq!(written("braintree", "dispute_opened-chargeback.xml"), expected);
    let partial = dispute("braintree", "dispute_opened-partial.xml").chargeback.amount().unwrap();
    assert!(partial.minor_units() < 4999, "the disputed amount, not the paid one: {partial}");
    assert_eq!(
        dispute("braintree", "dispute_opened-chargeback.xml").event_id,
        "fixdispute000001:dispute_opened:2026-03-02T10:15:30Z"
    );
    let nil = dispute("braintree", "dispute_opened-nil_fields.xml").chargeback;
    assert_eq!((nil.due_by(), nil.case_number()), (None, None));
    assert!(
        dispute("braintree", "dispute_won.xml").chargeback.representment().is_some(),
        "the history contains `disputed`"
    );
}

#[test]
fn a_computed_vector_is_verified() {
    let verifier = braintree::Verifier::new("integration_public_key", "integration_private_key").unwrap();
    let verify = |payload: &str| {
        let signature = "other_key|00&integration_public_key|10bf71f9a7343c54ee69013cabea1aad72f18f73";
        verifier.verify_fields(signature, payload).map(drop)
    };
    assert_eq!(verify("PG5vdGlmaWNhdGlvbi8+\n"), Ok(()));
    assert_eq!(verify("PG5vdGlmaWNhdGlvbi8+"), Ok(()), "the form reader lost the line feed");
    assert_eq!(verify("PG5vdGlmaWNhdGlvbi8+\n\n"), Err(VerifyError::NoMatch));
    assert_eq!(verify("PG5vdGlmaWNhdGlvbi8="), Err(VerifyError::NoMatch));
}

#[test]
fn the_form_needs_two_fields_and_a_known_key() {
    let xml = fixture("braintree", "dispute_opened-chargeback.xml");
    let (signature, payload) = braintree_fields(&xml);
    let form = |pairs: &[(&str, &str)]| {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        braintree_verifier().verify(form.finish().as_bytes()).map(drop)
    };
    let (sig, load) = (("bt_signature", signature.as_str()), ("bt_payload", payload.as_str()));
    assert_eq!(form(&[sig, load]), Ok(()));
    assert_eq!(form(&[load, ("more", "1"), sig]), Ok(()));
    assert_eq!(form(&[load]), Err(VerifyError::Missing("bt_signature")));
    assert_eq!(form(&[sig]), Err(VerifyError::Missing("bt_payload")));
    assert_eq!(form(&[sig, load, load]), Err(VerifyError::Malformed("bt_payload")), "ambiguous");
    let many = vec![signature.as_str(); 17].join("&");
    assert_eq!(form(&[("bt_signature", &many), load]), Err(VerifyError::Malformed("bt_signature")));
    assert_eq!(form(&[("bt_signature", "no pair"), load]), Err(VerifyError::Malformed("bt_signature")));
    let others = signature.replace(BRAINTREE_KEYS.0, "another_key");
    assert_eq!(form(&[("bt_signature", &others), load]), Err(VerifyError::NoMatch));
    assert_eq!(form(&[sig, ("bt_payload", &payload.replace('P', "Q"))]), Err(VerifyError::NoMatch));
    let rolled = braintree::Verifier::new("new_key", "new").unwrap().or(BRAINTREE_KEYS.0, BRAINTREE_KEYS.1).unwrap();
    assert!(rolled.verify_fields(&signature, &payload).is_ok());
    let wrong_key = braintree::Verifier::new(BRAINTREE_KEYS.0, "another").unwrap();
    assert_eq!(wrong_key.verify_fields(&signature, &payload).map(drop), Err(VerifyError::NoMatch));
}

/// A sample with one text replaced.
fn parse_event(from: &str, to: &str) -> Event {
    let xml = fixture("braintree", "dispute_opened-chargeback.xml");
    assert!(xml.contains(from), "{from}");
    braintree_verified(&xml.replace(from, to)).parse(&Mapping::default()).unwrap()
}

#[test]
fn the_reason_and_then_the_text_replace_a_code() {
    let code = "<reason-code>83</reason-code>";
    let reason = |from: &str, to: &str| {
        let xml = fixture("braintree", "dispute_opened-chargeback.xml").replace(code, "").replace(from, to);
        case(braintree_verified(&xml).parse(&Mapping::default())).chargeback.reason().clone()
    };
    let fraud = "<reason>fraud</reason>";
    assert_eq!(reason(fraud, "<reason>duplicate</reason>"), Reason::Duplicate);
    assert_eq!(reason(fraud, ""), Reason::from("Fraud, card absent"));
    let unknown = |from: &str, to: &str| match parse_event(from, to) {
        Event::Unknown(unknown) => (unknown.field, unknown.value),
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown("<kind>chargeback</kind>", "<kind>new</kind>"), ("kind", "new".into()));
    let status = "<status>open</status>\n      <updated-at";
    assert_eq!(unknown(status, "<status>paused</status><updated-at"), ("status", "paused".into()));
}

#[test]
fn a_document_with_too_many_elements_is_rejected() {
    let xml = fixture("braintree", "dispute_opened-chargeback.xml");
    let with = |count: usize| {
        let padded = xml.replace("</notification>", &format!("{}</notification>", "<x/>".repeat(count)));
        braintree_verified(&padded).parse(&Mapping::default())
    };
    assert_eq!(case(with(90_000)).chargeback.stage(), Stage::Received);
    assert!(with(100_000).is_err());
}

//! Cycles and deadlines of several processors, and `Debug`.

use chargeback::webhooks::Mapping;
use serde_json::json;

use super::adyen::parse_event;
use super::{
    adyen_verified, braintree_verified, case, checkout_verified, dispute, fixture, paypal_verified, paypal_verifier,
    stripe_verified,
};

#[test]
fn the_cycle_of_each_sample() {
    let cycle = |source: &str, name: &str| dispute(source, name).cycle.as_str();
    for (source, name) in [
        ("stripe", "radar.early_fraud_warning.created-actionable.json"),
        ("stripe", "charge.dispute.created-warning_needs_response.json"),
        ("stripe", "charge.dispute.updated-warning_under_review.json"),
        ("stripe", "charge.dispute.closed-warning_closed.json"),
        ("stripe", "charge.dispute.closed-prevented.json"),
        ("adyen", "NOTIFICATION_OF_FRAUD.json"),
        ("adyen", "REQUEST_FOR_INFORMATION-expired.json"),
        ("adyen", "INFORMATION_SUPPLIED-responded.json"),
        ("checkout", "request_for_information_received.json"),
        ("braintree", "dispute_opened-retrieval.xml"),
        ("paypal", "CUSTOMER.DISPUTE.CREATED-inquiry.json"),
    ] {
        assert_eq!(cycle(source, name), "pre_dispute", "{source}/{name}");
        assert!(
            dispute(source, name).chargeback.representment().is_none(),
            "an answer to an inquiry is not a representment"
        );
    }
    for (source, name) in [
        ("adyen", "SECOND_CHARGEBACK-lost.json"),
        ("adyen", "PREARBITRATION_OPEN.json"),
        ("adyen", "SCHEME_ARBITRATION.json"),
        ("checkout", "dispute_arbitration_won.json"),
        ("braintree", "dispute_opened-pre_arbitration.xml"),
        ("paypal", "CUSTOMER.DISPUTE.UPDATED-arbitration.json"),
    ] {
        assert_eq!(cycle(source, name), "second_round", "{source}/{name}");
        assert!(source == "braintree" || dispute(source, name).chargeback.representment().is_some());
    }
    for (source, name) in [("stripe", "charge.dispute.closed-won.json"), ("adyen", "CHARGEBACK-undefended.json")] {
        assert_eq!(cycle(source, name), "dispute");
    }
}

#[test]
fn debug_shows_the_kind_and_the_payload_length() {
    let event = case(parse_event("CHARGEBACK", json!({})));
    let (shown, payload) = (format!("{event:?}"), format!("payload: {}", event.payload.len()));
    for part in ["DisputeEvent {", "source: Adyen", "event_type: \"CHARGEBACK\"", "cycle: Dispute", &payload] {
        assert!(shown.contains(part), "no `{part}` in `{shown}`");
    }
    let shown = format!("{:?}", parse_event("AUTHORISATION", json!({ "disputeStatus": null })).unwrap());
    assert!(shown.contains("Notice {") && shown.contains("event_type: \"AUTHORISATION\""), "{shown}");
    let shown = format!("{:?}", parse_event("CHARGEBACK", json!({ "disputeStatus": "Canary" })).unwrap());
    assert!(shown.contains("field: \"additionalData.disputeStatus\", value: [redacted]"), "{shown}");
    let without = json!({ "disputeStatus": null });
    let shown = format!("{:?}", parse_event("DISPUTE_DEFENSE_PERIOD_ENDED", without).unwrap());
    assert!(shown.contains("UnknownValue {") && shown.contains("value: none"), "{shown}");
    let shown = format!("{:?}", paypal_verifier());
    assert!(shown.contains("Certificate { chain: ") && shown.contains("pinned: false"), "{shown}");
}

#[test]
fn an_unreadable_deadline_is_an_error() {
    let error = |source: &str, name: &str, from: &str, to: &str| {
        let changed = fixture(source, name).replace(from, to);
        let read = match source {
            "stripe" => stripe_verified(&changed).parse(&Mapping::default()),
            "adyen" => adyen_verified(&changed).parse(&Mapping::default()).remove(0),
            "checkout" => checkout_verified(&changed).parse(&Mapping::default()),
            "braintree" => braintree_verified(&changed).parse(&Mapping::default()),
            _ => paypal_verified(&changed).parse(&Mapping::default()),
        };
        read.unwrap_err().to_string()
    };
    for (source, name, from, to) in [
        ("stripe", "charge.dispute.created-needs_response.json", "\"due_by\": 1792368000", "\"due_by\": \"soon\""),
        ("adyen", "CHARGEBACK-undefended.json", "2026-03-20T23:59:59+01:00", "20 March"),
        ("checkout", "dispute_evidence_required.json", "2026-03-20T18:00:00+00:00", "2026-03-20T18:00:60+00:00"),
        ("braintree", "dispute_opened-chargeback.xml", "2026-03-20", "20.03.2026"),
        ("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json", "2026-03-20T09:00:00.000Z", "later"),
    ] {
        let problem = error(source, name, from, to);
        assert!(problem.ends_with(": not a time") && !problem.contains(to), "{source}: {problem}");
    }
}

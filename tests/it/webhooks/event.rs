//! Cycles and deadlines of several processors, and `Debug`.

use chargeback::Stage;
use chargeback::webhooks::{Event, Mapping, PreDisputeState};
use serde_json::{Value, json};

use super::adyen::parse_event;
use super::{
    adyen_verified, as_live, braintree_verified, case, checkout_verified, dispute, fixture, paypal_verified,
    paypal_verifier, pre_dispute, read, stripe_verified,
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
        let event = pre_dispute(read(source, name, &Mapping::default()).remove(0));
        let stage = event.stage();
        assert!(matches!(stage, Stage::Alert | Stage::Inquiry), "{source}/{name}: {stage}");
        let case = event.into_chargeback_before_dispute();
        assert_eq!(case.stage(), stage, "{source}/{name}");
        assert!(case.representment().is_none(), "an answer to an inquiry is not a representment");
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
    let test = parse_event("CHARGEBACK", json!({})).unwrap();
    let shown = format!("{test:?}");
    assert!(shown.contains("TestModeEvent {") && shown.contains("DisputeEvent {"), "{shown}");
    let event = case(Ok(test));
    let (shown, payload) = (format!("{event:?}"), format!("payload: {}", event.payload.len()));
    for part in ["DisputeEvent {", "source: Adyen", "event_type: \"CHARGEBACK\"", "cycle: Dispute", &payload] {
        assert!(shown.contains(part), "no `{part}` in `{shown}`");
    }
    let shown = format!("{:?}", parse_event("AUTHORISATION", json!({ "disputeStatus": null })).unwrap());
    assert!(shown.contains("Notice {") && shown.contains("event_type: \"AUTHORISATION\""), "{shown}");
    let shown = format!("{:?}", parse_event("CHARGEBACK", json!({ "disputeStatus": "Canary" })).unwrap());
    assert!(shown.contains("field: \"additionalData.disputeStatus\", value: [redacted]"), "{shown}");
    let request = parse_event("REQUEST_FOR_INFORMATION", json!({})).unwrap();
    assert!(format!("{request:?}").contains("PreDisputeEvent {"), "{request:?}");
    let without = json!({ "disputeStatus": null });
    let shown = format!("{:?}", parse_event("DISPUTE_DEFENSE_PERIOD_ENDED", without).unwrap());
    assert!(shown.contains("UnknownValue {") && shown.contains("value: none"), "{shown}");
    let shown = format!("{:?}", paypal_verifier());
    assert!(shown.contains("Certificate { chain: ") && shown.contains("pinned: false"), "{shown}");
}

/// Parses a changed sample.
fn parse(source: &str, body: &str) -> Event {
    as_live(
        match source {
            "stripe" => stripe_verified(body).parse(&Mapping::default()),
            "adyen" => adyen_verified(body).parse(&Mapping::default()).remove(0),
            "checkout" => checkout_verified(body).parse(&Mapping::default()),
            "braintree" => braintree_verified(body).parse(&Mapping::default()),
            _ => paypal_verified(body).parse(&Mapping::default()),
        }
        .unwrap(),
    )
}

#[test]
fn an_unreadable_deadline_is_left_out_and_noted() {
    for (source, name, from, to) in [
        ("stripe", "charge.dispute.created-needs_response.json", "\"due_by\": 1792368000", "\"due_by\": \"soon\""),
        ("adyen", "CHARGEBACK-undefended.json", "2026-03-20T23:59:59+01:00", "20 March"),
        ("checkout", "dispute_evidence_required.json", "2026-03-20T18:00:00+00:00", "2026-03-20T18:00:60+00:00"),
        ("braintree", "dispute_opened-chargeback.xml", "2026-03-20", "20.03.2026"),
        ("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json", "2026-03-20T09:00:00.000Z", "later"),
    ] {
        let event = case(Ok(parse(source, &fixture(source, name).replace(from, to))));
        assert_eq!(event.chargeback.due_by(), None, "{source}");
        let [unread] = &event.unread_fields[..] else { panic!("{source}: {:?}", event.unread_fields) };
        assert_eq!(unread.rule(), "not a time");
        let text = to.rsplit("\": ").next().unwrap().trim_matches('"');
        assert_eq!(event.chargeback.notes(), Some(format!("{}: {text}", unread.field()).as_str()), "{source}");
        assert!(!format!("{event:?}").contains(text));
    }
}

/// The fields of a dispute event that its stage, its id, its time and the id of its payment do not depend on.
fn optional_places(value: &Value, here: &str) -> Vec<String> {
    let entries: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(name, value)| (name.replace('/', "~1"), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(place, value)| (place.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let places = entries.into_iter().flat_map(|(name, value)| {
        let path = format!("{here}/{name}");
        std::iter::once(path.clone()).chain(optional_places(value, &path)).collect::<Vec<_>>()
    });
    places.collect()
}

/// A sample of each processor with JSON, and the places that a dispute needs.
const REQUIRED: [(&str, &str, &str); 4] = [
    (
        "stripe",
        "charge.dispute.created-needs_response.json",
        "/id /type /created /data /data/object /data/object/id /data/object/charge /data/object/status",
    ),
    (
        "adyen",
        "CHARGEBACK-every_key.json",
        "/pspReference /eventCode /eventDate /success /additionalData /additionalData/disputeStatus \
         /additionalData/hmacSignature /amount /originalReference /merchantReference /merchantAccountCode \
         /amount/value /amount/currency",
    ),
    ("checkout", "dispute_evidence_required.json", "/id /type /timestamp /data /data/id /data/payment_id"),
    (
        "paypal",
        "CUSTOMER.DISPUTE.UPDATED-every_field.json",
        "/id /event_type /resource /resource/dispute_id /resource/status /resource/dispute_life_cycle_stage \
         /resource/disputed_transactions /resource/disputed_transactions/0",
    ),
];

/// A dispute is never lost because of an optional field, whatever its value.
#[test]
fn no_optional_field_loses_a_dispute() {
    let values = [
        Value::Null,
        json!("\u{1f600} not a value"),
        json!(-1),
        json!(1e300),
        json!([]),
        json!({ "a": 1 }),
        json!("x".repeat(5_000)),
        json!(true),
    ];
    for (source, name, required) in REQUIRED {
        let event: Value = serde_json::from_str(&fixture(source, name)).unwrap();
        let item = if source == "adyen" { "/notificationItems/0/NotificationRequestItem" } else { "" };
        let places = optional_places(event.pointer(item).unwrap(), "");
        for place in places.iter().filter(|place| !required.split(' ').any(|required| required == *place)) {
            for value in &values {
                let mut event = event.clone();
                *event.pointer_mut(&format!("{item}{place}")).unwrap() = value.clone();
                let read = parse(source, &event.to_string());
                assert_eq!(case(Ok(read)).chargeback.stage(), Stage::Received, "{source}{place}: {value}");
            }
        }
    }
}

/// Until a chargeback exists, the stage stays `inquiry`, and no vendor gets a report.
#[test]
fn the_stage_of_an_inquiry_does_not_change() {
    let states = |source: &str, name: &str| {
        let event = pre_dispute(read(source, name, &Mapping::default()).remove(0));
        (event.stage(), event.state)
    };
    for (source, name, state) in [
        ("stripe", "charge.dispute.created-warning_needs_response.json", PreDisputeState::Open),
        ("stripe", "charge.dispute.updated-warning_under_review.json", PreDisputeState::Answered),
        ("stripe", "charge.dispute.closed-warning_closed.json", PreDisputeState::Over(Stage::Closed)),
        ("stripe", "charge.dispute.closed-prevented.json", PreDisputeState::Over(Stage::Refunded)),
        ("adyen", "REQUEST_FOR_INFORMATION-unresponded.json", PreDisputeState::Open),
        ("adyen", "INFORMATION_SUPPLIED-responded.json", PreDisputeState::Answered),
        ("adyen", "REQUEST_FOR_INFORMATION-expired.json", PreDisputeState::Over(Stage::Expired)),
        ("checkout", "request_for_information_received.json", PreDisputeState::Open),
        ("braintree", "dispute_opened-retrieval.xml", PreDisputeState::Open),
        ("paypal", "CUSTOMER.DISPUTE.UPDATED-inquiry_waiting_for_buyer.json", PreDisputeState::Open),
        ("paypal", "CUSTOMER.DISPUTE.RESOLVED-inquiry_canceled_by_buyer.json", PreDisputeState::Over(Stage::Withdrawn)),
    ] {
        assert_eq!(states(source, name), (Stage::Inquiry, state), "{source}/{name}");
    }
}

/// A case of the test mode is not a dispute, unless the program says so.
#[test]
fn a_case_of_the_test_mode_has_its_own_variant() {
    let stripe = |event: Value, object: Value| {
        let mut body: Value =
            serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
        body["livemode"] = event;
        body["data"]["object"]["livemode"] = object;
        stripe_verified(&body.to_string()).parse(&Mapping::default()).unwrap()
    };
    let (yes, no, none) = (json!(true), json!(false), Value::Null);
    for (event, object) in [(&no, &no), (&no, &yes), (&yes, &no), (&none, &no), (&no, &none)] {
        let event = stripe(event.clone(), object.clone());
        assert!(matches!(&event, Event::TestMode(_)), "{event:?}");
        assert_eq!(case(Ok(event)).live, Some(false));
    }
    for (event, object, live) in [(&yes, &yes, Some(true)), (&yes, &none, Some(true)), (&none, &none, None)] {
        let event = stripe(event.clone(), object.clone());
        assert!(matches!(&event, Event::Dispute(dispute) if dispute.live == live), "{event:?}");
    }
    let adyen = |live: Value, event: &str| {
        let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
        post["live"] = live;
        post["notificationItems"][0]["NotificationRequestItem"]["eventCode"] = event.into();
        adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0).unwrap()
    };
    assert!(matches!(adyen(json!("false"), "CHARGEBACK"), Event::TestMode(_)));
    assert!(matches!(adyen(json!(false), "CHARGEBACK"), Event::TestMode(_)));
    for live in [json!("true"), json!("TRUE"), json!(true), json!(""), json!("maybe"), json!([])] {
        assert!(matches!(adyen(live.clone(), "CHARGEBACK"), Event::Dispute(_)), "{live}");
    }
    assert!(matches!(adyen(Value::Null, "CHARGEBACK"), Event::Dispute(_)));
    let alert = adyen(json!("false"), "NOTIFICATION_OF_FRAUD");
    let Event::TestMode(test) = alert else { panic!("{alert:?}") };
    assert!(matches!(test.treat_as_live(), Event::PreDispute(_)));
}

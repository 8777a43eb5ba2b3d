//! Small differences: the last second, the last word, and which of two readings holds.

use chargeback::reason_codes::{CodeKind, ReasonTable};
use chargeback::webhooks::{Cycle, DisputeEvent, Event, Mapping, WebhookError, adyen};
use chargeback::{FraudKind, Network, NetworkCode, Reason, Stage};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    ADYEN_KEY, adyen_signed, adyen_verified, braintree_verified, checkout_verified, fixture, paypal_verifier,
    stripe_verified, two,
};

fn case(event: Result<Event, WebhookError>) -> DisputeEvent {
    match event.unwrap() {
        Event::Dispute(intake) => *intake,
        other => panic!("{other:?}"),
    }
}

/// The sample of a chargeback as another event, with these additional data beside its own, or without where they are null.
fn adyen_post(event: &str, more: Value) -> Value {
    let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
    let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
    item["eventCode"] = event.into();
    let Value::Object(more) = more else { panic!() };
    item["additionalData"].as_object_mut().unwrap().extend(more);
    post
}

fn adyen_event(event: &str, more: Value) -> Result<Event, WebhookError> {
    adyen_verified(&adyen_post(event, more).to_string()).parse(&Mapping::default()).remove(0)
}

fn checkout_event(kind: &str, data: Value) -> DisputeEvent {
    let mut event: Value = serde_json::from_str(&fixture("checkout", "dispute_lost.json")).unwrap();
    event["type"] = kind.into();
    let Value::Object(data) = data else { panic!() };
    event["data"].as_object_mut().unwrap().extend(data);
    case(checkout_verified(&event.to_string()).parse(&Mapping::default()))
}

fn braintree_event(from: &str, to: &str) -> Event {
    let xml = fixture("braintree", "dispute_opened-chargeback.xml");
    assert!(xml.contains(from), "{from}");
    braintree_verified(&xml.replace(from, to)).parse(&Mapping::default()).unwrap()
}

#[test]
fn what_came_in_shows_what_it_is_and_how_long_its_payload() {
    let intake = case(adyen_event("CHARGEBACK", json!({})));
    let (shown, payload) = (format!("{intake:?}"), format!("payload: {}", intake.payload.len()));
    for part in ["DisputeEvent {", "source: Adyen", "event: \"CHARGEBACK\"", "cycle: Dispute", &payload] {
        assert!(shown.contains(part), "no `{part}` in `{shown}`");
    }
    let shown = format!("{:?}", adyen_event("AUTHORISATION", json!({ "disputeStatus": null })).unwrap());
    assert!(shown.contains("Notice {") && shown.contains("event: \"AUTHORISATION\""), "{shown}");
    let shown = format!("{:?}", adyen_event("CHARGEBACK", json!({ "disputeStatus": "Canary" })).unwrap());
    assert!(shown.contains("field: \"additionalData.disputeStatus\", word: [redacted]"), "{shown}");
    let without = json!({ "disputeStatus": null });
    let shown = format!("{:?}", adyen_event("DISPUTE_DEFENSE_PERIOD_ENDED", without).unwrap());
    assert!(shown.contains("UnknownWord {") && shown.contains("word: none"), "{shown}");
    let shown = format!("{:?}", paypal_verifier());
    assert!(shown.contains("Certificate { chain: ") && shown.contains("pinned: false"), "{shown}");
}

#[test]
fn the_same_key_given_twice_is_as_good_as_once() {
    let body = adyen_signed(&fixture("adyen", "CHARGEBACK-undefended.json"));
    let verifier = adyen::Verifier::new(two(ADYEN_KEY, ADYEN_KEY)).unwrap();
    assert!(verifier.verify(body.as_bytes()).is_ok());
}

#[test]
fn an_item_of_adyens_may_lie_an_hour_ahead_and_no_second_more() {
    let verified = adyen_verified(&fixture("adyen", "CHARGEBACK-undefended.json"));
    let date: DateTime<Utc> = "2026-03-02T09:15:30Z".parse().unwrap();
    let at = |now| verified.parse_at(&Mapping::default(), now).remove(0);
    let hour = TimeDelta::hours(1);
    assert_eq!(case(at(date - hour)).occurred_at, date);
    assert!(matches!(at(date - hour - TimeDelta::seconds(1)), Err(WebhookError::TooNew)));
}

#[test]
fn a_word_that_adyen_may_bring_in_is_told_by_its_field_and_to_the_letter() {
    let unknown = |event: &str, more: Value| match adyen_event(event, more).unwrap() {
        Event::Unknown(word) => (word.field, word.word),
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown("DISPUTE_OF_A_NEW_KIND", json!({})), ("eventCode", "DISPUTE_OF_A_NEW_KIND".into()));
    let new = json!({ "disputeStatus": "Paused" });
    assert_eq!(unknown("CHARGEBACK", new.clone()), ("additionalData.disputeStatus", "Paused".into()));
    assert!(
        matches!(adyen_event("AUTHORISATION", new), Ok(Event::NotADispute(_))),
        "a status beside what is no dispute says nothing"
    );
    let ended = |status: &str| case(adyen_event("DISPUTE_DEFENSE_PERIOD_ENDED", json!({ "disputeStatus": status })));
    assert_eq!(ended("Undefended").chargeback.stage(), Stage::Expired);
    assert_eq!(ended("Unresponded").chargeback.stage(), Stage::Expired);
}

#[test]
fn at_adyen_any_one_sign_of_an_answer_is_enough() {
    let answered = |event: &str, more: Value| case(adyen_event(event, more)).chargeback.representment().is_some();
    assert!(!answered("CHARGEBACK", json!({})));
    assert!(answered("CHARGEBACK", json!({ "disputeStatus": "Pending" })));
    assert!(answered("CHARGEBACK", json!({ "autoDefended": "true" })));
    assert!(answered("SECOND_CHARGEBACK", json!({})));
    assert!(answered("PREARBITRATION_OPEN", json!({})));
    assert!(answered("SCHEME_ARBITRATION", json!({})));
}

#[test]
fn at_adyen_any_one_sign_of_a_request_for_information_is_enough() {
    let cycle = |event: &str, more: Value| case(adyen_event(event, more)).cycle;
    for event in ["INFORMATION_SUPPLIED", "DISPUTE_DEFENSE_PERIOD_ENDED"] {
        assert_eq!(cycle(event, json!({})), Cycle::Dispute, "{event}");
        assert_eq!(cycle(event, json!({ "rfiReasonCode": "30" })), Cycle::PreDispute, "{event}");
        assert_eq!(cycle(event, json!({ "rfiSchemeCode": "visa" })), Cycle::PreDispute, "{event}");
    }
    assert_eq!(cycle("INFORMATION_SUPPLIED", json!({ "disputeStatus": "Responded" })), Cycle::PreDispute);
    assert_eq!(cycle("CHARGEBACK", json!({ "rfiReasonCode": "30" })), Cycle::Dispute);
}

#[test]
fn adyens_text_is_the_reason_where_there_is_no_code() {
    let reason = |text: &str| {
        let mut post = adyen_post("CHARGEBACK", json!({ "chargebackReasonCode": null, "chargebackSchemeCode": null }));
        post["notificationItems"][0]["NotificationRequestItem"]["reason"] = text.into();
        case(adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0)).chargeback.reason().clone()
    };
    assert_eq!(reason("Goods never came"), Reason::from("Goods never came"));
    assert_eq!(reason("null"), Reason::from(""));
    // The codes of fraud reports are those of another list.
    let note = case(adyen_event("NOTIFICATION_OF_FRAUD", json!({}))).chargeback;
    assert_eq!((note.reason(), note.network_code()), (&Reason::FraudOther, None));
}

#[test]
fn braintrees_word_and_then_its_text_stand_in_for_a_code() {
    let code = "<reason-code>83</reason-code>";
    let reason = |from: &str, to: &str| {
        let xml = fixture("braintree", "dispute_opened-chargeback.xml").replace(code, "").replace(from, to);
        case(braintree_verified(&xml).parse(&Mapping::default())).chargeback.reason().clone()
    };
    let word = "<reason>fraud</reason>";
    assert_eq!(reason(word, "<reason>duplicate</reason>"), Reason::Duplicate);
    assert_eq!(reason(word, ""), Reason::from("Fraud, card absent"));
    let unknown = |from: &str, to: &str| match braintree_event(from, to) {
        Event::Unknown(word) => (word.field, word.word),
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown("<kind>chargeback</kind>", "<kind>new</kind>"), ("kind", "new".into()));
    let status = "<status>open</status>\n      <updated-at";
    assert_eq!(unknown(status, "<status>paused</status><updated-at"), ("status", "paused".into()));
}

#[test]
fn a_document_of_more_elements_than_any_notification_has_is_refused() {
    let xml = fixture("braintree", "dispute_opened-chargeback.xml");
    let with = |count: usize| {
        let padded = xml.replace("</notification>", &format!("{}</notification>", "<x/>".repeat(count)));
        braintree_verified(&padded).parse(&Mapping::default())
    };
    assert_eq!(case(with(90_000)).chargeback.stage(), Stage::Received);
    assert!(matches!(with(100_000), Err(WebhookError::Body(_))));
}

#[test]
fn checkouts_category_is_the_reason_where_there_is_no_code() {
    let reason = |category: &str| {
        let data = json!({ "reason_code": null, "category": category });
        checkout_event("dispute_lost", data).chargeback.reason().clone()
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
    assert_eq!(checkout_event("dispute_lost", json!({})).cycle, Cycle::Dispute);
    assert_eq!(checkout_event("dispute_arbitration_lost", json!({})).cycle, Cycle::SecondRound);
}

#[test]
fn networks_are_known_by_the_names_that_processors_give_them() {
    let network = |method: &str| {
        let intake = checkout_event("dispute_lost", json!({ "payment_method": method, "reason_code": "no such code" }));
        intake.chargeback.network_code().unwrap().network().clone()
    };
    for (expected, names) in [
        (Network::Visa, &["visa", "VISA"][..]),
        (Network::Mastercard, &["mc", "MasterCard"]),
        (Network::Amex, &["amex", "American Express"]),
        (Network::Discover, &["Discover"]),
        (Network::Diners, &["diners", "Diners Club"]),
        (Network::Jcb, &["JCB"]),
        (Network::UnionPay, &["cup", "UnionPay"]),
        (Network::Sepa, &["sepa", "sepa_direct_debit", "sepa_debit"]),
        (Network::from("other-net"), &["other-net"]),
    ] {
        for name in names {
            assert_eq!(network(name), expected, "{name}");
        }
    }
}

#[test]
fn a_fraud_warning_of_stripes_says_how_and_needs_a_time() {
    let warning = |place: &str, value: Value| {
        let body = fixture("stripe", "radar.early_fraud_warning.created-actionable.json");
        let mut event: Value = serde_json::from_str(&body).unwrap();
        *event.pointer_mut(place).unwrap() = value;
        stripe_verified(&event.to_string()).parse(&Mapping::default())
    };
    for (word, kind) in [
        ("made_with_stolen_card", Some(FraudKind::StolenCard)),
        ("made_with_lost_card", Some(FraudKind::StolenCard)),
        ("made_with_counterfeit_card", Some(FraudKind::CounterfeitCard)),
        ("misc", None),
    ] {
        let intake = case(warning("/data/object/fraud_type", word.into()));
        assert_eq!(intake.chargeback.fraud().and_then(|fraud| fraud.kind), kind, "{word}");
    }
    for none in [json!(0), json!(-1), Value::Null] {
        assert!(matches!(warning("/created", none.clone()), Err(WebhookError::Body(_))), "{none}");
    }
}

#[test]
fn a_row_of_the_table_says_what_it_is_and_what_is_to_be_said_of_it() {
    let table = ReasonTable::default();
    let row = table.lookup(&NetworkCode::new(Network::Visa, "C081")).unwrap();
    assert!(row.note().contains("Stripe"), "{}", row.note());
    assert_eq!((row.kind().as_str(), CodeKind::Umbrella.as_str()), ("reason", "umbrella"));
}

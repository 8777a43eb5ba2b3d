//! What words and codes mean, which round a case is in, and what is for a person to look at.

use chargeback::reason_codes::{ReasonCode, ReasonTable};
use chargeback::webhooks::{Event, Mapping, ReferenceIs, WebhookError};
use chargeback::{FraudKind, Network, NetworkCode, Reason};
use serde_json::{Value, json};

use super::{dispute, fixture, read, stripe_verified};

#[test]
fn a_network_code_decides_and_an_umbrella_is_refined() {
    let reason = |network: &str, code: Value, word: Value| {
        let mut event: Value =
            serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
        let object = &mut event["data"]["object"];
        object["payment_method_details"]["card"] =
            json!({ "brand": network, "network": network, "network_reason_code": code });
        object["reason"] = word;
        match stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap() {
            Event::Dispute(intake) => Some(intake.chargeback.reason().clone()),
            Event::Unknown(word) if word.field == "network_code" => None,
            other => panic!("{other:?}"),
        }
    };
    let table = [
        // The code says more than Stripe's word.
        ("visa", json!("10.1"), json!("fraudulent"), Reason::FraudCardPresent),
        ("visa", json!("13.1"), json!("fraudulent"), Reason::NotReceived),
        // An umbrella: Stripe's word, unless that is one too.
        ("mastercard", json!("4853"), json!("product_not_received"), Reason::NotReceived),
        ("mastercard", json!("4853"), json!("product_unacceptable"), Reason::NotAsDescribed),
        ("mastercard", json!("4853"), json!("general"), Reason::NotAsDescribed),
        ("mastercard", json!("4837"), json!("fraudulent"), Reason::FraudOther),
        // The same number, another network.
        ("mastercard", json!("4863"), Value::Null, Reason::Unrecognized),
        ("discover", json!("4863"), Value::Null, Reason::Authorization),
        // A code that nobody knows: Stripe's word; and without one, the code's text.
        ("visa", json!("99.9"), json!("subscription_canceled"), Reason::CancelledRecurring),
        ("visa", json!("99.9"), json!("a_new_word"), Reason::from("a_new_word")),
        ("visa", json!("99.9"), Value::Null, Reason::from("visa 99.9")),
        ("visa", Value::Null, Value::Null, Reason::from("")),
        // News of the case is no reason.
        ("amex", json!("S03"), json!("fraudulent"), Reason::FraudOther),
        ("amex", json!("S03"), Value::Null, Reason::Other),
    ];
    for (network, code, word, expected) in table {
        assert_eq!(reason(network, code.clone(), word.clone()), Some(expected), "{network} {code} {word}");
    }
    assert_eq!(
        reason("amex", json!("M19"), json!("general")),
        None,
        "bookkeeping makes no chargeback, and is for a person"
    );
}

#[test]
fn the_network_is_the_one_that_carried_the_payment() {
    let code = |name: &str| dispute("stripe", name).chargeback.network_code().cloned();
    let of = |network: &str, code: &str| Some(NetworkCode::new(network.into(), code));
    assert_eq!(code("charge.dispute.created-brand_not_network.json"), of("cartes_bancaires", "10.4"));
    assert_eq!(
        code("charge.dispute.created-no_card_network.json"),
        of("visa", "12.6.1"),
        "older versions have the brand alone"
    );
    assert_eq!(code("charge.dispute.created-old_api_version.json"), None, "a code without its network means nothing");
    assert_eq!(code("charge.dispute.created-paypal.json"), of("paypal", "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED"));
    assert_eq!(
        dispute("stripe", "charge.dispute.created-paypal.json").chargeback.case_number(),
        Some("PP-R-FIX-100000008")
    );
    assert_eq!(
        dispute("stripe", "charge.dispute.created-klarna.json").chargeback.reason(),
        &Reason::NotReceived,
        "by Stripe's word"
    );
    let adyen = |name: &str| dispute("adyen", name).chargeback;
    assert_eq!(adyen("REQUEST_FOR_INFORMATION-unresponded.json").network_code().unwrap().network(), &Network::Amex);
    assert_eq!(adyen("NOTIFICATION_OF_FRAUD.json").network_code(), None, "a fraud report's code is of another list");
    assert_eq!(adyen("NOTIFICATION_OF_FRAUD.json").reason(), &Reason::FraudOther);
    assert_eq!(adyen("CHARGEBACK-paypal.json").reason(), &Reason::NotReceived);
}

#[test]
fn a_warning_is_a_case_of_its_own() {
    let warning = dispute("stripe", "radar.early_fraud_warning.created-actionable.json").chargeback;
    assert_eq!(warning.case_id(), "stripe-issfr_1FixTestA18Warning01");
    assert_eq!((warning.reason(), warning.amount()), (&Reason::FraudOther, None));
    let body = fixture("stripe", "radar.early_fraud_warning.created-actionable.json");
    let body = body.replace("unauthorized_use_of_card", "made_with_stolen_card");
    let Event::Dispute(stolen) = stripe_verified(&body).parse(&Mapping::default()).unwrap() else { panic!() };
    assert_eq!(stolen.chargeback.fraud().unwrap().kind, Some(FraudKind::StolenCard));
}

#[test]
fn due_dates_and_ids_are_where_they_are() {
    for none in ["charge.dispute.created-due_by_zero.json", "charge.dispute.created-due_by_null.json"] {
        assert_eq!(dispute("stripe", none).chargeback.due_by(), None, "{none}");
    }
    let expanded = dispute("stripe", "charge.dispute.created-expanded.json").chargeback;
    assert!(
        expanded.payment().gateway_transaction_id.as_ref().unwrap().starts_with("ch_"),
        "the id of the charge that is given whole"
    );
    assert!(dispute("stripe", "charge.dispute.updated-under_review.json").chargeback.representment().is_some());
    assert!(dispute("stripe", "charge.dispute.created-needs_response.json").chargeback.representment().is_none());
    assert_eq!(dispute("stripe", "charge.dispute.updated-under_review.json").chargeback.received_at(), None);
}

#[test]
fn the_merchants_ids_stand_where_the_merchant_says() {
    let body = fixture("stripe", "charge.dispute.created-needs_response.json");
    let body = body.replace(
        r#""order_id": "ORDER-1001""#,
        r#""shop_order": "O-1", "shop_txn": "T-1", "customer": "C-1", "visit": "V-1""#,
    );
    let mapping = Mapping::default()
        .order_key("shop_order")
        .transaction_key("shop_txn")
        .user_key("customer")
        .session_key("visit");
    let Event::Dispute(intake) = stripe_verified(&body).parse(&mapping).unwrap() else { panic!() };
    let payment = intake.chargeback.payment();
    let ids = [&payment.order_id, &payment.transaction_id, &payment.user_id, &payment.session_id];
    assert_eq!(ids.map(Option::as_deref), [Some("O-1"), Some("T-1"), Some("C-1"), Some("V-1")]);
    for (source, name, reference) in [
        ("adyen", "CHARGEBACK-undefended.json", "ORDER-2"),
        ("checkout", "dispute_lost.json", "ORDER-3001"),
        ("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json", "ORDER-5001"),
    ] {
        for (is, order, transaction) in [
            (ReferenceIs::Order, true, false),
            (ReferenceIs::Transaction, false, true),
            (ReferenceIs::OrderAndTransaction, true, true),
        ] {
            let events = read(source, name, &Mapping::default().reference_is(is));
            let Event::Dispute(intake) = events.into_iter().next().unwrap().unwrap() else { panic!() };
            let payment = intake.chargeback.payment();
            assert_eq!([payment.order_id.is_some(), payment.transaction_id.is_some()], [order, transaction]);
            let given = payment.order_id.as_ref().or(payment.transaction_id.as_ref()).unwrap();
            assert!(given.starts_with(reference), "{given}");
        }
    }
}

#[test]
fn rows_of_the_callers_own_decide() {
    let code = NetworkCode::new(Network::Visa, "10.4");
    let table = ReasonTable::default().with(ReasonCode::new(&code, Reason::Unrecognized, "Ours"));
    let events = read("stripe", "charge.dispute.created-needs_response.json", &Mapping::default().reasons(table));
    let Event::Dispute(intake) = events.into_iter().next().unwrap().unwrap() else { panic!() };
    assert_eq!(intake.chargeback.reason(), &Reason::Unrecognized);
}

#[test]
fn what_a_dispute_lacks_is_named_all_at_once() {
    let problems = |change: &dyn Fn(&mut Value)| {
        let mut event: Value =
            serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
        change(&mut event);
        match stripe_verified(&event.to_string()).parse(&Mapping::default()) {
            Err(WebhookError::Body(problems)) => problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        problems(&|event| event["data"]["object"] = json!({ "status": "won", "currency": "xxx" })),
        [
            "data.object.id: missing",
            "data.object.charge: missing",
            "data.object.amount: no currency, or one that is not known",
        ]
    );
    assert_eq!(problems(&|event| *event = json!({})), ["type: missing", "id: missing"]);
    assert_eq!(
        problems(&|event| event["data"]["object"]["id"] = "x".repeat(300).into()),
        ["case_id: longer than 255 characters"]
    );
    assert_eq!(
        problems(&|event| event["data"]["object"]["amount"] = (-1).into()).len(),
        1,
        "a chargeback is not negative"
    );
    let unknown = |change: &dyn Fn(&mut Value)| {
        let mut event: Value =
            serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
        change(&mut event);
        match stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap() {
            Event::Unknown(word) => (word.field, word.word),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(unknown(&|event| event["data"]["object"] = Value::Null), ("status", String::new()));
    assert_eq!(
        unknown(&|event| event["type"] = "charge.dispute.exploded".into()),
        ("type", "charge.dispute.exploded".into())
    );
}

#[test]
fn one_item_that_cannot_be_read_does_not_keep_the_others() {
    let mut post: Value = serde_json::from_str(&fixture("adyen", "batch-of_three.json")).unwrap();
    post["notificationItems"][1]["NotificationRequestItem"]["eventDate"] = "yesterday".into();
    post["notificationItems"][2]["NotificationRequestItem"]["success"] = "false".into();
    let events = super::adyen_verified(&post.to_string()).parse(&Mapping::default());
    assert!(matches!(&events[0], Ok(Event::NotADispute(_))));
    assert_eq!(
        events[1].as_ref().unwrap_err().to_string(),
        "the webhook's body cannot be read: eventDate: missing, or no time"
    );
    assert!(matches!(&events[2], Ok(Event::Unknown(word)) if word.field == "success" && word.word == "false"));
    let status = |event: &str, status: Value| {
        let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
        let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
        item["eventCode"] = event.into();
        item["additionalData"]["disputeStatus"] = status;
        super::adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0).unwrap()
    };
    for (event, word) in [
        ("CHARGEBACK", json!("LookupVerdict")),
        ("DISPUTE_DEFENSE_PERIOD_ENDED", Value::Null),
        ("NOTIFICATION_OF_FRAUD", json!("x")),
    ] {
        assert!(matches!(status(event, word), Event::Unknown(_)), "{event}");
    }
    for answered in ["Responded", "Pending", "Won"] {
        assert!(matches!(status("DISPUTE_DEFENSE_PERIOD_ENDED", json!(answered)), Event::NoChange(_)), "{answered}");
    }
}

/// Adyen's event with this code, status and date, read on the first of November 2026.
fn adyen_event(event: &str, status: &Value, date: &str) -> Result<Event, WebhookError> {
    let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
    let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
    item["eventCode"] = event.into();
    item["eventDate"] = date.into();
    item["additionalData"]["disputeStatus"] = status.clone();
    super::adyen_verified(&post.to_string()).parse_at(&Mapping::default(), super::now()).remove(0)
}

#[test]
fn a_status_that_contradicts_the_event_is_for_a_person() {
    for (event, status) in [
        ("SECOND_CHARGEBACK", "LookupVerdict"),
        ("CHARGEBACK_REVERSED", "Lost"),
        ("PREARBITRATION_WON", "Lost"),
        ("PREARBITRATION_LOST", "Won"),
        ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "Accepted"),
        ("CHARGEBACK_FROZEN", "Undefended"),
        ("PREARBITRATION_MOVED", "Undefended"),
        ("NOTIFICATION_OF_SOMETHING", "Undefended"),
    ] {
        let read = adyen_event(event, &json!(status), "2026-03-02T10:15:30+01:00").unwrap();
        assert!(matches!(read, Event::Unknown(_)), "{event} {status}: {read:?}");
    }
    let stage = |event: &str, status: Value| match adyen_event(event, &status, "2026-03-02T10:15:30+01:00").unwrap() {
        Event::Dispute(intake) => intake.chargeback.stage().to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(stage("SECOND_CHARGEBACK", json!("Won")), "won");
    assert_eq!(stage("SECOND_CHARGEBACK", json!("Pending")), "under_review");
    assert_eq!(stage("SECOND_CHARGEBACK", Value::Null), "lost");
    assert_eq!(stage("CHARGEBACK_REVERSED", json!("Won")), "reversed", "not final, says Adyen");
    assert_eq!(stage("NOTIFICATION_OF_CHARGEBACK", json!("Accepted")), "accepted");
}

#[test]
fn a_date_from_the_future_would_make_all_that_is_true_look_late() {
    let read = |date: &str| adyen_event("CHARGEBACK", &json!("Undefended"), date).map(drop);
    assert_eq!(read("2026-11-01T12:59:59Z"), Ok(()));
    assert_eq!(read("2026-11-01T13:00:01Z"), Err(WebhookError::TooNew));
    assert_eq!(read("9998-01-01T00:00:00Z"), Err(WebhookError::TooNew));
}

#[test]
fn rounds_are_told_apart() {
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
        assert!(dispute(source, name).chargeback.representment().is_none(), "an answer to an inquiry is none");
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
fn a_deadline_that_cannot_be_read_is_not_no_deadline() {
    let problem = |source: &str, name: &str, from: &str, to: &str| {
        let changed = fixture(source, name).replace(from, to);
        let read = match source {
            "stripe" => stripe_verified(&changed).parse(&Mapping::default()),
            "adyen" => super::adyen_verified(&changed).parse(&Mapping::default()).remove(0),
            "checkout" => super::checkout_verified(&changed).parse(&Mapping::default()),
            "braintree" => super::braintree_verified(&changed).parse(&Mapping::default()),
            _ => super::paypal_verified(&changed).parse(&Mapping::default()),
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
        let said = problem(source, name, from, to);
        assert!(said.ends_with(": no time") && !said.contains(to), "{source}: {said}");
    }
}

#[test]
fn a_word_of_ours_in_a_processors_mouth_stays_unknown() {
    let body = fixture("stripe", "charge.dispute.created-due_by_null.json");
    let mut event: Value = serde_json::from_str(&body).unwrap();
    event["data"]["object"]["reason"] = "processing_error".into();
    let Event::Dispute(intake) = stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap() else {
        panic!()
    };
    assert_eq!(intake.chargeback.reason(), &Reason::from("stripe processing_error"));
}

#[test]
fn what_identifies_a_notification_of_pipwaves_is_signed_but_for_its_status() {
    let id = |name: &str| dispute("pipwave", name).event_id;
    assert_eq!(id("chargeback-reverse_status_1_pending.json"), "FIXPW0001:1772445600:13:1");
    assert_ne!(id("chargeback-reverse_status_1_pending.json"), id("chargeback-reverse_status_6_won.json"));
}

//! What a sample becomes, field by field.

use chargeback::intake::pipwave::Confirmation;
use chargeback::intake::{Event, IntakeError, Mapping, ReferenceIs, Source};
use chargeback::pipwave::Requery;
use chargeback::reason_table::{ReasonCode, ReasonTable};
use chargeback::{Field, FraudKind, Network, NetworkCode, Reason};
use serde_json::{Value, json};

use super::{dispute, fixture, pipwave_verified, read, stripe_verified};

fn written(source: &str, name: &str) -> Value {
    serde_json::to_value(&dispute(source, name).chargeback).unwrap()
}

#[test]
fn stripe_field_by_field() {
    let expected = json!({
        "case_id": "stripe-du_1FixTestA01Dispute001", "stage": "received", "occurred_at": "2026-10-05T00:00:01Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "10.4" },
        "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-1001", "gateway_transaction_id": "ch_3FixTestA01Charge0001" },
        "opened_at": "2026-10-05T00:00:00Z", "received_at": "2026-10-05T00:00:01Z", "due_by": "2026-10-19T00:00:00Z",
        "processor": { "name": "stripe", "dispute_id": "du_1FixTestA01Dispute001", "payment_id": "ch_3FixTestA01Charge0001" },
    });
    assert_eq!(written("stripe", "charge.dispute.created-needs_response.json"), expected);
    let intake = dispute("stripe", "charge.dispute.created-needs_response.json");
    assert_eq!((intake.source, intake.live, intake.unsigned), (Source::Stripe, Some(false), &[][..]));
    assert_eq!(
        (intake.event_id.as_str(), intake.event.as_str()),
        ("evt_1FixTestA01Event00001", "charge.dispute.created")
    );
    assert_eq!(intake.occurred_at, intake.chargeback.occurred_at());
    assert_eq!(intake.payload, fixture("stripe", "charge.dispute.created-needs_response.json").as_bytes());
    assert_eq!(dispute("stripe", "charge.dispute.created-connect_live.json").live, Some(true));
}

#[test]
fn adyen_field_by_field() {
    let expected = json!({
        "case_id": "adyen-FIXDISPUTE000004", "stage": "received", "occurred_at": "2026-03-02T09:15:30Z",
        "reason": "not_as_described", "network_code": { "network": "mastercard", "code": "4853" },
        "amount": { "value": "49.99", "currency": "EUR" },
        "payment": { "order_id": "ORDER-2004", "gateway_transaction_id": "FIXPAYMENT000004", "user_id": "shopper-0001" },
        "due_by": "2026-03-20T22:59:59Z", "arn": "74000000000000000000001",
        "processor": { "name": "adyen", "dispute_id": "FIXDISPUTE000004", "payment_id": "FIXPAYMENT000004" },
    });
    assert_eq!(written("adyen", "CHARGEBACK-every_key.json"), expected);
    let intake = dispute("adyen", "CHARGEBACK-every_key.json");
    assert_eq!(intake.event_id, "FIXDISPUTE000004:CHARGEBACK:true:2026-03-02T10:15:30+01:00");
    assert!(
        [Field::Reason, Field::DueBy, Field::OccurredAt, Field::Stage]
            .iter()
            .all(|field| intake.unsigned.contains(field))
    );
    assert!([Field::Amount, Field::OrderId].iter().all(|field| !intake.unsigned.contains(field)));
    assert_eq!(dispute("adyen", "CHARGEBACK-live_utc.json").live, Some(true));
    let first = dispute("adyen", "NOTIFICATION_OF_CHARGEBACK-auto_defended.json").chargeback;
    assert_eq!((first.received_at(), first.representment().is_some()), (Some(first.occurred_at()), true));
}

#[test]
fn checkout_field_by_field() {
    let expected = json!({
        "case_id": "checkout-dsp_fixtestdispute0001", "stage": "received", "occurred_at": "2026-03-05T10:20:32.582Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "10.4" },
        "amount": { "value": "49.99", "currency": "GBP" },
        "payment": { "order_id": "ORDER-3001", "gateway_transaction_id": "pay_fixtestpayment00000000001" },
        "opened_at": "2026-03-02T10:15:30.504270200Z", "due_by": "2026-03-20T18:00:00Z",
        "processor": { "name": "checkout", "dispute_id": "dsp_fixtestdispute0001", "payment_id": "pay_fixtestpayment00000000001" },
    });
    assert_eq!(written("checkout", "dispute_evidence_required.json"), expected);
    let times = ["dispute_evidence_required-created_on.json", "dispute_evidence_required.json"]
        .map(|name| dispute("checkout", name).occurred_at);
    assert!(times.iter().all(|time| time.timestamp() > 1_700_000_000), "the time has two names");
    assert!(dispute("checkout", "dispute_arbitration_lost.json").chargeback.representment().is_some());
}

#[test]
fn braintree_field_by_field() {
    let expected = json!({
        "case_id": "braintree-fixdispute000001", "stage": "received", "occurred_at": "2026-03-02T10:15:30Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "83" },
        "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-4001", "gateway_transaction_id": "fixtxn0001" },
        "opened_at": "2026-03-01T09:00:00Z", "received_at": "2026-03-02T10:15:30Z", "due_by": "2026-03-20T23:59:59Z",
        "processor": { "name": "braintree", "dispute_id": "fixdispute000001", "payment_id": "fixtxn0001" }, "case_number": "CASE-0001",
    });
    assert_eq!(written("braintree", "dispute_opened-chargeback.xml"), expected);
    let partial = dispute("braintree", "dispute_opened-partial.xml").chargeback.amount().unwrap();
    assert!(partial.minor_units() < 4999, "what is disputed, not what was paid: {partial}");
    assert_eq!(
        dispute("braintree", "dispute_opened-chargeback.xml").event_id,
        "fixdispute000001:dispute_opened:2026-03-02T10:15:30Z"
    );
    let nil = dispute("braintree", "dispute_opened-nil_fields.xml").chargeback;
    assert_eq!((nil.due_by(), nil.case_number()), (None, None));
    assert!(dispute("braintree", "dispute_won.xml").chargeback.representment().is_some(), "its history says disputed");
}

#[test]
fn paypal_field_by_field() {
    let expected = json!({
        "case_id": "paypal-PP-R-FIX-10000002", "stage": "received", "occurred_at": "2026-03-01T09:05:00Z",
        "reason": "not_received", "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-5001", "gateway_transaction_id": "FIXSELLERTXN00001" },
        "opened_at": "2026-03-01T09:00:00Z", "received_at": "2026-03-01T09:05:00Z", "due_by": "2026-03-20T09:00:00Z",
        "processor": { "name": "paypal", "dispute_id": "PP-R-FIX-10000002", "payment_id": "FIXSELLERTXN00001" },
    });
    assert_eq!(written("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json"), expected);
    assert_eq!(dispute("paypal", "CUSTOMER.DISPUTE.CREATED-crypto_asset.json").chargeback.amount(), None);
}

#[test]
fn pipwave_field_by_field() {
    let expected = json!({
        "case_id": "pipwave-FIXPW0001", "stage": "received", "occurred_at": "2026-03-02T10:00:00Z", "reason": "",
        "payment": { "transaction_id": "ORDER-6001" }, "vendor_references": { "pipwave": { "payment": "FIXPW0001" } },
        "received_at": "2026-03-02T10:00:00Z", "processor": { "name": "pipwave", "dispute_id": "FIXPW0001" }, "case_number": "FIXREVERSE1",
    });
    assert_eq!(written("pipwave", "chargeback-reverse_status_1_pending.json"), expected);
    assert!(dispute("pipwave", "chargeback-no_reverse_ids.json").unsigned.contains(&Field::Stage));
}

#[test]
fn pipwave_is_asked_before_anybody_acts() {
    use Confirmation::{CannotTell as C, Confirmed as Y, Contradicted as N};

    let state = |status: i64| {
        let script = crate::support::Script::of([crate::support::Play::json(
            200,
            format!(r#"{{"status":200,"transaction_status":{status}}}"#),
        )]);
        let vendor = chargeback::pipwave::Pipwave::new("k", "s", chargeback::pipwave::Environment::Staging);
        let provider = crate::support::provider(vendor, &script);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(provider.requery(Requery::Payment("FIXPW0001".into()))).unwrap()
    };
    let payload = |name: &str| pipwave_verified(&fixture("pipwave", name));
    let received = payload("chargeback-reverse_status_1_pending.json");
    assert_eq!(received.requery(), Some(Requery::Payment("FIXPW0001".into())));
    assert_eq!(received.notification().txn_id(), Some("ORDER-6001"));
    let told = |name: &str| [13, 15, 10, 20, 25, 0, 99].map(|status| payload(name).confirmed_by(&state(status)));
    assert_eq!(told("chargeback-reverse_status_1_pending.json"), [Y, Y, N, C, C, N, N]);
    assert_eq!(told("chargeback-reverse_status_10_finalised.json"), [C, Y, N, C, C, N, N]);
    assert_eq!(told("chargeback-reverse_status_6_won.json"), [N, N, C, C, C, N, N]);
    assert_eq!(told("chargeback-reverse_status_7_resolved.json"), [C; 7]);
}

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
            Event::NotADispute(_) => None,
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
        ("visa", json!("99.9"), json!("a_new_word"), Reason::Unknown("a_new_word".into())),
        ("visa", json!("99.9"), Value::Null, Reason::Unknown("visa 99.9".into())),
        ("visa", Value::Null, Value::Null, Reason::Unknown(String::new())),
        // News of the case is no reason.
        ("amex", json!("S03"), json!("fraudulent"), Reason::FraudOther),
        ("amex", json!("S03"), Value::Null, Reason::Other),
    ];
    for (network, code, word, expected) in table {
        assert_eq!(reason(network, code.clone(), word.clone()), Some(expected), "{network} {code} {word}");
    }
    assert_eq!(reason("amex", json!("M19"), json!("general")), None, "bookkeeping is no chargeback");
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
            Err(IntakeError::Body(problems)) => problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
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
        ("CHARGEBACK", json!("Settled")),
        ("DISPUTE_DEFENSE_PERIOD_ENDED", Value::Null),
        ("NOTIFICATION_OF_FRAUD", json!("x")),
    ] {
        assert!(matches!(status(event, word), Event::Unknown(_)), "{event}");
    }
    for answered in ["Responded", "Pending", "Won"] {
        assert!(matches!(status("DISPUTE_DEFENSE_PERIOD_ENDED", json!(answered)), Event::NoChange(_)), "{answered}");
    }
}

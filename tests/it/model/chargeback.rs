//! The chargeback: JSON, fields and `Debug`.

use chargeback::{
    Chargeback, Currency, Field, Money, Network, NetworkCode, Processor, Reason, Representment, RepresentmentOutcome,
    Stage, revcent,
};
use serde_json::json;

use crate::support::{at, full, plain};

#[test]
fn a_json_round_trip_gives_the_same_value() {
    for &stage in Stage::ALL {
        let chargeback = full(stage, Reason::from("buyer's remorse")).build().unwrap();
        let text = serde_json::to_string(&chargeback).unwrap();
        assert_eq!(serde_json::from_str::<Chargeback>(&text).unwrap(), chargeback);
        // Some queues go through a `serde_json::Value`.
        let value = serde_json::to_value(&chargeback).unwrap();
        assert_eq!(serde_json::from_value::<Chargeback>(value).unwrap(), chargeback);
    }
    let small = plain("c", Stage::Received, Reason::Other).build().unwrap();
    assert_eq!(serde_json::from_str::<Chargeback>(&serde_json::to_string(&small).unwrap()).unwrap(), small);
}

#[test]
fn the_json_format_is_stable() {
    let chargeback = Chargeback::builder("CB-1", Stage::PreArbitration, Reason::FraudCardAbsent, at(3, 9))
        .order_id("o-1")
        .vendor_case(revcent::ID, "chargeback0000000001")
        .amount(Money::from_minor_units(1250, Currency::KWD))
        .network_code(NetworkCode::new(Network::Mastercard, "4837"))
        .processor(Processor::new("stripe").dispute_id("du_1"))
        .representment(Representment::initiated().outcome(RepresentmentOutcome::Lost))
        .build()
        .unwrap();
    assert_eq!(
        serde_json::to_value(&chargeback).unwrap(),
        json!({
            "case_id": "CB-1",
            "stage": "pre_arbitration",
            "occurred_at": "2026-10-03T09:30:00Z",
            "reason": "fraud_card_absent",
            "network_code": { "network": "mastercard", "code": "4837" },
            "amount": { "value": "1.250", "currency": "KWD" },
            "payment": { "order_id": "o-1" },
            "vendor_references": { "revcent": { "case": "chargeback0000000001" } },
            "processor": { "name": "stripe", "dispute_id": "du_1" },
            "representment": { "outcome": "lost" },
        })
    );
}

#[test]
fn invalid_json_is_rejected() {
    let good = json!({
        "case_id": "c", "stage": "received", "occurred_at": "2026-10-03T09:12:00Z", "reason": "other",
        "payment": { "order_id": "o" },
    });
    assert!(serde_json::from_value::<Chargeback>(good.clone()).is_ok());
    let bad = [
        ("a misspelt field", json!({ "ocurred_at": "2026-10-03T09:12:00Z" })),
        ("a misspelt field of a part", json!({ "payment": { "order": "o" } })),
        ("an empty case id", json!({ "case_id": "" })),
        ("a number for an amount", json!({ "amount": { "value": 19.9, "currency": "USD" } })),
        ("too many decimals", json!({ "amount": { "value": "1.5", "currency": "JPY" } })),
        ("no such currency", json!({ "amount": { "value": "1", "currency": "XXX" } })),
        ("no payment", json!({ "payment": {} })),
        ("a time without an offset", json!({ "occurred_at": "2026-10-03T09:12:00" })),
        ("a time without a T", json!({ "occurred_at": "2026-10-03 09:12:00Z" })),
        ("an optional time without seconds", json!({ "due_by": "2026-10-03T09:12Z" })),
        ("a time as a number", json!({ "opened_at": 1_790_000_000 })),
        ("a payment as a list", json!({ "payment": ["o", null, null, null, null] })),
        ("an amount as a list", json!({ "amount": ["19.90", "USD"] })),
        ("white space around the case id", json!({ "case_id": " c" })),
        ("a bad provider", json!({ "vendor_references": { "No Such": { "case": "1" } } })),
        ("an empty code", json!({ "network_code": { "network": "visa", "code": " " } })),
    ];
    for (case, change) in bad {
        let mut value = good.clone();
        value.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert!(serde_json::from_value::<Chargeback>(value).is_err(), "{case}");
    }
    let list = json!(["c", "received", "2026-10-03T09:12:00Z", "other", { "order_id": "o" }]);
    assert!(serde_json::from_value::<Chargeback>(list).is_err(), "a list for an object");
    let text = serde_json::to_string(&good).unwrap();
    for twice in [
        r#"{"case_id":"d","#,
        r#"{"metadata":{"a":"1","a":"2"},"#,
        r#"{"vendor_references":{"spade":{"case":"1"},"spade":{"case":"2"}},"#,
    ] {
        assert!(serde_json::from_str::<Chargeback>(&text.replacen('{', twice, 1)).is_err(), "a name twice: {twice}");
    }
}

#[test]
fn fields_lists_every_field_that_is_set() {
    let chargeback = full(Stage::Won, Reason::FraudOther).build().unwrap();
    assert_eq!(chargeback.fields().len(), Field::ALL.len());
    let small = plain("c", Stage::Won, Reason::FraudOther).build().unwrap();
    let names: Vec<&str> = small.fields().into_iter().map(Field::as_str).collect();
    let expected =
        ["case_id", "stage", "occurred_at", "reason", "payment.order_id", "payment.transaction_id", "payment.user_id"];
    assert_eq!(names, expected);
}

#[test]
fn debug_shows_no_personal_data_and_no_free_text() {
    let chargeback = full(Stage::Won, Reason::from("canary-reason")).build().unwrap();
    let shown = format!("{chargeback:?} {:#?} {:?}", chargeback, chargeback.to_builder());
    // The case id, the processor's name and the network's code identify the case in logs.
    for canary in shown.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| word.contains("canary")) {
        let allowed = ["canary-case-id", "canary-processor", "canary-network", "canary-code"];
        assert!(allowed.contains(&canary), "{canary} is shown");
    }
    assert!(shown.contains("987654.321 KWD"));
}

#[test]
fn an_empty_payment_is_not_serialized() {
    let known = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).vendor_case(revcent::ID, "1");
    let json = serde_json::to_value(known.build().unwrap()).unwrap();
    assert!(json.get("payment").is_none(), "{json}");
}

#[test]
fn errors_ask_for_an_object() {
    for list in ["[]", "7"] {
        let error = serde_json::from_str::<Chargeback>(list).unwrap_err();
        assert!(error.to_string().contains("expected an object"), "{error}");
    }
    let metadata =
        r#"{"case_id":"c","stage":"won","occurred_at":"2026-10-03T09:12:00Z","reason":"other","metadata":[]}"#;
    let error = serde_json::from_str::<Chargeback>(metadata).unwrap_err();
    assert!(error.to_string().contains("expected an object"), "{error}");
}

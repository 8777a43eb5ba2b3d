//! The reason, from the network's code and the processor's values.

use chargeback::webhooks::{Event, Mapping};
use chargeback::{Network, NetworkCode, Reason};
use serde_json::{Value, json};

use super::checkout::parse_event;
use super::{dispute, fixture, stripe_verified};

#[test]
fn the_network_code_decides_and_an_umbrella_is_refined() {
    let reason = |network: &str, code: Value, value: Value| {
        let mut event: Value =
            serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
        let object = &mut event["data"]["object"];
        object["payment_method_details"]["card"] =
            json!({ "brand": network, "network": network, "network_reason_code": code });
        object["reason"] = value;
        match stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap() {
            Event::Dispute(event) => Some(event.chargeback.reason().clone()),
            Event::Unknown(unknown) if unknown.field == "network_code" => None,
            other => panic!("{other:?}"),
        }
    };
    let table = [
        // The code decides.
        ("visa", json!("10.1"), json!("fraudulent"), Reason::FraudCardPresent),
        ("visa", json!("13.1"), json!("fraudulent"), Reason::NotReceived),
        // An umbrella: Stripe's reason, unless that is an umbrella too.
        ("mastercard", json!("4853"), json!("product_not_received"), Reason::NotReceived),
        ("mastercard", json!("4853"), json!("product_unacceptable"), Reason::NotAsDescribed),
        ("mastercard", json!("4853"), json!("general"), Reason::NotAsDescribed),
        ("mastercard", json!("4837"), json!("fraudulent"), Reason::FraudOther),
        // The same code at two networks.
        ("mastercard", json!("4863"), Value::Null, Reason::Unrecognized),
        ("discover", json!("4863"), Value::Null, Reason::Authorization),
        // An unknown code: Stripe's reason; without one, the text of the code.
        ("visa", json!("99.9"), json!("subscription_canceled"), Reason::CancelledRecurring),
        ("visa", json!("99.9"), json!("a_new_value"), Reason::from("a_new_value")),
        ("visa", json!("99.9"), Value::Null, Reason::from("visa 99.9")),
        ("visa", Value::Null, Value::Null, Reason::from("")),
        // A status is not a reason.
        ("amex", json!("S03"), json!("fraudulent"), Reason::FraudOther),
        ("amex", json!("S03"), Value::Null, Reason::Other),
    ];
    for (network, code, value, expected) in table {
        assert_eq!(reason(network, code.clone(), value.clone()), Some(expected), "{network} {code} {value}");
    }
    assert_eq!(
        reason("amex", json!("M19"), json!("general")),
        None,
        "an adjustment is not a chargeback, so a person checks it"
    );
}

#[test]
fn the_network_is_the_one_that_carried_the_payment() {
    let code = |name: &str| dispute("stripe", name).chargeback.network_code().cloned();
    let expected = |network: &str, code: &str| Some(NetworkCode::new(network.into(), code));
    assert_eq!(code("charge.dispute.created-brand_not_network.json"), expected("cartes_bancaires", "10.4"));
    assert_eq!(
        code("charge.dispute.created-no_card_network.json"),
        expected("visa", "12.6.1"),
        "older versions have only the brand"
    );
    assert_eq!(code("charge.dispute.created-old_api_version.json"), None, "a code without a network has no meaning");
    assert_eq!(
        code("charge.dispute.created-paypal.json"),
        expected("paypal", "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED")
    );
    assert_eq!(
        dispute("stripe", "charge.dispute.created-paypal.json").chargeback.case_number(),
        Some("PP-R-FIX-100000008")
    );
    assert_eq!(
        dispute("stripe", "charge.dispute.created-klarna.json").chargeback.reason(),
        &Reason::NotReceived,
        "by Stripe's reason"
    );
    let adyen = |name: &str| dispute("adyen", name).chargeback;
    assert_eq!(adyen("REQUEST_FOR_INFORMATION-unresponded.json").network_code().unwrap().network(), &Network::Amex);
    assert_eq!(adyen("NOTIFICATION_OF_FRAUD.json").network_code(), None, "fraud reports have codes of another list");
    assert_eq!(adyen("NOTIFICATION_OF_FRAUD.json").reason(), &Reason::FraudOther);
    assert_eq!(adyen("CHARGEBACK-paypal.json").reason(), &Reason::NotReceived);
}

#[test]
fn a_processor_value_that_equals_a_reason_name_stays_unknown() {
    let body = fixture("stripe", "charge.dispute.created-due_by_null.json");
    let mut event: Value = serde_json::from_str(&body).unwrap();
    event["data"]["object"]["reason"] = "processing_error".into();
    let Event::Dispute(event) = stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap() else {
        panic!()
    };
    assert_eq!(event.chargeback.reason(), &Reason::from("stripe processing_error"));
}

#[test]
fn networks_are_known_by_several_spellings() {
    let network = |method: &str| {
        let event = parse_event("dispute_lost", json!({ "payment_method": method, "reason_code": "no such code" }));
        event.chargeback.network_code().unwrap().network().clone()
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

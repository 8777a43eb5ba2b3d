//! The reason, from the network's code and the processor's values.

use chargeback::webhooks::{Event, Mapping};
use chargeback::{Network, NetworkCode, Reason};
use serde_json::{Value, json};

use super::checkout::parse_event;
use super::{as_live, case, dispute, fixture, pre_dispute, read, stripe_verified};

#[test]
fn the_network_code_decides_and_an_umbrella_is_refined() {
    let reason = |network: &str, code: Value, value: Value| {
        let mut event: Value =
            serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
        let object = &mut event["data"]["object"];
        object["payment_method_details"]["card"] =
            json!({ "brand": network, "network": network, "network_reason_code": code });
        object["reason"] = value;
        match as_live(stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap()) {
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
    let old = dispute("stripe", "charge.dispute.created-old_api_version.json").chargeback;
    assert_eq!(old.notes(), Some("reason code without a network: 83"));
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
    let before =
        |name: &str| pre_dispute(read("adyen", name, &Mapping::default()).remove(0)).into_chargeback_before_dispute();
    assert_eq!(before("REQUEST_FOR_INFORMATION-unresponded.json").network_code().unwrap().network(), &Network::Amex);
    assert_eq!(before("NOTIFICATION_OF_FRAUD.json").network_code(), None, "fraud reports have codes of another list");
    assert_eq!(before("NOTIFICATION_OF_FRAUD.json").reason(), &Reason::FraudOther);
    assert_eq!(dispute("adyen", "CHARGEBACK-paypal.json").chargeback.reason(), &Reason::NotReceived);
}

/// A reason code is the text of an unknown reason, or it is in the notes.
#[test]
fn a_code_without_its_network_is_kept_for_every_processor() {
    let parts = |event: chargeback::webhooks::DisputeEvent| {
        let chargeback = event.chargeback;
        assert_eq!(chargeback.network_code(), None);
        (chargeback.reason().to_string(), chargeback.notes().map(str::to_owned))
    };
    let noted = Some("reason code without a network: 10.4".to_owned());
    let none = json!({ "payment_method": null, "category": null, "reason_code": "10.4" });
    assert_eq!(parts(parse_event("dispute_lost", none)), ("10.4".into(), None));
    let category = json!({ "payment_method": null, "category": "duplicate", "reason_code": "10.4" });
    assert_eq!(parts(parse_event("dispute_lost", category)), ("duplicate".into(), noted.clone()));
    let adyen = |reason: &str| {
        let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
        let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
        item["paymentMethod"] = Value::Null;
        item["reason"] = reason.into();
        item["additionalData"]["chargebackSchemeCode"] = Value::Null;
        item["additionalData"]["chargebackReasonCode"] = " 10.4".into();
        parts(case(super::adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0)))
    };
    assert_eq!(adyen(""), ("10.4".into(), None));
    assert_eq!(adyen("Fraud"), ("Fraud".into(), noted.clone()));
    let xml = fixture("braintree", "dispute_opened-chargeback.xml")
        .replace("<payment-instrument-subtype>Visa</payment-instrument-subtype>", "")
        .replace("<reason-code>83<", "<reason-code>10.4<");
    let event = case(super::braintree_verified(&xml).parse(&Mapping::default()));
    assert_eq!(parts(event), ("fraud_other".into(), noted.clone()));
    let body = fixture("paypal", "CUSTOMER.DISPUTE.UPDATED-every_field.json");
    let event = case(super::paypal_verified(&body).parse(&Mapping::default()));
    assert_eq!(parts(event), ("not_received".into(), noted));
}

#[test]
fn a_processor_value_that_equals_a_reason_name_stays_unknown() {
    let body = fixture("stripe", "charge.dispute.created-due_by_null.json");
    let mut event: Value = serde_json::from_str(&body).unwrap();
    event["data"]["object"]["reason"] = "processing_error".into();
    let event = case(stripe_verified(&event.to_string()).parse(&Mapping::default()));
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

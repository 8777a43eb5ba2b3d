//! Amounts are exact for every processor.

use chargeback::webhooks::{Event, Mapping, WebhookError};
use serde_json::{Value, json};

use super::{adyen_verified, checkout_verified, dispute, fixture, stripe_verified};

#[test]
fn samples_in_unusual_currencies() {
    for (source, name, expected) in [
        ("stripe", "charge.dispute.created-jpy.json", "5400 JPY"),
        ("stripe", "charge.dispute.created-kwd.json", "12.340 KWD"),
        ("adyen", "CHARGEBACK-jpy.json", "5400 JPY"),
        ("adyen", "CHARGEBACK-kwd.json", "12.345 KWD"),
        ("adyen", "CHARGEBACK-clp.json", "12345 CLP"),
        ("adyen", "CHARGEBACK-idr.json", "250000.00 IDR"),
        ("adyen", "CHARGEBACK-isk.json", "1500 ISK"),
        ("adyen", "CHARGEBACK-cve.json", "5000.00 CVE"),
        ("checkout", "dispute_evidence_required-jpy.json", "5400 JPY"),
        ("checkout", "dispute_evidence_required-kwd.json", "12.340 KWD"),
        ("braintree", "dispute_opened-jpy.xml", "5400 JPY"),
        ("paypal", "CUSTOMER.DISPUTE.CREATED-jpy.json", "5400 JPY"),
        ("paypal", "CUSTOMER.DISPUTE.CREATED-tnd.json", "12.345 TND"),
    ] {
        assert_eq!(dispute(source, name).chargeback.amount().unwrap().to_string(), expected, "{source}/{name}");
    }
}

fn amount(source: &str, count: &Value, currency: &str) -> Result<Option<String>, WebhookError> {
    let json = |name: &str| -> Value { serde_json::from_str(&fixture(source, name)).unwrap() };
    let event = match source {
        "stripe" => {
            let mut event = json("charge.dispute.created-needs_response.json");
            event["data"]["object"]["amount"] = count.clone();
            event["data"]["object"]["currency"] = currency.into();
            stripe_verified(&event.to_string()).parse(&Mapping::default())
        }
        "adyen" => {
            let mut post = json("CHARGEBACK-undefended.json");
            post["notificationItems"][0]["NotificationRequestItem"]["amount"] =
                json!({ "value": count, "currency": currency });
            adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0)
        }
        _ => {
            let mut event = json("dispute_lost.json");
            event["data"]["amount"] = count.clone();
            event["data"]["currency"] = currency.into();
            checkout_verified(&event.to_string()).parse(&Mapping::default())
        }
    };
    match event? {
        Event::Dispute(event) => Ok(event.chargeback.amount().map(|amount| amount.to_string())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn minor_units_differ_by_processor() {
    for (source, count, currency, expected) in [
        ("stripe", json!(500), "isk", "5 ISK"),
        ("stripe", json!(500), "mga", "500.00 MGA"),
        ("stripe", json!(500), "ugx", "5 UGX"),
        ("stripe", json!(500), "usd", "5.00 USD"),
        ("stripe", json!(i64::MAX), "usd", "92233720368547758.07 USD"),
        ("stripe", json!(0), "eur", "0.00 EUR"),
        ("adyen", json!(500), "MGA", "5.00 MGA"),
        ("adyen", json!("500"), "EUR", "5.00 EUR"),
        ("checkout", json!(500), "CLP", "5 CLP"),
        ("checkout", json!(500), "ISK", "500 ISK"),
    ] {
        assert_eq!(amount(source, &count, currency).unwrap().unwrap(), expected, "{source} {count} {currency}");
    }
}

#[test]
fn inexact_amounts_are_rejected() {
    for (source, count, currency) in [
        ("stripe", json!(501), "isk"),
        ("adyen", json!(12_345), "CLP"),
        ("adyen", json!(i64::MAX), "IDR"),
        ("checkout", json!(12.5), "EUR"),
        ("checkout", json!(1e3), "EUR"),
        ("stripe", json!("12.50"), "usd"),
        ("stripe", json!(null), "usd"),
        ("stripe", json!(9_223_372_036_854_775_808_u64), "usd"),
        ("stripe", json!(500), "euro"),
        ("stripe", json!(500), "btc"),
    ] {
        assert!(matches!(amount(source, &count, currency), Err(WebhookError::Body(_))), "{source} {count} {currency}");
    }
}

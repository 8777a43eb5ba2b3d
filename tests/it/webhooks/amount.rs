//! Amounts are exact for every processor.

use chargeback::Currency;
use chargeback::webhooks::{DisputeEvent, Event, Mapping};
use serde_json::{Value, json};

use super::{
    adyen_verified, as_live, braintree_verified, case, checkout_verified, fixture, paypal_verified, read,
    stripe_verified,
};

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
        let amount = match as_live(read(source, name, &Mapping::default()).remove(0).unwrap()) {
            Event::Dispute(event) => event.chargeback.amount(),
            Event::PreDispute(event) => event.amount(),
            other => panic!("{other:?}"),
        };
        assert_eq!(amount.unwrap().to_string(), expected, "{source}/{name}");
    }
}

/// A dispute of a processor with this amount and currency.
fn dispute(source: &str, count: &Value, currency: &str) -> DisputeEvent {
    let json = |name: &str| -> Value { serde_json::from_str(&fixture(source, name)).unwrap() };
    let text = count.as_str().map_or_else(|| count.to_string(), str::to_owned);
    case(match source {
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
        "checkout" => {
            let mut event = json("dispute_lost.json");
            event["data"]["amount"] = count.clone();
            event["data"]["currency"] = currency.into();
            checkout_verified(&event.to_string()).parse(&Mapping::default())
        }
        "braintree" => {
            let xml = fixture("braintree", "dispute_opened-chargeback.xml")
                .replace("<amount-disputed>49.99<", &format!("<amount-disputed>{text}<"))
                .replace("<currency-iso-code>USD<", &format!("<currency-iso-code>{currency}<"));
            braintree_verified(&xml).parse(&Mapping::default())
        }
        _ => {
            let mut event = json("CUSTOMER.DISPUTE.CREATED-chargeback.json");
            event["resource"]["dispute_amount"] = json!({ "currency_code": currency, "value": text });
            paypal_verified(&event.to_string()).parse(&Mapping::default())
        }
    })
}

fn amount(source: &str, count: &Value, currency: &str) -> Option<String> {
    dispute(source, count, currency).chargeback.amount().map(|amount| amount.to_string())
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
        ("checkout", json!(500), "CLF", "5.0000 CLF"),
        // Decimal texts have no minor units.
        ("paypal", json!("500"), "HUF", "500.00 HUF"),
        ("paypal", json!("500.00"), "TWD", "500.00 TWD"),
        ("braintree", json!("500.00"), "JPY", "500 JPY"),
    ] {
        assert_eq!(amount(source, &count, currency).unwrap(), expected, "{source} {count} {currency}");
    }
}

/// The whole list of each processor: the currencies in whole units and in thousandths. All others are in hundredths.
///
/// Sources: Stripe's page on currencies (UGX is a special case, in hundredths); Adyen's page on currency codes and the
/// function `getDecimalPlaces` of its Java library; Checkout.com's page on amounts.
const LISTS: [(&str, &str, &str); 3] = [
    ("stripe", "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF", "BHD JOD KWD OMR TND"),
    ("adyen", "CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF", "BHD IQD JOD KWD LYD OMR TND"),
    ("checkout", "BIF DJF GNF ISK JPY KMF KRW PYG RWF UGX VUV VND XAF XOF XPF", "BHD IQD JOD KWD LYD OMR TND"),
];

/// Every currency, so that none is read by ISO 4217 where a processor counts differently.
#[test]
fn every_currency_is_counted_as_the_processor_lists_it() {
    let letters = || b'A'..=b'Z';
    let codes = letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
    let currencies: Vec<Currency> = codes.filter_map(|code| std::str::from_utf8(&code).unwrap().parse().ok()).collect();
    assert!(currencies.len() > 160);
    for (source, whole, thousandths) in LISTS {
        for currency in &currencies {
            let is_in = |list: &str| list.split(' ').any(|code| code == currency.code());
            let expected = match (is_in(whole), is_in(thousandths)) {
                (true, _) => "1230000",
                (_, true) => "1230",
                _ => "12300",
            };
            let amount = amount(source, &json!(1_230_000), currency.code()).unwrap();
            let (number, code) = amount.split_once(' ').unwrap();
            let (number, fraction) = number.split_once('.').unwrap_or((number, ""));
            assert_eq!((number, code), (expected, currency.code()), "{source}");
            assert!(fraction.bytes().all(|digit| digit == b'0'), "{source} {amount}");
        }
    }
}

/// A replaced currency, and one that only Adyen lists.
#[test]
fn replaced_and_listed_currencies_are_read() {
    for (source, count, currency, expected) in [
        ("stripe", json!(10_000), "ang", "100.00 ANG"),
        ("stripe", json!(10_000), "std", "100.00 STD"),
        ("adyen", json!(10_000), "CNH", "100.00 CNH"),
        ("checkout", json!(10_000), "ANG", "100.00 ANG"),
        ("braintree", json!("100.00"), "ANG", "100.00 ANG"),
        ("paypal", json!("100.00"), "ANG", "100.00 ANG"),
    ] {
        assert_eq!(amount(source, &count, currency).as_deref(), Some(expected), "{source}");
    }
}

/// The dispute is parsed without the amount, and the notes contain the text.
#[test]
fn an_amount_that_cannot_be_read_is_left_out_and_noted() {
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
        ("stripe", json!(10_000), "usdc"),
        ("stripe", json!(-1), "usd"),
        ("checkout", json!(-1), "EUR"),
        ("checkout", json!({ "value": 1 }), "EUR"),
        ("braintree", json!("100.001"), "USD"),
        ("braintree", json!("100.00"), "USDC"),
        ("paypal", json!("-1.00"), "USD"),
        ("paypal", json!("10.00"), "XXX"),
    ] {
        let event = dispute(source, &count, currency);
        assert_eq!(event.chargeback.amount(), None, "{source} {count} {currency}");
        let [unread] = &event.unread_fields[..] else { panic!("{source}: {:?}", event.unread_fields) };
        let notes = event.chargeback.notes().unwrap();
        assert!(notes.starts_with(unread.field()) && notes.ends_with(currency), "{notes}");
        let shown = count.as_str().map_or_else(|| count.to_string(), str::to_owned);
        assert!(notes.contains(&shown) || count.is_null() || count.is_object(), "{notes}");
        assert!(!format!("{unread} {event:?}").contains(&format!("{shown} {currency}")), "{event:?}");
    }
}

//! The shared model: building, checking, JSON, and what `Debug` keeps to itself.

use chargeback::{
    Category, Chargeback, Currency, DecimalNumber, Field, InvalidError, Money, Network, NetworkCode, ParseMoneyError,
    Processor, ProviderId, Reason, Representment, RepresentmentOutcome, Rfc3339, Stage, revcent, spade,
};
use chrono::{DateTime, TimeZone, Utc};
use serde_json::json;

use crate::support::{at, full, plain};

#[test]
fn the_whole_model_goes_through_json_and_back() {
    for &stage in Stage::ALL {
        let chargeback = full(stage, Reason::from("buyer's remorse")).build().unwrap();
        let text = serde_json::to_string(&chargeback).unwrap();
        assert_eq!(serde_json::from_str::<Chargeback>(&text).unwrap(), chargeback);
        // Through a value too, as some queues do.
        let value = serde_json::to_value(&chargeback).unwrap();
        assert_eq!(serde_json::from_value::<Chargeback>(value).unwrap(), chargeback);
    }
    let small = plain("c", Stage::Received, Reason::Other).build().unwrap();
    assert_eq!(serde_json::from_str::<Chargeback>(&serde_json::to_string(&small).unwrap()).unwrap(), small);
}

#[test]
fn the_json_is_stable() {
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

/// What is written must be read: a 60th second stands at midnight alone.
#[test]
fn a_leap_second_stands_at_midnight() {
    let built = |time: &str| {
        let at = DateTime::parse_from_rfc3339(time).unwrap().to_utc();
        plain("c", Stage::Received, Reason::Other).stage(Stage::Received, at).build()
    };
    let midnight = built("2016-12-31T23:59:60Z").unwrap();
    assert_eq!(serde_json::from_str::<Chargeback>(&serde_json::to_string(&midnight).unwrap()).unwrap(), midnight);
    for time in ["2016-12-31T22:59:60Z", "2016-12-31T23:58:60Z"] {
        let error = built(time).unwrap_err().to_string();
        assert!(error.contains("occurred_at: a leap second that is not at 23:59:60 UTC"), "{error}");
    }
}

#[test]
fn every_name_is_read_back() {
    for &stage in Stage::ALL {
        assert_eq!(stage.to_string().parse::<Stage>().unwrap(), stage);
    }
    for reason in Reason::ALL {
        assert_eq!(&Reason::from(reason.as_str()), reason);
        assert!(!matches!(reason, Reason::Unknown(_)));
        assert!(!reason.description().is_empty());
    }
    assert_eq!(Reason::ALL.iter().filter(|reason| reason.category() == Some(Category::Fraud)).count(), 4);
    assert_eq!(Reason::from("no such reason"), Reason::from("no such reason"));
    assert_eq!(Reason::from("  ").description(), "not stated");
    assert_eq!(Network::from("elo"), Network::from("elo"));
    for network in ["visa", "mastercard", "amex", "discover", "diners", "jcb", "union_pay", "sepa"] {
        assert!(!matches!(Network::from(network), Network::Other(_)), "{network}");
        assert_eq!(Network::from(network).as_str(), network);
    }
}

#[test]
fn an_unknown_stage_is_an_error_and_not_a_default() {
    for text in ["", "Received", "received ", "settled", "pre-arbitration"] {
        let error = text.parse::<Stage>().unwrap_err();
        assert_eq!(error.text(), text);
        assert!(!format!("{error} {error:?}").contains("settled"));
    }
    let line = r#"{"case_id":"c","stage":"settled","occurred_at":"2026-10-03T09:12:00Z","reason":"other"}"#;
    assert!(serde_json::from_str::<Chargeback>(line).unwrap_err().to_string().contains("unknown stage"));
}

#[test]
fn json_that_is_not_a_chargeback_is_refused() {
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
    for (what, change) in bad {
        let mut value = good.clone();
        value.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert!(serde_json::from_value::<Chargeback>(value).is_err(), "{what}");
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

fn broken(result: Result<Chargeback, InvalidError>) -> Vec<String> {
    result.unwrap_err().violations().iter().map(ToString::to_string).collect()
}

#[test]
fn build_lists_everything_that_is_wrong() {
    let result = Chargeback::builder("\u{7}", Stage::Received, Reason::Other, at(3, 9))
        .user_id("")
        .arn("")
        .metadata("", "v")
        .amount(Money::from_minor_units(-1, Currency::USD))
        .vendor_case(revcent::ID, "")
        .representment(Representment::initiated().initiated_at(at(9, 1)).completed_at(at(8, 1)))
        .due_by(DateTime::<Utc>::MAX_UTC)
        .build();
    assert_eq!(
        broken(result),
        [
            "case_id: has a control character",
            "payment.user_id: empty (leave it out)",
            "vendor_references.revcent.case: empty (leave it out)",
            "arn: empty (leave it out)",
            "metadata: a name is empty",
            "due_by: the year is not between 1 and 9999",
            "representment.completed_at: before representment.initiated_at",
            "amount: negative",
        ]
    );
    let nothing = Chargeback::builder("c".repeat(256), Stage::Received, Reason::Other, at(3, 9)).build();
    assert_eq!(broken(nothing), ["case_id: longer than 255 characters", "payment: no id of the payment is given"]);
    let longest = Chargeback::builder("é".repeat(255), Stage::Received, Reason::Other, at(3, 9)).order_id("o").build();
    assert!(longest.is_ok());
    let known_to_a_vendor =
        Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).vendor_payment(spade::ID, "e").build();
    assert!(known_to_a_vendor.is_ok());
}

#[test]
fn a_case_moves_on() {
    let received = plain("c", Stage::Received, Reason::Other).build().unwrap();
    let contested = received.moved_to(Stage::Contested, at(9, 1)).unwrap();
    assert_eq!((contested.stage(), contested.occurred_at()), (Stage::Contested, at(9, 1)));
    assert_eq!(contested.payment(), received.payment());
    assert!(received.moved_to(Stage::Won, DateTime::<Utc>::MIN_UTC).is_err());
}

#[test]
fn every_field_that_is_set_is_named() {
    let chargeback = full(Stage::Won, Reason::FraudOther).build().unwrap();
    assert_eq!(chargeback.fields().len(), Field::ALL.len());
    let small = plain("c", Stage::Won, Reason::FraudOther).build().unwrap();
    let names: Vec<&str> = small.fields().into_iter().map(Field::as_str).collect();
    let expected =
        ["case_id", "stage", "occurred_at", "reason", "payment.order_id", "payment.transaction_id", "payment.user_id"];
    assert_eq!(names, expected);
}

#[test]
fn debug_shows_no_person_and_no_free_text() {
    let chargeback = full(Stage::Won, Reason::from("canary-reason")).build().unwrap();
    let shown = format!("{chargeback:?} {:#?} {:?}", chargeback, chargeback.to_builder());
    // The case's own id, the processor's name and the network's code are what remains to find it by.
    for canary in shown.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| word.contains("canary")) {
        let allowed = ["canary-case-id", "canary-processor", "canary-network", "canary-code"];
        assert!(allowed.contains(&canary), "{canary} is shown");
    }
    assert!(shown.contains("987654.321 KWD"));
}

#[test]
fn money_is_exact() {
    let cases = [
        ("19.90", Currency::USD, Ok(1990), "19.90"),
        ("19.9", Currency::USD, Ok(1990), "19.90"),
        ("19", Currency::USD, Ok(1900), "19.00"),
        ("0", Currency::USD, Ok(0), "0.00"),
        ("-0.05", Currency::USD, Ok(-5), "-0.05"),
        ("00019.90", Currency::USD, Ok(1990), "19.90"),
        ("19.9000", Currency::USD, Ok(1990), "19.90"),
        ("15800", Currency::JPY, Ok(15800), "15800"),
        ("15800.00", Currency::JPY, Ok(15800), "15800"),
        ("41.750", Currency::KWD, Ok(41750), "41.750"),
        ("92233720368547758.07", Currency::USD, Ok(i64::MAX), "92233720368547758.07"),
        ("-92233720368547758.08", Currency::USD, Ok(i64::MIN), "-92233720368547758.08"),
        ("92233720368547758.08", Currency::USD, Err(ParseMoneyError::TooLarge), ""),
        ("19.905", Currency::USD, Err(ParseMoneyError::TooPrecise { digits: 2 }), ""),
        ("1.5", Currency::JPY, Err(ParseMoneyError::TooPrecise { digits: 0 }), ""),
        ("", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("-", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        (".5", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("5.", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("+5", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("1,5", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("1 000", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("1e3", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("٣", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("1.2.3", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("--1", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("0x10", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
    ];
    for (text, currency, expected, written) in cases {
        let money = Money::from_decimal(text, currency);
        assert_eq!(money.map(Money::minor_units), expected, "{text}");
        if let Ok(money) = money {
            assert_eq!(money.to_decimal(), written);
            assert_eq!(Money::from_decimal(&money.to_decimal(), currency), Ok(money));
            assert_eq!(DecimalNumber::from(money).as_str(), written);
        }
    }
}

#[test]
fn the_currencies_are_those_of_an_independent_list() {
    let mut known = 0;
    let letters = b'A'..=b'Z';
    for code in letters.clone().flat_map(|a| letters.clone().map(move |b| (a, b))) {
        for c in letters.clone() {
            let code = String::from_utf8(vec![code.0, code.1, c]).unwrap();
            let ours = code.parse::<Currency>().ok().map(Currency::digits);
            let theirs = iso_currency::Currency::from_code(&code).and_then(iso_currency::Currency::exponent);
            assert_eq!(ours.map(u16::from), theirs, "{code}");
            known += usize::from(ours.is_some());
        }
    }
    assert!(known > 150);
    assert_eq!("usd".parse::<Currency>().unwrap(), Currency::USD);
    for wrong in ["", "US", "USDX", "U D", "ÜSD"] {
        assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
    }
    for constant in [Currency::USD, Currency::EUR, Currency::GBP, Currency::JPY, Currency::KWD] {
        assert_eq!(constant.code().parse::<Currency>().unwrap(), constant);
    }
}

#[test]
fn decimal_text_is_kept_and_compared_by_value() {
    for text in ["0", "-1", "19.90", "1e2", "1E+2", "123456789012345678901234567890.123"] {
        let number: DecimalNumber = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), text);
    }
    for text in ["\"1\"", "null", "true", "[1]", "01", "+1", ".5", "1.", "NaN", ""] {
        assert!(serde_json::from_str::<DecimalNumber>(text).is_err(), "{text}");
        assert!(text.parse::<DecimalNumber>().is_err(), "{text}");
    }
    let same = |a: &str, b: &str| a.parse::<DecimalNumber>().unwrap().same_value(&b.parse().unwrap());
    let equal =
        [("49.9", "49.90"), ("49.9", "4.99e1"), ("0", "-0.00"), ("100", "1e2"), ("0.001", "1e-3"), ("5", "5.0")];
    for (a, b) in equal {
        assert!(same(a, b) && same(b, a), "{a} {b}");
    }
    for (a, b) in [("49.9", "49.91"), ("1", "-1"), ("1", "10"), ("1e99999999999999999999", "1e5"), ("0.1", "0.01")] {
        assert!(!same(a, b) && !same(b, a), "{a} {b}");
    }
}

#[test]
fn times_are_kept_as_written_and_read_strictly() {
    let good = [
        ("2024-04-17T11:54:00Z", "2024-04-17T11:54:00Z"),
        ("2024-04-17t11:54:00z", "2024-04-17T11:54:00Z"),
        ("2024-04-17T11:54:00+00:00", "2024-04-17T11:54:00Z"),
        ("2024-12-31T23:59:59+14:00", "2024-12-31T09:59:59Z"),
        ("2024-04-17T11:54:00.123456789Z", "2024-04-17T11:54:00.123456789Z"),
        ("2024-04-17T11:54:00.1234567890123Z", "2024-04-17T11:54:00.123456789Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ];
    for (text, instant) in good {
        let time: Rfc3339 = text.parse().unwrap();
        assert_eq!(time.as_str(), text);
        assert_eq!(time.instant(), instant.parse::<DateTime<Utc>>().unwrap());
        assert_eq!(serde_json::to_string(&time).unwrap(), format!("\"{text}\""));
    }
    assert!("2016-12-31T23:59:60Z".parse::<Rfc3339>().is_ok(), "a leap second");
    let bad = [
        "",
        "2024-04-17",
        "2024-04-17T11:54:00",
        "2024-04-17 11:54:00Z",
        "2024-04-17T11:54Z",
        "2024-04-17T11:54:00+0530",
        "2024-04-17T11:54:00,5Z",
        "2024-04-17T11:54:00.Z",
        "2024-04-17T24:00:00Z",
        "2024-04-17T11:54:60Z",
        "2023-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "+2024-04-17T11:54:00Z",
        "2024-04-17T11:54:00Z\n",
        "２024-04-17T11:54:00Z",
        "2024-4-17T11:54:00Z",
        "2024-04-17T11:54:00 Z",
    ];
    for text in bad {
        assert!(text.parse::<Rfc3339>().is_err(), "{text:?}");
    }
    assert!(Rfc3339::try_from(Utc.with_ymd_and_hms(10000, 1, 1, 0, 0, 0).unwrap()).is_err());
    assert_eq!(Rfc3339::try_from(at(3, 9)).unwrap().as_str(), "2026-10-03T09:30:00Z");
}

#[test]
fn codes_are_text_and_trimmed() {
    let code = NetworkCode::new(Network::Amex, " 004\n");
    assert_eq!(code.code(), "004");
    let read: NetworkCode = serde_json::from_value(json!({ "network": "visa", "code": " 13.1" })).unwrap();
    assert_eq!(read, NetworkCode::new(Network::Visa, "13.1"));
}

#[test]
fn provider_ids_are_names() {
    for good in ["a", "acme", "acme_2-eu"] {
        assert_eq!(good.parse::<ProviderId>().unwrap().as_str(), good);
    }
    for bad in ["", "Acme", "a b", "é", &"a".repeat(65)] {
        assert!(bad.parse::<ProviderId>().is_err(), "{bad}");
    }
}

//! Values: where exactly their limits lie.

use std::collections::HashMap;

use chargeback::connector::Attempt;
use chargeback::thirdwatch::CustomInfo;
use chargeback::{
    Chargeback, Currency, DecimalNumber, Money, ProviderId, Reason, Representment, Rfc3339, Secret, Stage, revcent,
};

use crate::support::{at, plain};

#[test]
fn exact_numbers_are_equal_if_their_text_is() {
    let number = |text: &str| text.parse::<DecimalNumber>().unwrap();
    assert_eq!(number("49.90"), number("49.90"));
    assert_ne!(number("49.90"), number("49.9"));
}

#[test]
fn an_offset_has_two_digits_a_colon_and_two_digits() {
    for good in ["Z", "z", "+02:00", "-11:30", ".5Z", ".123456+00:00"] {
        assert!(format!("2026-10-03T09:12:00{good}").parse::<Rfc3339>().is_ok(), "{good}");
    }
    let bad = [
        "",
        "+",
        "+02",
        "+0200",
        "+2:00",
        "+02:0",
        "+02:000",
        "+02 :00",
        "+02: 00",
        "+ 02:00",
        " +02:00",
        "+02:00 ",
        " Z",
        "Z ",
        "UTC",
        "utc",
        "+02::00",
        "+02:00:00",
        "02:00",
        "~02:00",
        "+02-00",
        "+02.00",
        "++2:00",
        ".Z",
        ".",
        "GMT",
        "-",
        "+0a:00",
        "+02:60",
        "+24:00",
        "+99:00",
        "+020:0",
        "Z+02:00",
        "ZZ",
        "+02000",
    ];
    for bad in bad {
        assert!(format!("2026-10-03T09:12:00{bad}").parse::<Rfc3339>().is_err(), "{bad}");
    }
}

#[test]
fn a_map_by_provider_is_asked_with_text() {
    let by_provider = HashMap::from([(revcent::ID, 1), (ProviderId::from_static("acme"), 2)]);
    assert_eq!(
        (by_provider.get("revcent"), by_provider.get("acme"), by_provider.get("spade")),
        (Some(&1), Some(&2), None)
    );
}

#[test]
fn a_provider_is_named_by_1_to_64_characters() {
    for good in ["a", "a_b-9", &"z".repeat(64)] {
        assert_eq!(good.parse::<ProviderId>().unwrap().as_str(), good);
    }
    for bad in ["", "A", "a b", "ä", "a.b", "abc!", &"z".repeat(65)] {
        assert!(bad.parse::<ProviderId>().is_err(), "{bad}");
    }
}

#[test]
fn an_unknown_reason_is_told_in_its_own_words() {
    assert_eq!(Reason::from("buyer's remorse").description(), "buyer's remorse");
    assert_eq!(Reason::from(" \t").description(), "not stated");
}

#[test]
fn the_model_takes_its_limits_and_nothing_beyond() {
    let build = |case_id: &str, minor_units: i64, completed: u32| {
        let fight = Representment::initiated().initiated_at(at(9, 1)).completed_at(at(completed, 1));
        let amount = Money::from_minor_units(minor_units, Currency::USD);
        let case = plain(case_id, Stage::Won, Reason::Other).amount(amount).representment(fight);
        case.build().map_err(|error| error.violations().iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    // Nothing was charged back, and it was decided the moment it began.
    assert!(build(&"c".repeat(255), 0, 9).is_ok());
    assert_eq!(build("", 0, 9).unwrap_err(), ["case_id: empty"]);
    assert_eq!(build(&"c".repeat(256), 0, 9).unwrap_err(), ["case_id: longer than 255 characters"]);
    assert_eq!(build("c", -1, 9).unwrap_err(), ["amount: negative"]);
    assert_eq!(build("c", 1, 8).unwrap_err(), ["representment.completed_at: before representment.initiated_at"]);
}

#[test]
fn a_payment_that_only_a_vendor_knows_is_not_written() {
    let known = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).vendor_case(revcent::ID, "1");
    let json = serde_json::to_value(known.build().unwrap()).unwrap();
    assert!(json.get("payment").is_none(), "{json}");
}

#[test]
fn an_object_is_asked_for_by_name() {
    for list in ["[]", "7"] {
        let error = serde_json::from_str::<Chargeback>(list).unwrap_err();
        assert!(error.to_string().contains("expected an object"), "{error}");
    }
    let metadata =
        r#"{"case_id":"c","stage":"won","occurred_at":"2026-10-03T09:12:00Z","reason":"other","metadata":[]}"#;
    let error = serde_json::from_str::<Chargeback>(metadata).unwrap_err();
    assert!(error.to_string().contains("expected an object"), "{error}");
}

#[test]
fn a_dry_run_has_no_token() {
    let token = Secret::from("planted");
    let token_of = |attempt: Attempt<'_>| attempt.token().to_owned();
    assert_eq!(token_of(Attempt::new(at(1, 1)).with_token(&token)), "planted");
    assert_eq!(token_of(Attempt::plan(at(1, 1)).with_token(&token)), "[redacted]");
}

#[test]
fn a_leap_second_is_written_where_it_can_be() {
    let time = |hour, minute, second, millis| {
        let time = chrono::NaiveTime::from_hms_milli_opt(hour, minute, second, millis).unwrap();
        chrono::NaiveDate::from_ymd_opt(2016, 12, 31).unwrap().and_time(time).and_utc()
    };
    for (at, text) in [
        (time(23, 59, 59, 999), "2016-12-31T23:59:59.999Z"),
        (time(23, 59, 59, 1000), "2016-12-31T23:59:60Z"),
        (time(23, 59, 59, 1500), "2016-12-31T23:59:60.500Z"),
    ] {
        let written = Rfc3339::try_from(at).unwrap();
        assert_eq!((written.as_str(), written.instant()), (text, at));
        assert_eq!(text.parse::<Rfc3339>().unwrap(), written);
    }
    for nowhere in [time(22, 59, 59, 1000), time(23, 58, 59, 1000)] {
        assert!(Rfc3339::try_from(nowhere).is_err(), "{nowhere}");
    }
}

#[test]
fn free_fields_are_the_json_that_is_sent() {
    let info: CustomInfo = [("b", serde_json::json!({ "z": [1, null] })), ("a", "x".into())].into_iter().collect();
    assert_eq!(info.to_json(), r#"{"a":"x","b":{"z":[1,null]}}"#);
    assert_eq!(serde_json::to_string(&info).unwrap(), info.to_json());
    assert_eq!(serde_json::from_str::<CustomInfo>(r#" { "b" : {"z":[1,null]}, "a":"\u0078" }"#).unwrap(), info);
    assert_ne!(CustomInfo::from_iter([("a", "y")]), info);
    for none in ["null", "[]", "\"a\"", "{", "{}{}"] {
        assert!(serde_json::from_str::<CustomInfo>(none).is_err(), "{none}");
    }
    assert_eq!(format!("{info:?}"), "CustomInfo([redacted])");
}

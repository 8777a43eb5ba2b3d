//! The builder: its rules and its errors.

use chargeback::{
    Chargeback, Currency, InvalidError, Money, Reason, Receipt, Representment, Resolution, Stage, revcent, spade,
};
use chrono::{DateTime, Utc};

use crate::support::{at, plain};

fn broken(result: Result<Chargeback, InvalidError>) -> Vec<String> {
    result.unwrap_err().violations().iter().map(ToString::to_string).collect()
}

/// A leap second at another time would be written as second 60, which a reader rejects.
#[test]
fn leap_seconds_are_accepted_only_at_midnight() {
    let built = |time: &str| {
        let at = DateTime::parse_from_rfc3339(time).unwrap().to_utc();
        plain("c", Stage::Received, Reason::Other).stage(Stage::Received, at).build()
    };
    let midnight = built("2016-12-31T23:59:60Z").unwrap();
    assert_eq!(serde_json::from_str::<Chargeback>(&serde_json::to_string(&midnight).unwrap()).unwrap(), midnight);
    for time in ["2016-12-31T22:59:60Z", "2016-12-31T23:58:60Z"] {
        let error = built(time).unwrap_err().to_string();
        assert!(error.contains("occurred_at: a leap second must be at 23:59:60 UTC"), "{error}");
    }
}

#[test]
fn a_vendor_id_of_white_space_is_empty() {
    for id in ["", " ", "\t\n", "\u{a0}"] {
        let builder = || Chargeback::builder("case-1", Stage::Received, Reason::Other, at(3, 9)).user_id("u");
        let rule = |part: &str| [format!("vendor_references.revcent.{part}: must not be empty; omit it instead")];
        assert_eq!(broken(builder().vendor_case(revcent::ID, id).build()), rule("case"), "{id:?}");
        assert_eq!(broken(builder().vendor_payment(revcent::ID, id).build()), rule("payment"), "{id:?}");
        assert!(Resolution::Found(id.to_owned()).validate().is_err(), "{id:?}");
        assert_eq!(Receipt::new(revcent::ID).with_vendor_case(id.to_owned()).vendor_case(), None, "{id:?}");
    }
}

#[test]
fn build_lists_every_broken_rule() {
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
            "case_id: must not contain control characters",
            "payment.user_id: must not be empty; omit it instead",
            "vendor_references.revcent.case: must not be empty; omit it instead",
            "arn: must not be empty; omit it instead",
            "metadata: names must not be empty",
            "due_by: the year must be between 1 and 9999",
            "representment.completed_at: must not be before representment.initiated_at",
            "amount: must not be negative",
        ]
    );
    let nothing = Chargeback::builder("c".repeat(256), Stage::Received, Reason::Other, at(3, 9)).build();
    assert_eq!(
        broken(nothing),
        [
            "case_id: must not be longer than 255 characters",
            "payment: must have an id; set order_id, transaction_id, vendor_payment or another id"
        ]
    );
    let longest = Chargeback::builder("é".repeat(255), Stage::Received, Reason::Other, at(3, 9)).order_id("o").build();
    assert!(longest.is_ok());
    let known_to_a_vendor =
        Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).vendor_payment(spade::ID, "e").build();
    assert!(known_to_a_vendor.is_ok());
}

#[test]
fn moved_to_changes_only_the_stage() {
    let received = plain("c", Stage::Received, Reason::Other).build().unwrap();
    let contested = received.moved_to(Stage::Contested, at(9, 1)).unwrap();
    assert_eq!((contested.stage(), contested.occurred_at()), (Stage::Contested, at(9, 1)));
    assert_eq!(contested.payment(), received.payment());
    assert!(received.moved_to(Stage::Won, DateTime::<Utc>::MIN_UTC).is_err());
}

#[test]
fn limits_are_exact() {
    let build = |case_id: &str, minor_units: i64, completed: u32| {
        let fight = Representment::initiated().initiated_at(at(9, 1)).completed_at(at(completed, 1));
        let amount = Money::from_minor_units(minor_units, Currency::USD);
        let case = plain(case_id, Stage::Won, Reason::Other).amount(amount).representment(fight);
        case.build().map_err(|error| error.violations().iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    // An amount of zero, and a representment that ends at its start, are valid.
    assert!(build(&"c".repeat(255), 0, 9).is_ok());
    assert_eq!(build("", 0, 9).unwrap_err(), ["case_id: must not be empty"]);
    assert_eq!(build(&"c".repeat(256), 0, 9).unwrap_err(), ["case_id: must not be longer than 255 characters"]);
    assert_eq!(build("c", -1, 9).unwrap_err(), ["amount: must not be negative"]);
    assert_eq!(
        build("c", 1, 8).unwrap_err(),
        ["representment.completed_at: must not be before representment.initiated_at"]
    );
}

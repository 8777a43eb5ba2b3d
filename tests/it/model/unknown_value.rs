//! Open enums: a known name is never an unknown value, and JSON gives back the same value.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use chargeback::{Network, ParseValueError, Reason, Stage, UnknownValue, pipwave, thirdwatch};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Checks every conversion of one text, and returns true if the value is known.
fn check<T>(text: &str, known: &[T], is_known: fn(&T) -> bool) -> bool
where
    T: Clone + Debug + Display + PartialEq + AsRef<str> + Serialize + DeserializeOwned,
    T: for<'a> From<&'a str> + From<String> + FromStr<Err: Debug>,
{
    let value = T::from(text);
    assert_eq!(T::from(text.to_owned()), value);
    assert_eq!(text.parse::<T>().unwrap(), value);
    assert_eq!((value.as_ref(), value.to_string().as_str()), (text, text));
    let json = serde_json::to_string(&value).unwrap();
    assert_eq!(json, serde_json::to_string(text).unwrap());
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
    assert_eq!(is_known(&value), known.contains(&value), "{text}");
    assert_eq!(is_known(&value), known.iter().any(|known| known.as_ref() == text), "{text}");
    is_known(&value)
}

/// Checks one text as a value of every open enum.
fn check_all(text: &str) -> [bool; 7] {
    use pipwave::ChargebackStage;
    use thirdwatch::{AbuseType, ChargebackReason, ChargebackState};
    [
        check(text, Reason::ALL, Reason::is_known),
        check(text, Network::ALL, Network::is_known),
        check(text, ChargebackState::ALL, ChargebackState::is_known),
        check(text, ChargebackReason::ALL, ChargebackReason::is_known),
        check(text, AbuseType::ALL, AbuseType::is_known),
        check(text, ChargebackStage::ALL, ChargebackStage::is_known),
        check(text, pipwave::ChargebackReason::ALL, pipwave::ChargebackReason::is_known),
    ]
}

/// The known names of all open enums.
fn known_names() -> Vec<String> {
    fn names<T: Display>(all: &[T]) -> impl Iterator<Item = String> + '_ {
        all.iter().map(ToString::to_string)
    }
    names(Reason::ALL)
        .chain(names(Network::ALL))
        .chain(names(thirdwatch::ChargebackState::ALL))
        .chain(names(thirdwatch::ChargebackReason::ALL))
        .chain(names(thirdwatch::AbuseType::ALL))
        .chain(names(pipwave::ChargebackStage::ALL))
        .chain(names(pipwave::ChargebackReason::ALL))
        .collect()
}

#[test]
fn a_known_name_is_a_known_value() {
    for name in known_names() {
        assert!(check_all(&name).contains(&true), "{name}");
    }
}

proptest! {
    #[test]
    fn any_text_is_kept(text in any::<String>()) {
        check_all(&text);
    }

    #[test]
    fn a_text_similar_to_a_known_name_is_kept(
        name in proptest::sample::select(known_names()),
        before in "[ \t_A-Z]{0,1}",
        after in "[ \t_s]{0,1}",
        upper in any::<bool>(),
    ) {
        let name = if upper { name.to_uppercase() } else { name };
        check_all(&format!("{before}{name}{after}"));
    }
}

#[test]
fn an_unknown_value_shows_its_text_only_on_request() {
    let Reason::Unknown(value) = Reason::from("canary") else { panic!("a known reason") };
    assert_eq!((value.as_str(), value.as_ref(), value.to_string().as_str()), ("canary", "canary", "canary"));
    assert_eq!(format!("{value:>8}"), "  canary");
    assert_eq!(format!("{value:?}"), "UnknownValue([redacted])");
    let same: UnknownValue<Reason> = value.clone();
    assert_eq!(same, value);
}

#[test]
fn a_closed_enum_lists_its_names_in_the_error() {
    let error: ParseValueError = "canary".parse::<Stage>().unwrap_err();
    assert!(error.to_string().starts_with("unknown stage; allowed values: alert, inquiry, received, "), "{error}");
    assert!(error.allowed().eq(Stage::ALL.iter().map(|stage| stage.as_str())));
    assert!(!format!("{error} {error:?}").contains("canary"));
    // A name in JSON is a string, and the error does not quote it.
    for json in ["\"canary\"", "{\"received\":null}", "[\"received\"]", "1", "null"] {
        let error = serde_json::from_str::<Stage>(json).unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
    }
}

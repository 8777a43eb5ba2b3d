//! Values: where exactly their limits lie.

use chargeback::Secret;
use chargeback::connector::Attempt;
use chargeback::thirdwatch::CustomInfo;

use crate::support::at;

#[test]
fn a_dry_run_has_no_token() {
    let token = Secret::from("planted");
    let token_of = |attempt: Attempt<'_>| attempt.token().to_owned();
    assert_eq!(token_of(Attempt::new(at(1, 1)).with_token(&token)), "planted");
    assert_eq!(token_of(Attempt::plan(at(1, 1)).with_token(&token)), "[redacted]");
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

//! Free fields.

use chargeback::thirdwatch::CustomInfo;

#[test]
fn custom_info_is_the_json_that_is_sent() {
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

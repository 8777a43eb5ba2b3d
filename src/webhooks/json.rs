//! Access to values of a JSON body by path.
//!
//! A body must be one object without duplicate names at the top level; see [`unique_json`].

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::error::WebhookError;
use super::time::parse_time;
use crate::util::strict_serde::unique_json;

pub(super) type Object = Map<String, Value>;

/// Reads a body that must be a JSON object.
pub(super) fn object(body: &[u8]) -> Result<Object, WebhookError> {
    unique_json(body).map_err(|_| WebhookError::body("body", "not a JSON object"))
}

/// Returns the value at a path of names, unless the value is null.
pub(super) fn at<'v>(object: &'v Object, path: &[&str]) -> Option<&'v Value> {
    let (last, parents) = path.split_last()?;
    let mut current = object;
    for name in parents {
        current = current.get(*name)?.as_object()?;
    }
    current.get(*last).filter(|value| !value.is_null())
}

/// Returns the text of a string, number or boolean. Processors use these types interchangeably.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns the trimmed text at a path; `None` if the text is empty.
pub(super) fn text_at(object: &Object, path: &[&str]) -> Option<String> {
    let text = at(object, path).and_then(text)?;
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// Returns the time in Unix seconds at a path; `None` for 0, which processors use for "no time".
pub(super) fn seconds_at(object: &Object, path: &[&str]) -> Option<DateTime<Utc>> {
    at(object, path)?.as_i64().filter(|&seconds| seconds > 0).and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}

/// Returns the RFC 3339 time at a path.
pub(super) fn time_at(object: &Object, path: &[&str]) -> Option<DateTime<Utc>> {
    parse_time(&text_at(object, path)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_with_unique_top_level_names_are_read() {
        assert!(object(br#"{"a":1,"b":{}}"#).is_ok());
        for body in [&b""[..], b"[]", b"null", b"{} {}", br#"{"a":1,"a":2}"#, br#"{"a":1"#, b"\xef\xbb\xbf{}"] {
            let refused = WebhookError::body("body", "not a JSON object");
            assert_eq!(object(body), Err(refused), "{}", String::from_utf8_lossy(body));
        }
        // The last value of a duplicate nested name is used.
        let nested = object(br#"{"a":{"b":1,"b":2}}"#).unwrap();
        assert_eq!(text_at(&nested, &["a", "b"]).as_deref(), Some("2"));
    }

    #[test]
    fn values_are_found_by_path_and_read_as_text() {
        let body =
            object(br#"{"a":{"text":" x ","number":1.50,"flag":true,"null":null,"empty":" ","list":[1]}}"#).unwrap();
        let text = |name: &str| text_at(&body, &["a", name]);
        assert_eq!(text("text").as_deref(), Some("x"));
        assert_eq!(text("flag").as_deref(), Some("true"));
        assert!(text("number").is_some());
        for missing in ["null", "empty", "list", "absent"] {
            assert_eq!(text(missing), None, "{missing}");
        }
        assert_eq!(text_at(&body, &["a", "text", "deeper"]), None);
        assert_eq!(at(&body, &[]), None);
    }

    #[test]
    fn times_in_seconds_are_positive_integers() {
        let body = object(br#"{"time":1700000000,"zero":0,"negative":-1,"text":"1700000000","huge":9e300}"#).unwrap();
        assert_eq!(seconds_at(&body, &["time"]), DateTime::from_timestamp(1_700_000_000, 0));
        for missing in ["zero", "negative", "text", "huge", "absent"] {
            assert_eq!(seconds_at(&body, &[missing]), None, "{missing}");
        }
    }
}

//! Access to values of a JSON body by path.
//!
//! A body must be one object. Duplicate names are an error at any depth: a signature could cover one value, and this
//! module could return the other.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::time::parse_time;
use crate::providers::json::Json;

pub(super) type Object = Map<String, Value>;

/// Reads a body that must be a JSON object without duplicate names.
pub(super) fn object(body: &[u8]) -> Option<Object> {
    match Json::parse(body)?.into_value() {
        Value::Object(object) => Some(object),
        _ => None,
    }
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
    trimmed(at(object, path)?)
}

fn trimmed(value: &Value) -> Option<String> {
    let text = text(value)?;
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// Returns the trimmed text at a JSON pointer (RFC 6901). The leading `/` may be missing.
pub(super) fn text_at_pointer(object: &Object, pointer: &str) -> Option<String> {
    let tokens: Vec<String> = tokens(pointer).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let (first, rest) = tokens.split_first()?;
    let value = rest.iter().try_fold(object.get(first)?, |value, token| match value {
        Value::Object(object) => object.get(token),
        Value::Array(list) => list.get(token.parse::<usize>().ok()?),
        _ => None,
    });
    trimmed(value?)
}

/// Returns the parts of a place, which are separated by `/`. The leading `/` may be missing.
pub(super) fn tokens(place: &str) -> impl Iterator<Item = &str> {
    place.strip_prefix('/').unwrap_or(place).split('/')
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
    fn only_objects_with_unique_names_are_read() {
        assert!(object(br#"{"a":1,"b":{"a":1}}"#).is_some());
        for body in [&b""[..], b"[]", b"null", b"{} {}", br#"{"a":1"#, b"\xef\xbb\xbf{}"] {
            assert_eq!(object(body), None, "{}", String::from_utf8_lossy(body));
        }
        for duplicate in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":{"c":1,"c":1}}]}"#,
            r#"{"a":{"b":1,"\u0062":2}}"#,
        ] {
            assert_eq!(object(duplicate.as_bytes()), None, "{duplicate}");
        }
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
    fn values_are_found_by_pointer() {
        let body = object(br#"{"a":{"b":[{"c":" x "}],"d/e":1,"f~g":true,"h":{}},"top":"t"}"#).unwrap();
        let text = |pointer: &str| text_at_pointer(&body, pointer);
        assert_eq!(text("/a/b/0/c").as_deref(), Some("x"));
        assert_eq!(text("a/b/0/c").as_deref(), Some("x"));
        assert_eq!(text("/a/d~1e").as_deref(), Some("1"));
        assert_eq!(text("/a/f~0g").as_deref(), Some("true"));
        assert_eq!(text("/top").as_deref(), Some("t"));
        for missing in ["", "/", "/a", "/a/b/1/c", "/a/b/x/c", "/a/h", "/top/deeper", "/none"] {
            assert_eq!(text(missing), None, "{missing}");
        }
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

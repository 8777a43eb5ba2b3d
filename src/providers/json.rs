//! Reads JSON of other companies: replies of vendors and bodies of webhooks.
//!
//! | Type | Use |
//! |---|---|
//! | [`Json`], [`Object`] | values by key or path; duplicate keys are an error at any depth |
//! | [`RawObject`] | values as source text, for numbers that must keep every digit |

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

use crate::util::strict_serde::unique_json;

/// The key under which `serde_json` passes a number if its feature `arbitrary_precision` is on.
const NUMBER: &str = "$serde_json::private::Number";

/// True if another crate enables `arbitrary_precision`. Otherwise an object may use the key like any other.
static ARBITRARY_PRECISION: LazyLock<bool> = LazyLock::new(|| serde_json::from_str::<Number>("1e999").is_ok());

/// A JSON value. Text without escapes is borrowed from the source.
#[derive(Clone)]
pub(crate) enum Json<'j> {
    Null,
    Flag(bool),
    Number(Number),
    Text(Cow<'j, str>),
    List(Vec<Json<'j>>),
    Object(Object<'j>),
}

impl<'j> Json<'j> {
    /// Parses JSON text. Returns `None` if it is not JSON, or if any object in it has a duplicate key.
    pub(crate) fn parse(json: &'j [u8]) -> Option<Self> {
        // One UTF-8 check of the whole source instead of one for each text in it.
        let json = std::str::from_utf8(json).ok()?;
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let value = Self::deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(value)
    }

    /// Returns a text, number or boolean as text. Vendors send one field as different types.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Flag(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Self::Null | Self::List(_) | Self::Object(_) => None,
        }
    }

    pub(crate) const fn as_flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_u64(&self) -> Option<u64> {
        if let Self::Number(number) = self { number.as_u64() } else { None }
    }

    pub(crate) fn as_i64(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.as_i64() } else { None }
    }

    pub(crate) fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    pub(crate) const fn as_object(&self) -> Option<&Object<'j>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// Returns the value as an owned one, without duplicate keys at any depth.
    pub(crate) fn into_value(self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Flag(flag) => flag.into(),
            Self::Number(number) => number.into(),
            Self::Text(text) => text.into_owned().into(),
            Self::List(list) => list.into_iter().map(Self::into_value).collect(),
            Self::Object(object) => {
                let entries = object.entries.into_iter();
                entries.map(|(name, value)| (name.into_owned(), value.into_value())).collect()
            }
        }
    }

    const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// A JSON object without duplicate keys, sorted by key. A list, since a map costs more for the few keys of a reply.
#[derive(Clone, Default)]
pub(crate) struct Object<'j> {
    entries: Vec<(Cow<'j, str>, Json<'j>)>,
}

impl<'j> Object<'j> {
    /// Returns the value of a key, `null` included.
    pub(crate) fn get(&self, name: &str) -> Option<&Json<'j>> {
        self.entries.iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Json<'j>)> {
        self.entries.iter().map(|(name, value)| (&**name, value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the value at a path of keys through nested objects; `None` if it is absent or `null`.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Json<'j>> {
        let (last, parents) = path.split_last()?;
        let mut object = self;
        for name in parents {
            object = object.get(name)?.as_object()?;
        }
        object.get(last).filter(|value| !value.is_null())
    }

    /// Returns the text at a path of keys; `None` if it is empty or has no [text](Json::text).
    pub(crate) fn text_at(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        self.at(path)?.text().filter(|text| !text.is_empty())
    }

    /// Returns the first text among these keys that is not empty.
    pub(crate) fn text(&self, names: &[&str]) -> Option<Cow<'_, str>> {
        names.iter().find_map(|name| self.text_at(&[name]))
    }

    /// Returns the same as [`text`](Self::text), copied.
    pub(crate) fn owned_text(&self, names: &[&str]) -> Option<String> {
        self.text(names).map(Cow::into_owned)
    }

    /// Reads the entries after the first key.
    fn read<A: MapAccess<'j>>(first: Cow<'j, str>, mut map: A) -> Result<Self, A::Error> {
        let mut entries = Vec::with_capacity(8);
        entries.push((first, map.next_value()?));
        while let Some((Name(name), value)) = map.next_entry()? {
            entries.push((name, value));
        }
        entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(A::Error::custom("an object has a duplicate key"));
        }
        Ok(Self { entries })
    }
}

impl<'j> Deserialize<'j> for Json<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'j> Visitor<'j> for JsonVisitor {
    type Value = Json<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'j>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json<'j>, E> {
        Ok(Json::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'j>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'j>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'j>, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Json<'j>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'j>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut list: A) -> Result<Json<'j>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Json<'j>, A::Error> {
        match map.next_key()? {
            None => Ok(Json::Object(Object::default())),
            Some(Name(name)) if name == NUMBER && *ARBITRARY_PRECISION => {
                let text: String = map.next_value()?;
                let number: Number = text.parse().map_err(A::Error::custom)?;
                // Without the feature, `serde_json` rejects a number that is out of range.
                let is_finite = number.as_f64().is_some_and(f64::is_finite);
                if is_finite { Ok(Json::Number(number)) } else { Err(A::Error::custom("number out of range")) }
            }
            Some(Name(name)) => Object::read(name, map).map(Json::Object),
        }
    }
}

/// A key. Copied only if it has escapes.
struct Name<'j>(Cow<'j, str>);

impl<'j> Deserialize<'j> for Name<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'j> Visitor<'j> for NameVisitor {
    type Value = Name<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, name: &'j str) -> Result<Name<'j>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'j>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

/// A JSON object whose values keep their source text. Duplicate keys are an error at the top level.
pub(crate) struct RawObject<'j>(BTreeMap<String, &'j RawValue>);

impl<'j> RawObject<'j> {
    /// Parses a JSON object. Returns `None` if it is not one, or if a key is a duplicate.
    pub(crate) fn parse(json: &'j [u8]) -> Option<Self> {
        unique_json(json).ok().map(Self)
    }

    /// Returns the source text of a key's value.
    pub(crate) fn source(&self, name: &str) -> Option<&'j str> {
        self.0.get(name).map(|value| value.get())
    }

    /// Returns every key with the source text of its value, sorted by key.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &'j str)> {
        self.0.iter().map(|(name, value)| (&**name, value.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: &str) -> Object<'_> {
        match Json::parse(json.as_bytes()) {
            Some(Json::Object(object)) => object,
            _ => panic!("not an object: {json}"),
        }
    }

    #[test]
    fn a_path_leads_through_objects() {
        let object = object(r#"{"a":{"b":{"c":" x ","n":null,"e":""}},"l":[{"b":1}],"t":"x"}"#);
        assert_eq!(object.text_at(&["a", "b", "c"]).as_deref(), Some(" x "));
        for absent in [&["a", "b", "n"][..], &["a", "x", "c"], &["l", "b"], &["t", "b"], &[]] {
            assert!(object.at(absent).is_none(), "{absent:?}");
        }
        assert!(object.at(&["a", "b", "e"]).is_some() && object.text_at(&["a", "b", "e"]).is_none());
    }

    #[test]
    fn the_first_text_that_is_not_empty_is_taken() {
        let object = object(r#"{"a":"","b":null,"c":[],"d":7,"e":"x"}"#);
        assert_eq!(object.text(&["a", "b", "c", "d", "e"]).as_deref(), Some("7"));
        assert_eq!(object.owned_text(&["x", "e"]).as_deref(), Some("x"));
        assert_eq!(object.text(&["a"]), None);
    }

    #[test]
    fn duplicate_keys_are_an_error_at_any_depth() {
        for json in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":1}"#, r#"{"b":[{"a":1,"a":2}]}"#] {
            assert!(Json::parse(json.as_bytes()).is_none(), "{json}");
        }
        assert!(RawObject::parse(br#"{"a":1,"a":1}"#).is_none());
    }

    #[test]
    fn source_text_keeps_every_digit() {
        let Some(object) = RawObject::parse(br#"{"b":126.60,"a":"x","c":[1, 2]}"#) else { panic!("not an object") };
        assert_eq!(object.source("b"), Some("126.60"));
        assert_eq!(object.source("x"), None);
        assert_eq!(object.sources().collect::<Vec<_>>(), [("a", r#""x""#), ("b", "126.60"), ("c", "[1, 2]")]);
        assert!(RawObject::parse(b"[]").is_none());
    }

    /// The feature is off unless another crate enables it; then the key has no special meaning.
    #[test]
    fn an_object_with_the_key_of_a_number_is_an_object() {
        let text = format!(r#"{{"{NUMBER}":"200","a":{{"{NUMBER}":"1"}}}}"#);
        let value = Json::parse(text.as_bytes());
        let object = value.as_ref().and_then(Json::as_object);
        assert_eq!(object.is_some(), !*ARBITRARY_PRECISION);
        if let Some(object) = object {
            assert_eq!(object.text(&[NUMBER]).as_deref(), Some("200"));
            assert!(object.get("a").and_then(Json::as_object).is_some());
        }
    }

    #[test]
    fn numbers_become_text() {
        for (json, text) in [("0", "0"), ("-1", "-1"), ("18446744073709551615", "18446744073709551615"), ("2.5", "2.5")]
        {
            assert_eq!(
                Json::parse(json.as_bytes()).and_then(|value| value.text().map(Cow::into_owned)).as_deref(),
                Some(text)
            );
        }
        assert!(Json::parse(b"1e999").is_none());
    }
}

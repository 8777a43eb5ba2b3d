//! A reply's body as JSON: names and values, each name once.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// Under this name `serde_json` hands on a number if its feature `arbitrary_precision` is on.
const NUMBER: &str = "$serde_json::private::Number";

/// Whether another crate has switched that on: only then is there such a number. Otherwise the name is a name.
static ARBITRARY_PRECISION: LazyLock<bool> = LazyLock::new(|| serde_json::from_str::<Number>("1e999").is_ok());

/// A JSON value. Text is borrowed from the reply where it is written without escapes.
pub(crate) enum Json<'j> {
    Null,
    Flag(bool),
    Number(Number),
    Text(Cow<'j, str>),
    List(Vec<Json<'j>>),
    Object(Object<'j>),
}

impl<'j> Json<'j> {
    /// Reads JSON text. If an object in it has a name that stands twice, it says two things, and is none.
    pub(crate) fn parse(json: &'j [u8]) -> Option<Self> {
        // Once for the whole, instead of once for each text in it.
        let json = std::str::from_utf8(json).ok()?;
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let value = Self::deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(value)
    }

    /// Text, or a number or boolean as text; vendors are not of one mind with themselves.
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

    pub(crate) fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    pub(crate) const fn as_object(&self) -> Option<&Object<'j>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
}

/// A JSON object in which no name stands twice, in the order of its names. It is one list, since replies are short and a
/// tree for three names costs more than reading them.
#[derive(Default)]
pub(crate) struct Object<'j> {
    entries: Vec<(Cow<'j, str>, Json<'j>)>,
}

impl<'j> Object<'j> {
    pub(crate) fn get(&self, name: &str) -> Option<&Json<'j>> {
        self.entries.iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Json<'j>)> {
        self.entries.iter().map(|(name, value)| (&**name, value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The first of these names that holds something that reads as text, and is not empty.
    pub(crate) fn text(&self, names: &[&str]) -> Option<Cow<'_, str>> {
        names.iter().filter_map(|name| self.get(name)?.text()).find(|text| !text.is_empty())
    }

    /// As [`text`](Self::text), to keep.
    pub(crate) fn owned_text(&self, names: &[&str]) -> Option<String> {
        self.text(names).map(Cow::into_owned)
    }

    /// Reads what comes after the first name.
    fn read<A: MapAccess<'j>>(first: Cow<'j, str>, mut map: A) -> Result<Self, A::Error> {
        let mut entries = Vec::with_capacity(8);
        entries.push((first, map.next_value()?));
        while let Some((Name(name), value)) = map.next_entry()? {
            entries.push((name, value));
        }
        entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(A::Error::custom("a name stands twice in an object"));
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
                // What is beyond all numbers is refused without that feature, so it is with it.
                let is_finite = number.as_f64().is_some_and(f64::is_finite);
                if is_finite { Ok(Json::Number(number)) } else { Err(A::Error::custom("number out of range")) }
            }
            Some(Name(name)) => Object::read(name, map).map(Json::Object),
        }
    }
}

/// A name, copied only where it is written with escapes.
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
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'j str) -> Result<Name<'j>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'j>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without the feature, as here unless another crate asks for it, the name of a number is a name like any other.
    #[test]
    fn an_object_that_looks_like_a_number_is_an_object() {
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
    fn numbers_are_read_as_their_text() {
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

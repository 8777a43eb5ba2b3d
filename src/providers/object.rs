//! A reply's body: names and values, each name once.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::shared::text;

/// A JSON object in which no name stands twice, in the order of its names. Short replies are read into one list, since a
/// tree for three names costs more than reading them.
pub(crate) struct Object<'j> {
    entries: Vec<(Cow<'j, str>, Value)>,
}

/// What holds values by name.
pub(crate) trait Named {
    fn named(&self, name: &str) -> Option<&Value>;
}

impl Named for Object<'_> {
    fn named(&self, name: &str) -> Option<&Value> {
        self.entries.iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }
}

impl Named for Map<String, Value> {
    fn named(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }
}

impl<'j> Object<'j> {
    /// Reads JSON text. An object in which a name stands twice says two things, and is none.
    pub(crate) fn of(json: &'j [u8]) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let object = deserializer.deserialize_map(ObjectVisitor).ok()?;
        deserializer.end().ok()?;
        Some(object)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.named(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(name, value)| (&**name, value))
    }

    /// The value of this name as text, by value.
    pub(crate) fn into_text(self, name: &str) -> Option<String> {
        let (_, value) = self.entries.into_iter().find(|(held, _)| held == name)?;
        if let Value::String(text) = value { Some(text) } else { text(&value) }
    }

    /// As [`first_text`](super::shared::first_text), by value.
    pub(crate) fn take_text(&mut self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let (_, value) = self.entries.iter_mut().find(|(held, _)| held == name)?;
            let text = match value {
                Value::String(text) => Some(std::mem::take(text)),
                other => text(other),
            };
            text.filter(|text| !text.is_empty())
        })
    }
}

struct ObjectVisitor;

impl<'j> Visitor<'j> for ObjectVisitor {
    type Value = Object<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Object<'j>, A::Error> {
        let mut entries: Vec<(Cow<'j, str>, Value)> = Vec::with_capacity(8);
        while let Some((Name(name), value)) = map.next_entry()? {
            entries.push((name, value));
        }
        entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(A::Error::custom("a name stands twice in an object"));
        }
        Ok(Object { entries })
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

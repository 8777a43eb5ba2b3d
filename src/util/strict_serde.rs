//! Strict deserialization: structs only from objects, no `null` for optional fields, no duplicate keys.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

/// Deserializes an optional field that is present. Rejects `null`, as a schema without `null` does.
pub(crate) fn some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Deserializes an object. Serde's derive alone would also accept a list of the values in order.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Deserializes an object with any keys. Rejects duplicate keys because JSON does not define which value counts.
pub(crate) fn unique<'de, D, M>(deserializer: D) -> Result<M, D::Error>
where
    D: Deserializer<'de>,
    M: UniqueKeys<'de>,
{
    deserializer.deserialize_map(UniqueVisitor(PhantomData))
}

/// Same as [`unique`], from JSON text.
pub(crate) fn unique_json<'de, M: UniqueKeys<'de>>(json: &'de [u8]) -> serde_json::Result<M> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let entries = unique(&mut deserializer)?;
    deserializer.end()?;
    Ok(entries)
}

/// A map that [`unique`] can deserialize.
pub(crate) trait UniqueKeys<'de>: Default {
    type Key: Deserialize<'de>;
    type Value: Deserialize<'de>;

    /// Adds an entry. Returns false if the key is already present.
    fn add(&mut self, key: Self::Key, value: Self::Value) -> bool;
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> UniqueKeys<'de> for BTreeMap<K, V> {
    type Key = K;
    type Value = V;

    fn add(&mut self, key: K, value: V) -> bool {
        self.insert(key, value).is_none()
    }
}

struct UniqueVisitor<M>(PhantomData<M>);

impl<'de, M: UniqueKeys<'de>> Visitor<'de> for UniqueVisitor<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<M, A::Error> {
        let mut entries = M::default();
        while let Some((key, value)) = map.next_entry()? {
            if !entries.add(key, value) {
                return Err(A::Error::custom("duplicate key in an object"));
            }
        }
        Ok(entries)
    }
}

/// Defines a struct that serde writes as derived and reads strictly: from objects only, with known fields only.
///
/// The first line gives the spelling of names. A field of type `Option` is left out when it is `None` and may be
/// absent when it is read; `null` is refused, or read as `None` with the line `nulls = absent;`. A field with a
/// `#[serde(..)]` attribute gets only that attribute, except that `rename` alone keeps the rules for `Option`.
///
/// The fields are copied to a private twin, which is the type that the derive reads.
macro_rules! object_struct {
    (
        names = $names:literal;
        nulls = absent;
        $(#[$meta:meta])*
        $vis:vis struct $Name:ident { $($fields:tt)* }
    ) => {
        $crate::util::strict_serde::object_struct! {
            @fields [] { $(#[$meta])* $vis $Name } { $names } {} {} [] $($fields)*
        }
    };
    (
        names = $names:literal;
        $(#[$meta:meta])*
        $vis:vis struct $Name:ident { $($fields:tt)* }
    ) => {
        $crate::util::strict_serde::object_struct! {
            @fields [deserialize_with = "crate::util::strict_serde::some",]
            { $(#[$meta])* $vis $Name } { $names } {} {} [] $($fields)*
        }
    };

    // One field per step: an `Option` with a new name, an `Option`, a field with its own attribute, a required field.
    (
        @fields [$($nulls:tt)*] $head:tt $names:tt { $($whole:tt)* } { $($twin:tt)* } [ $($done:ident)* ]
        $(#[doc = $doc:expr])* #[serde(rename = $rename:literal)]
        $vis:vis $field:ident: Option<$Type:ty>, $($rest:tt)*
    ) => {
        $crate::util::strict_serde::object_struct! {
            @fields [$($nulls)*] $head $names
            {
                $($whole)* $(#[doc = $doc])* #[serde(rename = $rename, skip_serializing_if = "Option::is_none")]
                $vis $field: Option<$Type>,
            }
            { $($twin)* #[serde(rename = $rename, $($nulls)* default)] $field: Option<$Type>, }
            [ $($done)* $field ] $($rest)*
        }
    };
    (
        @fields [$($nulls:tt)*] $head:tt $names:tt { $($whole:tt)* } { $($twin:tt)* } [ $($done:ident)* ]
        $(#[doc = $doc:expr])* $vis:vis $field:ident: Option<$Type:ty>, $($rest:tt)*
    ) => {
        $crate::util::strict_serde::object_struct! {
            @fields [$($nulls)*] $head $names
            {
                $($whole)* $(#[doc = $doc])* #[serde(skip_serializing_if = "Option::is_none")]
                $vis $field: Option<$Type>,
            }
            { $($twin)* #[serde($($nulls)* default)] $field: Option<$Type>, }
            [ $($done)* $field ] $($rest)*
        }
    };
    (
        @fields $nulls:tt $head:tt $names:tt { $($whole:tt)* } { $($twin:tt)* } [ $($done:ident)* ]
        $(#[doc = $doc:expr])* $(#[serde($($serde:tt)*)])? $vis:vis $field:ident: $Type:ty, $($rest:tt)*
    ) => {
        $crate::util::strict_serde::object_struct! {
            @fields $nulls $head $names
            { $($whole)* $(#[doc = $doc])* $(#[serde($($serde)*)])? $vis $field: $Type, }
            { $($twin)* $(#[serde($($serde)*)])? $field: $Type, }
            [ $($done)* $field ] $($rest)*
        }
    };
    (
        @fields $nulls:tt { $(#[$meta:meta])* $vis:vis $Name:ident } { $names:literal }
        { $($whole:tt)* } { $($twin:tt)* } [ $($field:ident)* ]
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize)]
        #[serde(rename_all = $names)]
        $vis struct $Name { $($whole)* }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(rename_all = $names, deny_unknown_fields)]
                struct Twin { $($twin)* }

                let Twin { $( $field, )* } = $crate::util::strict_serde::object(deserializer)?;
                Ok(Self { $( $field, )* })
            }
        }
    };
}

pub(crate) use object_struct;

#[cfg(test)]
mod tests {
    use super::*;

    object_struct! {
        names = "camelCase";
        /// Every kind of field.
        #[derive(Debug, Default, PartialEq)]
        struct Strict {
            required_text: String,
            /// An optional field.
            optional_text: Option<String>,
            #[serde(rename = "_renamed")]
            renamed: Option<u8>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            list: Vec<u8>,
            // An attribute replaces the rules for `Option`, so `null` is `None` here.
            #[serde(default)]
            own_rules: Option<u8>,
        }
    }

    object_struct! {
        names = "snake_case";
        nulls = absent;
        #[derive(Debug, PartialEq)]
        struct Lenient {
            text: Option<String>,
        }
    }

    fn read(json: &str) -> Option<Strict> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn options_are_left_out_and_may_be_absent() {
        let empty = Strict::default();
        assert_eq!(serde_json::to_string(&empty).unwrap(), r#"{"requiredText":"","ownRules":null}"#);
        assert_eq!(read(r#"{"requiredText":""}"#), Some(empty));
        let full = Strict {
            required_text: "a".into(),
            optional_text: Some("b".into()),
            renamed: Some(1),
            list: vec![2],
            own_rules: Some(3),
        };
        let json = r#"{"requiredText":"a","optionalText":"b","_renamed":1,"list":[2],"ownRules":3}"#;
        assert_eq!(serde_json::to_string(&full).unwrap(), json);
        assert_eq!(read(json), Some(full));
    }

    #[test]
    fn null_is_refused_or_absent() {
        assert_eq!(read(r#"{"requiredText":"","optionalText":null}"#), None);
        assert_eq!(read(r#"{"requiredText":"","_renamed":null}"#), None);
        assert!(read(r#"{"requiredText":"","ownRules":null}"#).is_some());
        let lenient: Lenient = serde_json::from_str(r#"{"text":null}"#).unwrap();
        assert_eq!(lenient, Lenient { text: None });
        assert_eq!(serde_json::to_string(&lenient).unwrap(), "{}");
    }

    #[test]
    fn only_objects_with_known_fields_are_read() {
        for json in [
            "{}",
            "null",
            r#"["a","b",1,[],3]"#,
            r#"{"requiredText":"","unknown":1}"#,
            r#"{"requiredText":"","requiredText":""}"#,
            r#"{"requiredText":"","renamed":1}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn keys_are_unique() {
        let map = unique_json::<BTreeMap<String, u8>>;
        assert_eq!(map(br#"{"a":1,"b":2}"#).unwrap(), BTreeMap::from([("a".into(), 1), ("b".into(), 2)]));
        for json in ["[]", r#"{"a":1,"a":1}"#, r#"{"a":1}{}"#] {
            assert!(map(json.as_bytes()).is_err(), "{json}");
        }
    }
}

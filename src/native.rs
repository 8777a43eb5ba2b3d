//! Strict reading of native request types: objects are objects, and what is there is not null.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// Reads an optional field that is there: `null` is refused, as in a schema that does not allow it.
pub(crate) fn some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Reads with `read`, from a JSON object only: serde's derive would take an array for a struct.
pub(crate) fn object<'de, D, T, F>(deserializer: D, read: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: Read<'de, T>,
{
    deserializer.deserialize_map(ObjectVisitor { read, result: PhantomData })
}

/// A reader of a struct, for any deserializer.
pub(crate) trait Read<'de, T> {
    fn read<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error>;
}

struct ObjectVisitor<F, T> {
    read: F,
    result: PhantomData<T>,
}

impl<'de, F: Read<'de, T>, T> Visitor<'de> for ObjectVisitor<F, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        self.read.read(MapAccessDeserializer::new(map))
    }
}

/// Gives a struct that derives serde with `remote = "Self"` its impls: written as derived, read from objects only.
macro_rules! object_only {
    ($($Name:ident),+) => { $(
        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Derived;
                impl<'de> $crate::native::Read<'de, $Name> for Derived {
                    fn read<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<$Name, D::Error> {
                        $Name::deserialize(deserializer)
                    }
                }
                $crate::native::object(deserializer, Derived)
            }
        }
    )+ };
}

pub(crate) use object_only;

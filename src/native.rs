//! Strict reading of structs: objects are objects, and what is there is not null.

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

/// Reads an object. Serde's derive alone would take a list of the values in order as well.
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

/// Defines a struct that is written as derived, and read from objects with known fields only: its serde attributes stand
/// on a private twin too, which is what is read. The first line says how names are spelt.
macro_rules! object_struct {
    (
        names = $names:literal;
        $(#[$meta:meta])*
        $vis:vis struct $Name:ident {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident: $Type:ty, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize)]
        #[serde(rename_all = $names)]
        $vis struct $Name { $( $(#[$field_meta])* $field_vis $field: $Type, )+ }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(rename_all = $names, deny_unknown_fields)]
                struct Twin { $( $(#[$field_meta])* $field: $Type, )+ }

                let Twin { $( $field, )+ } = $crate::native::object(deserializer)?;
                Ok(Self { $( $field, )+ })
            }
        }
    };
}

pub(crate) use object_struct;

//! Lists of words as enums, by two macros: every such enum has the same impls.

use std::borrow::Cow;

/// The text of a value on the wire.
pub(crate) trait WireText {
    /// Returns the text exactly as it is sent. Known values are not copied.
    fn wire_text(&self) -> Cow<'static, str>;
}

impl WireText for &'static str {
    fn wire_text(&self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}

impl<T: WireText> WireText for Option<T> {
    /// The text of `None` is empty.
    fn wire_text(&self) -> Cow<'static, str> {
        self.as_ref().map_or_else(Cow::default, WireText::wire_text)
    }
}

/// Defines a closed list of words: `ALL`, `as_str`, `from_name`, `Display` and serde by the exact text.
macro_rules! string_enum {
    (
        $(#[$meta:meta])*
        pub enum $Name:ident { $( $(#[$about:meta])* $Variant:ident = $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $Name { $( $(#[$about])* #[serde(rename = $text)] $Variant, )+ }

        impl $Name {
            /// Every one of them, in the order in which they are defined.
            pub const ALL: &'static [Self] = &[ $( Self::$Variant, )+ ];

            /// The word to the letter, as `Display` shows it and serde writes it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$Variant => $text, )+ }
            }

            /// Reads a word to the letter, capital and small letters apart; `None` if it is not one of them.
            #[must_use]
            pub fn from_name(text: &str) -> Option<Self> {
                match text { $( $text => Some(Self::$Variant), )+ _ => None }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::util::string_enum::WireText for $Name {
            fn wire_text(&self) -> std::borrow::Cow<'static, str> {
                self.as_str().into()
            }
        }
    };
}

/// Defines an open list of words: unknown ones are kept in `Other`, whose text `Debug` does not show.
macro_rules! open_string_enum {
    (
        $(#[$meta:meta])*
        pub enum $Name:ident { $( $(#[$about:meta])* $Variant:ident = $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $( $(#[$about])* $Variant, )+
            /// A word that the vendor does not document: kept as it was given, sent to the letter, and not shown by
            /// `Debug`.
            Other(String),
        }

        impl $Name {
            /// Every word that the vendor documents, so without [`Other`](Self::Other).
            pub const DOCUMENTED: &'static [Self] = &[ $( Self::$Variant, )+ ];

            /// The word to the letter, as it is sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $( Self::$Variant => $text, )+ Self::Other(text) => text }
            }
        }

        impl $crate::util::string_enum::WireText for $Name {
            fn wire_text(&self) -> std::borrow::Cow<'static, str> {
                match self { $( Self::$Variant => $text.into(), )+ Self::Other(text) => text.clone().into() }
            }
        }

        impl From<&str> for $Name {
            fn from(text: &str) -> Self {
                match text { $( $text => Self::$Variant, )+ other => Self::Other(other.to_owned()) }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    Self::Other(_) => f.write_str("Other([redacted])"),
                    known => f.write_str(known.as_str()),
                }
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(<String as serde::Deserialize>::deserialize(deserializer)?.as_str().into())
            }
        }
    };
}

pub(crate) use {open_string_enum, string_enum};

//! Enums whose values are names, by two macros: every such enum has the same methods and trait impls.

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

/// Implements the traits that show an enum as its text.
macro_rules! text_impls {
    ($Name:ident) => {
        impl AsRef<str> for $Name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// Defines a closed enum: `ALL`, `as_str`, `FromStr`, `Display` and serde by exact name.
///
/// `path = "chargeback";` before the enum is the public path of its module, for the example of `as_str`.
macro_rules! string_enum {
    (
        path = $path:literal;
        $(#[$meta:meta])*
        pub enum $Name:ident {
            $(#[$first_about:meta])* $First:ident = $first_text:literal,
            $( $(#[$about:meta])* $Variant:ident = $text:literal, )*
        }
    ) => {
        $crate::util::string_enum::string_enum! {
            @define [
                #[doc = ""]
                #[doc = "```"]
                #[doc = concat!("use ", $path, "::", stringify!($Name), ";")]
                #[doc = ""]
                #[doc = concat!(
                    "assert_eq!(", stringify!($Name), "::", stringify!($First), ".as_str(), \"", $first_text, "\");"
                )]
                #[doc = concat!(
                    "assert_eq!(\"", $first_text, "\".parse(), Ok(", stringify!($Name), "::", stringify!($First), "));"
                )]
                #[doc = "```"]
            ]
            $(#[$meta])*
            pub enum $Name {
                $(#[$first_about])* $First = $first_text,
                $( $(#[$about])* $Variant = $text, )*
            }
        }
    };
    (
        @define [ $(#[$example:meta])* ]
        $(#[$meta:meta])*
        pub enum $Name:ident { $( $(#[$about:meta])* $Variant:ident = $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name { $( $(#[$about])* $Variant, )+ }

        impl $Name {
            /// All values, in the order of definition.
            pub const ALL: &'static [Self] = &[ $( Self::$Variant, )+ ];

            /// Returns the stable name. `Display`, `FromStr` and serde use the same name.
            $(#[$example])*
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$Variant => $text, )+ }
            }
        }

        impl std::str::FromStr for $Name {
            type Err = $crate::util::parse_value::ParseValueError;

            /// Parses the exact name; upper and lower case differ.
            ///
            /// # Errors
            ///
            /// Returns [`ParseValueError`](crate::ParseValueError), which lists the names, for any other text.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $( $text => Ok(Self::$Variant), )+
                    _ => Err(Self::Err::new(stringify!($Name), &[ $( $text, )+ ], text)),
                }
            }
        }

        impl $crate::util::string_enum::WireText for $Name {
            fn wire_text(&self) -> std::borrow::Cow<'static, str> {
                self.as_str().into()
            }
        }

        $crate::util::string_enum::text_impls! { $Name }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::util::parse_value::parsed(deserializer)
            }
        }
    };
}

/// Defines an open enum: known names, and a variant that keeps any other text as an `UnknownValue`.
///
/// The variant is `Other` and `Debug` hides its text. `unknown = Name;` before the enum, with a doc comment, gives
/// another name to the variant and leaves `Debug` to the caller. `path` is the same as in [`string_enum`].
macro_rules! open_string_enum {
    (
        path = $path:literal;
        $(#[$unknown_about:meta])*
        unknown = $Unknown:ident;
        $(#[$meta:meta])*
        pub enum $Name:ident {
            $(#[$first_about:meta])* $First:ident = $first_text:literal,
            $( $(#[$about:meta])* $Variant:ident = $text:literal, )*
        }
    ) => {
        $crate::util::string_enum::open_string_enum! {
            @define [
                #[doc = ""]
                #[doc = "```"]
                #[doc = concat!("use ", $path, "::", stringify!($Name), ";")]
                #[doc = ""]
                #[doc = concat!(
                    "assert_eq!(", stringify!($Name), "::from(\"", $first_text, "\"), ",
                    stringify!($Name), "::", stringify!($First), ");"
                )]
                #[doc = concat!("let unknown = ", stringify!($Name), "::from(\"another value\");")]
                #[doc = "assert_eq!((unknown.as_str(), unknown.is_known()), (\"another value\", false));"]
                #[doc = "```"]
            ]
            $(#[$unknown_about])*
            unknown = $Unknown;
            $(#[$meta])*
            pub enum $Name {
                $(#[$first_about])* $First = $first_text,
                $( $(#[$about])* $Variant = $text, )*
            }
        }
    };
    (
        @define [ $(#[$example:meta])* ]
        $(#[$unknown_about:meta])*
        unknown = $Unknown:ident;
        $(#[$meta:meta])*
        pub enum $Name:ident { $( $(#[$about:meta])* $Variant:ident = $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $( $(#[$about])* $Variant, )+
            $(#[$unknown_about])*
            $Unknown($crate::util::unknown_value::UnknownValue<Self>),
        }

        impl $Name {
            /// All known values, in the order of definition: every variant except the one for unknown text.
            pub const ALL: &'static [Self] = &[ $( Self::$Variant, )+ ];

            /// Returns the stable name, or the text of an unknown value.
            $(#[$example])*
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $( Self::$Variant => $text, )+ Self::$Unknown(value) => value.as_str() }
            }

            /// Returns true if the value is one of [`ALL`](Self::ALL).
            #[must_use]
            pub const fn is_known(&self) -> bool {
                !matches!(self, Self::$Unknown(_))
            }

            fn known(text: &str) -> Option<Self> {
                match text { $( $text => Some(Self::$Variant), )+ _ => None }
            }
        }

        impl From<&str> for $Name {
            /// Converts a known name into its variant and keeps any other text as an unknown value.
            fn from(text: &str) -> Self {
                Self::known(text).unwrap_or_else(|| Self::from(text.to_owned()))
            }
        }

        impl From<String> for $Name {
            /// Converts a known name into its variant and keeps any other text as an unknown value.
            fn from(text: String) -> Self {
                Self::known(&text)
                    .unwrap_or_else(|| Self::$Unknown($crate::util::unknown_value::UnknownValue::new(text)))
            }
        }

        impl std::str::FromStr for $Name {
            type Err = std::convert::Infallible;

            /// Same as `From<&str>`; never fails.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(text.into())
            }
        }

        impl $crate::util::string_enum::WireText for $Name {
            fn wire_text(&self) -> std::borrow::Cow<'static, str> {
                match self {
                    $( Self::$Variant => $text.into(), )+
                    Self::$Unknown(value) => value.as_str().to_owned().into(),
                }
            }
        }

        $crate::util::string_enum::text_impls! { $Name }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    };
    (
        path = $path:literal;
        $(#[$meta:meta])*
        pub enum $Name:ident { $($variants:tt)+ }
    ) => {
        $crate::util::string_enum::open_string_enum! {
            path = $path;
            /// A value that the vendor does not document. The text is sent exactly as given; `Debug` does not show it.
            unknown = Other;
            $(#[$meta])*
            pub enum $Name { $($variants)+ }
        }

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(if self.is_known() { self.as_str() } else { "Other([redacted])" })
            }
        }
    };
}

pub(crate) use {open_string_enum, string_enum, text_impls};

//! The error for text that is not a value of a closed enum, and the reading of names by serde.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Visitor};

/// Error of `FromStr` for a closed enum such as [`Stage`](crate::Stage): the text is not one of its names.
///
/// `Display` lists the allowed values. Neither `Display` nor `Debug` shows the text, which may come from outside.
///
/// ```
/// use chargeback::RepresentmentOutcome;
///
/// let error = "draw".parse::<RepresentmentOutcome>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown representment outcome; allowed values: won, lost");
/// assert_eq!(error.allowed().collect::<Vec<_>>(), ["won", "lost"]);
/// assert_eq!(error.text(), "draw");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ParseValueError {
    type_name: &'static str,
    allowed: &'static [&'static str],
    text: String,
}

impl ParseValueError {
    pub(crate) fn new(type_name: &'static str, allowed: &'static [&'static str], text: &str) -> Self {
        Self { type_name, allowed, text: text.to_owned() }
    }

    /// Returns the text that was parsed. Do not log it without redaction: it may hold personal data.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the names that the enum accepts, in the order of definition.
    pub fn allowed(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.allowed.iter().copied()
    }
}

impl fmt::Display for ParseValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {}; allowed values: {}", spaced(self.type_name), self.allowed.join(", "))
    }
}

impl fmt::Debug for ParseValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParseValueError").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl std::error::Error for ParseValueError {}

/// Spells a type name in lower case with spaces: `FraudKind` becomes `fraud kind`.
fn spaced(type_name: &str) -> String {
    let mut text = String::with_capacity(type_name.len() + 2);
    for letter in type_name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// Reads a string by the `FromStr` of `T`. The error does not quote the input, in contrast to that of a derived enum.
pub(crate) fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    deserializer.deserialize_str(ParsedVisitor(PhantomData))
}

struct ParsedVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for ParsedVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

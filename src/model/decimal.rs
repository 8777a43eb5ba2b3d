//! JSON numbers as exact text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::money::Money;

/// A JSON number as its exact text, never a binary fraction: `19.90` stays `19.90`.
///
/// It is read from JSON text or bytes only (`serde_json::from_str`, `from_slice`), in structs that are neither flattened
/// nor tagged; a `serde_json::Value` has already lost the text.
///
/// ```
/// use chargeback::{Currency, DecimalNumber, Money};
///
/// let amount = DecimalNumber::from(Money::from_minor_units(1990, Currency::USD));
/// assert_eq!(serde_json::to_string(&amount)?, "19.90");
/// assert!(amount.same_value(&"19.9".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct DecimalNumber(Box<RawValue>);

impl DecimalNumber {
    /// The number as the JSON text that it was read from or made of: `19.90`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Whether both are the same number, however they are written: `49.9`, `49.90` and `4.99e1` are.
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        self == other || canonical(self.as_str()).is_some_and(|this| Some(this) == canonical(other.as_str()))
    }
}

/// Sign, significant digits and the power of ten of the last digit. `None` if the exponent is beyond all reason.
fn canonical(number: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (number, 0),
    };
    let (negative, magnitude) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_end_matches('0');
    let dropped = i64::try_from(all.len() - digits.len()).ok()?;
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some((false, String::new(), 0));
    }
    let scale = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(dropped)?;
    Some((negative, digits.to_owned(), scale))
}

impl PartialEq for DecimalNumber {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for DecimalNumber {}

impl From<Money> for DecimalNumber {
    fn from(money: Money) -> Self {
        // `to_decimal` writes a sign, digits and at most one full stop between digits: a JSON number.
        Self(RawValue::from_string(money.to_decimal()).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl FromStr for DecimalNumber {
    type Err = ParseDecimalError;

    /// Reads a JSON number and keeps its spelling.
    ///
    /// # Errors
    ///
    /// [`ParseDecimalError`] if the text is no JSON number: a plus sign, a leading zero, `.5`, `NaN`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let raw = RawValue::from_string(text.to_owned()).map_err(|_| ParseDecimalError(()))?;
        Self::try_from(raw)
    }
}

impl TryFrom<Box<RawValue>> for DecimalNumber {
    type Error = ParseDecimalError;

    /// Takes JSON text that is a number.
    ///
    /// # Errors
    ///
    /// [`ParseDecimalError`] if it is text, an object or another JSON value.
    fn try_from(raw: Box<RawValue>) -> Result<Self, Self::Error> {
        if raw.get().starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            Ok(Self(raw))
        } else {
            Err(ParseDecimalError(()))
        }
    }
}

impl<'de> Deserialize<'de> for DecimalNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for DecimalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecimalNumber({})", self.as_str())
    }
}

impl fmt::Display for DecimalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Error of `FromStr` for [`DecimalNumber`]: the text is not a JSON number, such as `19,90` or a number in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON number")]
pub struct ParseDecimalError(());

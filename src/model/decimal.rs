//! Exact JSON numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::money::Money;

/// A JSON number as exact text, without a conversion to floating point: `19.90` stays `19.90`.
///
/// Equality compares the text. [`same_value`](Self::same_value) compares the value.
///
/// Read it from JSON text or bytes (`serde_json::from_str`, `from_slice`), in structs that are neither flattened nor
/// tagged. A `serde_json::Value` no longer has the text.
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
    /// Returns the JSON text from which the number was read or created: `19.90`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Returns true if both texts are the same number in any notation.
    ///
    /// ```
    /// use chargeback::DecimalNumber;
    ///
    /// let amount: DecimalNumber = "49.90".parse()?;
    /// assert!(amount.same_value(&"4.99e1".parse()?));
    /// assert!(!amount.same_value(&"49.91".parse()?));
    /// # Ok::<(), chargeback::ParseDecimalError>(())
    /// ```
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        self == other || canonical(self.as_str()).is_some_and(|this| Some(this) == canonical(other.as_str()))
    }
}

/// Returns the sign, the significant digits and the power of ten of the last digit of a JSON number.
///
/// Two numbers are equal if these three parts are equal. Zeros at both ends are removed, and zero has no sign.
/// Returns `None` if the exponent does not fit 64 bits.
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
    /// Converts the amount in major units, as [`Money::to_decimal`] writes it.
    fn from(money: Money) -> Self {
        // Cannot fail: `to_decimal` writes a JSON number.
        Self(RawValue::from_string(money.to_decimal()).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl FromStr for DecimalNumber {
    type Err = ParseDecimalError;

    /// Parses a JSON number and keeps its notation.
    ///
    /// # Errors
    ///
    /// Returns [`ParseDecimalError`] if the text is not a JSON number, such as `+1`, `01`, `.5` or `NaN`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let raw = RawValue::from_string(text.to_owned()).map_err(|_| ParseDecimalError(()))?;
        Self::try_from(raw)
    }
}

impl TryFrom<Box<RawValue>> for DecimalNumber {
    type Error = ParseDecimalError;

    /// Converts raw JSON that is a number.
    ///
    /// # Errors
    ///
    /// Returns [`ParseDecimalError`] if the value is a string, an object or another JSON value.
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
///
/// ```
/// use chargeback::DecimalNumber;
///
/// assert!("19.90".parse::<DecimalNumber>().is_ok());
/// assert!("19,90".parse::<DecimalNumber>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON number")]
pub struct ParseDecimalError(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_removes_notation() {
        let cases = [
            ("0", Some((false, "", 0))),
            ("-0.00e5", Some((false, "", 0))),
            ("49.90", Some((false, "499", -1))),
            ("4.99e1", Some((false, "499", -1))),
            ("4990E-2", Some((false, "499", -1))),
            ("100", Some((false, "1", 2))),
            ("1e+2", Some((false, "1", 2))),
            ("-0.001", Some((true, "1", -3))),
            ("10.01", Some((false, "1001", -2))),
            ("1e9223372036854775807", Some((false, "1", i64::MAX))),
            ("10e9223372036854775807", None),
            ("0.1e-9223372036854775808", None),
            ("1e9223372036854775808", None),
        ];
        for (number, expected) in cases {
            let actual = canonical(number);
            let actual = actual.as_ref().map(|(negative, digits, scale)| (*negative, digits.as_str(), *scale));
            assert_eq!(actual, expected, "{number}");
        }
    }
}

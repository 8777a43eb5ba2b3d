//! Exact amounts of money.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::currency::Currency;
use crate::util::strict_serde::object_struct;

/// An exact amount in whole minor units of an ISO 4217 currency.
///
/// Minor units are cents for USD (2 decimal digits), whole yen for JPY (0) and fils for KWD (3). The amount is an
/// integer, and conversions from and to text are exact. No floating-point numbers are used.
///
/// The JSON form is `{"value":"19.90","currency":"USD"}`.
///
/// ```
/// use chargeback::{Currency, Money};
///
/// let price = Money::from_minor_units(1990, Currency::USD);
/// assert_eq!(price.to_string(), "19.90 USD");
/// assert_eq!(Money::from_decimal("19.9", Currency::USD)?, price);
/// assert_eq!(Money::from_decimal("1.250", "KWD".parse()?)?.minor_units(), 1250);
/// assert!(Money::from_decimal("19.905", Currency::USD).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor_units: i64,
    currency: Currency,
}

impl Money {
    /// Creates an amount from a number of minor units: 1990 is 19.90 USD, or 1990 JPY.
    ///
    /// ```
    /// use chargeback::{Currency, Money};
    ///
    /// assert_eq!(Money::from_minor_units(1990, Currency::USD).to_string(), "19.90 USD");
    /// assert_eq!(Money::from_minor_units(1990, Currency::JPY).to_string(), "1990 JPY");
    /// ```
    #[must_use]
    pub const fn from_minor_units(minor_units: i64, currency: Currency) -> Self {
        Self { minor_units, currency }
    }

    /// Parses decimal text in major units: `19.90`, `-3`, `0.5`.
    ///
    /// A full stop is the only separator. The text may have fewer decimal digits than the currency. Additional digits
    /// must be zero.
    ///
    /// ```
    /// use chargeback::{Currency, Money, ParseMoneyError};
    ///
    /// assert_eq!(Money::from_decimal("19.9", Currency::USD)?.minor_units(), 1990);
    /// let too_precise = Money::from_decimal("19.905", Currency::USD);
    /// assert_eq!(too_precise, Err(ParseMoneyError::TooPrecise { digits: 2 }));
    /// # Ok::<(), ParseMoneyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ParseMoneyError`] if the text is not a plain decimal number, has a fraction of a minor unit, or does
    /// not fit 64 bits.
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Self, ParseMoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(ParseMoneyError::NotDecimal),
            None => (digits, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(ParseMoneyError::NotDecimal);
        }
        let kept = usize::from(currency.digits());
        let (fraction, excess) = fraction.split_at(kept.min(fraction.len()));
        if excess.bytes().any(|byte| byte != b'0') {
            return Err(ParseMoneyError::TooPrecise { digits: currency.digits() });
        }
        let zeros = std::iter::repeat_n(b'0', kept - fraction.len());
        let mut minor_units: i64 = 0;
        for byte in whole.bytes().chain(fraction.bytes()).chain(zeros) {
            let digit = i64::from(byte - b'0');
            // Each digit is added with the sign, so that the smallest 64-bit number also fits.
            minor_units = minor_units
                .checked_mul(10)
                .and_then(|sum| if negative { sum.checked_sub(digit) } else { sum.checked_add(digit) })
                .ok_or(ParseMoneyError::TooLarge)?;
        }
        Ok(Self { minor_units, currency })
    }

    /// Returns the number of minor units: 1990 for 19.90 USD.
    #[must_use]
    pub const fn minor_units(self) -> i64 {
        self.minor_units
    }

    /// Returns the currency, which defines the minor unit.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Returns decimal text in major units with all decimal digits of the currency.
    ///
    /// ```
    /// use chargeback::{Currency, Money};
    ///
    /// assert_eq!(Money::from_minor_units(-5, Currency::USD).to_decimal(), "-0.05");
    /// assert_eq!(Money::from_minor_units(1250, Currency::JPY).to_decimal(), "1250");
    /// ```
    #[must_use]
    pub fn to_decimal(self) -> String {
        Decimal::new(self).as_str().to_owned()
    }
}

/// The text of [`Money::to_decimal`] on the stack, for text that is copied immediately.
pub(crate) struct Decimal {
    bytes: [u8; Self::LONGEST],
    start: usize,
}

impl Decimal {
    /// The longest text has a sign, 19 digits and a full stop, such as `-92233720368547758.08`.
    const LONGEST: usize = 21;

    pub(crate) fn new(money: Money) -> Self {
        let digits = money.currency.digits();
        let mut text = Self { bytes: [0; Self::LONGEST], start: Self::LONGEST };
        let (mut rest, mut written) = (money.minor_units.unsigned_abs(), 0);
        // Digits are written from the last to the first. At least one digit precedes the full stop.
        while rest > 0 || written <= digits {
            if written == digits && digits > 0 {
                text.push_front(b'.');
            }
            // Cannot fail: the remainder is less than 10.
            text.push_front(b'0' + u8::try_from(rest % 10).unwrap_or(0));
            rest /= 10;
            written += 1;
        }
        if money.minor_units < 0 {
            text.push_front(b'-');
        }
        text
    }

    pub(crate) fn as_str(&self) -> &str {
        // Cannot fail: only ASCII is pushed.
        std::str::from_utf8(&self.bytes[self.start..]).unwrap_or_default()
    }

    fn push_front(&mut self, byte: u8) {
        // In bounds: no text is longer than `LONGEST`, whatever the position of the full stop.
        self.start -= 1;
        self.bytes[self.start] = byte;
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.to_decimal(), self.currency))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

object_struct! {
    names = "snake_case";
    struct RawMoney {
        value: String,
        currency: Currency,
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawMoney { value: self.to_decimal(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawMoney::deserialize(deserializer)?;
        Self::from_decimal(&raw.value, raw.currency).map_err(serde::de::Error::custom)
    }
}

/// Error of [`Money::from_decimal`]: the text is not an exact amount of the currency.
///
/// ```
/// use chargeback::{Currency, Money, ParseMoneyError};
///
/// assert_eq!(Money::from_decimal("1,50", Currency::USD), Err(ParseMoneyError::NotDecimal));
/// assert!(Money::from_decimal("1.505", Currency::USD).is_err());
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    /// The text is not a plain decimal number: it has another separator, an exponent or a plus sign, or no digit
    /// before or after the full stop.
    #[error("not a plain decimal number such as 19.90")]
    NotDecimal,
    /// The amount has a fraction of a minor unit.
    #[error("the amount has more than the {digits} decimal digits of its currency")]
    TooPrecise {
        /// The number of decimal digits of the currency.
        digits: u8,
    },
    /// The amount does not fit 64 bits of minor units.
    #[error("the amount does not fit 64 bits of minor units")]
    TooLarge,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_decimal_accepts_exact_amounts_only() {
        use ParseMoneyError::{NotDecimal, TooLarge, TooPrecise};
        let four = "CLF".parse().unwrap();
        let cases = [
            ("0", Currency::USD, Ok(0)),
            ("-0.00", Currency::USD, Ok(0)),
            ("007.5", Currency::USD, Ok(750)),
            ("7.500000", Currency::USD, Ok(750)),
            ("7.501", Currency::USD, Err(TooPrecise { digits: 2 })),
            ("0.0001", four, Ok(1)),
            ("7.0", Currency::JPY, Ok(7)),
            ("-92233720368547758.08", Currency::USD, Ok(i64::MIN)),
            ("-92233720368547758.09", Currency::USD, Err(TooLarge)),
            ("92233720368547758.08", Currency::USD, Err(TooLarge)),
            ("7.", Currency::USD, Err(NotDecimal)),
            (".7", Currency::USD, Err(NotDecimal)),
            ("-.7", Currency::USD, Err(NotDecimal)),
            ("--7", Currency::USD, Err(NotDecimal)),
            ("7-", Currency::USD, Err(NotDecimal)),
            ("7.5.0", Currency::USD, Err(NotDecimal)),
            (" 7", Currency::USD, Err(NotDecimal)),
        ];
        for (text, currency, expected) in cases {
            assert_eq!(Money::from_decimal(text, currency).map(Money::minor_units), expected, "{text}");
        }
    }

    #[test]
    fn the_longest_amounts_fit_the_stack_buffer() {
        for code in ["JPY", "USD", "KWD", "CLF"] {
            let currency = code.parse().unwrap();
            for minor_units in [i64::MIN, i64::MAX, -1, 0, 1] {
                let money = Money::from_minor_units(minor_units, currency);
                assert_eq!(Money::from_decimal(Decimal::new(money).as_str(), currency), Ok(money));
            }
        }
    }
}

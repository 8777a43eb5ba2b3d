//! Exact amounts of money.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::currency::Currency;
use crate::util::strict_serde::object_struct;

/// An exact amount: whole minor units of an ISO 4217 currency.
///
/// Minor units are cents for USD (2 digits), whole yen for JPY (0) and fils for KWD (3). There is no binary fraction
/// anywhere: text in, integer inside, text out.
///
/// In JSON: `{"value":"19.90","currency":"USD"}`.
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
    /// An amount of so many minor units: 1990 for 19.90 USD, 1990 for 1990 JPY.
    #[must_use]
    pub const fn from_minor_units(minor_units: i64, currency: Currency) -> Self {
        Self { minor_units, currency }
    }

    /// Reads decimal text in major units: `19.90`, `-3`, `0.5`.
    ///
    /// A full stop is the only separator. There may be fewer digits after it than the currency has, or more if all of
    /// those are zero.
    ///
    /// # Errors
    ///
    /// [`ParseMoneyError`] if the text is not such a number, has a fraction of a minor unit, or does not fit 64 bits.
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
            // Summed with the sign on, so that the smallest 64-bit number fits too.
            minor_units = minor_units
                .checked_mul(10)
                .and_then(|sum| if negative { sum.checked_sub(digit) } else { sum.checked_add(digit) })
                .ok_or(ParseMoneyError::TooLarge)?;
        }
        Ok(Self { minor_units, currency })
    }

    /// How many minor units of the currency: 1990 for 19.90 USD.
    #[must_use]
    pub const fn minor_units(self) -> i64 {
        self.minor_units
    }

    /// The currency, which says what the minor unit is.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Decimal text in major units, with all digits of the currency: `19.90`, `-0.05`, `1250` for JPY.
    #[must_use]
    pub fn to_decimal(self) -> String {
        Decimal::new(self).as_str().to_owned()
    }
}

/// [`Money::to_decimal`] on the stack, for what is written at once.
pub(crate) struct Decimal {
    bytes: [u8; Self::LONGEST],
    start: usize,
}

impl Decimal {
    /// A sign, 19 digits and a full stop.
    const LONGEST: usize = 21;

    pub(crate) fn new(money: Money) -> Self {
        let digits = money.currency.digits();
        let mut text = Self { bytes: [0; Self::LONGEST], start: Self::LONGEST };
        let (mut rest, mut written) = (money.minor_units.unsigned_abs(), 0);
        // From the last digit to the first, of which there is one before the full stop.
        while rest > 0 || written <= digits {
            if written == digits && digits > 0 {
                text.push_front(b'.');
            }
            // A digit is less than 10.
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
        // Only ASCII is pushed.
        std::str::from_utf8(&self.bytes[self.start..]).unwrap_or_default()
    }

    fn push_front(&mut self, byte: u8) {
        // `-92233720368547758.08` is as long as any: a currency has at most four digits after the full stop.
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

/// The text is not an exact amount of the currency.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    /// Not a plain decimal number: another separator, an exponent, a plus sign, or no digit before the full stop or
    /// after it.
    #[error("an amount is a plain decimal number such as 19.90")]
    NotDecimal,
    /// It has a fraction of a minor unit.
    #[error("the amount has more than the {digits} decimal digits of its currency")]
    TooPrecise {
        /// How many decimal digits the currency has.
        digits: u8,
    },
    /// It does not fit 64 bits of minor units.
    #[error("the amount does not fit 64 bits of minor units")]
    TooLarge,
}

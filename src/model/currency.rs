//! The currencies of ISO 4217 and their numbers of decimal digits.
//!
//! The lists are facts of the standard, kept sorted. A test compares them with an independent list. Two kinds of codes
//! are added to it, because cases have them:
//!
//! - codes that were replaced since 2009 and that processors still list: `ANG`, `BYR`, `EEK`, `LTL`, `LVL`, `MRO`,
//!   `STD`, `VEF`, `ZMK`, `ZWD`, and those of the independent list (`BGN`, `HRK`, `SLL`, ...)
//! - `CNH`, the offshore yuan, which is not in the standard and which Adyen lists with two digits
//!
//! Codes without a minor unit (metals, `XDR`, `XXX`) are left out.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency of ISO 4217 with a minor unit: a code of three capital letters and a number of decimal digits.
///
/// Codes without a minor unit (gold, `XXX`) are rejected. The list is ISO 4217 as of 2026, with recently replaced
/// codes that old cases still have (`ANG`, `HRK`, `STD`), and with `CNH`, the offshore yuan.
///
/// ```
/// use chargeback::Currency;
///
/// let currency: Currency = "kwd".parse()?;
/// assert_eq!((currency.code(), currency.digits()), ("KWD", 3));
/// assert!("XXX".parse::<Currency>().is_err());
/// # Ok::<(), chargeback::ParseCurrencyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    digits: u8,
}

impl Currency {
    /// US dollar: two decimal digits.
    pub const USD: Self = Self { code: *b"USD", digits: 2 };
    /// Euro: two decimal digits.
    pub const EUR: Self = Self { code: *b"EUR", digits: 2 };
    /// Pound sterling: two decimal digits.
    pub const GBP: Self = Self { code: *b"GBP", digits: 2 };
    /// Japanese yen: no decimal digits.
    pub const JPY: Self = Self { code: *b"JPY", digits: 0 };
    /// Kuwaiti dinar: three decimal digits.
    pub const KWD: Self = Self { code: *b"KWD", digits: 3 };

    /// Returns the ISO 4217 code in capital letters: `USD`.
    #[must_use]
    pub fn code(&self) -> &str {
        // Cannot fail: a `Currency` comes from the lists below or the constants above, which are ASCII.
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Returns the number of decimal digits of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    ///
    /// ```
    /// use chargeback::Currency;
    ///
    /// let digits = |code: &str| code.parse::<Currency>().map(Currency::digits);
    /// assert_eq!((digits("USD"), digits("JPY"), digits("BHD")), (Ok(2), Ok(0), Ok(3)));
    /// ```
    #[must_use]
    pub const fn digits(self) -> u8 {
        self.digits
    }
}

impl FromStr for Currency {
    type Err = ParseCurrencyError;

    /// Parses a code in upper or lower case, because processors send both.
    ///
    /// # Errors
    ///
    /// Returns [`ParseCurrencyError`] if the text is not a code of ISO 4217, or has no minor unit.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code =
            <[u8; 3]>::try_from(text.as_bytes()).map_err(|_| ParseCurrencyError(()))?.map(|b| b.to_ascii_uppercase());
        let digits = digits(code).ok_or(ParseCurrencyError(()))?;
        Ok(Self { code, digits })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Error of `FromStr` for [`Currency`]: the text is not the code of a currency with a minor unit.
///
/// ```
/// use chargeback::Currency;
///
/// assert_eq!("USD".parse(), Ok(Currency::USD));
/// assert!("US$".parse::<Currency>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency code with a minor unit, such as USD")]
pub struct ParseCurrencyError(());

const NONE: &[&[u8; 3]] = &[
    b"BIF", b"BYR", b"CLP", b"DJF", b"GNF", b"ISK", b"JPY", b"KMF", b"KRW", b"PYG", b"RWF", b"UGX", b"UYI", b"VND",
    b"VUV", b"XAF", b"XOF", b"XPF",
];

const TWO: &[&[u8; 3]] = &[
    b"AED", b"AFN", b"ALL", b"AMD", b"ANG", b"AOA", b"ARS", b"AUD", b"AWG", b"AZN", b"BAM", b"BBD", b"BDT", b"BGN",
    b"BMD", b"BND", b"BOB", b"BOV", b"BRL", b"BSD", b"BTN", b"BWP", b"BYN", b"BZD", b"CAD", b"CDF", b"CHE", b"CHF",
    b"CHW", b"CNH", b"CNY", b"COP", b"COU", b"CRC", b"CUC", b"CUP", b"CVE", b"CZK", b"DKK", b"DOP", b"DZD", b"EEK",
    b"EGP", b"ERN", b"ETB", b"EUR", b"FJD", b"FKP", b"GBP", b"GEL", b"GHS", b"GIP", b"GMD", b"GTQ", b"GYD", b"HKD",
    b"HNL", b"HRK", b"HTG", b"HUF", b"IDR", b"ILS", b"INR", b"IRR", b"JMD", b"KES", b"KGS", b"KHR", b"KPW", b"KYD",
    b"KZT", b"LAK", b"LBP", b"LKR", b"LRD", b"LSL", b"LTL", b"LVL", b"MAD", b"MDL", b"MGA", b"MKD", b"MMK", b"MNT",
    b"MOP", b"MRO", b"MRU", b"MUR", b"MVR", b"MWK", b"MXN", b"MXV", b"MYR", b"MZN", b"NAD", b"NGN", b"NIO", b"NOK",
    b"NPR", b"NZD", b"PAB", b"PEN", b"PGK", b"PHP", b"PKR", b"PLN", b"QAR", b"RON", b"RSD", b"RUB", b"SAR", b"SBD",
    b"SCR", b"SDG", b"SEK", b"SGD", b"SHP", b"SLE", b"SLL", b"SOS", b"SRD", b"SSP", b"STD", b"STN", b"SVC", b"SYP",
    b"SZL", b"THB", b"TJS", b"TMT", b"TOP", b"TRY", b"TTD", b"TWD", b"TZS", b"UAH", b"USD", b"USN", b"UYU", b"UZS",
    b"VED", b"VEF", b"VES", b"WST", b"XAD", b"XCD", b"XCG", b"YER", b"ZAR", b"ZMK", b"ZMW", b"ZWD", b"ZWG", b"ZWL",
];

const THREE: &[&[u8; 3]] = &[b"BHD", b"IQD", b"JOD", b"KWD", b"LYD", b"OMR", b"TND"];

const FOUR: &[&[u8; 3]] = &[b"CLF", b"UYW"];

/// Returns the number of decimal digits of a currency, or `None` if the code is not listed.
fn digits(code: [u8; 3]) -> Option<u8> {
    let lists = [(2, TWO), (0, NONE), (3, THREE), (4, FOUR)];
    lists.into_iter().find(|(_, codes)| codes.binary_search(&&code).is_ok()).map(|(digits, _)| digits)
}

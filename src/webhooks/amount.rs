//! Amounts in processors' minor units.

use crate::model::{Currency, Money};

/// The number of decimal digits that a processor uses for each currency, by the whole list of its documentation.
///
/// Every processor lists the currencies without a fraction and those in thousandths, and counts all others in
/// hundredths. ISO 4217 is not used: the processors differ from it and from each other.
pub(super) struct CurrencyDigits {
    /// The currencies that are counted in whole units.
    pub(super) none: &'static [&'static str],
    /// The currencies that are counted in thousandths.
    pub(super) three: &'static [&'static str],
}

impl CurrencyDigits {
    fn digits(&self, code: &str) -> u8 {
        match code {
            code if self.none.contains(&code) => 0,
            code if self.three.contains(&code) => 3,
            _ => 2,
        }
    }

    /// Converts an amount in the processor's minor units.
    ///
    /// Returns `None` if the result is not a whole number of ISO 4217 minor units or does not fit into 64 bits.
    pub(super) fn amount(&self, count: i64, currency: Currency) -> Option<Money> {
        let (iso, used) = (currency.digits(), self.digits(currency.code()));
        let minor_units = if used <= iso {
            count.checked_mul(10_i64.checked_pow(u32::from(iso - used))?)?
        } else {
            let factor = 10_i64.checked_pow(u32::from(used - iso))?;
            (count % factor == 0).then_some(count / factor)?
        };
        Some(Money::from_minor_units(minor_units, currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: CurrencyDigits = CurrencyDigits { none: &["JPY", "MGA"], three: &["KWD"] };

    #[test]
    fn minor_units_are_converted_exactly_or_not_at_all() {
        let convert =
            |count: i64, code: &str| DIGITS.amount(count, code.parse().unwrap()).map(|amount| amount.to_string());
        for (count, code, expected) in [
            (1250, "USD", Some("12.50 USD")),
            (1250, "JPY", Some("1250 JPY")),
            (1250, "KWD", Some("1.250 KWD")),
            (0, "ISK", Some("0 ISK")),
            (1200, "ISK", Some("12 ISK")),
            (1250, "ISK", None),
            (12, "MGA", Some("12.00 MGA")),
            (1250, "CLF", Some("12.5000 CLF")),
            (i64::MAX, "USD", Some("92233720368547758.07 USD")),
            (i64::MAX, "MGA", None),
        ] {
            assert_eq!(convert(count, code).as_deref(), expected, "{count} {code}");
        }
    }
}

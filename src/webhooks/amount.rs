//! Amounts in processors' minor units.

use crate::model::{Currency, Money};

/// Currencies whose number of decimal digits at a processor differs from ISO 4217, with the processor's number.
pub(super) type DigitExceptions = &'static [(&'static str, u8)];

/// Converts an amount in a processor's minor units.
///
/// Returns `None` if the result is not a whole number of ISO 4217 minor units or does not fit into 64 bits.
pub(super) fn from_minor_units(count: i64, currency: Currency, exceptions: DigitExceptions) -> Option<Money> {
    let iso = currency.digits();
    let used = exceptions.iter().find(|(code, _)| *code == currency.code()).map_or(iso, |(_, digits)| *digits);
    let minor_units = if used <= iso {
        count.checked_mul(10_i64.checked_pow(u32::from(iso - used))?)?
    } else {
        let factor = 10_i64.checked_pow(u32::from(used - iso))?;
        (count % factor == 0).then_some(count / factor)?
    };
    Some(Money::from_minor_units(minor_units, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXCEPTIONS: DigitExceptions = &[("ISK", 2), ("MGA", 0)];

    #[test]
    fn minor_units_are_converted_exactly_or_not_at_all() {
        let convert = |count: i64, code: &str| {
            from_minor_units(count, code.parse().unwrap(), EXCEPTIONS).map(|amount| amount.to_string())
        };
        for (count, code, expected) in [
            (1250, "USD", Some("12.50 USD")),
            (1250, "JPY", Some("1250 JPY")),
            (1250, "KWD", Some("1.250 KWD")),
            (0, "ISK", Some("0 ISK")),
            (1200, "ISK", Some("12 ISK")),
            (1250, "ISK", None),
            (12, "MGA", Some("12.00 MGA")),
            (i64::MAX, "USD", Some("92233720368547758.07 USD")),
            (i64::MAX, "MGA", None),
        ] {
            assert_eq!(convert(count, code).as_deref(), expected, "{count} {code}");
        }
    }
}

//! Amounts as processors count them.

use crate::model::{Currency, Money};

/// How many decimal digits a processor counts a currency in, where that is not what ISO 4217 says.
pub(super) type Exceptions = &'static [(&'static str, u8)];

/// An amount in a processor's minor units. `None` if it does not come out in whole minor units of the currency, or not within
/// 64 bits.
pub(super) fn of_minor_units(count: i64, currency: Currency, exceptions: Exceptions) -> Option<Money> {
    let own = currency.digits();
    let theirs = exceptions.iter().find(|(code, _)| *code == currency.code()).map_or(own, |(_, digits)| *digits);
    let minor_units = if theirs <= own {
        count.checked_mul(10_i64.checked_pow(u32::from(own - theirs))?)?
    } else {
        let factor = 10_i64.checked_pow(u32::from(theirs - own))?;
        (count % factor == 0).then_some(count / factor)?
    };
    Some(Money::from_minor_units(minor_units, currency))
}

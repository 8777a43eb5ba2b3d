//! Exact amounts.

use chargeback::{Currency, DecimalNumber, Money, ParseMoneyError};

#[test]
fn amounts_are_exact() {
    let cases = [
        ("19.90", Currency::USD, Ok(1990), "19.90"),
        ("19.9", Currency::USD, Ok(1990), "19.90"),
        ("19", Currency::USD, Ok(1900), "19.00"),
        ("0", Currency::USD, Ok(0), "0.00"),
        ("-0.05", Currency::USD, Ok(-5), "-0.05"),
        ("00019.90", Currency::USD, Ok(1990), "19.90"),
        ("19.9000", Currency::USD, Ok(1990), "19.90"),
        ("15800", Currency::JPY, Ok(15800), "15800"),
        ("15800.00", Currency::JPY, Ok(15800), "15800"),
        ("41.750", Currency::KWD, Ok(41750), "41.750"),
        ("92233720368547758.07", Currency::USD, Ok(i64::MAX), "92233720368547758.07"),
        ("-92233720368547758.08", Currency::USD, Ok(i64::MIN), "-92233720368547758.08"),
        ("92233720368547758.08", Currency::USD, Err(ParseMoneyError::TooLarge), ""),
        ("19.905", Currency::USD, Err(ParseMoneyError::TooPrecise { digits: 2 }), ""),
        ("1.5", Currency::JPY, Err(ParseMoneyError::TooPrecise { digits: 0 }), ""),
        ("", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("-", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        (".5", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("5.", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("+5", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("1,5", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("1 000", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("1e3", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("٣", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("1.2.3", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("--1", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
        ("0x10", Currency::USD, Err(ParseMoneyError::NotDecimal), ""),
    ];
    for (text, currency, expected, written) in cases {
        let money = Money::from_decimal(text, currency);
        assert_eq!(money.map(Money::minor_units), expected, "{text}");
        if let Ok(money) = money {
            assert_eq!(money.to_decimal(), written);
            assert_eq!(Money::from_decimal(&money.to_decimal(), currency), Ok(money));
            assert_eq!(DecimalNumber::from(money).as_str(), written);
        }
    }
}

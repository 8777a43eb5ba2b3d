//! Currencies against an independent list.

use chargeback::Currency;

/// Codes that the independent list does not have, with their digits: replaced since 2009, or listed by processors.
const ADDED: [(&str, u16); 11] = [
    ("ANG", 2),
    ("BYR", 0),
    ("CNH", 2),
    ("EEK", 2),
    ("LTL", 2),
    ("LVL", 2),
    ("MRO", 2),
    ("STD", 2),
    ("VEF", 2),
    ("ZMK", 2),
    ("ZWD", 2),
];

#[test]
fn currencies_match_an_independent_list() {
    let mut known = 0;
    let letters = b'A'..=b'Z';
    for code in letters.clone().flat_map(|a| letters.clone().map(move |b| (a, b))) {
        for c in letters.clone() {
            let code = String::from_utf8(vec![code.0, code.1, c]).unwrap();
            let ours = code.parse::<Currency>().ok().map(Currency::digits);
            let theirs = iso_currency::Currency::from_code(&code).and_then(iso_currency::Currency::exponent);
            let added = ADDED.iter().find(|(added, _)| *added == code).map(|(_, digits)| *digits);
            assert!(added.is_none() || theirs.is_none(), "{code} is in the independent list");
            assert_eq!(ours.map(u16::from), theirs.or(added), "{code}");
            known += usize::from(ours.is_some());
        }
    }
    assert!(known > 150);
    assert_eq!("usd".parse::<Currency>().unwrap(), Currency::USD);
    for wrong in ["", "US", "USDX", "U D", "ÜSD"] {
        assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
    }
    for constant in [Currency::USD, Currency::EUR, Currency::GBP, Currency::JPY, Currency::KWD] {
        assert_eq!(constant.code().parse::<Currency>().unwrap(), constant);
    }
}

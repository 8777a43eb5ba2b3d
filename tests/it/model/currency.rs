//! Currencies against an independent list.

use chargeback::Currency;

#[test]
fn currencies_match_an_independent_list() {
    let mut known = 0;
    let letters = b'A'..=b'Z';
    for code in letters.clone().flat_map(|a| letters.clone().map(move |b| (a, b))) {
        for c in letters.clone() {
            let code = String::from_utf8(vec![code.0, code.1, c]).unwrap();
            let ours = code.parse::<Currency>().ok().map(Currency::digits);
            let theirs = iso_currency::Currency::from_code(&code).and_then(iso_currency::Currency::exponent);
            assert_eq!(ours.map(u16::from), theirs, "{code}");
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

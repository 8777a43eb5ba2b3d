//! Exact JSON numbers.

use chargeback::DecimalNumber;

#[test]
fn text_is_kept_and_values_are_compared() {
    for text in ["0", "-1", "19.90", "1e2", "1E+2", "123456789012345678901234567890.123"] {
        let number: DecimalNumber = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), text);
    }
    for text in ["\"1\"", "null", "true", "[1]", "01", "+1", ".5", "1.", "NaN", ""] {
        assert!(serde_json::from_str::<DecimalNumber>(text).is_err(), "{text}");
        assert!(text.parse::<DecimalNumber>().is_err(), "{text}");
    }
    let same = |a: &str, b: &str| a.parse::<DecimalNumber>().unwrap().same_value(&b.parse().unwrap());
    let equal =
        [("49.9", "49.90"), ("49.9", "4.99e1"), ("0", "-0.00"), ("100", "1e2"), ("0.001", "1e-3"), ("5", "5.0")];
    for (a, b) in equal {
        assert!(same(a, b) && same(b, a), "{a} {b}");
    }
    for (a, b) in [("49.9", "49.91"), ("1", "-1"), ("1", "10"), ("1e99999999999999999999", "1e5"), ("0.1", "0.01")] {
        assert!(!same(a, b) && !same(b, a), "{a} {b}");
    }
}

#[test]
fn equality_compares_the_text() {
    let number = |text: &str| text.parse::<DecimalNumber>().unwrap();
    assert_eq!(number("49.90"), number("49.90"));
    assert_ne!(number("49.90"), number("49.9"));
}

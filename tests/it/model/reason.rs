//! Reasons.

use chargeback::{Category, Reason};

#[test]
fn every_name_is_parsed() {
    for reason in Reason::ALL {
        assert_eq!(&Reason::from(reason.as_str()), reason);
        assert!(!matches!(reason, Reason::Unknown(_)));
        assert!(!reason.description().is_empty());
    }
    assert_eq!(Reason::ALL.iter().filter(|reason| reason.category() == Some(Category::Fraud)).count(), 4);
    assert!(matches!(Reason::from("no such reason"), Reason::Unknown(value) if value.as_str() == "no such reason"));
}

#[test]
fn an_unknown_reason_is_described_by_its_text() {
    assert_eq!(Reason::from("buyer's remorse").description(), "buyer's remorse");
    for blank in ["", "  ", " \t"] {
        assert_eq!(Reason::from(blank).description(), "not stated");
    }
}

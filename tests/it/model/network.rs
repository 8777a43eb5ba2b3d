//! Networks and reason codes.

use chargeback::{Network, NetworkCode};
use serde_json::json;

#[test]
fn every_name_is_parsed() {
    for network in ["visa", "mastercard", "amex", "discover", "diners", "jcb", "union_pay", "sepa"] {
        assert!(!matches!(Network::from(network), Network::Other(_)), "{network}");
        assert_eq!(Network::from(network).as_str(), network);
    }
    assert!(matches!(Network::from("elo"), Network::Other(value) if value.as_str() == "elo"));
}

#[test]
fn codes_are_text_and_trimmed() {
    let code = NetworkCode::new(Network::Amex, " 004\n");
    assert_eq!(code.code(), "004");
    let read: NetworkCode = serde_json::from_value(json!({ "network": "visa", "code": " 13.1" })).unwrap();
    assert_eq!(read, NetworkCode::new(Network::Visa, "13.1"));
}

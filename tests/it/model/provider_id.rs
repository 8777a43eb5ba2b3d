//! Names of vendors.

use std::collections::HashMap;

use chargeback::{ProviderId, revcent};

#[test]
fn ids_are_names() {
    for good in ["a", "acme", "acme_2-eu"] {
        assert_eq!(good.parse::<ProviderId>().unwrap().as_str(), good);
    }
    for bad in ["", "Acme", "a b", "é", &"a".repeat(65)] {
        assert!(bad.parse::<ProviderId>().is_err(), "{bad}");
    }
}

#[test]
fn a_map_is_searched_with_a_str() {
    let by_provider = HashMap::from([(revcent::ID, 1), (ProviderId::from_static("acme"), 2)]);
    assert_eq!(
        (by_provider.get("revcent"), by_provider.get("acme"), by_provider.get("spade")),
        (Some(&1), Some(&2), None)
    );
}

#[test]
fn ids_have_1_to_64_characters() {
    for good in ["a", "a_b-9", &"z".repeat(64)] {
        assert_eq!(good.parse::<ProviderId>().unwrap().as_str(), good);
    }
    for bad in ["", "A", "a b", "ä", "a.b", "abc!", &"z".repeat(65)] {
        assert!(bad.parse::<ProviderId>().is_err(), "{bad}");
    }
}

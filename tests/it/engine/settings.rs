//! Validation of settings when a provider is built.

use std::time::Duration;

use chargeback::pipwave::Pipwave;
use chargeback::revcent::RevCent;
use chargeback::spade::{Spade, WonMeans};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{Error, HttpProvider, Timeouts, pipwave, spade};

use crate::support::Script;

#[test]
fn builder_rejects_zero_timeouts_and_invalid_keys() {
    let limits = Timeouts::default().attempt(Duration::ZERO).connect(Duration::ZERO);
    let blank = Spade::new("  ", spade::Environment::EastSandbox, WonMeans::MerchantWon);
    let error = HttpProvider::builder(blank).transport(Script::empty()).timeouts(limits).build().unwrap_err();
    let Error::Configuration(error) = error else { panic!("{error}") };
    let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        ["api_key: must not be empty", "timeouts.connect: must not be zero", "timeouts.attempt: must not be zero"]
    );
    for key in ["a\nb", "ключ\u{0}"] {
        assert!(HttpProvider::builder(RevCent::new(key)).transport(Script::empty()).build().is_err(), "{key:?}");
    }
    assert!(HttpProvider::builder(Pipwave::new("k", "", pipwave::Environment::Live)).build().is_err());
    let colon = Tutelar::v1("a:b", "s", DefeatedMeans::Refuse);
    assert!(HttpProvider::builder(colon).transport(Script::empty()).build().is_err());
}

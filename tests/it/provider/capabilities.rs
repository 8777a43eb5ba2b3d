//! Capabilities.

use chargeback::thirdwatch::Thirdwatch;
use chargeback::{ChargebackProvider, Reason, thirdwatch};

use crate::engine::spade_connector;
use crate::support::{Script, provider};

#[test]
fn unknown_reason_has_lossy_support() {
    let capabilities = provider(spade_connector(), &Script::empty()).capabilities().clone();
    let unknown = Reason::from("buyer's remorse");
    assert!(!unknown.is_known() && Reason::Other.is_known());
    assert_eq!(capabilities.reason(&unknown).fidelity(), chargeback::Fidelity::Lossy);
}

#[test]
fn capabilities_list_the_required_ids() {
    let thirdwatch = provider(Thirdwatch::new("k", thirdwatch::Environment::Staging), &Script::empty());
    assert_eq!(thirdwatch.capabilities().needs(), ["a user id or a session id"]);
}

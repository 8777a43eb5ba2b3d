//! The steps of a translation.

use chargeback::connector::{Case, Connector as _, Operation};
use chargeback::spade::{Spade, WonMeans};
use chargeback::{Reason, Stage, spade};

use crate::support::plain;

#[test]
fn translation_lists_its_steps() {
    let vendor = Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon);
    let case = plain("c", Stage::Received, Reason::NotReceived).build().unwrap();
    let translation = vendor.translate(&Case::new(&case)).unwrap();
    assert_eq!(translation.steps().map(Operation::name).collect::<Vec<_>>(), ["report_chargeback"]);
}

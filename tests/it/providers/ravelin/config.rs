//! Settings.

use chargeback::ravelin::Ravelin;
use chargeback::{Reason, Stage};

use super::{ADDRESS, ok, ravelin};
use crate::providers::{check_env, report_once};
use crate::support::plain;

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| Ravelin::from_vars(get),
        &[("RAVELIN_SECRET_KEY", "k"), ("RAVELIN_ALERTS", "send"), ("RAVELIN_UNCLEAR_REASONS", "fraud")],
        &[
            ("RAVELIN_ALERTS", "perhaps", "must be send or refuse"),
            ("RAVELIN_UNCLEAR_REASONS", "guess", "must be fraud, non_fraud or leave_out"),
            ("RAVELIN_BASE_URL", "http://x.example", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn reports_go_to_the_documented_address_or_below_the_given_one() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let (_, script) = report_once(ravelin(), &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri().to_string(), ADDRESS);
    let custom = ravelin().base_url("https://proxy.example/r/".parse().unwrap());
    let (_, script) = report_once(custom, &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri().to_string(), "https://proxy.example/r/v2/dispute");
}

//! Settings.

use chargeback::pipwave::{Environment, Pipwave};
use chargeback::{Reason, Stage};

use super::ok;
use crate::providers::{check_env, report_once};
use crate::support::plain;

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| Pipwave::from_vars(get),
        &[("PIPWAVE_API_KEY", "k"), ("PIPWAVE_API_SECRET", "s"), ("PIPWAVE_ENVIRONMENT", "live")],
        &[
            ("PIPWAVE_ENVIRONMENT", "v1", "must be live or staging"),
            ("PIPWAVE_BASE_URL", "//x", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn staging_has_its_address() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let (_, script) = report_once(Pipwave::new("k", "s", Environment::Staging), &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri(), "https://staging-api.pipwave.com/payment");
}

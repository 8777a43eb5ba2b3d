//! Settings.

use chargeback::riskified::{Environment, Riskified};
use chargeback::{Reason, Stage};

use super::{ok, riskified};
use crate::providers::{check_env, report_once};
use crate::support::plain;

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| Riskified::from_vars(get),
        &[("RISKIFIED_SHOP_DOMAIN", "s"), ("RISKIFIED_AUTH_TOKEN", "t"), ("RISKIFIED_ENVIRONMENT", "sandbox")],
        &[
            ("RISKIFIED_ENVIRONMENT", "moon", "must be production or sandbox"),
            ("RISKIFIED_BASE_URL", "http://x.example", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn every_environment_has_its_address() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    for (place, host) in
        [(Environment::Production, "wh.riskified.com"), (Environment::Sandbox, "sandbox.riskified.com")]
    {
        let (_, script) = report_once(Riskified::new("s", "t", place), &chargeback, ok()).await;
        assert_eq!(script.sent()[0].uri().to_string(), format!("https://{host}/api/decision"));
    }
    let custom = riskified().base_url("https://proxy.example/r/".parse().unwrap());
    let (_, script) = report_once(custom, &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri().to_string(), "https://proxy.example/r/api/decision");
}

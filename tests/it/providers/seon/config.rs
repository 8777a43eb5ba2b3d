//! Settings.

use chargeback::seon::{Environment, Seon, WonLabel};
use chargeback::{Reason, Stage};

use super::{ok, seon};
use crate::providers::{check_env, report_once};
use crate::support::plain;

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| Seon::from_vars(get),
        &[("SEON_LICENSE_KEY", "k"), ("SEON_ENVIRONMENT", "us"), ("SEON_WON_LABEL", "refuse")],
        &[
            ("SEON_ENVIRONMENT", "moon", "must be eu, us or asia_pacific"),
            (
                "SEON_WON_LABEL",
                "of-the-winner",
                "must be refuse, ecommerce_marked_as_approved or ecommerce_false_alert",
            ),
            ("SEON_BASE_URL", "http://x.example", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn every_environment_has_its_address() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    for (place, host) in [
        (Environment::Eu, "api.seon.io"),
        (Environment::Us, "api.us-east-1-main.seon.io"),
        (Environment::AsiaPacific, "api.ap-southeast-1-main.seon.io"),
    ] {
        let (_, script) = report_once(Seon::new("k", place, WonLabel::Refuse), &chargeback, ok()).await;
        assert_eq!(script.sent()[0].uri().host(), Some(host));
    }
    let custom = seon().base_url("https://proxy.example/s/".parse().unwrap());
    let (_, script) = report_once(custom, &chargeback, ok()).await;
    let address = "https://proxy.example/s/SeonRestService/fraud-api/transaction-label/v2";
    assert_eq!(script.sent()[0].uri().to_string(), address);
}

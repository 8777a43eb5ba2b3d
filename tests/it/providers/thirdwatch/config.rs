//! Settings.

use chargeback::thirdwatch::{Environment, ID, Thirdwatch};
use chargeback::{HttpProvider, Reason, Stage};

use super::ok;
use crate::providers::{check_env, report_once};
use crate::support::{Script, kind, plain};

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| Thirdwatch::from_vars(get),
        &[("THIRDWATCH_API_KEY", "k"), ("THIRDWATCH_ENVIRONMENT", "staging")],
        &[
            ("THIRDWATCH_ENVIRONMENT", "moon", "must be production or staging"),
            ("THIRDWATCH_BASE_URL", "nowhere", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn staging_has_its_address() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let staging = Thirdwatch::new("k", Environment::Staging);
    let (_, script) = report_once(staging, &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri(), "https://staging.thirdwatch.co/event/v1/chargeback");
}

#[test]
fn a_blank_api_key_is_rejected() {
    let vendor = Thirdwatch::new(" ", Environment::Staging);
    let error = HttpProvider::builder(vendor).transport(Script::empty()).build().unwrap_err();
    assert_eq!(
        (kind(&error), error.to_string().as_str()),
        ("configuration", "thirdwatch configuration: api_key: must not be empty")
    );
    assert_eq!(error.provider(), Some(&ID));
}

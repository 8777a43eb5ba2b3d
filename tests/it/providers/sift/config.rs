//! Settings.

use chargeback::sift::Sift;
use chargeback::{Reason, Stage};

use super::{ADDRESS, ok, sift};
use crate::providers::{check_env, report_once};
use crate::support::plain;

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| Sift::from_vars(get),
        &[("SIFT_API_KEY", "k")],
        &[("SIFT_BASE_URL", "http://x.example", "must be an https URL, or http to a loopback host")],
    );
}

#[tokio::test]
async fn reports_go_to_the_documented_address_or_below_the_given_one() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let (_, script) = report_once(sift(), &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri().to_string(), ADDRESS);
    let custom = sift().base_url("https://proxy.example/s/".parse().unwrap());
    let (_, script) = report_once(custom, &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri().to_string(), "https://proxy.example/s/v205/events");
}

//! Settings.

use chargeback::maxmind::MaxMind;
use chargeback::{Reason, Stage};

use super::{ADDRESS, maxmind, ok};
use crate::providers::{check_env, report_once};
use crate::support::plain;

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| MaxMind::from_vars(get),
        &[("MAXMIND_ACCOUNT_ID", "100001"), ("MAXMIND_LICENSE_KEY", "k"), ("MAXMIND_WON_TAG", "not_fraud")],
        &[
            ("MAXMIND_ACCOUNT_ID", "shop-17", "must be a whole number"),
            ("MAXMIND_WON_TAG", "winner", "must be clear, not_fraud or chargeback"),
            ("MAXMIND_BASE_URL", "http://x.example", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn reports_go_to_the_documented_address_or_below_the_given_one() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let (_, script) = report_once(maxmind(), &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri().to_string(), ADDRESS);
    let custom = maxmind().base_url("https://proxy.example/m/".parse().unwrap());
    let (_, script) = report_once(custom, &chargeback, ok()).await;
    let address = "https://proxy.example/m/minfraud/v2.0/transactions/report";
    assert_eq!(script.sent()[0].uri().to_string(), address);
}

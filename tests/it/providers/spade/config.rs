//! Settings.

use chargeback::spade::{Environment, Spade, WonMeans};
use chargeback::{Reason, Stage};

use super::{ok, spade};
use crate::providers::{check_env, report_once};
use crate::support::{ENRICHMENT, plain};

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| Spade::from_vars(get),
        &[("SPADE_API_KEY", "k"), ("SPADE_ENVIRONMENT", "west_sandbox"), ("SPADE_WON_MEANS", "issuer_won")],
        &[
            ("SPADE_ENVIRONMENT", "north", "must be east_sandbox, east_production, west_sandbox or west_production"),
            ("SPADE_WON_MEANS", "neither-of-us", "must be merchant_won or issuer_won"),
            ("SPADE_BASE_URL", "http://x.example", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn every_environment_has_its_address() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let places = [
        (Environment::EastSandbox, "east.sandbox.spade.com"),
        (Environment::EastProduction, "east.api.spade.com"),
        (Environment::WestSandbox, "west.sandbox.spade.com"),
        (Environment::WestProduction, "west.api.spade.com"),
    ];
    for (place, host) in places {
        let (_, script) = report_once(Spade::new("k", place, WonMeans::MerchantWon), &chargeback, ok()).await;
        assert_eq!(script.sent()[0].uri().host(), Some(host));
    }
    let custom = spade().base_url("https://proxy.example/spade/".parse().unwrap());
    let (_, script) = report_once(custom, &chargeback, ok()).await;
    let address = format!("https://proxy.example/spade/enrichments/{ENRICHMENT}/chargeback");
    assert_eq!(script.sent()[0].uri().to_string(), address);
}

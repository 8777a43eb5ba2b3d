//! The settings of a reporter.

use chargeback::sandbox::{API_KEY, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{Error, Reporter};

#[test]
fn builder_rejects_duplicate_provider_ids() {
    let sandbox = Sandbox::in_memory();
    let spade = || sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let problems = |built: Result<Reporter, Error>| match built.unwrap_err() {
        Error::Configuration(error) => error.problems().iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other}"),
    };
    assert_eq!(
        problems(Reporter::builder().build()),
        ["targets: must not be empty; add a provider with required, best_effort or target"]
    );
    let duplicate = Reporter::builder().required(spade()).best_effort(spade()).build();
    assert_eq!(problems(duplicate), ["targets: two providers have the id `spade`; add each provider once"]);
    let shown = format!("{:?}", Reporter::builder().required(spade()).build().unwrap());
    assert!(shown.contains("Required") && !shown.contains(API_KEY), "{shown}");
}

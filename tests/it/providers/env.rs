//! Settings of several vendors by name and from the environment.

use std::process::Command;

use chargeback::connector::Connector;
use chargeback::pipwave::Pipwave;
use chargeback::spade::Spade;
use chargeback::thirdwatch::Thirdwatch;
use chargeback::tutelar::Tutelar;
use chargeback::{ChargebackProvider as _, Error, Reason, Stage};

use crate::support::{Script, full, provider};

/// The URL of a report with these settings.
fn report_url<V: Connector>(
    from_vars: impl Fn(&dyn Fn(&str) -> Option<String>) -> Result<V, Error>,
    settings: &[(&str, &str)],
) -> String {
    let get = |name: &str| settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
    let vendor = from_vars(&get).unwrap();
    let accepted = full(Stage::Accepted, Reason::FraudOther).build().unwrap();
    let plan = provider(vendor, &Script::silent()).plan(&accepted).unwrap();
    plan.steps()[0].request().unwrap().url().to_owned()
}

#[test]
fn every_environment_name_selects_its_base_url() {
    for (name, address) in [
        ("east_sandbox", "https://east.sandbox.spade.com/"),
        ("east_production", "https://east.api.spade.com/"),
        ("west_sandbox", "https://west.sandbox.spade.com/"),
        ("west_production", "https://west.api.spade.com/"),
    ] {
        let settings = [("SPADE_API_KEY", "k"), ("SPADE_ENVIRONMENT", name), ("SPADE_WON_MEANS", "merchant_won")];
        assert!(report_url(|get| Spade::from_vars(get), &settings).starts_with(address), "{name}");
    }
    for (name, address) in [("live", "https://api.pipwave.com/"), ("staging", "https://staging-api.pipwave.com/")] {
        let settings = [("PIPWAVE_API_KEY", "k"), ("PIPWAVE_API_SECRET", "s"), ("PIPWAVE_ENVIRONMENT", name)];
        assert!(report_url(|get| Pipwave::from_vars(get), &settings).starts_with(address), "{name}");
    }
    for (name, address) in
        [("production", "https://api.thirdwatch.ai/event/"), ("staging", "https://staging.thirdwatch.co/event/")]
    {
        let settings = [("THIRDWATCH_API_KEY", "k"), ("THIRDWATCH_ENVIRONMENT", name)];
        assert!(report_url(|get| Thirdwatch::from_vars(get), &settings).starts_with(address), "{name}");
    }
}

/// Runs this test again in a child process, because tests must not change their own environment.
#[test]
fn from_env_reads_the_process_environment() {
    const SET: [(&str, &str); 3] =
        [("TUTELAR_API_KEY", "k"), ("TUTELAR_SECRET_KEY", "s"), ("TUTELAR_DEFEATED_MEANS", "merchant_won")];
    if std::env::var_os(SET[0].0).is_some() {
        let tutelar = Tutelar::from_env().unwrap();
        let accepted = full(Stage::Accepted, Reason::FraudOther).build().unwrap();
        assert!(provider(tutelar, &Script::silent()).plan(&accepted).is_ok());
        return;
    }
    let error = Tutelar::from_env().unwrap_err();
    assert!(error.to_string().contains("TUTELAR_API_KEY: not set"), "{error}");
    let test = format!("{}::from_env_reads_the_process_environment", module_path!().split_once("::").unwrap().1);
    let mut again = Command::new(std::env::current_exe().unwrap());
    let output = again.args(["--exact", test.as_str()]).envs(SET).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && stdout.contains("1 passed"), "{stdout}");
}

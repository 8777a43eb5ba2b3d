//! Settings of several vendors by name and from the environment. Tests of the process environment run in a child
//! process, because a test must not change its own environment.

use std::process::Command;

use chargeback::connector::Connector;
use chargeback::maxmind::MaxMind;
use chargeback::pipwave::Pipwave;
use chargeback::ravelin::Ravelin;
use chargeback::revcent::RevCent;
use chargeback::riskified::Riskified;
use chargeback::seon::Seon;
use chargeback::sift::Sift;
use chargeback::spade::Spade;
use chargeback::thirdwatch::Thirdwatch;
use chargeback::tutelar::Tutelar;
use chargeback::{ChargebackProvider as _, Error, HttpProvider, Reason, Stage};

use crate::support::{Script, full, provider};

/// The URL of a report with these settings.
fn report_url<V: Connector>(
    from_vars: impl Fn(&dyn Fn(&str) -> Option<String>) -> Result<V, Error>,
    settings: &[(&str, &str)],
) -> String {
    let get = |name: &str| settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
    let vendor = from_vars(&get).unwrap();
    let accepted = full(Stage::Accepted, Reason::FraudOther).build().unwrap();
    let plan = provider(vendor, &Script::empty()).plan(&accepted).unwrap();
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
        assert!(provider(tutelar, &Script::empty()).plan(&accepted).is_ok());
        return;
    }
    let error = Tutelar::from_env().unwrap_err();
    assert!(error.to_string().contains("TUTELAR_API_KEY: not set"), "{error}");
    let name = format!("{}::from_env_reads_the_process_environment", module_path!().split_once("::").unwrap().1);
    let mut again = Command::new(std::env::current_exe().unwrap());
    let output = again.args(["--exact", name.as_str()]).envs(SET).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && stdout.contains("1 passed"), "{stdout}");
}

const CHILD: &str = "CHARGEBACK_TEST_CHILD";

/// Every required variable, in the order of the vendors' names.
const REQUIRED: [(&str, &str); 25] = [
    ("MAXMIND_ACCOUNT_ID", "100001"),
    ("MAXMIND_LICENSE_KEY", "k-maxmind"),
    ("MAXMIND_WON_TAG", "clear"),
    ("PIPWAVE_API_KEY", "k-pipwave"),
    ("PIPWAVE_API_SECRET", "s-pipwave"),
    ("PIPWAVE_ENVIRONMENT", "staging"),
    ("RAVELIN_SECRET_KEY", "k-ravelin"),
    ("RAVELIN_ALERTS", "refuse"),
    ("RAVELIN_UNCLEAR_REASONS", "leave_out"),
    ("REVCENT_API_KEY", "k-revcent"),
    ("RISKIFIED_SHOP_DOMAIN", "shop.example.com"),
    ("RISKIFIED_AUTH_TOKEN", "t-riskified"),
    ("RISKIFIED_ENVIRONMENT", "sandbox"),
    ("SEON_LICENSE_KEY", "k-seon"),
    ("SEON_ENVIRONMENT", "eu"),
    ("SEON_WON_LABEL", "refuse"),
    ("SIFT_API_KEY", "k-sift"),
    ("SPADE_API_KEY", "k-spade"),
    ("SPADE_ENVIRONMENT", "west_sandbox"),
    ("SPADE_WON_MEANS", "issuer_won"),
    ("THIRDWATCH_API_KEY", "k-thirdwatch"),
    ("THIRDWATCH_ENVIRONMENT", "staging"),
    ("TUTELAR_API_KEY", "k-tutelar"),
    ("TUTELAR_SECRET_KEY", "s-tutelar"),
    ("TUTELAR_DEFEATED_MEANS", "merchant_won"),
];

/// In the child process, prints `built` or every problem for each vendor. Otherwise does nothing.
#[test]
fn child_process_builds_every_vendor() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let line = |name: &str, built: Result<(), Error>| match built {
        Ok(()) => println!("{name}: built"),
        Err(Error::Configuration(error)) => {
            for problem in error.problems() {
                println!("{name}: {problem}");
            }
        }
        Err(other) => println!("{name}: {other}"),
    };
    line("maxmind", MaxMind::from_env().and_then(HttpProvider::new).map(drop));
    line("pipwave", Pipwave::from_env().and_then(HttpProvider::new).map(drop));
    line("ravelin", Ravelin::from_env().and_then(HttpProvider::new).map(drop));
    line("revcent", RevCent::from_env().and_then(HttpProvider::new).map(drop));
    line("riskified", Riskified::from_env().and_then(HttpProvider::new).map(drop));
    line("seon", Seon::from_env().and_then(HttpProvider::new).map(drop));
    line("sift", Sift::from_env().and_then(HttpProvider::new).map(drop));
    line("spade", Spade::from_env().and_then(HttpProvider::new).map(drop));
    line("thirdwatch", Thirdwatch::from_env().and_then(HttpProvider::new).map(drop));
    line("tutelar", Tutelar::from_env().and_then(HttpProvider::new).map(drop));
}

fn child(variables: &[(&str, &str)]) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let test = format!("{}::child_process_builds_every_vendor", module_path!().split_once("::").unwrap().1);
    child.args(["--exact", test.as_str(), "--nocapture"]).env(CHILD, "1");
    for (name, _) in REQUIRED {
        child.env_remove(name).env_remove(name.split_once('_').unwrap().0.to_owned() + "_BASE_URL");
    }
    let output = child.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let vendors =
        ["maxmind", "pipwave", "ravelin", "revcent", "riskified", "seon", "sift", "spade", "thirdwatch", "tutelar"];
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .filter(|line| line.split_once(": ").is_some_and(|(name, _)| vendors.contains(&name)))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_vendor_builds_from_the_environment() {
    let built = [
        "maxmind: built",
        "pipwave: built",
        "ravelin: built",
        "revcent: built",
        "riskified: built",
        "seon: built",
        "sift: built",
        "spade: built",
        "thirdwatch: built",
        "tutelar: built",
    ];
    assert_eq!(child(&REQUIRED), built);
}

#[test]
fn empty_environment_lists_every_missing_variable() {
    let output_lines = child(&[]);
    for (name, _) in REQUIRED {
        let vendor = name.split_once('_').unwrap().0.to_lowercase();
        assert!(
            output_lines.iter().any(|line| line.starts_with(&format!("{vendor}: {name}"))),
            "{name} in {output_lines:#?}"
        );
    }
    assert_eq!(output_lines.len(), REQUIRED.len(), "{output_lines:#?}");
}

#[test]
fn insecure_base_url_is_rejected() {
    let mut variables = REQUIRED.to_vec();
    variables.push(("SPADE_BASE_URL", "http://api.example.com"));
    let output_lines = child(&variables);
    let spade = output_lines.iter().find(|line| line.starts_with("spade")).unwrap();
    assert!(spade.contains("SPADE_BASE_URL") && spade.contains("https"), "{spade}");
}

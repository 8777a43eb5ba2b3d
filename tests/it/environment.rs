//! `from_env` of every vendor, in a child process, because tests must not change their own environment.

use std::process::Command;

use chargeback::pipwave::Pipwave;
use chargeback::revcent::RevCent;
use chargeback::spade::Spade;
use chargeback::thirdwatch::Thirdwatch;
use chargeback::tutelar::Tutelar;
use chargeback::{Error, HttpProvider};

const CHILD: &str = "CHARGEBACK_TEST_CHILD";

/// Every required variable, in the order of the vendors' names.
const REQUIRED: [(&str, &str); 12] = [
    ("PIPWAVE_API_KEY", "k-pipwave"),
    ("PIPWAVE_API_SECRET", "s-pipwave"),
    ("PIPWAVE_ENVIRONMENT", "staging"),
    ("REVCENT_API_KEY", "k-revcent"),
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
    line("pipwave", Pipwave::from_env().and_then(HttpProvider::new).map(drop));
    line("revcent", RevCent::from_env().and_then(HttpProvider::new).map(drop));
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
    let vendors = ["pipwave", "revcent", "spade", "thirdwatch", "tutelar"];
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .filter(|line| line.split_once(": ").is_some_and(|(name, _)| vendors.contains(&name)))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_vendor_builds_from_the_environment() {
    let built = ["pipwave: built", "revcent: built", "spade: built", "thirdwatch: built", "tutelar: built"];
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

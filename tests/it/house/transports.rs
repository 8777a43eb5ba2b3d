//! Both transports run the same tests.

use std::process::Command;

#[test]
fn both_transports_run_the_same_tests() {
    let output = Command::new(std::env::current_exe().unwrap()).arg("--list").output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let of = |module: &str| -> Vec<String> {
        let part = format!("::{module}::");
        list.lines().filter(|line| line.contains(&part)).map(|line| line.replace(&part, "::")).collect()
    };
    let (reqwest, hyper) = (of("over_reqwest"), of("over_hyper"));
    assert!(reqwest.len() >= 15, "{}", reqwest.len());
    assert_eq!(reqwest, hyper);
}

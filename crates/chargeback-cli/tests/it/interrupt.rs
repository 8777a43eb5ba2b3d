//! A backfill that is interrupted by signals, and continued.
//!
//! `CHARGEBACK_ROWS=100000` sets the number of rows.

use std::process::Child;
#[cfg(unix)]
use std::process::Stdio;
#[cfg(unix)]
use std::time::{Duration, Instant};

#[cfg(unix)]
use crate::support::{Ran, Sandbox, Tool, rows};

/// Sends a signal to a process.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = std::process::Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// Returns the resident memory of a process in MiB, on Linux.
#[cfg(unix)]
fn memory(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("0 0");
    line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[cfg(unix)]
#[test]
fn signals_neither_lose_nor_double_reports() {
    let number: u32 = std::env::var("CHARGEBACK_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_800);
    let cases = number / 3;
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..cases));
    let arguments = ["backfill", "a.csv", "--store", "c.db", "--lookups", "1,2,4"];
    let writes = |sandbox: &Sandbox| sandbox.acted("spade");
    for (step, name) in (1_u64..).zip(["INT", "TERM", "KILL"]) {
        let mut command = tool.command(&arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while writes(&sandbox) < u64::from(number) * step / 5 && start.elapsed() < Duration::from_secs(600) {
            std::thread::sleep(Duration::from_millis(5));
        }
        signal(&child, name);
        let ended = child.wait().unwrap();
        let found = writes(&sandbox);
        assert!(found < u64::from(number), "the run had ended before the signal {name}");
        println!("{name}: {found} of {number} at Spade, {:?}", ended.code());
        let expected = if name == "KILL" { None } else { Some(5) };
        assert_eq!(ended.code(), expected, "{name}");
    }
    let ran = finish(&tool, &arguments);
    check(&sandbox, &ran, cases);
}

/// Runs the command until no report waits for a lookup or for the end of a lost lease.
#[cfg(unix)]
fn finish(tool: &Tool, arguments: &[&str]) -> Ran {
    let start = Instant::now();
    let mut largest = 0;
    loop {
        let mut command = tool.command(&[&["--json"], arguments, &["--no-wait", "--results", "r.jsonl"]].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        while child.try_wait().unwrap().is_none() {
            largest = largest.max(memory(&child));
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = child.wait_with_output().unwrap();
        let code = output.status.code().unwrap();
        if code != 5 {
            println!("{:?} after the last signal, at most {largest} MiB, exit code {code}", start.elapsed());
            return Ran { code, out: String::from_utf8(output.stdout).unwrap(), err: String::new() };
        }
        assert!(start.elapsed() < Duration::from_secs(900), "reports wait");
        std::thread::sleep(Duration::from_secs(2));
    }
}

/// Compares the fakes' own logs with the file. A report that was in flight at the kill may need a person, at the two
/// vendors that are not idempotent.
#[cfg(unix)]
fn check(sandbox: &Sandbox, ran: &Ran, cases: u32) {
    for row in ran.json()[0]["vendors"].as_array().unwrap() {
        let vendor = row["vendor"].as_str().unwrap();
        let count = |outcome: &str| row["outcomes"][outcome].as_u64().unwrap_or(0);
        let (acknowledged, person) = (count("acknowledged"), count("needs_person"));
        let found = sandbox.cases(vendor);
        let writes: u64 = found.iter().map(|(_, writes)| *writes).sum();
        let seen = found.len() as u64;
        println!("{vendor}: {seen} cases, {writes} writes, {acknowledged} acknowledged, {person} need a person");
        // A lookup can find that the record already has the value of a report.
        if ["revcent", "pipwave"].contains(&vendor) {
            assert!(found.iter().all(|(_, writes)| *writes <= 3), "{vendor}: a report is doubled");
            assert!(seen <= u64::from(cases) && seen + person >= u64::from(cases), "{vendor}: {seen}, {person}");
            assert!(person <= 16 * 3, "{vendor}: {person}");
        } else {
            assert!(writes >= acknowledged, "{vendor}: a report is lost");
            assert_eq!((seen, person), (u64::from(cases), 0), "{vendor}");
        }
    }
}

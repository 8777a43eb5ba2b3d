//! Help, exit codes, errors and completions.

use std::process::Stdio;

use crate::support::Tool;

const COMMANDS: [&str; 15] = [
    "validate",
    "plan",
    "vendors",
    "codes",
    "webhook",
    "report",
    "backfill",
    "outbox",
    "outbox status",
    "outbox list",
    "outbox resolve",
    "outbox doubts export",
    "sandbox",
    "config check",
    "completions",
];

#[test]
fn every_command_has_help_with_an_example() {
    let tool = Tool::new();
    for command in COMMANDS {
        let ran = tool.run(&format!("{command} --help"));
        let help = ran.exits(0);
        assert!(help.contains("Example"), "{command}: {help}");
        assert!(help.contains("chargeback "), "{command}");
    }
    assert!(tool.run("--help").exits(0).contains("Exit codes:"));
    assert!(tool.run("--version").exits(0).starts_with("chargeback "));
    tool.run("").fails(2, "Usage");
    tool.run("backfil").fails(2, "backfill");
}

#[test]
fn output_has_no_colour_without_a_terminal() {
    let tool = Tool::new();
    for command in ["--help", "vendors", "report missing.csv --sandbox", "backfil"] {
        let ran = tool.run(command);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{command}");
    }
}

#[test]
fn completions_name_the_commands() {
    let tool = Tool::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = tool.run(&format!("completions {shell}"));
        assert!(ran.exits(0).contains("backfill"), "{shell}");
    }
}

#[test]
fn a_closed_output_does_not_end_in_a_panic() {
    let tool = Tool::new();
    let mut child = tool.command(&["codes", "visa"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

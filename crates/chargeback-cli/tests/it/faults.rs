//! Inputs and arguments that were read wrongly once.

use serde_json::Value;

use crate::support::{Sandbox, Tool, rows};

const HEAD: &str = "case_id,stage,occurred_at,reason,order_id,notes\n";

fn row(case: &str, end: &str) -> String {
    format!("{case},received,2026-09-01T10:00:00Z,duplicate,{end}\n")
}

fn validated(tool: &Tool, text: &str) -> Value {
    tool.write("x.csv", text);
    tool.run("--json validate x.csv").json().remove(0)
}

#[test]
fn an_unclosed_quote_is_an_error_of_its_row() {
    let tool = Tool::new();
    for text in [
        row("A", "o,\"x") + &row("B", "o,y") + &row("C", "o,z"),
        row("A", "o,\"x") + &row("B", "o,y\"") + &row("C", "o,z"),
        row("A", "\"o,x") + &row("B", "o\",y"),
    ] {
        let value = validated(&tool, &(HEAD.to_owned() + &text));
        let reason = value["unreadable"][0]["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains("unclosed quote"), "{text}: {value}");
    }
    let value = validated(&tool, &(HEAD.to_owned() + &row("A", "o,\"two\nlines, one comma\"")));
    assert_eq!(value["chargebacks"], 1, "{value}");
}

#[test]
fn times_are_not_guessed() {
    let tool = Tool::new();
    for (time, reason) in [
        ("26-10-01", "the year is not from 1990 to 2100"),
        ("9999-12-31", "the year is not from 1990 to 2100"),
        ("2099-01-01", "in the future"),
        ("01/02/2026", "not a time"),
    ] {
        let value = validated(&tool, &format!("{HEAD}A,received,{time},duplicate,o,\n"));
        let found = value["unreadable"][0]["reason"].as_str().unwrap().to_owned();
        assert!(found.contains(reason), "{time}: {found}");
    }
    let head = "Case ID,Case type,Case status,Case filing date,Case reason,Original transaction ID\n";
    tool.write("paypal.csv", format!("{head}P,Chargeback,Open,13/02/2026,x,t\nP,Chargeback,Open,01/02/2026,x,t\n"));
    let value = tool.run("--json validate paypal.csv --format paypal").json().remove(0);
    assert_eq!(value["unreadable"].as_array().unwrap().len(), 2, "{value}");
    let head = "Dispute PSP Reference,Record Type,Record Date,Record Date TimeZone,Psp Reference,Dispute Reason\n";
    tool.write("adyen.csv", format!("{head}D,Chargeback,2026-09-01 10:00:00,,P,x\n"));
    let value = tool.run("--json validate adyen.csv --format adyen").json().remove(0);
    assert_eq!(value["unreadable"][0]["reason"], "Record Date TimeZone: empty");
}

#[test]
fn reasons_of_the_own_format_are_complete() {
    let tool = Tool::new();
    let head = "case_id,stage,occurred_at,reason,network,reason_code,order_id\n";
    let line = |end: &str| format!("{head}A,received,2026-09-01,{end},o\n");
    for end in [",foonet,99", ",visa,99.99", "duplicate,visa,", "duplicate,,13.1"] {
        assert_eq!(validated(&tool, &line(end))["chargebacks"], 0, "{end}");
    }
    // The reason that the merchant states is not replaced by that of the code.
    let value = validated(&tool, &line("fraud_card_absent,Visa Debit,13.1"));
    assert_eq!(value["reasons"]["fraud_card_absent"], 1, "{value}");
}

#[test]
fn descriptions_of_columns_are_checked() {
    let tool = Tool::new();
    tool.write("x.csv", HEAD);
    let base = "[columns]\ncase_id = \"a\"\nstage = \"b\"\noccurred_at = \"c\"\n";
    for (before, after, problem) in [
        ("decimal = \"x\"\n", "", "decimal: must be"),
        ("reason_network = \"nonsense\"\n", "", "reason_network: the table"),
        ("times = [\"%d.%m.%y\"]\n", "", "times: %Z"),
        ("time_zone = \"Mars\"\n", "", "time_zone: not known"),
        ("", "[stages]\n\"Open\" = \"received\"\n\"open\" = \"won\"\n", "stages: a value is listed twice"),
        ("", "[stages]\n\"Open\" = \"opened\"\n", "stages.\"open\": unknown stage"),
        ("", "[reasons]\n\"Open\" = \"x\"\n", "reasons.\"open\": unknown reason"),
    ] {
        tool.write("c.toml", format!("{before}{base}{after}"));
        tool.run("validate x.csv --columns c.toml").fails(2, problem);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_as_a_whole() {
    let tool = Tool::new();
    let ran = tool.run_with_input("--json validate /dev/stdin --format generic", rows(0..60).as_bytes());
    ran.exits(0);
    assert_eq!(ran.json()[0]["chargebacks"], 180);
    tool.run("validate . --format generic").fails(2, "a folder");
    tool.write("empty.csv", "");
    tool.run("validate empty.csv").fails(3, "the file is empty");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let tool = Tool::new();
    tool.write("a.csv", rows(0..2));
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for arguments in [&["convert", "a.csv"][..], &["validate", "a.csv"], &["codes", "visa"]] {
        let status = tool.command(arguments).stdout(full()).stderr(std::process::Stdio::null()).status().unwrap();
        let expected = if arguments[0] == "codes" { Some(0) } else { Some(1) };
        assert_eq!(status.code(), expected, "{arguments:?}");
    }
}

#[test]
fn results_replace_no_other_file() {
    let mut tool = Tool::new();
    let _sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..2));
    std::fs::hard_link(tool.path("a.csv"), tool.path("link.csv")).unwrap();
    for results in ["link.csv", "./a.csv"] {
        let run = format!("backfill a.csv --store c.db --vendor sift --results {results}");
        tool.run(&run).fails(2, "would replace this file");
    }
    tool.run("backfill a.csv --store new.csv --vendor sift --results ./new.csv").fails(2, "would replace this file");
    let twice = "backfill a.csv --store c.db --vendor sift --results r.csv --results ./r.csv";
    tool.run(twice).fails(2, "would replace this file");
    tool.run("backfill a.csv --store c.db --vendor sift --results missing/r.csv").fails(2, "choose a folder");
    assert!(!tool.path("c.db").exists(), "nothing was sent");
    tool.run("backfill a.csv --store c.db --vendor sift --results r.csv").exits(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(tool.path("r.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let names = std::fs::read_dir(tool.folder.path()).unwrap().flatten().map(|file| file.file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("part-")));
}

#[test]
fn fakes_do_not_write_into_a_store() {
    let tool = Tool::new();
    tool.write("a.csv", rows(0..1));
    tool.run("backfill a.csv --sandbox --store c.db").fails(2, "does not store the replies of fakes");
    assert!(!tool.path("c.db").exists());
    tool.run("outbox --store c.db drain --sandbox").fails(2, "unexpected argument");
}

#[test]
fn other_vendors_of_the_store_are_not_waited_for() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..2));
    sandbox.set("/vendors/sift/fault", r#"{"kind":"server_error"}"#);
    tool.run("backfill a.csv --store c.db --vendor sift --no-wait").exits(5);
    // The rows were accepted without Spade, and the lanes of Sift are still open.
    let ran = tool.run("backfill a.csv --store c.db --vendor spade");
    assert!(ran.exits(4).contains("use another --store"), "{}", ran.out);
    assert_eq!(sandbox.acted("spade"), 0);
}

#[test]
fn changed_and_refused_rows_have_their_own_outcome() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..1) + &rows(0..1).lines().nth(1).unwrap().replace("ORD-0", "ORD-9"));
    let ran = tool.run("backfill a.csv --store c.db --vendor spade --results r.jsonl");
    assert!(ran.exits(4).contains("3 acknowledged, 1 changed"), "{}", ran.out);
    let results = tool.read("r.jsonl");
    assert!(results.contains(r#"{"line":5,"case_id":"CB-0","stage":"received","vendor":"spade","outcome":"changed""#));
    sandbox.set("/vendors/sift/fault", r#"{"kind":"rejection"}"#);
    tool.write("effort.toml", "[vendors.sift]\nbest_effort = true\n");
    let ran = tool.run("--config effort.toml backfill a.csv --store d.db --vendor sift");
    assert!(ran.exits(4).contains("refused"), "{}", ran.out);
}

#[test]
fn numbers_are_limited() {
    let mut tool = Tool::new();
    tool.write("a.csv", rows(0..1));
    tool.set("CHARGEBACK_STORE", "c.db");
    for arguments in [
        "backfill a.csv --concurrency 0",
        "backfill a.csv --concurrency 18446744073709551615",
        "backfill a.csv --lookups 0",
        "backfill a.csv --lookups 18446744073709551615",
        "outbox list --limit 0",
        "outbox purge --keep-history-days 213503982334602",
        "outbox purge --keep-payload-hours 213503982334602",
    ] {
        tool.run(arguments).fails(2, "invalid value");
    }
    assert_ne!(tool.run("outbox show -- -9223372036854775808").code, 101);
}

#[test]
fn keys_and_passwords_in_the_wrong_place_are_not_shown() {
    let mut tool = Tool::new();
    tool.write("a.csv", rows(0..1));
    for store in ["host=db password=planted dbname=x", "POSTGRES://u:planted@h/db", "mysql://u:planted@h/db"] {
        for arguments in [vec!["outbox", "status"], vec!["backfill", "a.csv", "--vendor", "sift"]] {
            let mut command = tool.command(&arguments);
            let output = command.env("CHARGEBACK_STORE", store).output().unwrap();
            let shown = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(2), "{shown}");
            assert!(!shown.contains("planted"), "{shown}");
        }
    }
    tool.set("CHARGEBACK_STORE", "postgres://u:planted@127.0.0.1:1/db");
    for command in ["backfill --help", "outbox --help", "outbox status"] {
        let ran = tool.run(command);
        assert!(!ran.out.contains("planted") && !ran.err.contains("planted"), "{command}: {ran:?}");
    }
    for file in [
        "[vendors]\nspade = \"sk_planted\"\n",
        "vendors = \"sk_planted\"\n",
        "[vendors.spade]\napi_key_env = \"sk_planted\"\n",
    ] {
        tool.write("c.toml", file);
        let ran = tool.run("--config c.toml config check");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(!ran.out.contains("planted") && !ran.err.contains("planted"), "{ran:?}");
    }
    let ran = tool.run("webhook stripe a.csv --secret-env whsec_planted");
    assert!(ran.code == 2 && !ran.err.contains("planted"), "{ran:?}");
}

#[test]
fn data_in_the_place_of_names_is_not_shown() {
    let tool = Tool::new();
    tool.write("head.csv", "planted@example.com,planted@example.com,x\n1,2,3\n");
    let ran = tool.run("validate head.csv");
    assert!(ran.code == 3 && !ran.err.contains("planted"), "{ran:?}");
    tool.write("a.jsonl", "{\"planted@example.com\":1}\n");
    let ran = tool.run("validate a.jsonl");
    assert!(ran.code == 3 && !ran.out.contains("planted"), "{ran:?}");
    let head = "Case ID,Case type,Case status,Case filing date,Case reason,Original transaction ID\n";
    tool.write("p.csv", format!("{head}P,Dispute,planted@example.com,2026-02-01,x,t\n"));
    let ran = tool.run("validate p.csv --format paypal");
    assert!(ran.exits(0).contains("other") && !ran.out.contains("planted"), "{ran:?}");
}

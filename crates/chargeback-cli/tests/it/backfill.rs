//! `chargeback backfill`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Sandbox, Tool, rows};

fn outcomes(summary: &Value, vendor: &str) -> BTreeMap<String, u64> {
    let vendors = summary["vendors"].as_array().unwrap();
    let found = vendors.iter().find(|row| row["vendor"] == vendor).unwrap();
    serde_json::from_value(found["outcomes"].clone()).unwrap()
}

#[test]
fn a_dry_run_sends_nothing_and_writes_no_store() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..5) + "CB-9,received\n");
    let ran = tool.run("backfill a.csv --dry-run --results r.jsonl --results r.csv");
    assert!(ran.exits(4).contains("15 chargebacks"), "{}", ran.out);
    assert!(ran.out.contains("tutelar does not support stage 'received'"), "{}", ran.out);
    assert!(ran.out.contains("line 17: 2 columns instead of 11"), "{}", ran.out);
    let results = tool.read("r.jsonl");
    assert_eq!(results.lines().count(), 15 * 10 + 1);
    assert!(results.contains(r#""outcome":"would_be_sent""#));
    assert_eq!(tool.read("r.csv").lines().count(), 15 * 10 + 2);
    for vendor in ["sift", "spade", "revcent"] {
        assert_eq!(sandbox.acted(vendor), 0);
    }
    assert!(std::fs::read_dir(tool.folder.path()).unwrap().flatten().all(|file| file.file_name() != "chargebacks.db"));
}

#[test]
fn every_report_arrives_once_and_a_second_run_sends_nothing() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..40));
    let ran = tool.run("--json backfill a.csv --store c.db --results r.jsonl");
    ran.exits(0);
    let summary = &ran.json()[0];
    for vendor in ["sift", "spade", "pipwave", "thirdwatch", "maxmind", "seon", "ravelin"] {
        assert_eq!(outcomes(summary, vendor), BTreeMap::from([("acknowledged".to_owned(), 120)]), "{vendor}");
    }
    assert_eq!(sandbox.cases("spade").len(), 40);
    assert!(sandbox.cases("spade").iter().all(|(_, writes)| *writes == 3));
    assert_eq!(sandbox.cases("revcent").len(), 40);
    assert_eq!(tool.read("r.jsonl").lines().count(), 1200);
    assert!(
        tool.read("r.jsonl").contains(r#""case_id":"CB-7","stage":"won","vendor":"spade","outcome":"acknowledged""#)
    );
    let before = sandbox.acted("spade");
    let again = tool.run("--json backfill a.csv --store c.db");
    again.exits(0);
    assert_eq!(again.json()[0]["accepted_before"], 120);
    assert_eq!(outcomes(&again.json()[0], "spade"), BTreeMap::from([("acknowledged".to_owned(), 120)]));
    assert_eq!(sandbox.acted("spade"), before);
    // No case id or payment is shown; the file of results has them.
    assert!(!ran.out.contains("CB-7") && !ran.err.contains("CB-7"));
    assert!(ran.err.contains("120 of 120 rows read"), "{}", ran.err);
}

#[test]
fn changed_rows_are_reported_and_not_sent() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..3));
    tool.run("backfill a.csv --store c.db --vendor spade").exits(0);
    let acted = sandbox.acted("spade");
    tool.write("a.csv", rows(0..3).replace("12.50", "13.50"));
    let ran = tool.run("backfill a.csv --store c.db --vendor spade");
    assert!(ran.exits(4).contains("before: 9 rows, lines 2, 3, 4, 5, 6, 7, 8, 9, 10"), "{}", ran.out);
    assert_eq!(sandbox.acted("spade"), acted);
}

#[test]
fn a_report_that_is_sent_once_more_is_named() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("one.csv", rows(0..1).lines().take(2).collect::<Vec<_>>().join("\n"));
    sandbox.set("/vendors/sift/fault", r#"{"kind":"server_error","acts":true}"#);
    let ran = tool.run("backfill one.csv --store c.db --vendor sift --no-wait");
    assert!(ran.exits(5).contains("sift    1 waits"), "{}", ran.out);
    assert!(ran.out.contains("see:\n  chargeback outbox --store c.db status"), "{}", ran.out);
    sandbox.set("/vendors/sift/recover", "");
    let lane = tool.run("--json outbox --store c.db list --all").json().remove(0)["lane"].clone();
    tool.run(&format!("outbox --store c.db retry {}", lane.as_str().unwrap())).exits(0);
    tool.run("outbox --store c.db drain --vendor sift");
    let list = tool.run("outbox --store c.db list --all");
    assert!(list.exits(0).contains("settling: acknowledged"), "{}", list.out);
}

#[test]
fn a_dry_run_names_reports_that_depend_on_the_vendor() {
    let tool = Tool::new();
    let all = rows(0..2);
    let outcomes_only: Vec<_> =
        all.lines().filter(|line| line.starts_with("case_id") || line.contains(",won,")).collect();
    tool.write("won.csv", outcomes_only.join("\n"));
    let ran = tool.run("backfill won.csv --dry-run --sandbox --vendor revcent,spade");
    assert!(ran.exits(0).contains("revcent  2 depends_on_vendor"), "{}", ran.out);
    assert!(ran.out.contains("spade    2 would_be_sent"), "{}", ran.out);
    assert!(ran.out.contains("no representment is known"), "{}", ran.out);
}

#[test]
fn refusals_are_grouped_by_reason() {
    let mut tool = Tool::new();
    let _sandbox = Sandbox::start(&mut tool);
    // No enrichment id: every report to Spade is invalid.
    tool.write("a.csv", rows(0..5).replace("enrichment-", ""));
    let text = rows(0..4).lines().map(|line| line.rsplit_once(',').unwrap().0).collect::<Vec<_>>().join("\n");
    tool.write("b.csv", text);
    let ran = tool.run("backfill b.csv --store c.db --vendor spade");
    ran.exits(4);
    // A blocked report holds the later reports of its case.
    assert!(ran.out.contains("needs_person  spade: invalid: vendor_references.spade.payment: required"), "{}", ran.out);
    tool.run("backfill a.csv --store d.db --vendor spade --results a.csv").fails(2, "would replace this file");
    tool.run("backfill a.csv --store postgres://x/y --vendor spade").fails(2, "a backfill uses a SQLite file");
    tool.run("backfill a.csv --store d.db --vendor spade --results r.txt").fails(2, "results end in");
}

#[test]
fn an_outage_does_not_lose_or_double_a_report() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..10));
    sandbox.set("/vendors/spade/fault", r#"{"kind":"server_error"}"#);
    let ran = tool.run("backfill a.csv --store c.db --vendor spade,sift --no-wait");
    assert!(ran.exits(5).contains("waits"), "{}", ran.out);
    assert_eq!(sandbox.cases("sift").len(), 10);
    let status = tool.run("outbox --store c.db status");
    assert!(status.exits(0).contains("outage, next probe in"), "{}", status.out);
}

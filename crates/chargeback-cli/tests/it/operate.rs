//! `chargeback outbox` on a SQLite file.

use serde_json::Value;

use crate::support::{Sandbox, Tool, rows};

/// Returns a tool whose store has a doubt at RevCent and a rejected report at Sift.
fn with_doubt() -> (Tool, Sandbox) {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..1));
    sandbox.set("/vendors/revcent/fault", r#"{"kind":"reset","next_write":true}"#);
    sandbox.set("/vendors/sift/fault", r#"{"kind":"rejection"}"#);
    let ran = tool.run("backfill a.csv --store c.db --vendor revcent,sift --lookups 1,1");
    assert!(ran.exits(4).contains("in_doubt"), "{}", ran.out);
    assert!(ran.out.contains("Reports need a person:\n  chargeback outbox --store c.db list"), "{}", ran.out);
    tool.set("CHARGEBACK_STORE", "c.db");
    (tool, sandbox)
}

/// Creates the case at RevCent, as a person would by hand, and returns its id.
fn create_by_hand(tool: &Tool, sandbox: &Sandbox) -> String {
    sandbox.set("/vendors/revcent/recover", "");
    tool.write("one.csv", rows(0..1).lines().take(2).collect::<Vec<_>>().join("\n"));
    tool.run("report one.csv --vendor revcent").exits(0);
    sandbox.cases("revcent").remove(0).0
}

fn lane(tool: &Tool, vendor: &str) -> Value {
    tool.run(&format!("--json outbox list --all --vendor {vendor}")).json().remove(0)
}

fn reference(tool: &Tool, vendor: &str) -> String {
    lane(tool, vendor)["lane"].as_str().unwrap().to_owned()
}

#[test]
fn a_doubt_is_shown_explained_and_resolved() {
    let (tool, sandbox) = with_doubt();
    let status = tool.run("outbox status");
    assert!(status.exits(0).contains("revcent needs a person: in_doubt 1"), "{}", status.out);
    let list = tool.run("outbox list --reason in_doubt");
    assert!(list.exits(0).contains("revcent  blocked  in_doubt"), "{}", list.out);
    let lane = reference(&tool, "revcent");
    let number = lane.split('@').next().unwrap();
    assert!(list.out.contains(&format!("in doubt, for example: chargeback outbox resolve {number}")), "{}", list.out);
    let show = tool.run(&format!("outbox show {number}"));
    assert!(show.exits(0).contains("in doubt: received"), "{}", show.out);
    assert!(show.out.contains(&format!("instructions: chargeback outbox resolve {number}")), "{}", show.out);
    let guide = tool.run(&format!("outbox resolve {number}"));
    assert!(guide.exits(0).contains("search by the payment id or the gateway transaction id"), "{}", guide.out);
    assert!(guide.out.contains(&format!("chargeback outbox resolve {lane} --found")), "{}", guide.out);
    for ran in [&status, &list, &show, &guide] {
        assert!(!ran.out.contains("CB-0") && !ran.out.contains("gw-0") && !ran.out.contains("user-0"), "{}", ran.out);
    }
    let shown = tool.run(&format!("outbox resolve {number} --show-payload"));
    assert!(shown.exits(0).contains("gateway transaction id: gw-0"), "{}", shown.out);
    let shown = tool.run("outbox show --case CB-0 --show-payload");
    assert!(shown.exits(0).contains("\"order_id\":\"ORD-0\""), "{}", shown.out);

    // Without the state that was seen, and before the time of the check.
    tool.run(&format!("outbox resolve {number} --not-found")).fails(2, &format!("use {lane}"));
    tool.run(&format!("outbox resolve {lane} --not-found")).fails(4, "check with the vendor after");
    // A check in the future is not possible either.
    tool.run(&format!("outbox resolve {lane} --not-found --checked-at 2099-01-01T00:00:00Z"))
        .fails(4, "lies in the future");
    let id = create_by_hand(&tool, &sandbox);
    let decision = format!("outbox resolve {lane} --found {id}");
    tool.run(&decision).exits(0);
    // A second operator with the same view changes nothing.
    tool.run(&decision).fails(6, "the lane changed since it was shown");
    tool.run("outbox drain --vendor revcent").exits(0);
    assert_eq!(sandbox.cases("revcent").len(), 1);
    assert_eq!(self::lane(&tool, "revcent")["state"], "idle");
}

#[test]
fn a_decision_must_fit_the_ids_of_the_vendor() {
    let (tool, sandbox) = with_doubt();
    let lane = reference(&tool, "revcent");
    let resolve = |decision: &str| tool.run(&format!("outbox resolve {lane} {decision}"));
    resolve("--applied").fails(2, "use --found");
    for wrong in ["gw-0", "chargeback000000001", "chargeback00000000012"] {
        resolve(&format!("--found {wrong}")).fails(2, "have 20 characters");
    }
    // The id of another case of the store.
    sandbox.set("/vendors/revcent/recover", "");
    tool.write("b.csv", rows(1..2));
    tool.run("backfill b.csv --vendor revcent --no-wait").exits(0);
    let other = sandbox.cases("revcent").remove(0).0;
    resolve(&format!("--found {other}")).fails(2, "another case has this id");
    let mut doubt = tool.run("outbox doubts export --vendor revcent").json().remove(0);
    for (decision, problem) in [
        (serde_json::json!("applied"), "line 1: revcent gives chargebacks ids"),
        (serde_json::json!({ "found": other }), "line 1: another case has this id"),
    ] {
        doubt["decision"] = decision;
        doubt["checked_at"] = "2026-11-01T00:00:00Z".into();
        tool.run_with_input("outbox doubts import -", doubt.to_string().as_bytes()).fails(4, problem);
    }
    assert_eq!(reference(&tool, "revcent"), lane, "nothing was done");
    // Two doubts of one list cannot have the same id.
    sandbox.set("/vendors/revcent/fault", r#"{"kind":"reset","next_write":true}"#);
    tool.write("d.csv", rows(2..3));
    tool.run("backfill d.csv --vendor revcent --lookups 1,1").exits(4);
    let mut doubts = tool.run("outbox doubts export --vendor revcent").json();
    for doubt in &mut doubts {
        doubt["decision"] = serde_json::json!({ "found": "chargeback0000000009" });
        doubt["checked_at"] = "2026-11-01T00:00:00Z".into();
    }
    let lines: Vec<_> = doubts.iter().map(Value::to_string).collect();
    let ran = tool.run_with_input("outbox doubts import -", lines.join("\n").as_bytes());
    ran.fails(4, "line 2: another case has this id");
    assert!(ran.out.contains("1 resolved"), "{}", ran.out);
}

#[test]
fn a_vendor_without_ids_takes_applied() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.set("CHARGEBACK_STORE", "c.db");
    tool.write("a.csv", rows(0..1));
    tool.run("backfill a.csv --vendor pipwave").exits(0);
    tool.run("outbox restore --distrust").exits(0);
    let lane = reference(&tool, "pipwave");
    tool.run(&format!("outbox resolve {lane} --found chargeback0000000001")).fails(2, "pipwave gives cases no ids");
    let guide = tool.run(&format!("outbox resolve {lane}"));
    assert!(guide.exits(0).contains(&format!("chargeback outbox resolve {lane} --applied")), "{}", guide.out);
    tool.run(&format!("outbox resolve {lane} --applied")).exits(0);
    assert!(self::lane(&tool, "pipwave")["in_doubt"].is_null());
    assert_eq!(sandbox.cases("pipwave")[0].1, 3, "nothing was sent again");
}

#[test]
fn a_doubt_stays_visible_after_retry_and_skip() {
    let (tool, _sandbox) = with_doubt();
    let ran = tool.run(&format!("outbox retry {}", reference(&tool, "revcent")));
    assert!(ran.exits(0).contains("the next lookup is due now"), "{}", ran.out);
    let status = tool.run("outbox status");
    assert!(status.exits(0).contains("revcent is in doubt and waits for a lookup: 1"), "{}", status.out);
    assert!(status.out.contains("chargeback outbox list --vendor revcent --in-doubt"), "{}", status.out);
    let list = tool.run("outbox list --vendor revcent --in-doubt");
    assert!(list.exits(0).contains("revcent  ready"), "{}", list.out);
    assert!(tool.run("outbox list --vendor revcent").exits(0).contains("no lanes need a person"));
    let lane = reference(&tool, "revcent");
    let skipped = tool.run_all(&["outbox", "skip", &lane, "--reason", "ticket 1"]);
    assert!(skipped.exits(0).contains("may still have arrived"), "{}", skipped.out);
    // The store of a flag is in the suggestions; one of the variable is not.
    let status = tool.run("outbox --store ./c.db status");
    assert!(status.exits(0).contains("chargeback outbox --store ./c.db list --vendor sift"), "{}", status.out);
    let status = tool.run("outbox --schema other status");
    assert!(status.exits(0).contains("chargeback outbox --schema other list"), "{}", status.out);
}

#[test]
fn lanes_are_retried_skipped_replaced_and_replayed() {
    let (tool, sandbox) = with_doubt();
    sandbox.set("/vendors/sift/recover", "");
    let lane = reference(&tool, "sift");
    tool.run_all(&["outbox", "skip", &lane, "--reason", "ticket 1"]).exits(0);
    tool.run_all(&["outbox", "skip", &lane, "--reason", "ticket 1"]).fails(6, "changed");
    tool.run("outbox drain --vendor sift").exits(0);
    assert_eq!(sandbox.cases("sift")[0].1, 2, "the stages after the skipped one");
    let history = tool.run(&format!("outbox show {}", reference(&tool, "sift")));
    assert!(history.exits(0).contains("skipped_by_operator"), "{}", history.out);
    assert!(history.out.contains("ticket 1"), "{}", history.out);
    tool.run(&format!("outbox replay {}", reference(&tool, "sift"))).exits(0);
    tool.run("outbox drain --vendor sift").exits(0);
    assert_eq!(sandbox.cases("sift")[0].1, 3);

    sandbox.set("/vendors/sift/fault", r#"{"kind":"rejection"}"#);
    tool.write("b.csv", rows(1..2));
    tool.run("backfill b.csv --store c.db --vendor sift").exits(4);
    let blocked = tool.run("--json outbox list --vendor sift").json().remove(0);
    let lane = blocked["lane"].as_str().unwrap();
    tool.run(&format!("outbox retry {lane}")).exits(0);
    sandbox.set("/vendors/sift/recover", "");
    tool.run("outbox drain --vendor sift").exits(0);

    sandbox.set("/vendors/sift/fault", r#"{"kind":"rejection"}"#);
    tool.write("d.csv", rows(2..3));
    tool.run("backfill d.csv --store c.db --vendor sift").exits(4);
    let lane = tool.run("--json outbox list --vendor sift").json().remove(0)["lane"].as_str().unwrap().to_owned();
    let corrected = r#"{"case_id":"CB-2","stage":"received","occurred_at":"2026-09-01T10:00:00Z",
        "reason":"duplicate","payment":{"order_id":"ORD-2"}}"#;
    tool.write("new.json", corrected);
    tool.write("other.json", corrected.replace("CB-2", "CB-3"));
    let replace = |file: &str| tool.run_all(&["outbox", "replace", &lane, file, "--reason", "ticket 2"]);
    replace("other.json").fails(2, "another case");
    replace("missing.json").fails(2, "missing.json");
    replace("new.json").exits(0);
    sandbox.set("/vendors/sift/recover", "");
    tool.run("outbox drain --vendor sift").exits(0);
    assert!(tool.run("outbox list --vendor sift").exits(0).contains("no lanes"));
}

#[test]
fn doubts_are_exchanged_as_lines() {
    let (tool, sandbox) = with_doubt();
    let exported = tool.run("outbox doubts export --vendor revcent");
    let mut doubt = exported.json().remove(0);
    assert_eq!(doubt["case_id"], "CB-0");
    tool.write("undecided.jsonl", exported.exits(0));
    assert!(tool.run("outbox doubts import undecided.jsonl").exits(0).contains("0 resolved, 1 without a decision"));
    doubt["decision"] = serde_json::json!({ "found": create_by_hand(&tool, &sandbox) });
    doubt["checked_at"] = "2026-11-01T00:00:00Z".into();
    let line = doubt.to_string();
    let ran = tool.run_with_input("outbox doubts import -", format!("{line}\nno doubt\n").as_bytes());
    ran.fails(3, "line 2: not a doubt");
    assert!(ran.out.contains("1 resolved"), "{}", ran.out);
    let again = tool.run_with_input("outbox doubts import -", line.as_bytes());
    again.fails(4, "the lane was changed meanwhile");
}

#[test]
fn vendors_are_paused_and_resumed() {
    let (tool, sandbox) = with_doubt();
    sandbox.set("/vendors/sift/recover", "");
    tool.run_all(&["outbox", "pause", "sift", "--reason", "maintenance"]).exits(0);
    assert!(tool.run("outbox status").exits(0).contains("paused: maintenance"));
    // A second operator does not replace the pause.
    tool.run_all(&["outbox", "pause", "sift", "--reason", "other"]).fails(6, "paused already: maintenance");
    tool.run(&format!("outbox retry {}", reference(&tool, "sift"))).exits(0);
    tool.run("outbox drain --vendor sift").exits(5);
    assert!(sandbox.cases("sift").is_empty());
    assert!(tool.run("outbox resume sift").exits(0).contains("was paused: maintenance"));
    tool.run("outbox drain --vendor sift").exits(0);
    assert_eq!(sandbox.cases("sift").len(), 1);
    tool.run("outbox resume acme").fails(2, "unknown vendor");
}

#[test]
fn data_is_exported_erased_and_purged() {
    let (tool, _sandbox) = with_doubt();
    let exported = tool.run("outbox export CB-0").json().remove(0);
    assert_eq!(exported["lanes"].as_array().unwrap().len(), 2);
    assert!(tool.run("outbox purge").exits(0).contains("deleted"));
    assert!(tool.run("outbox check").exits(0).contains("no problems"));
    let asked = tool.run("outbox erase CB-0");
    asked.fails(2, "this would erase 2 lanes");
    tool.run("outbox erase CB-0 --yes").exits(0);
    tool.run("outbox export CB-0").fails(2, "does not know this case");
    tool.run("outbox erase CB-0 --yes").fails(2, "does not know this case");
}

#[test]
fn a_restored_store_is_distrusted() {
    let (tool, _sandbox) = with_doubt();
    tool.run("outbox restore").fails(2, "--distrust");
    assert!(tool.run("outbox restore --distrust").exits(0).contains("2 lanes are in doubt once"));
    tool.run("outbox migrate").exits(0);
}

#[test]
fn a_missing_store_is_not_created() {
    let mut tool = Tool::new();
    tool.run("outbox status").fails(2, "add --store");
    tool.run("outbox --store c.db status").fails(2, "no such file");
    assert!(!tool.path("c.db").exists());
    tool.write("text.db", "not a database, but long enough to be read as a header of one".repeat(20));
    assert_ne!(tool.run("outbox --store text.db status").code, 0);
    tool.set("CHARGEBACK_STORE", "c.db");
    tool.run("outbox retry seventeen").fails(2, "17@3.12");
}

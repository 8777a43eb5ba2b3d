//! `outbox status`, and the form of a lane.

use chargeback::ProviderId;
use chargeback::outbox::{LaneSummary, Operator, VendorCounts};
use chrono::Utc;
use serde_json::{Value, json};

use super::lane_ref::LaneRef;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table, duration, line};

pub(super) async fn status(operator: &Operator, command: &str, output: Output) -> Result<Exit, Failure> {
    let counts = operator.counts().await?;
    let mut table =
        Table::new(&["vendor", "state", "ready", "waiting", "in progress", "needs a person", "in doubt", "overdue"]);
    for (vendor, counts) in &counts {
        let blocked: u64 = counts.blocked.values().sum();
        let numbers = [counts.ready, counts.waiting, counts.leased, blocked, counts.doubts];
        let cells = [vendor.to_string(), vendor_state(counts)].into_iter();
        table.row(cells.chain(numbers.map(|number| number.to_string())).chain([overdue(counts)]));
        if output.json {
            output.json(&json!({
                "vendor": vendor, "state": vendor_state(counts), "ready": counts.ready, "waiting": counts.waiting,
                "leased": counts.leased, "blocked": counts.blocked, "doubts": counts.doubts,
                "newer_payload": counts.newer_payload, "vendor_may_differ": counts.vendor_may_differ,
                "oldest_due": counts.oldest_due,
            }))?;
        }
    }
    if output.json {
        return Ok(Exit::Success);
    }
    if counts.is_empty() {
        line("the outbox is empty");
        return Ok(Exit::Success);
    }
    line(table);
    for (vendor, counts) in &counts {
        suggest(vendor, counts, command);
    }
    Ok(Exit::Success)
}

/// Prints the next command for lanes that need a person, are in doubt or wait.
fn suggest(vendor: &ProviderId, counts: &VendorCounts, command: &str) {
    if !counts.blocked.is_empty() {
        let reasons: Vec<_> = counts.blocked.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        line(format_args!("\n{vendor} needs a person: {}", reasons.join(", ")));
        line(format_args!("  {command} list --vendor {vendor}"));
    }
    let in_doubt = counts.blocked.get("in_doubt").copied().unwrap_or(0);
    if counts.doubts > in_doubt {
        line(format_args!("\n{vendor} is in doubt and waits for a lookup: {}", counts.doubts - in_doubt));
        line(format_args!("  {command} list --vendor {vendor} --in-doubt"));
    }
    if counts.waiting > 0 {
        line(format_args!("\n{vendor} waits for a later attempt: {}", counts.waiting));
        line(format_args!("  {command} list --vendor {vendor} --state ready"));
    }
}

fn vendor_state(counts: &VendorCounts) -> String {
    let state = &counts.state;
    if let Some(reason) = &state.paused {
        return format!("paused: {reason}");
    }
    if state.hold.is_zero() {
        return match state.phase.as_str() {
            "closed" => "ok".to_owned(),
            "open" => "outage, probe due".to_owned(),
            phase => phase.to_owned(),
        };
    }
    let hold = duration(state.hold.as_secs().max(1));
    match state.phase.as_str() {
        "open" => format!("outage, next probe in {hold}"),
        phase => format!("{phase} for {hold}"),
    }
}

/// Returns the delay of the oldest report that could be sent. A paused vendor or one in an outage has none.
fn overdue(counts: &VendorCounts) -> String {
    if counts.state.paused.is_some() || !counts.state.hold.is_zero() {
        return String::new();
    }
    let late = counts.oldest_due.map(|due| (Utc::now() - due).num_seconds());
    late.and_then(|seconds| u64::try_from(seconds).ok())
        .filter(|seconds| *seconds > 0)
        .map_or_else(String::new, duration)
}

pub(super) fn lane_json(lane: &LaneSummary, show_payload: bool) -> Value {
    let mut value = json!({
        "lane": LaneRef::from(lane).to_string(), "vendor": lane.vendor, "state": lane.state, "reason": lane.reason,
        "since": lane.since, "due": lane.due, "stage": lane.head_stage, "attempts": lane.attempts,
        "crashes": lane.crashes, "behind": lane.behind, "check_not_before": lane.check_not_before,
        "acknowledged": lane.acknowledged.map(|reported| reported.stage),
        "in_doubt": lane.in_flight.map(|reported| reported.stage), "resend": lane.resend,
    });
    if show_payload {
        value["case_id"] = json!(lane.case_id());
        value["vendor_case"] = json!(lane.vendor_case());
    }
    value
}

pub(super) fn id(vendor: &crate::config::Vendor) -> Result<chargeback::ProviderId, Failure> {
    vendor.name.parse().map_err(|error: chargeback::ParseProviderIdError| Failure::usage(error.to_string()))
}

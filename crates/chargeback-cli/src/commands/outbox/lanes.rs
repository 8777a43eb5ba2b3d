//! `outbox status` and `outbox list`.

use chargeback::outbox::{LaneFilter, LaneState, LaneSummary, Operator, VendorCounts};
use chrono::Utc;
use serde_json::{Value, json};

use super::lane_ref::LaneRef;
use crate::args::ListArgs;
use crate::config::named;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table, away, duration, line, time};

pub(super) async fn status(operator: &Operator, output: Output) -> Result<Exit, Failure> {
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
    for (vendor, counts) in counts.iter().filter(|(_, counts)| !counts.blocked.is_empty()) {
        let reasons: Vec<_> = counts.blocked.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        line(format_args!("\n{vendor} needs a person: {}", reasons.join(", ")));
        line(format_args!("  chargeback outbox list --vendor {vendor}"));
    }
    for (vendor, counts) in counts.iter().filter(|(_, counts)| counts.waiting > 0) {
        line(format_args!("\n{vendor} waits for a later attempt: {}", counts.waiting));
        line(format_args!("  chargeback outbox list --vendor {vendor} --state ready"));
    }
    Ok(Exit::Success)
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

fn overdue(counts: &VendorCounts) -> String {
    let late = counts.oldest_due.map(|due| (Utc::now() - due).num_seconds());
    late.and_then(|seconds| u64::try_from(seconds).ok())
        .filter(|seconds| *seconds > 0)
        .map_or_else(String::new, duration)
}

pub(super) async fn list(operator: &Operator, arguments: &ListArgs, output: Output) -> Result<Exit, Failure> {
    let mut filter = LaneFilter::all().limit(arguments.limit as usize);
    filter.states = match (arguments.state, arguments.all || arguments.reason.is_some()) {
        (Some(state), _) => vec![state],
        (None, true) => Vec::new(),
        (None, false) => vec![LaneState::Blocked],
    };
    filter.vendor = arguments.vendor.as_deref().map(|vendor| named(vendor).and_then(id)).transpose()?;
    filter.reason = arguments.reason;
    let lanes = operator.list(&filter).await?;
    if output.json {
        for lane in &lanes {
            output.json(&lane_json(lane, output.show_payload))?;
        }
        return Ok(Exit::Success);
    }
    if lanes.is_empty() {
        line("no lanes");
        return Ok(Exit::Success);
    }
    let mut names = vec![
        "lane",
        "vendor",
        "state",
        "reason",
        "since",
        "report",
        "attempts",
        "behind",
        "next attempt",
        "check after",
    ];
    if output.show_payload {
        names.push("case");
    }
    let mut table = Table::new(&names);
    for lane in &lanes {
        table.row(cells(lane, output.show_payload));
    }
    line(table);
    if lanes.len() == arguments.limit as usize {
        line(format_args!("\nthe first {} lanes; raise --limit for more", arguments.limit));
    }
    Ok(Exit::Success)
}

fn cells(lane: &LaneSummary, show_payload: bool) -> Vec<String> {
    let mut cells = vec![
        LaneRef::from(lane).to_string(),
        lane.vendor.to_string(),
        lane.state.to_string(),
        lane.reason.map(|reason| reason.to_string()).unwrap_or_default(),
        time(lane.since),
        lane.head_stage.map(|stage| stage.to_string()).unwrap_or_default(),
        lane.attempts.to_string(),
        lane.behind.to_string(),
        if lane.state == LaneState::Ready { away(lane.due) } else { String::new() },
        lane.check_not_before.map(time).unwrap_or_default(),
    ];
    if show_payload {
        cells.push(lane.case_id().to_owned());
    }
    cells
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

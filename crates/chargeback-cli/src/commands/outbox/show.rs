//! `outbox show` and `outbox export`.

use std::collections::{BTreeMap, BTreeSet};

use chargeback::outbox::{AcceptedReport, CaseExport, HistoryEntry, LaneState, LaneSummary, Operator};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::lane_ref::LaneRef;
use super::lanes::lane_json;
use crate::args::ShowArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table, away, line, time};

/// Shows lanes with their reports and history.
pub(super) async fn show(
    operator: &Operator,
    arguments: &ShowArgs,
    command: &str,
    output: Output,
) -> Result<Exit, Failure> {
    let (case_id, only) = match (arguments.lane, &arguments.case) {
        (Some(lane), _) => {
            let lane = lane.find(operator).await?;
            (lane.case_id().to_owned(), Some(lane.id))
        }
        (None, case) => (case.clone().unwrap_or_default(), None),
    };
    let data = operator.export(&case_id).await?;
    let lanes: Vec<&LaneSummary> = data.lanes.iter().filter(|lane| only.is_none_or(|only| only == lane.id)).collect();
    if lanes.is_empty() {
        return Err(Failure::new("the store does not know this case").exit(Exit::Usage));
    }
    for lane in lanes {
        if output.json {
            output.json(&shown_json(lane, &data, output.show_payload))?;
        } else {
            line(text(lane, &data, output.show_payload));
            if lane.in_flight.is_some() && lane.state != LaneState::Leased {
                line(format_args!("  instructions: {command} resolve {}", lane.id));
            }
        }
    }
    Ok(Exit::Success)
}

/// Returns the distance of the earliest check.
fn possible(after: DateTime<Utc>) -> String {
    if after > Utc::now() { away(after) } else { "possible now".to_owned() }
}

fn history<'d>(lane: &'d LaneSummary, data: &'d CaseExport) -> impl Iterator<Item = &'d HistoryEntry> {
    data.history.iter().filter(|entry| entry.vendor == lane.vendor)
}

fn text(lane: &LaneSummary, data: &CaseExport, show_payload: bool) -> String {
    let mut text = format!("lane {}: {}, {}", LaneRef::from(lane), lane.vendor, lane.state);
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text = format!("{text}\n  {name}: {value}");
        }
    };
    add("reason", lane.reason.map(|reason| format!("{reason}, since {}", time(lane.since))));
    add("case", show_payload.then(|| lane.case_id().to_owned()));
    add("vendor's case", lane.vendor_case().filter(|_| show_payload).map(str::to_owned));
    add(
        "acknowledged",
        lane.acknowledged.map(|reported| format!("{}, of {}", reported.stage, time(reported.occurred_at))),
    );
    add("in doubt", lane.in_flight.map(|reported| format!("{}, of {}", reported.stage, time(reported.occurred_at))));
    let check = lane.check_not_before.map(|after| format!("{} ({})", time(after), possible(after)));
    add("check with the vendor after", check);
    let is_waiting = lane.state == LaneState::Ready;
    add("next attempt", is_waiting.then(|| format!("{} ({})", time(lane.due), away(lane.due))));
    add("attempts", Some(format!("{}, reports behind: {}", lane.attempts, lane.behind)));
    let mut reports = Table::new(&["  report", "stage", "accepted", "state"]);
    for report in data.reports.iter().filter(|report| is_of(report, lane, data)) {
        let state = if report.open.contains(&lane.vendor) { "open" } else { "passed" };
        let cells = [format!("  {}", report.seq), report.stage.stage.to_string(), time(report.accepted_at)];
        reports.row(cells.into_iter().chain([state.to_owned()]));
    }
    if !reports.is_empty() {
        text = format!("{text}\n{reports}");
    }
    text += &passed_text(history(lane, data));
    if show_payload {
        for report in data.reports.iter().filter(|report| report.open.contains(&lane.vendor)) {
            text = format!("{text}\n  payload of {}: {}", report.seq, payload(report));
        }
    }
    text
}

/// Returns a table of the passed reports, and their losses.
fn passed_text<'d>(history: impl Iterator<Item = &'d HistoryEntry>) -> String {
    let mut passed = Table::new(&["  passed", "stage", "time", "as", "attempts", "note"]);
    // The same losses belong to most reports of a lane.
    let mut losses = BTreeMap::<_, BTreeSet<i64>>::new();
    for entry in history {
        let cells =
            [format!("  {}", entry.seq), entry.stage.stage.to_string(), time(entry.at), entry.passed.to_string()];
        passed.row(cells.into_iter().chain([entry.attempts.to_string(), entry.note.clone().unwrap_or_default()]));
        if !entry.losses.is_empty() {
            losses.entry(&entry.losses).or_default().insert(entry.seq.get());
        }
    }
    let mut text = if passed.is_empty() { String::new() } else { format!("\n{passed}") };
    for (losses, reports) in losses {
        let reports: Vec<_> = reports.iter().map(ToString::to_string).collect();
        text = format!("{text}\n  losses of {}: {}", reports.join(", "), losses.replace(',', ", "));
    }
    text
}

fn is_of(report: &AcceptedReport, lane: &LaneSummary, data: &CaseExport) -> bool {
    report.open.contains(&lane.vendor) || history(lane, data).any(|entry| entry.seq == report.seq)
}

fn payload(report: &AcceptedReport) -> String {
    match &report.payload {
        None => "deleted".to_owned(),
        Some(bytes) => String::from_utf8(bytes.clone()).unwrap_or_else(|_| "encrypted".to_owned()),
    }
}

fn shown_json(lane: &LaneSummary, data: &CaseExport, show_payload: bool) -> Value {
    let mut value = lane_json(lane, show_payload);
    let history: Vec<_> = history(lane, data).map(history_json).collect();
    value["history"] = json!(history);
    if show_payload {
        let reports: Vec<_> = data.reports.iter().map(report_json).collect();
        value["reports"] = json!(reports);
    }
    value
}

fn history_json(entry: &HistoryEntry) -> Value {
    json!({
        "report": entry.seq.get(), "vendor": entry.vendor, "stage": entry.stage.stage, "passed": entry.passed,
        "losses": entry.losses, "at": entry.at, "attempts": entry.attempts, "note": entry.note,
    })
}

fn report_json(report: &AcceptedReport) -> Value {
    json!({
        "report": report.seq.get(), "stage": report.stage.stage, "accepted_at": report.accepted_at,
        "open": report.open, "payload": payload(report),
    })
}

/// Prints all data about a case.
pub(super) async fn export(operator: &Operator, case: &str, output: Output) -> Result<Exit, Failure> {
    output.allows_personal_data()?;
    let data = operator.export(case).await?;
    if data.lanes.is_empty() {
        return Err(Failure::new("the store does not know this case").exit(Exit::Usage));
    }
    let lanes: Vec<_> = data.lanes.iter().map(|lane| lane_json(lane, true)).collect();
    let reports: Vec<_> = data.reports.iter().map(report_json).collect();
    let history: Vec<_> = data.history.iter().map(history_json).collect();
    output.json(&json!({ "case_id": case, "lanes": lanes, "reports": reports, "history": history }))?;
    Ok(Exit::Success)
}

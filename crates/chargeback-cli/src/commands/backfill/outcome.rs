//! Reads the outcome of every row from the store, including those of earlier runs.

use chargeback::outbox::{
    AcceptedReport, CaseExport, HistoryEntry, LaneState, OutboxStore as _, PassedAs, SqliteStore,
};
use chargeback::{Chargeback, Error, Plan, PlannedStep, ProviderId, Reporter};
use futures_util::{StreamExt as _, stream};

use super::results::{ResultRow, Results};
use super::stop::Stop;
use super::summary::Summary;
use crate::commands::plan_reason;
use crate::failure::Failure;
use crate::input::{Content, Input, Row};

/// The number of cases that are read at the same time.
const READS: usize = 16;

/// The outcome of a report at one vendor.
struct Found {
    outcome: &'static str,
    reason: String,
    losses: String,
}

/// Adds the outcome of each row to results and summary.
pub(super) async fn collect(
    input: &Input,
    (reporter, store): (&Reporter, &SqliteStore),
    results: &mut Results,
    summary: &mut Summary,
    stop: &Stop,
) -> Result<(), Failure> {
    let read = |row: Row| async move {
        let data = match &row.content {
            Content::Chargeback(chargeback) => Some(store.export(chargeback.case_id()).await),
            _ => None,
        };
        (row, data)
    };
    let mut rows = stream::iter(input.rows()?).map(read).buffered(READS);
    while let Some((row, data)) = rows.next().await {
        if stop.is_stopped() {
            return Ok(());
        }
        match (row.content, data.transpose()?) {
            (Content::Chargeback(chargeback), Some(data)) => {
                summary.chargebacks += 1;
                for vendor in reporter.providers() {
                    let found = if summary.is_changed(row.line) {
                        Found::changed()
                    } else {
                        find(&chargeback, &vendor, &data, reporter)
                    };
                    results.write(&ResultRow {
                        line: row.line,
                        case_id: chargeback.case_id(),
                        stage: chargeback.stage().as_str(),
                        vendor: vendor.as_str(),
                        outcome: found.outcome,
                        reason: &found.reason,
                        losses: &found.losses,
                    })?;
                    summary.add(&vendor, found.outcome, &found.reason, &found.losses);
                }
            }
            (Content::Unreadable(reason), _) => results.without_case(row.line, "unreadable", &reason)?,
            (Content::Other(value), _) => results.without_case(row.line, "not_a_chargeback", &value)?,
            (Content::Chargeback(_), None) => {}
        }
    }
    Ok(())
}

impl Found {
    fn new(outcome: &'static str, reason: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into(), losses: String::new() }
    }

    /// The outcome of a row that was not accepted, because another row with the same case, stage and time was.
    fn changed() -> Self {
        Self::new("changed", "another row with this case, stage and time was accepted")
    }
}

/// Returns the outcome of a report: from the history if it was passed, or else from the lane.
fn find(chargeback: &Chargeback, vendor: &ProviderId, data: &CaseExport, reporter: &Reporter) -> Found {
    let is_row = |entry: &&HistoryEntry| {
        entry.vendor == *vendor
            && entry.stage.stage == chargeback.stage()
            && entry.stage.occurred_at == chargeback.occurred_at()
    };
    let plan_error = || plan_error(chargeback, vendor, reporter);
    if let Some(entry) = data.history.iter().rev().find(is_row) {
        let (outcome, reason) = match entry.passed {
            PassedAs::Unsupported => {
                let reason = plan_error().or_else(|| plan_failure(chargeback, vendor, reporter));
                ("not_sent", reason.unwrap_or_else(|| "unsupported".to_owned()))
            }
            PassedAs::DeadLetter => ("refused", plan_error().unwrap_or_else(|| "rejected".to_owned())),
            PassedAs::Skipped => ("skipped", "the vendor has this stage or a later one".to_owned()),
            passed => (passed.as_str(), String::new()),
        };
        return Found { outcome, reason, losses: entry.losses.clone() };
    }
    let is_report = |report: &&AcceptedReport| {
        report.stage.stage == chargeback.stage()
            && report.stage.occurred_at == chargeback.occurred_at()
            && report.open.contains(vendor)
    };
    let is_open = data.reports.iter().any(|report| is_report(&report));
    let lane = data.lanes.iter().find(|lane| lane.vendor == *vendor);
    match lane {
        None if data.lanes.is_empty() => Found::new("erased", "the case was erased"),
        None => Found::new("not_enqueued", "an earlier run without this vendor accepted the row; use another --store"),
        Some(_) if !is_open => Found::new("passed", "the history was deleted after its retention time"),
        Some(lane) if lane.state == LaneState::Blocked => {
            let name = lane.reason.map(|reason| reason.to_string()).unwrap_or_default();
            Found::new("needs_person", plan_error().map_or_else(|| name.clone(), |error| format!("{name}: {error}")))
        }
        Some(lane) => Found::new("waits", lane.reason.map(|reason| reason.to_string()).unwrap_or_default()),
    }
}

/// Returns the error of the plan of a report.
fn plan_error(chargeback: &Chargeback, vendor: &ProviderId, reporter: &Reporter) -> Option<String> {
    plan(chargeback, vendor, reporter)?.err().map(|error| plan_reason(&error))
}

/// Returns the failure of a plan that depends on the vendor's replies.
fn plan_failure(chargeback: &Chargeback, vendor: &ProviderId, reporter: &Reporter) -> Option<String> {
    let plan = plan(chargeback, vendor, reporter)?.ok()?;
    plan.failures().find_map(PlannedStep::failure).map(str::to_owned)
}

fn plan(chargeback: &Chargeback, vendor: &ProviderId, reporter: &Reporter) -> Option<Result<Plan, Error>> {
    reporter.plan(chargeback).into_iter().find(|(id, _)| id == vendor).map(|(_, plan)| plan)
}

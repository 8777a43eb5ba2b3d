//! The views of an operator.

use chrono::{DateTime, Utc};

use super::super::lane::Lane;
use super::super::operate::{AcceptedReport, CaseExport, HistoryEntry, LaneFilter, LaneSummary};
use super::super::report::StoredReport;
use super::super::store_error::StoreError;
use super::super::tables::{HistoryRow, Tables};
use super::act::NOT_FOUND_AFTER;
use super::later;

/// Converts a time of the store.
pub(crate) fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// Returns lanes with the number of reports that wait behind their heads.
pub(crate) fn list<T: Tables>(tables: &mut T, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError> {
    let lanes = tables.lanes(filter)?;
    lanes.into_iter().map(|lane| summary(tables, lane)).collect()
}

fn summary<T: Tables>(tables: &mut T, lane: Lane) -> Result<LaneSummary, StoreError> {
    let reports = tables.reports_of_case(&lane.case_id)?;
    let waits = |report: &&StoredReport| report.seq > lane.head && report.open.contains(&lane.vendor);
    let behind = reports.iter().filter(waits).filter(|report| Some(report.seq) != lane.replacement).count();
    let head = lane.payload_seq();
    Ok(LaneSummary {
        id: lane.id,
        state: lane.state,
        reason: lane.reason,
        since: time(lane.since),
        due: time(lane.due),
        head: lane.head,
        head_stage: reports.iter().find(|report| report.seq == head).map(|report| report.stage.stage),
        token: lane.token,
        attempts: lane.attempts,
        crashes: lane.crashes,
        behind: u64::try_from(behind).unwrap_or(u64::MAX),
        acknowledged: lane.entry.acknowledged,
        in_flight: lane.entry.in_flight,
        check_not_before: lane.in_flight_since.map(|since| time(later(since, NOT_FOUND_AFTER))),
        resend: lane.resend,
        may_hold_skipped: lane.may_hold_skipped,
        vendor: lane.vendor,
        case_id: lane.case_id,
        vendor_case: lane.entry.vendor_case,
    })
}

/// Returns all data about a case.
pub(crate) fn export<T: Tables>(tables: &mut T, case_id: &str) -> Result<CaseExport, StoreError> {
    let lanes = tables.lanes_of_case(case_id)?;
    let lanes = lanes.into_iter().map(|lane| summary(tables, lane)).collect::<Result<_, _>>()?;
    let reports = tables.reports_of_case(case_id)?.into_iter().map(accepted).collect();
    let history = tables.history_of_case(case_id)?.into_iter().map(passed).collect();
    Ok(CaseExport { lanes, reports, history })
}

fn accepted(report: StoredReport) -> AcceptedReport {
    AcceptedReport {
        seq: report.seq,
        stage: report.stage,
        open: report.open.into_iter().collect(),
        accepted_at: time(report.accepted_at),
        payload: report.payload,
    }
}

fn passed(row: HistoryRow) -> HistoryEntry {
    HistoryEntry {
        seq: row.seq,
        vendor: row.vendor,
        stage: row.stage,
        passed: row.passed,
        losses: row.losses,
        at: time(row.at),
        attempts: row.attempts,
        request_id: row.request_id,
        note: row.note,
    }
}

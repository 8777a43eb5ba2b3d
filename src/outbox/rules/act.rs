//! The acts of an operator.

use chrono::{DateTime, Utc};
use std::time::Duration;

use super::super::ids::{LaneId, ReportSeq};
use super::super::lane::Lane;
use super::super::operate::{Act, Seen};
use super::super::report::{NewReport, StoredReport};
use super::super::state::{LaneState, PassedAs, Resend};
use super::super::store_error::StoreError;
use super::super::tables::{HistoryRow, Tables};
use super::pass::{Passing, pass, start_resend};
use super::{enqueue, later};
use crate::lifecycle::ReportedStage;
use crate::provider::Resolution;

/// The time after which a person may state that the vendor does not have a report: lease, operation and 10 minutes.
pub(crate) const NOT_FOUND_AFTER: Duration = Duration::from_secs(30 + 20 + 600);

/// The time after which no request of an earlier holder can arrive. An operator's tool does not know the lease of the
/// workers, so the time is longer than theirs.
const SETTLING: Duration = Duration::from_secs(600);

/// Carries out an act of an operator. The token is raised, so that a holder or another operator is fenced.
pub(crate) fn act<T: Tables>(
    tables: &mut T,
    id: LaneId,
    seen: Seen,
    act: &Act<'_>,
    now: i64,
) -> Result<(), StoreError> {
    let mut lane = tables.lane(id)?.ok_or(StoreError::NotFound)?;
    if lane.token != seen.token || lane.head != seen.head {
        return Err(StoreError::Changed);
    }
    if lane.state == LaneState::Leased {
        return Err(StoreError::Refused("a worker sends a report of this lane"));
    }
    lane.token += 1;
    match act {
        Act::Retry => retry(&mut lane, now)?,
        Act::Skip { reason } => skip(tables, &mut lane, PassedAs::SkippedByOperator, reason, now)?,
        Act::Resolve { resolution, checked_at } => resolve(tables, &mut lane, resolution, *checked_at, now)?,
        Act::Replay { seq } => replay(tables, &mut lane, *seq, now)?,
        Act::Replace { report, reason } => replace(tables, &mut lane, report, reason, now)?,
    }
    start_resend(tables, &mut lane, SETTLING, now)?;
    tables.update_lane(&lane)
}

fn retry(lane: &mut Lane, now: i64) -> Result<(), StoreError> {
    if lane.state == LaneState::Idle {
        return Err(StoreError::Refused("the lane has no report to send; use replay"));
    }
    lane.state = LaneState::Ready;
    lane.reset(now);
    Ok(())
}

fn skip<T: Tables>(
    tables: &mut T,
    lane: &mut Lane,
    passed: PassedAs,
    reason: &str,
    now: i64,
) -> Result<(), StoreError> {
    if lane.state == LaneState::Idle {
        return Err(StoreError::Refused("the lane has no report to skip"));
    }
    let note = Some(reason.to_owned());
    if lane.again {
        // The vendor may keep an older stage, which stays visible.
        lane.resend = if lane.resend == Resend::None { Resend::None } else { Resend::Impossible };
    }
    pass(tables, lane, Passing { passed, losses: String::new(), request_id: None, note, settling: SETTLING }, now)
}

fn resolve<T: Tables>(
    tables: &mut T,
    lane: &mut Lane,
    resolution: &Resolution,
    checked_at: DateTime<Utc>,
    now: i64,
) -> Result<(), StoreError> {
    let Some(in_flight) = lane.entry.in_flight else {
        return Err(StoreError::Refused("the lane is not in doubt"));
    };
    let of_head = lane.in_flight_seq.is_none_or(|seq| seq == lane.payload_seq());
    let checked_at = checked_at.timestamp_millis();
    match resolution {
        Resolution::Found(id) => lane.entry.vendor_case = Some(id.clone()),
        Resolution::Applied => {
            let later = [lane.entry.acknowledged, Some(in_flight)].into_iter().flatten();
            lane.entry.acknowledged = later.max_by_key(ReportedStage::position);
        }
        Resolution::NotFound => {
            let since = lane.in_flight_since.unwrap_or(now);
            if checked_at > now {
                return Err(StoreError::Refused("the time of the check lies in the future"));
            }
            if checked_at < later(since, NOT_FOUND_AFTER) {
                return Err(StoreError::Refused(
                    "the check was too early to prove that the vendor does not have the report; check again",
                ));
            }
        }
    }
    lane.clear_mark();
    let is_idle = lane.state == LaneState::Idle;
    if matches!(resolution, Resolution::Applied) && of_head && !is_idle {
        return skip(tables, lane, PassedAs::AppliedByOperator, "", now);
    }
    if !is_idle {
        lane.state = LaneState::Ready;
        lane.reset(now);
    }
    Ok(())
}

fn replay<T: Tables>(tables: &mut T, lane: &mut Lane, seq: Option<ReportSeq>, now: i64) -> Result<(), StoreError> {
    if lane.state != LaneState::Idle {
        return Err(StoreError::Refused("other reports of the lane are not yet sent"));
    }
    let seq = seq.or(lane.acknowledged_seq).ok_or(StoreError::Refused("no report of the lane was acknowledged"))?;
    let mut report = tables.report(seq)?.ok_or(StoreError::NotFound)?;
    if report.case_id != lane.case_id {
        return Err(StoreError::NotFound);
    }
    if report.payload.is_none() {
        return Err(StoreError::PayloadGone);
    }
    report.open.insert(lane.vendor.clone());
    tables.update_report(&report)?;
    lane.start(seq, now);
    // An older report must not replace the acknowledged stage, so the lifecycle judges it.
    lane.again = lane.acknowledged_seq == Some(seq);
    Ok(())
}

/// Stores another payload for the head. The earlier payload is not sent any more. A doubt remains, so that the new
/// payload starts with a lookup.
fn replace<T: Tables>(
    tables: &mut T,
    lane: &mut Lane,
    new: &NewReport<'_>,
    reason: &str,
    now: i64,
) -> Result<(), StoreError> {
    check_replacement(tables, lane, new)?;
    let report = StoredReport {
        seq: ReportSeq::new(0),
        case_id: lane.case_id.clone(),
        key: new.key.as_str().to_owned(),
        digest: [0; 32],
        payload: Some(new.payload.to_vec()),
        stage: new.stage,
        // Not accepted for any vendor: the head keeps its place in the order.
        vendors: std::collections::BTreeSet::new(),
        open: [lane.vendor.clone()].into(),
        keep_until: 0,
        accepted_at: now,
    };
    let seq = tables.insert_report(&report)?;
    if let Some(earlier) = lane.replacement.replace(seq) {
        enqueue::close(tables, earlier, &lane.vendor)?;
    }
    tables.add_history(&HistoryRow {
        vendor: lane.vendor.clone(),
        seq: lane.head,
        case_id: lane.case_id.clone(),
        stage: new.stage,
        passed: PassedAs::Replaced,
        losses: String::new(),
        at: now,
        attempts: lane.attempts,
        request_id: None,
        note: Some(reason.to_owned()),
    })?;
    lane.state = LaneState::Ready;
    lane.reset(now);
    Ok(())
}

fn check_replacement<T: Tables>(tables: &mut T, lane: &Lane, new: &NewReport<'_>) -> Result<(), StoreError> {
    if lane.state != LaneState::Blocked {
        return Err(StoreError::Refused("only the report of a blocked lane can be replaced"));
    }
    if new.case_id != lane.case_id {
        return Err(StoreError::Refused("the chargeback belongs to another case"));
    }
    if tables.report_by_key(new.key.as_str())?.is_some() {
        return Err(StoreError::Refused("the key was used before"));
    }
    Ok(())
}

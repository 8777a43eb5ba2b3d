//! Passing the head of a lane.

use super::super::lane::Lane;
use super::super::report::StoredReport;
use super::super::state::{LaneState, PassedAs, Resend, WaitReason};
use super::super::store_error::StoreError;
use super::super::tables::{HistoryRow, Tables};
use super::later;
use std::time::Duration;

/// The time for which the payload of a passed dead letter is kept.
const KEEP_DEAD_LETTERS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The facts of a passed head.
pub(super) struct Passing {
    pub(super) passed: PassedAs,
    pub(super) losses: String,
    pub(super) request_id: Option<String>,
    pub(super) note: Option<String>,
    pub(super) settling: Duration,
}

impl Passing {
    fn is_acknowledged(&self) -> bool {
        matches!(self.passed, PassedAs::Acknowledged | PassedAs::Incomplete | PassedAs::AppliedByOperator)
    }
}

/// Passes the head: adds it to the history, and makes the next open report the head.
pub(super) fn pass<T: Tables>(tables: &mut T, lane: &mut Lane, passing: Passing, now: i64) -> Result<(), StoreError> {
    let acknowledged = passing.is_acknowledged();
    let payload_seq = lane.payload_seq();
    let mut report = stored(tables, lane)?;
    if acknowledged {
        lane.acknowledged_seq = Some(payload_seq);
        lane.may_hold_skipped = false;
        if lane.resend == Resend::Serving {
            lane.resend = Resend::None;
        }
    } else {
        if lane.resend == Resend::Serving {
            lane.resend = Resend::None;
        }
        // The skipped stage may have arrived.
        lane.may_hold_skipped |= lane.in_flight_seq == Some(payload_seq);
    }
    let keep = if passing.passed == PassedAs::DeadLetter { KEEP_DEAD_LETTERS } else { passing.settling };
    report.keep_until = report.keep_until.max(later(now, keep));
    let stage = report.stage;
    tables.add_history(&HistoryRow {
        vendor: lane.vendor.clone(),
        seq: lane.head,
        case_id: lane.case_id.clone(),
        stage,
        passed: passing.passed,
        losses: passing.losses,
        at: now,
        attempts: lane.attempts,
        request_id: passing.request_id,
        note: passing.note,
    })?;
    report.open.remove(&lane.vendor);
    tables.update_report(&report)?;
    if lane.replacement.is_some() {
        super::enqueue::close(tables, lane.head, &lane.vendor)?;
    }
    advance(tables, lane, passing.settling, now)
}

/// Returns the report whose payload the head sends.
pub(super) fn stored<T: Tables>(tables: &mut T, lane: &Lane) -> Result<StoredReport, StoreError> {
    tables.report(lane.payload_seq())?.ok_or_else(|| StoreError::corrupt("the head of a lane has no report"))
}

/// Makes the next open report the head. Without one, the lane is idle, or the resend begins its settling time.
fn advance<T: Tables>(tables: &mut T, lane: &mut Lane, settling: Duration, now: i64) -> Result<(), StoreError> {
    if let Some(next) = tables.next_open(&lane.case_id, &lane.vendor, lane.head)? {
        lane.start(next, now);
        return Ok(());
    }
    let head = lane.head;
    lane.start(head, now);
    lane.state = LaneState::Idle;
    start_resend(tables, lane, settling, now)
}

/// Makes the last acknowledged report the head of an idle lane whose resend is wanted.
pub(super) fn start_resend<T: Tables>(
    tables: &mut T,
    lane: &mut Lane,
    settling: Duration,
    now: i64,
) -> Result<(), StoreError> {
    if lane.state != LaneState::Idle || lane.resend != Resend::Wanted {
        return Ok(());
    }
    // Without an acknowledged report there is nothing to send again yet.
    let Some(seq) = lane.acknowledged_seq else { return Ok(()) };
    let Some(mut report) = tables.report(seq)?.filter(|report| report.payload.is_some()) else {
        lane.resend = Resend::Impossible;
        return Ok(());
    };
    report.open.insert(lane.vendor.clone());
    tables.update_report(&report)?;
    lane.start(seq, now);
    lane.again = true;
    lane.wait(LaneState::Ready, Some(WaitReason::Settling), later(now, settling), now);
    Ok(())
}

/// Notes that the last acknowledged report must be sent again.
pub(super) fn want_resend<T: Tables>(
    tables: &mut T,
    lane: &mut Lane,
    settling: Duration,
    now: i64,
) -> Result<(), StoreError> {
    if lane.resend != Resend::Impossible {
        lane.resend = Resend::Wanted;
        start_resend(tables, lane, settling, now)?;
    }
    Ok(())
}

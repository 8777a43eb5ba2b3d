//! The end of a report.

use super::super::lane::Lane;
use super::super::leased::{Counted, Finished, Lease, LeasedLane, MarkChange, Next};
use super::super::state::{LaneState, PassedAs, Resend};
use super::super::store_error::StoreError;
use super::super::tables::Tables;
use super::claim::{held, take};
use super::later;
use super::pass::{Passing, pass, start_resend, want_resend};

/// Stores the result of a report, and claims the next head of the lane for the same holder if `next` asks for it.
///
/// A holder who lost the lane changes nothing, except that a request which may have been sent sets the resend mark of
/// an idempotent vendor. `lease` is the lease with which the lane was claimed.
pub(crate) fn finish<T: Tables>(
    tables: &mut T,
    holder: &LeasedLane,
    finished: Finished,
    lease: Lease<'_>,
    take_next: bool,
    now: i64,
) -> Result<Result<Option<LeasedLane>, StoreError>, StoreError> {
    let mut lane = match held(tables, holder) {
        Ok(lane) => lane,
        Err(StoreError::Fenced) => {
            fenced(tables, holder, &finished, lease, now)?;
            return Ok(Err(StoreError::Fenced));
        }
        Err(error) => return Err(error),
    };
    apply(tables, &mut lane, holder, finished, lease, now)?;
    let is_next = take_next && lane.state == LaneState::Ready && lane.due <= now;
    if is_next {
        return take(tables, lane, lease, now).map(Ok);
    }
    tables.update_lane(&lane)?;
    Ok(Ok(None))
}

/// The request of a fenced holder may arrive after a newer one. The mark is committed although the call fails.
fn fenced<T: Tables>(
    tables: &mut T,
    holder: &LeasedLane,
    finished: &Finished,
    lease: Lease<'_>,
    now: i64,
) -> Result<(), StoreError> {
    if !(finished.may_have_sent && lease.is_idempotent()) {
        return Ok(());
    }
    let Some(mut lane) = tables.lane(holder.id)? else { return Ok(()) };
    want_resend(tables, &mut lane, lease.settling_time(), now)?;
    tables.update_lane(&lane)
}

fn apply<T: Tables>(
    tables: &mut T,
    lane: &mut Lane,
    holder: &LeasedLane,
    finished: Finished,
    lease: Lease<'_>,
    now: i64,
) -> Result<(), StoreError> {
    let settling = lease.settling_time();
    store_facts(lane, holder, &finished);
    match finished.next {
        Next::Passed(passed) => {
            if matches!(passed, PassedAs::Acknowledged | PassedAs::Incomplete) {
                lane.clear_mark();
            }
            if finished.resend && lane.resend == Resend::None {
                lane.resend = Resend::Wanted;
            }
            let (losses, request_id) = (finished.detail.losses, finished.detail.request_id);
            return pass(tables, lane, Passing { passed, losses, request_id, note: None, settling }, now);
        }
        Next::Wait { reason, after } => {
            if finished.counted != Counted::Nothing {
                lane.waited = lane.waited.saturating_add(later(0, after));
            }
            lane.wait(LaneState::Ready, Some(reason), later(now, after), now);
        }
        Next::Blocked(reason) => {
            if finished.acknowledged.is_some() {
                lane.clear_mark();
                lane.acknowledged_seq = Some(lane.payload_seq());
            }
            lane.wait(LaneState::Blocked, Some(reason), now, now);
        }
        Next::Released => {
            let reason = lane.reason;
            lane.wait(LaneState::Ready, reason, now, now);
        }
    }
    if lane.resend == Resend::Serving {
        lane.resend = Resend::Wanted;
    }
    if finished.resend {
        want_resend(tables, lane, settling, now)?;
    }
    start_resend(tables, lane, settling, now)
}

/// Stores the facts of a report that do not depend on the next state of its head.
fn store_facts(lane: &mut Lane, holder: &LeasedLane, finished: &Finished) {
    if let Some(vendor_case) = &finished.vendor_case {
        lane.entry.vendor_case = Some(vendor_case.clone());
    }
    if let Some(stage) = finished.acknowledged {
        lane.entry.acknowledged = Some(stage);
    }
    if finished.mark == MarkChange::ClearOwn && lane.in_flight_token == Some(holder.token) {
        lane.clear_mark();
    }
    lane.attempts += u32::from(finished.counted != Counted::Nothing);
    lane.lookups += u32::from(finished.counted == Counted::Lookup);
}

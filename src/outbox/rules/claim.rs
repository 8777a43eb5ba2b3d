//! Claiming lanes, and marking them in flight.

use chrono::DateTime;
use std::time::Duration;

use super::super::ids::LaneId;
use super::super::lane::Lane;
use super::super::leased::{Lease, LeasedLane};
use super::super::state::{LaneState, Resend, WaitReason};
use super::super::store_error::StoreError;
use super::super::tables::Tables;
use super::{later, pass};
use crate::lifecycle::ReportedStage;
use crate::model::ProviderId;

/// The number of expired leases of one head after which a person must act.
const MAX_CRASHES: u32 = 5;

/// Claims up to `limit` lanes that are due.
pub(crate) fn claim<T: Tables>(
    tables: &mut T,
    vendor: &ProviderId,
    limit: usize,
    lease: Lease<'_>,
    now: i64,
) -> Result<Vec<LeasedLane>, StoreError> {
    let mut claimed = Vec::new();
    for lane in tables.due_lanes(vendor, now, limit)? {
        claimed.extend(take(tables, lane, lease, now)?);
    }
    Ok(claimed)
}

/// Claims one lane if it is due.
pub(crate) fn claim_lane<T: Tables>(
    tables: &mut T,
    id: LaneId,
    lease: Lease<'_>,
    now: i64,
) -> Result<Option<LeasedLane>, StoreError> {
    let lane = tables.lane(id)?.ok_or(StoreError::NotFound)?;
    let is_due = matches!(lane.state, LaneState::Ready | LaneState::Leased) && lane.due <= now;
    if is_due { take(tables, lane, lease, now) } else { Ok(None) }
}

/// Gives a due lane to the owner of the lease; `None` if too many leases of its head have expired.
pub(super) fn take<T: Tables>(
    tables: &mut T,
    mut lane: Lane,
    lease: Lease<'_>,
    now: i64,
) -> Result<Option<LeasedLane>, StoreError> {
    lane.token += 1;
    if lane.state == LaneState::Leased {
        lane.crashes += 1;
        if lease.is_idempotent() && lane.resend != Resend::Impossible {
            lane.resend = Resend::Wanted;
        }
        if lane.crashes >= MAX_CRASHES {
            let reason = if lane.entry.in_flight.is_some() { WaitReason::InDoubt } else { WaitReason::Crashed };
            lane.crashes = 0;
            lane.wait(LaneState::Blocked, Some(reason), now, now);
            tables.update_lane(&lane)?;
            return Ok(None);
        }
    }
    let report = pass::stored(tables, &lane)?;
    let Some(payload) = report.payload else {
        return Err(StoreError::corrupt("the head of a lane has no payload"));
    };
    lane.state = LaneState::Leased;
    lane.due = later(now, lease.time());
    lane.owner = Some(lease.owner().clone());
    if lane.again && lane.resend == Resend::Wanted {
        lane.resend = Resend::Serving;
    }
    tables.update_lane(&lane)?;
    Ok(Some(LeasedLane {
        id: lane.id,
        vendor: lane.vendor,
        case_id: lane.case_id,
        head: lane.head,
        token: lane.token,
        owner: lease.owner().clone(),
        payload,
        was_in_doubt: lane.entry.in_flight.is_some(),
        entry: lane.entry,
        attempts: lane.attempts,
        lookups: lane.lookups,
        waited: Duration::from_millis(u64::try_from(lane.waited).unwrap_or(0)),
        again: lane.again,
        accepted_at: DateTime::from_timestamp_millis(report.accepted_at).unwrap_or_default(),
    }))
}

/// Returns the row of a lane if the holder still has it.
pub(super) fn held<T: Tables>(tables: &mut T, holder: &LeasedLane) -> Result<Lane, StoreError> {
    let lane = tables.lane(holder.id)?.ok_or(StoreError::Fenced)?;
    let is_held = lane.state == LaneState::Leased
        && lane.token == holder.token
        && lane.owner.as_ref() == Some(&holder.owner)
        && lane.head == holder.head;
    if is_held { Ok(lane) } else { Err(StoreError::Fenced) }
}

/// Extends the lease of a lane. The token stays.
pub(crate) fn extend<T: Tables>(
    tables: &mut T,
    holder: &LeasedLane,
    time: Duration,
    now: i64,
) -> Result<(), StoreError> {
    let mut lane = held(tables, holder)?;
    lane.due = later(now, time);
    tables.update_lane(&lane)
}

/// Marks the stage as in flight, and extends the lease.
///
/// The mark that was there at the claim stays with its token. A mark that was set since then belongs to another
/// holder, so this one is fenced. Only the holder who sets the mark may send a create.
pub(crate) fn mark_in_flight<T: Tables>(
    tables: &mut T,
    holder: &LeasedLane,
    stage: ReportedStage,
    time: Duration,
    now: i64,
) -> Result<(), StoreError> {
    let mut lane = held(tables, holder)?;
    if lane.due <= now {
        return Err(StoreError::Fenced);
    }
    let own = lane.in_flight_token == Some(holder.token);
    match lane.entry.in_flight {
        None if holder.was_in_doubt => return Err(StoreError::Fenced),
        None => lane.mark(stage, Some(holder.token), later(now, beyond_default(time))),
        Some(_) if own || holder.was_in_doubt => (),
        Some(_) => return Err(StoreError::Fenced),
    }
    lane.due = later(now, time);
    tables.update_lane(&lane)
}

/// The time by which a lease and an operation within it can exceed the defaults, on which the wait of a person is
/// based.
fn beyond_default(lease: Duration) -> Duration {
    lease.saturating_sub(Duration::from_secs(30)).saturating_mul(2)
}

//! The sweep, and the distrust after a restored backup.

use std::time::Duration;

use super::super::lane::Lane;
use super::super::operate::{LaneFilter, Swept};
use super::super::report::StoredReport;
use super::super::state::Resend;
use super::super::store_error::StoreError;
use super::super::tables::Tables;

/// The number of rows of one step, so that a step does not hold the store for long.
pub(crate) const PAGE: usize = 500;

/// The step of a token after a restored backup: more claims than the lost part of the store can have had.
const TOKEN_STEP: i64 = 1 << 32;

/// The time after which the sweep checks a payload that a lane needs again, in milliseconds.
const NEXT_CHECK: i64 = 10 * 60 * 1000;

/// Deletes payloads that no lane needs any more, among [`PAGE`] candidates. Returns the number, and whether more
/// candidates may be left.
///
/// A payload that a lane needs is not a candidate for [`NEXT_CHECK`]. Otherwise, a page of such payloads would keep the
/// sweep from all later ones.
pub(crate) fn sweep_payloads<T: Tables>(
    tables: &mut T,
    keep_payload: Duration,
    now: i64,
) -> Result<(u64, bool), StoreError> {
    let keep = i64::try_from(keep_payload.as_millis()).unwrap_or(i64::MAX);
    let limit = now.saturating_sub(keep);
    let candidates = tables.reports_to_sweep(limit, PAGE)?;
    let is_full = candidates.len() == PAGE;
    let mut deleted = 0;
    for mut report in candidates {
        if is_needed(&tables.lanes_of_case(&report.case_id)?, &report) {
            report.keep_until = limit.saturating_add(NEXT_CHECK);
        } else {
            report.payload = None;
            deleted += 1;
        }
        tables.update_report(&report)?;
    }
    Ok((deleted, is_full))
}

/// True if a lane sends the payload again, or sends it in place of its head.
fn is_needed(lanes: &[Lane], report: &StoredReport) -> bool {
    lanes.iter().any(|lane| {
        let is_resent = matches!(lane.resend, Resend::Wanted | Resend::Serving);
        lane.replacement == Some(report.seq) || (is_resent && lane.acknowledged_seq == Some(report.seq))
    })
}

/// Deletes old payloads and old history.
pub(crate) fn sweep_history<T: Tables>(tables: &mut T, keep_history: Duration, now: i64) -> Result<Swept, StoreError> {
    let keep = i64::try_from(keep_history.as_millis()).unwrap_or(i64::MAX);
    let history = tables.delete_history(now.saturating_sub(keep))?;
    Ok(Swept { payloads: 0, history })
}

/// Puts every lane in doubt, because the lost part of the store may have reported its case.
pub(crate) fn distrust<T: Tables>(tables: &mut T, now: i64) -> Result<u64, StoreError> {
    tables.set_distrusted_since(now)?;
    let mut filter = LaneFilter::all().limit(PAGE);
    let mut count = 0;
    loop {
        let lanes = tables.lanes(&filter)?;
        let Some(last) = lanes.last().map(|lane| lane.id) else { return Ok(count) };
        for mut lane in lanes {
            lane.token = lane.token.saturating_add(TOKEN_STEP);
            lane.in_flight_token = None;
            // The age of a doubt counts from the restore: a request of the lost part may still be under way.
            lane.in_flight_since = lane.entry.in_flight.map(|_| now);
            if lane.entry.in_flight.is_none() {
                let head = tables.report(lane.payload_seq())?.map(|report| report.stage);
                if let Some(stage) = lane.entry.acknowledged.or(head) {
                    lane.mark(stage, None, now);
                }
            }
            tables.update_lane(&lane)?;
            count += 1;
        }
        filter = filter.after(last);
    }
}

//! Erasing the data of a case.

use super::super::state::{LaneState, Resend};
use super::super::store_error::StoreError;
use super::super::tables::Tables;

/// Erases a case: payloads, ids, keys and the case id. Returns false if the store does not know the case.
///
/// The lanes stay under a keyed hash of the case id, so that a later event of the case cannot create it a second time.
/// `erased` replaces the case id. `key_hash` gives the keyed hash of an event's key.
pub(crate) fn erase<T: Tables>(
    tables: &mut T,
    case_id: &str,
    erased: &str,
    key_hash: impl Fn(&str) -> String,
    now: i64,
) -> Result<bool, StoreError> {
    let lanes = tables.lanes_of_case(case_id)?;
    let reports = tables.reports_of_case(case_id)?;
    if lanes.iter().any(|lane| lane.state == LaneState::Leased) {
        return Err(StoreError::Refused("a worker sends a report of this case; call erase again later"));
    }
    for mut report in reports.iter().cloned() {
        tables.add_erased(&key_hash(&report.key), now)?;
        report.payload = None;
        report.open.clear();
        report.digest = [0; 32];
        report.key = format!("erased/{}", report.seq);
        report.case_id.replace_range(.., erased);
        tables.update_report(&report)?;
    }
    for mut lane in lanes.iter().cloned() {
        let begun = lane.entry.in_flight.or(lane.entry.acknowledged);
        lane.token += 1;
        lane.case_id.replace_range(.., erased);
        lane.entry.vendor_case = None;
        let head = lane.head;
        lane.start(head, now);
        lane.state = LaneState::Idle;
        lane.resend = Resend::None;
        lane.may_hold_skipped = false;
        if let (Some(stage), None) = (begun, lane.entry.in_flight) {
            lane.mark(stage, None, now);
        }
        lane.in_flight_token = None;
        tables.update_lane(&lane)?;
    }
    tables.rename_history(case_id, erased)?;
    Ok(!lanes.is_empty() || !reports.is_empty())
}

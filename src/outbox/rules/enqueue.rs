//! Accepting a report.

use std::collections::BTreeMap;

use super::super::ids::ReportSeq;
use super::super::lane::Lane;
use super::super::report::{Enqueued, NewReport, StoredReport};
use super::super::state::LaneState;
use super::super::store_error::StoreError;
use super::super::tables::Tables;
use crate::model::ProviderId;

/// The keyed hashes of a report.
pub(crate) struct Hashes {
    /// The hash of the payload's JSON.
    pub(crate) digest: [u8; 32],
    /// The text that replaces the key of an erased event.
    pub(crate) key: String,
    /// The text that replaces the id of an erased case.
    pub(crate) case_id: String,
}

/// Accepts a report once, and makes it the head of every lane that has nothing to send.
pub(crate) fn enqueue<T: Tables>(
    tables: &mut T,
    new: &NewReport<'_>,
    hashes: &Hashes,
    now: i64,
) -> Result<Enqueued, StoreError> {
    if let Some(stored) = tables.report_by_key(new.key.as_str())? {
        let seq = stored.seq;
        let is_same = stored.digest == hashes.digest && stored.case_id == new.case_id;
        return Ok(if is_same { Enqueued::Duplicate { seq } } else { Enqueued::Conflicting { seq } });
    }
    if tables.is_erased(&hashes.key)? {
        return Ok(Enqueued::Erased);
    }
    let vendors = new.vendors.iter().cloned().collect();
    let report = StoredReport {
        seq: ReportSeq::new(0),
        case_id: new.case_id.to_owned(),
        key: new.key.as_str().to_owned(),
        digest: hashes.digest,
        payload: Some(new.payload.to_vec()),
        stage: new.stage,
        open: Clone::clone(&vendors),
        vendors,
        keep_until: 0,
        accepted_at: now,
    };
    let seq = tables.insert_report(&report)?;
    let mut lanes = lanes(tables, &report, &hashes.case_id)?;
    for vendor in &report.vendors {
        let Some(mut lane) = lanes.remove(vendor) else {
            create(tables, vendor, new, seq, now)?;
            continue;
        };
        let waits_to_send_again = lane.state == LaneState::Ready && lane.again && lane.reason.is_some();
        if lane.state == LaneState::Idle {
            lane.start(seq, now);
        } else if waits_to_send_again {
            // A new report does not wait for the settling time. The resend follows when the lane is idle again.
            close_head(tables, &lane)?;
            lane.start(seq, now);
        } else {
            continue;
        }
        tables.update_lane(&lane)?;
    }
    Ok(Enqueued::New { seq })
}

/// Returns the lanes of a case. The lanes of an erased case get their case id back.
fn lanes<T: Tables>(
    tables: &mut T,
    report: &StoredReport,
    erased: &str,
) -> Result<BTreeMap<ProviderId, Lane>, StoreError> {
    let lanes = tables.lanes_of_case(&report.case_id)?;
    let mut lanes: BTreeMap<_, _> = lanes.into_iter().map(|lane| (lane.vendor.clone(), lane)).collect();
    if report.vendors.iter().all(|vendor| lanes.contains_key(vendor)) {
        return Ok(lanes);
    }
    for mut lane in tables.lanes_of_case(erased)? {
        if !lanes.contains_key(&lane.vendor) {
            report.case_id.clone_into(&mut lane.case_id);
            tables.update_lane(&lane)?;
            lanes.insert(lane.vendor.clone(), lane);
        }
    }
    Ok(lanes)
}

fn create<T: Tables>(
    tables: &mut T,
    vendor: &ProviderId,
    new: &NewReport<'_>,
    seq: ReportSeq,
    now: i64,
) -> Result<(), StoreError> {
    let mut lane = Lane::new(vendor.clone(), new.case_id, seq, now);
    // A report that the lost part of the store accepted may have created the case at the vendor.
    if tables.distrusted_since()?.is_some_and(|since| new.stage.occurred_at.timestamp_millis() < since) {
        lane.mark(new.stage, None, now);
    }
    tables.insert_lane(&lane).map(|_| ())
}

/// Closes the head of a lane and the report that replaces it.
fn close_head<T: Tables>(tables: &mut T, lane: &Lane) -> Result<(), StoreError> {
    close(tables, lane.head, &lane.vendor)?;
    lane.replacement.map_or(Ok(()), |replacement| close(tables, replacement, &lane.vendor))
}

/// Removes a vendor from the set of vendors that have not passed a report.
pub(super) fn close<T: Tables>(tables: &mut T, seq: ReportSeq, vendor: &ProviderId) -> Result<(), StoreError> {
    if let Some(mut report) = tables.report(seq)?
        && report.open.remove(vendor)
    {
        tables.update_report(&report)?;
    }
    Ok(())
}

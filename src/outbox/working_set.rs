//! Rows of a few cases, on which a store in another crate of this workspace runs the rules.

#![allow(clippy::missing_errors_doc, reason = "each function has the errors of the store's method")]

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::ids::{LaneId, ReportSeq};
use super::lane::Lane;
use super::leased::{Finished, Lease, LeasedLane};
use super::memory::{MemoryTables, Undo};
use super::operate::{Act, CaseExport, LaneFilter, LaneSummary, Seen};
use super::report::StoredReport;
use super::rules::{act, claim, erase, finish, upkeep, vendors, view};
use super::store_error::StoreError;
use super::tables::{HistoryRow, Tables as _, VendorRow};
use super::vendor_state::VendorState;
use crate::lifecycle::ReportedStage;
use crate::model::ProviderId;

/// The rows that one transaction of a store has read. Each rule runs on them as on the tables of the other stores; the
/// store then writes the [`Changes`].
///
/// The caller must read every row that the rule reads, and must hold the locks of the lanes. Times are milliseconds
/// since 1970 by the clock of the store.
pub struct WorkingSet {
    tables: MemoryTables,
    now: i64,
    lanes: BTreeMap<LaneId, Option<Lane>>,
    reports: BTreeMap<ReportSeq, Option<StoredReport>>,
}

/// The rows that differ from the rows that were read. The first value of a pair is the earlier row, if there was one.
#[derive(Default)]
pub struct Changes {
    /// Changed lanes by ascending id.
    pub lanes: Vec<(Option<Lane>, Lane)>,
    /// Changed and new reports by ascending number.
    pub reports: Vec<(Option<StoredReport>, StoredReport)>,
    /// New rows of the history.
    pub history: Vec<HistoryRow>,
    /// The hashes of the keys of erased events.
    pub erased: Vec<String>,
}

impl WorkingSet {
    /// Creates an empty set. `now` is the time of all rules.
    #[must_use]
    pub fn new(now: i64) -> Self {
        Self { tables: MemoryTables::default(), now, lanes: BTreeMap::new(), reports: BTreeMap::new() }
    }

    /// Adds a lane that was read.
    pub fn add_lane(&mut self, lane: Lane) {
        self.tables.set_lane(lane.id, Some(lane));
    }

    /// Adds a report that was read.
    pub fn add_report(&mut self, report: StoredReport) {
        self.tables.set_report(report.seq, Some(report));
    }

    /// Sets the number of the next new report.
    pub fn set_next_seq(&mut self, seq: ReportSeq) {
        self.tables.next_seq = Some(seq);
    }

    /// Adds the state of a vendor that was read.
    pub fn add_vendor(&mut self, vendor: &ProviderId, row: VendorRow) {
        self.tables.vendors.insert(vendor.clone(), row);
    }

    /// Adds rows of the history that were read, which only [`export`](Self::export) needs.
    pub fn add_history(&mut self, rows: Vec<HistoryRow>) {
        self.tables.history.extend(rows);
    }

    fn run<R>(&mut self, rule: impl FnOnce(&mut MemoryTables, i64) -> Result<R, StoreError>) -> Result<R, StoreError> {
        let result = rule(&mut self.tables, self.now);
        if result.is_err() {
            self.tables.begin();
            return result;
        }
        for undo in self.tables.undo.drain(..) {
            match undo {
                Undo::Lane(id, before) => drop(self.lanes.entry(id).or_insert(before)),
                Undo::Report(seq, before) => drop(self.reports.entry(seq).or_insert(before)),
                Undo::History(_) => (),
            }
        }
        result
    }

    /// Claims lanes that are due, if the state of the vendor admits it.
    pub fn claim(
        &mut self,
        vendor: &ProviderId,
        limit: usize,
        lease: Lease<'_>,
    ) -> Result<Vec<LeasedLane>, StoreError> {
        self.run(|tables, now| claim::claim(tables, vendor, limit, lease, now))
    }

    /// Claims one lane if it is due.
    pub fn claim_lane(&mut self, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, StoreError> {
        self.run(|tables, now| claim::claim_lane(tables, lane, lease, now))
    }

    /// Extends a lease.
    pub fn extend(&mut self, lane: &LeasedLane, time: Duration) -> Result<(), StoreError> {
        self.run(|tables, now| claim::extend(tables, lane, time, now))
    }

    /// Marks a stage as in flight.
    pub fn mark_in_flight(
        &mut self,
        lane: &LeasedLane,
        stage: ReportedStage,
        time: Duration,
    ) -> Result<(), StoreError> {
        self.run(|tables, now| claim::mark_in_flight(tables, lane, stage, time, now))
    }

    /// Stores the result of a report. The changes of a fenced call must be stored too.
    pub fn finish(
        &mut self,
        lane: &LeasedLane,
        finished: Finished,
        lease: Lease<'_>,
        take_next: bool,
    ) -> Result<Option<LeasedLane>, StoreError> {
        self.run(|tables, now| finish::finish(tables, lane, finished, lease, take_next, now))?
    }

    /// Carries out an act of an operator.
    pub fn act(&mut self, lane: LaneId, seen: Seen, act: &Act<'_>) -> Result<(), StoreError> {
        self.run(|tables, now| act::act(tables, lane, seen, act, now))
    }

    /// Returns the lanes that were read, as an operator sees them.
    pub fn list(&mut self) -> Result<Vec<LaneSummary>, StoreError> {
        let all = LaneFilter::all().limit(usize::MAX);
        self.run(|tables, _| view::list(tables, &all))
    }

    /// Returns all data about a case.
    pub fn export(&mut self, case_id: &str) -> Result<CaseExport, StoreError> {
        self.run(|tables, _| view::export(tables, case_id))
    }

    /// Deletes the payloads of the reports that were read if no lane needs them. Returns the number.
    pub fn sweep_payloads(&mut self, keep_payload: Duration) -> Result<u64, StoreError> {
        self.run(|tables, now| upkeep::sweep_payloads(tables, keep_payload, now)).map(|(deleted, _)| deleted)
    }

    /// Erases a case. The caller renames the history.
    pub fn erase(
        &mut self,
        case_id: &str,
        erased: &str,
        key_hash: impl Fn(&str) -> String,
    ) -> Result<bool, StoreError> {
        self.run(|tables, now| erase::erase(tables, case_id, erased, key_hash, now))
    }

    /// Puts the lanes that were read in doubt. Returns the number.
    pub fn distrust(&mut self) -> Result<u64, StoreError> {
        self.run(upkeep::distrust)
    }

    /// Returns the rows to write.
    #[must_use]
    pub fn into_changes(mut self) -> Changes {
        let lanes = self.lanes.into_iter().filter_map(|(id, before)| {
            let after = self.tables.lane(id).ok().flatten()?;
            (before.as_ref() != Some(&after)).then_some((before, after))
        });
        let lanes = lanes.collect();
        let reports = self.reports.into_iter();
        let reports = reports.filter_map(|(seq, before)| Some((before, self.tables.report(seq).ok().flatten()?)));
        let reports = reports.collect();
        Changes { lanes, reports, history: self.tables.history, erased: self.tables.erased.into_iter().collect() }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("lanes", &self.lanes).field("reports", &self.reports).finish_non_exhaustive()
    }
}

impl fmt::Debug for WorkingSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkingSet").field("now", &self.now).finish_non_exhaustive()
    }
}

/// Reads the state of a vendor from its row.
pub fn vendor_state(row: &VendorRow, now: i64) -> Result<VendorState, StoreError> {
    vendors::state(row, now)
}

/// Returns the row that stores a state, with the version after the state's.
pub fn vendor_row(state: &VendorState, now: i64) -> Result<VendorRow, StoreError> {
    vendors::row(state, now)
}

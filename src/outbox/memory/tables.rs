//! The rows of a store in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::ids::{LaneId, Owner, ReportSeq};
use super::super::lane::Lane;
use super::super::operate::{Counts, LaneFilter};
use super::super::report::StoredReport;
use super::super::rules::{vendors, view};
use super::super::state::{LaneState, Resend, WaitReason};
use super::super::store_error::StoreError;
use super::super::tables::{HistoryRow, Tables, VendorRow};
use crate::model::ProviderId;

/// The default length of a list.
const LIST: usize = 1000;

/// All rows, and the earlier values of the rows that the open transaction changed.
#[derive(Default)]
pub(crate) struct MemoryTables {
    lanes: BTreeMap<LaneId, Lane>,
    by_case: HashMap<String, BTreeMap<ProviderId, LaneId>>,
    /// Ready and leased lanes by due time.
    due: BTreeMap<ProviderId, BTreeSet<(i64, LaneId)>>,
    reports: BTreeMap<ReportSeq, StoredReport>,
    by_key: HashMap<String, ReportSeq>,
    of_case: HashMap<String, BTreeSet<ReportSeq>>,
    pub(crate) history: Vec<HistoryRow>,
    pub(crate) erased: HashSet<String>,
    distrusted_since: Option<i64>,
    pub(crate) vendors: BTreeMap<ProviderId, VendorRow>,
    workers: HashMap<String, i64>,
    pub(crate) undo: Vec<Undo>,
    /// The number of the next new report, if it is given.
    pub(crate) next_seq: Option<ReportSeq>,
}

/// The earlier value of a row.
pub(crate) enum Undo {
    Lane(LaneId, Option<Lane>),
    Report(ReportSeq, Option<StoredReport>),
    History(usize),
}

impl MemoryTables {
    /// Begins a transaction. Undoes the changes of a transaction that was not committed.
    pub(crate) fn begin(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Lane(id, before) => self.set_lane(id, before),
                Undo::Report(seq, before) => self.set_report(seq, before),
                Undo::History(len) => self.history.truncate(len),
            }
        }
    }

    pub(super) fn commit(&mut self) {
        self.undo.clear();
    }

    pub(crate) fn set_lane(&mut self, id: LaneId, lane: Option<Lane>) {
        if let Some(before) = self.lanes.remove(&id) {
            if let Some(lanes) = self.by_case.get_mut(&before.case_id) {
                lanes.remove(&before.vendor);
            }
            if let Some(due) = self.due.get_mut(&before.vendor) {
                due.remove(&(before.due, id));
            }
        }
        let Some(lane) = lane else { return };
        self.by_case.entry(lane.case_id.clone()).or_default().insert(lane.vendor.clone(), id);
        if matches!(lane.state, LaneState::Ready | LaneState::Leased) {
            self.due.entry(lane.vendor.clone()).or_default().insert((lane.due, id));
        }
        self.lanes.insert(id, lane);
    }

    pub(crate) fn set_report(&mut self, seq: ReportSeq, report: Option<StoredReport>) {
        if let Some(before) = self.reports.remove(&seq) {
            self.by_key.remove(&before.key);
            if let Some(reports) = self.of_case.get_mut(&before.case_id) {
                reports.remove(&seq);
            }
        }
        let Some(report) = report else { return };
        self.by_key.insert(report.key.clone(), seq);
        self.of_case.entry(report.case_id.clone()).or_default().insert(seq);
        self.reports.insert(seq, report);
    }

    /// Returns the time at which the next lane of these vendors is due.
    pub(super) fn next_due(&self, vendors: &[ProviderId]) -> Option<i64> {
        vendors.iter().filter_map(|vendor| self.due.get(vendor)?.first().map(|(due, _)| *due)).min()
    }

    pub(super) fn counts(&self, now: i64) -> Result<Counts, StoreError> {
        let mut counts = Counts::new();
        for (vendor, row) in &self.vendors {
            counts.entry(vendor.clone()).or_default().state = vendors::state(row, now)?;
        }
        for lane in self.lanes.values() {
            let count = counts.entry(lane.vendor.clone()).or_default();
            let is_due = lane.due <= now;
            match lane.state {
                LaneState::Ready if is_due => {
                    count.ready += 1;
                    count.oldest_due = Some(count.oldest_due.unwrap_or(view::time(now)).min(view::time(lane.due)));
                }
                LaneState::Ready => count.waiting += 1,
                LaneState::Leased => count.leased += 1,
                LaneState::Blocked => {
                    *count.blocked.entry(lane.reason.map_or("", WaitReason::as_str)).or_default() += 1;
                }
                LaneState::Idle => (),
            }
            count.doubts += u64::from(lane.entry.in_flight.is_some());
            count.newer_payload += u64::from(lane.reason == Some(WaitReason::NewerPayload));
            count.vendor_may_differ += u64::from(lane.resend == Resend::Impossible || lane.may_hold_skipped);
        }
        Ok(counts)
    }
}

impl Tables for MemoryTables {
    fn lane(&mut self, id: LaneId) -> Result<Option<Lane>, StoreError> {
        Ok(self.lanes.get(&id).cloned())
    }

    fn lanes_of_case(&mut self, case_id: &str) -> Result<Vec<Lane>, StoreError> {
        let ids = self.by_case.get(case_id).into_iter().flat_map(BTreeMap::values);
        Ok(ids.filter_map(|id| self.lanes.get(id)).cloned().collect())
    }

    fn insert_lane(&mut self, lane: &Lane) -> Result<LaneId, StoreError> {
        let id = LaneId::new(self.lanes.last_key_value().map_or(1, |(last, _)| last.get() + 1));
        self.undo.push(Undo::Lane(id, None));
        self.set_lane(id, Some(Lane { id, ..lane.clone() }));
        Ok(id)
    }

    fn update_lane(&mut self, lane: &Lane) -> Result<(), StoreError> {
        self.undo.push(Undo::Lane(lane.id, self.lanes.get(&lane.id).cloned()));
        self.set_lane(lane.id, Some(lane.clone()));
        Ok(())
    }

    fn due_lanes(&mut self, vendor: &ProviderId, now: i64, limit: usize) -> Result<Vec<Lane>, StoreError> {
        let due = self.due.get(vendor).into_iter().flatten().take_while(|(due, _)| *due <= now);
        Ok(due.take(limit).filter_map(|(_, id)| self.lanes.get(id)).cloned().collect())
    }

    fn report(&mut self, seq: ReportSeq) -> Result<Option<StoredReport>, StoreError> {
        Ok(self.reports.get(&seq).cloned())
    }

    fn report_by_key(&mut self, key: &str) -> Result<Option<StoredReport>, StoreError> {
        Ok(self.by_key.get(key).and_then(|seq| self.reports.get(seq)).cloned())
    }

    fn reports_of_case(&mut self, case_id: &str) -> Result<Vec<StoredReport>, StoreError> {
        let seqs = self.of_case.get(case_id).into_iter().flatten();
        Ok(seqs.filter_map(|seq| self.reports.get(seq)).cloned().collect())
    }

    fn insert_report(&mut self, report: &StoredReport) -> Result<ReportSeq, StoreError> {
        let next = || ReportSeq::new(self.reports.last_key_value().map_or(1, |(last, _)| last.get() + 1));
        let seq = self.next_seq.take().unwrap_or_else(next);
        self.undo.push(Undo::Report(seq, None));
        self.set_report(seq, Some(StoredReport { seq, ..report.clone() }));
        Ok(seq)
    }

    fn update_report(&mut self, report: &StoredReport) -> Result<(), StoreError> {
        self.undo.push(Undo::Report(report.seq, self.reports.get(&report.seq).cloned()));
        self.set_report(report.seq, Some(report.clone()));
        Ok(())
    }

    fn next_open(
        &mut self,
        case_id: &str,
        vendor: &ProviderId,
        after: ReportSeq,
    ) -> Result<Option<ReportSeq>, StoreError> {
        let seqs = self.of_case.get(case_id).into_iter().flatten().filter(|seq| **seq > after);
        let mut reports = seqs.filter_map(|seq| self.reports.get(seq));
        Ok(reports.find(|report| report.open.contains(vendor)).map(|report| report.seq))
    }

    fn add_history(&mut self, row: &HistoryRow) -> Result<(), StoreError> {
        self.undo.push(Undo::History(self.history.len()));
        self.history.push(row.clone());
        Ok(())
    }

    fn history_of_case(&mut self, case_id: &str) -> Result<Vec<HistoryRow>, StoreError> {
        Ok(self.history.iter().filter(|row| row.case_id == case_id).cloned().collect())
    }

    fn rename_history(&mut self, case_id: &str, renamed: &str) -> Result<(), StoreError> {
        for row in self.history.iter_mut().filter(|row| row.case_id == case_id) {
            renamed.clone_into(&mut row.case_id);
            (row.request_id, row.note) = (None, None);
        }
        Ok(())
    }

    fn is_erased(&mut self, key_hash: &str) -> Result<bool, StoreError> {
        Ok(self.erased.contains(key_hash))
    }

    fn add_erased(&mut self, key_hash: &str, _now: i64) -> Result<(), StoreError> {
        self.erased.insert(key_hash.to_owned());
        Ok(())
    }

    fn distrusted_since(&mut self) -> Result<Option<i64>, StoreError> {
        Ok(self.distrusted_since)
    }

    fn set_distrusted_since(&mut self, time: i64) -> Result<(), StoreError> {
        self.distrusted_since = Some(time);
        Ok(())
    }

    fn lanes(&mut self, filter: &LaneFilter) -> Result<Vec<Lane>, StoreError> {
        let after = filter.after.map_or(i64::MIN, LaneId::get);
        let lanes = self.lanes.range(LaneId::new(after.saturating_add(1))..).map(|(_, lane)| lane);
        let lanes = lanes.filter(|lane| is_listed(filter, lane));
        Ok(lanes.take(filter.limit.unwrap_or(LIST)).cloned().collect())
    }

    fn reports_to_sweep(&mut self, keep_until: i64, limit: usize) -> Result<Vec<StoredReport>, StoreError> {
        let is_old = |report: &&StoredReport| {
            report.payload.is_some() && report.open.is_empty() && report.keep_until <= keep_until
        };
        Ok(self.reports.values().filter(is_old).take(limit).cloned().collect())
    }

    fn delete_history(&mut self, before: i64) -> Result<u64, StoreError> {
        let len = self.history.len();
        self.history.retain(|row| row.at >= before);
        Ok(u64::try_from(len - self.history.len()).unwrap_or(u64::MAX))
    }

    fn vendor_row(&mut self, vendor: &ProviderId) -> Result<Option<VendorRow>, StoreError> {
        Ok(self.vendors.get(vendor).cloned())
    }

    fn put_vendor_row(&mut self, vendor: &ProviderId, row: &VendorRow) -> Result<(), StoreError> {
        self.vendors.insert(vendor.clone(), row.clone());
        Ok(())
    }

    fn touch_worker(&mut self, owner: &Owner, _vendors: &[ProviderId], now: i64) -> Result<(), StoreError> {
        self.workers.insert(owner.as_str().to_owned(), now);
        Ok(())
    }

    fn other_workers(&mut self, owner: &Owner, since: i64) -> Result<u64, StoreError> {
        self.workers.retain(|_, seen| *seen >= since);
        let others = self.workers.keys().filter(|other| *other != owner.as_str()).count();
        Ok(u64::try_from(others).unwrap_or(u64::MAX))
    }
}

fn is_listed(filter: &LaneFilter, lane: &Lane) -> bool {
    (filter.states.is_empty() || filter.states.contains(&lane.state))
        && filter.vendor.as_ref().is_none_or(|vendor| *vendor == lane.vendor)
        && filter.reason.is_none_or(|reason| Some(reason) == lane.reason)
        && filter.case_id.as_ref().is_none_or(|case_id| *case_id == lane.case_id)
}

//! Rows of one transaction, on which the rules run.

use std::collections::BTreeMap;

use chargeback::ProviderId;
use chargeback::outbox::rows::{Changes, HistoryRow, Lane, StoredReport, WorkingSet};
use chargeback::outbox::{LaneId, LaneState, ReportSeq, StoreError};
use tokio_postgres::Row;

use crate::rows::{Column, Columns, history, lanes, reports, text, time};
use crate::statements::Statements;

/// The rows that a transaction has read.
pub(crate) struct Loaded {
    pub(crate) set: WorkingSet,
    lanes: BTreeMap<(String, ProviderId), LaneId>,
    by_id: BTreeMap<LaneId, (String, ProviderId)>,
    reports: BTreeMap<ReportSeq, StoredReport>,
}

impl Loaded {
    /// Creates an empty set. `now` is the time of the rules, in milliseconds.
    pub(crate) fn new(now: i64) -> Self {
        Self { set: WorkingSet::new(now), lanes: BTreeMap::new(), by_id: BTreeMap::new(), reports: BTreeMap::new() }
    }

    pub(crate) fn has(&self, lane: LaneId) -> bool {
        self.by_id.contains_key(&lane)
    }

    pub(crate) fn lane_ids(&self) -> Vec<i64> {
        self.by_id.keys().map(|id| id.get()).collect()
    }

    pub(crate) fn add_lane(&mut self, lane: Lane) {
        let key = (lane.case_id.clone(), lane.vendor.clone());
        self.by_id.insert(lane.id, key.clone());
        self.lanes.insert(key, lane.id);
        self.set.add_lane(lane);
    }

    pub(crate) fn add_lanes(&mut self, rows: &[Row]) -> Result<(), StoreError> {
        for row in rows {
            self.add_lane(lanes::read(&mut Columns::new(row))?);
        }
        Ok(())
    }

    /// Adds the rows of the statement `reports`. Rows of lanes that are not locked are left out.
    pub(crate) fn add_reports(&mut self, rows: &[Row]) -> Result<(), StoreError> {
        for row in rows {
            let mut c = Columns::new(row);
            let Some((case_id, vendor)) = self.by_id.get(&LaneId::new(c.get()?)) else { continue };
            let report = reports::read(&mut c, case_id)?;
            let is_open: bool = c.get()?;
            let known = self.reports.entry(report.seq).or_insert_with(|| report.clone());
            if is_open {
                known.open.insert(vendor.clone());
            }
            if report.payload.as_ref().is_some_and(|bytes| !bytes.is_empty()) {
                known.payload = report.payload;
            }
        }
        self.fill();
        Ok(())
    }

    /// Adds reports with all columns.
    pub(crate) fn add_whole_reports(&mut self, rows: &[Row]) -> Result<(), StoreError> {
        for row in rows {
            let report = reports::read_all(&mut Columns::new(row))?;
            self.reports.insert(report.seq, report);
        }
        self.fill();
        Ok(())
    }

    pub(crate) fn add_report(&mut self, report: StoredReport) {
        self.set.add_report(report);
    }

    fn fill(&mut self) {
        for (_, report) in std::mem::take(&mut self.reports) {
            self.set.add_report(report);
        }
    }

    pub(crate) fn add_history(&mut self, rows: &[Row], case_id: &str) -> Result<(), StoreError> {
        let rows: Result<Vec<HistoryRow>, _> =
            rows.iter().map(|row| history::read(&mut Columns::new(row), case_id)).collect();
        self.set.add_history(rows?);
        Ok(())
    }

    /// Returns the changed rows.
    pub(crate) fn into_changed(self) -> Result<Changed, StoreError> {
        Changed::new(self.set.into_changes(), &self.lanes)
    }
}

/// Changed rows as the parameters of statements.
pub(crate) struct Changed {
    changes: Changes,
    other: Vec<Option<String>>,
    closed: Vec<(i64, i64)>,
    opened: Vec<(i64, i64)>,
    expiry: Vec<(i64, i64)>,
    without_payload: Vec<i64>,
    erased: Vec<(i64, String, String)>,
    /// Reports that a rule has inserted.
    pub(crate) new_reports: Vec<StoredReport>,
}

impl Changed {
    fn new(changes: Changes, lanes: &BTreeMap<(String, ProviderId), LaneId>) -> Result<Self, StoreError> {
        let other = lanes::other(&changes.lanes.iter().map(|(_, after)| after).collect::<Vec<_>>())?;
        let mut rows = Self {
            changes: Changes::default(),
            other,
            closed: Vec::new(),
            opened: Vec::new(),
            expiry: Vec::new(),
            without_payload: Vec::new(),
            erased: Vec::new(),
            new_reports: Vec::new(),
        };
        for (before, after) in &changes.reports {
            rows.add(before.as_ref(), after, lanes)?;
        }
        rows.changes = changes;
        Ok(rows)
    }

    fn add(
        &mut self,
        before: Option<&StoredReport>,
        after: &StoredReport,
        lanes: &BTreeMap<(String, ProviderId), LaneId>,
    ) -> Result<(), StoreError> {
        let seq = after.seq.get();
        let case_id = before.map_or(&after.case_id, |before| &before.case_id);
        let lane = |vendor: &ProviderId| {
            let lane = lanes.get(&(case_id.clone(), vendor.clone()));
            lane.map(|lane| (lane.get(), seq)).ok_or_else(|| StoreError::corrupt("a report has no lane"))
        };
        let none = std::collections::BTreeSet::new();
        let open = before.map_or(&none, |before| &before.open);
        let (closed, opened) = (open.difference(&after.open), after.open.difference(open));
        self.closed.extend(closed.map(lane).collect::<Result<Vec<_>, _>>()?);
        self.opened.extend(opened.map(lane).collect::<Result<Vec<_>, _>>()?);
        let Some(before) = before else {
            self.new_reports.push(after.clone());
            return Ok(());
        };
        if before.case_id != after.case_id {
            self.erased.push((seq, after.key.clone(), after.case_id.clone()));
        } else if before.payload.is_some() && after.payload.is_none() {
            self.without_payload.push(seq);
        } else if before.keep_until != after.keep_until || before.open.len() > after.open.len() {
            self.expiry.push((seq, after.keep_until));
        }
        Ok(())
    }

    /// Returns the statements that write the rows. With `wakes`, workers are woken for lanes that are ready.
    pub(crate) fn writes<'a>(&'a self, sql: &'a Statements, wakes: bool) -> Vec<(&'a str, Vec<Column<'a>>)> {
        let mut writes: Vec<(&str, Vec<Column<'_>>)> = Vec::new();
        let lanes: Vec<&Lane> = self.changes.lanes.iter().map(|(_, after)| after).collect();
        if !lanes.is_empty() {
            writes.push((&sql.update_lanes, lanes::parameters(&lanes, &self.other)));
        }
        if !self.closed.is_empty() {
            writes.push((&sql.delete_open, pairs(&self.closed)));
        }
        if !self.opened.is_empty() {
            writes.push((&sql.insert_open, pairs(&self.opened)));
        }
        if !self.expiry.is_empty() {
            let (seqs, times): (Vec<_>, Vec<_>) = self.expiry.iter().map(|(seq, at)| (*seq, time(*at))).unzip();
            writes.push((&sql.insert_expiry, vec![Box::new(seqs), Box::new(times)]));
        }
        if !self.changes.history.is_empty() {
            writes.push((&sql.insert_history, history::parameters(&self.changes.history)));
        }
        if !self.without_payload.is_empty() {
            writes.push((&sql.delete_payloads, vec![Box::new(&self.without_payload)]));
        }
        if !self.erased.is_empty() {
            let seqs: Vec<i64> = self.erased.iter().map(|(seq, ..)| *seq).collect();
            let keys: Vec<&str> = self.erased.iter().map(|(_, key, _)| key.as_str()).collect();
            let cases: Vec<&str> = self.erased.iter().map(|(.., case_id)| case_id.as_str()).collect();
            writes.push((&sql.erase_reports, vec![Box::new(seqs), Box::new(keys), Box::new(cases)]));
        }
        if !self.changes.erased.is_empty() {
            writes.push((&sql.insert_erased, vec![Box::new(&self.changes.erased)]));
        }
        for report in &self.new_reports {
            writes.push((&sql.insert_report, insert_report(report)));
        }
        if wakes {
            writes.extend(wake(&lanes).map(|parameters| (sql.wake.as_str(), parameters)));
        }
        writes
    }
}

fn pairs(pairs: &[(i64, i64)]) -> Vec<Column<'_>> {
    let (lanes, seqs): (Vec<i64>, Vec<i64>) = pairs.iter().copied().unzip();
    vec![Box::new(lanes), Box::new(seqs)]
}

fn insert_report(report: &StoredReport) -> Vec<Column<'_>> {
    let vendors: Vec<&str> = report.vendors.iter().map(ProviderId::as_str).collect();
    vec![
        Box::new(report.seq.get()),
        Box::new(report.case_id.as_str()),
        Box::new(text(&report.key)),
        Box::new(report.digest.as_slice()),
        Box::new(report.stage.stage.as_str()),
        Box::new(report.stage.occurred_at),
        Box::new(vendors),
        Box::new(report.payload.as_deref()),
        Box::new(time(report.accepted_at)),
    ]
}

/// The vendors of ready lanes and the times at which they are due, one for each vendor and second.
fn wake<'a>(lanes: &[&'a Lane]) -> Option<Vec<Column<'a>>> {
    let ready = lanes.iter().filter(|lane| lane.state == LaneState::Ready);
    let mut times: Vec<(&str, i64)> = ready.map(|lane| (lane.vendor.as_str(), lane.due)).collect();
    times.sort_unstable();
    times.dedup_by_key(|(vendor, due)| (*vendor, due.div_euclid(1000)));
    if times.is_empty() {
        return None;
    }
    let (vendors, times): (Vec<&str>, Vec<_>) = times.into_iter().map(|(vendor, due)| (vendor, time(due))).unzip();
    Some(vec![Box::new(vendors), Box::new(times)])
}

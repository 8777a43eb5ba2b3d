//! The rows of a store in a file.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _, Params, params};

use super::super::hashes::StoreKey;
use super::super::ids::{LaneId, Owner, ReportSeq};
use super::super::lane::Lane;
use super::super::operate::LaneFilter;
use super::super::report::StoredReport;
use super::super::state::LaneState;
use super::super::store_error::StoreError;
use super::super::tables::{HistoryRow, Tables, VendorRow};
use super::errors::sql;
use super::lanes::LaneRow;
use super::reports::Before;
use super::rows::joined;
use super::{cases, history, lanes, list, reports};
use crate::model::ProviderId;

/// The number of history rows that one call deletes.
pub(super) const HISTORY_PAGE: u64 = 2_000;

/// The largest number of payloads that are written again after a deletion.
const REWRITE: usize = 2_000;

/// The rows within the open transaction of a connection, and copies of the rows that the running command has read.
pub(super) struct SqliteTables<'c> {
    connection: &'c Connection,
    key: &'c StoreKey,
    known_vendors: &'c mut HashSet<ProviderId>,
    lanes: HashMap<LaneId, LaneRow>,
    reports: Vec<Before>,
    cases: Vec<Case>,
    /// The time of the distrust, once it is read.
    distrusted: OnceCell<Option<i64>>,
    /// True if the store has erased events, once it is read.
    has_erased: Option<bool>,
    /// The running command has written a row.
    pub(super) wrote: bool,
    /// A lane is ready to be sent, now or later.
    pub(super) made_ready: bool,
}

/// A case that the running command has looked up.
struct Case {
    id: String,
    no: Option<i64>,
}

impl<'c> SqliteTables<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        key: &'c StoreKey,
        known_vendors: &'c mut HashSet<ProviderId>,
    ) -> Self {
        Self {
            connection,
            key,
            known_vendors,
            lanes: HashMap::new(),
            reports: Vec::new(),
            cases: Vec::new(),
            distrusted: OnceCell::new(),
            has_erased: None,
            wrote: false,
            made_ready: false,
        }
    }

    pub(super) const fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// Forgets the copies of rows before the next command.
    pub(super) fn begin_command(&mut self) {
        self.lanes.clear();
        self.reports.clear();
        self.cases.clear();
        self.wrote = false;
    }

    /// Forgets everything that a rollback may have changed.
    pub(super) fn rolled_back(&mut self) {
        self.begin_command();
        self.known_vendors.clear();
        (self.distrusted, self.has_erased) = (OnceCell::new(), None);
    }

    fn execute(&mut self, statement: &str, params: impl Params) -> Result<usize, StoreError> {
        self.wrote = true;
        self.connection.prepare_cached(statement).and_then(|mut statement| statement.execute(params)).map_err(sql)
    }

    fn read_lanes(&mut self, query: &str, params: impl Params) -> Result<Vec<Lane>, StoreError> {
        let mut statement = self.connection.prepare_cached(query).map_err(sql)?;
        let mut rows = statement.query(params).map_err(sql)?;
        let mut lanes = Vec::new();
        while let Some(row) = rows.next().map_err(sql)? {
            let row = lanes::read(row)?;
            lanes.push(row.lane.clone());
            self.lanes.insert(row.lane.id, row);
        }
        Ok(lanes)
    }

    fn read_reports(&mut self, query: &str, params: impl Params) -> Result<Vec<StoredReport>, StoreError> {
        let rows = reports::all(self.connection, query, params)?;
        for row in &rows {
            self.remember(&row.report, row.case_no);
        }
        Ok(rows.into_iter().map(|row| row.report).collect())
    }

    fn remember(&mut self, report: &StoredReport, case_no: i64) {
        self.reports.retain(|before| before.seq != report.seq);
        self.reports.push(Before::new(report, case_no));
    }

    fn case(&mut self, case_id: &str) -> Result<&mut Case, StoreError> {
        let at = if let Some(at) = self.cases.iter().position(|case| case.id == case_id) {
            at
        } else {
            let no = cases::find(self.connection, self.key, case_id)?;
            self.cases.push(Case { id: case_id.to_owned(), no });
            self.cases.len() - 1
        };
        self.cases.get_mut(at).ok_or(StoreError::NotFound)
    }

    fn find_case(&mut self, case_id: &str) -> Result<Option<i64>, StoreError> {
        self.case(case_id).map(|case| case.no)
    }

    /// Returns the number of a case, which is new if the store does not know the case.
    fn case_no(&mut self, case_id: &str) -> Result<i64, StoreError> {
        if let Some(no) = self.find_case(case_id)? {
            return Ok(no);
        }
        self.wrote = true;
        let no = cases::insert(self.connection, self.key, case_id)?;
        self.case(case_id)?.no = Some(no);
        Ok(no)
    }

    /// Returns the number for a row of the case `no` whose case id has changed. An erased case keeps its number, so
    /// that no row moves.
    fn renamed(&mut self, no: i64, case_id: &str) -> Result<i64, StoreError> {
        if let Some(no) = self.find_case(case_id)? {
            return Ok(no);
        }
        if !cases::is_erased(case_id) {
            return self.case_no(case_id);
        }
        self.wrote = true;
        cases::erase(self.connection, self.key, no, case_id)?;
        self.cases.clear();
        Ok(no)
    }

    /// Forgets the text of a case after a row has left it.
    fn left_case(&mut self, from: i64, to: i64) -> Result<(), StoreError> {
        self.cases.clear();
        if from == to { Ok(()) } else { cases::forget_unused(self.connection, from) }
    }

    /// Stores the name of a vendor, for the counts of vendors without other lanes.
    fn know_vendor(&mut self, vendor: &ProviderId) -> Result<(), StoreError> {
        if !self.known_vendors.contains(vendor) {
            self.execute("INSERT INTO vendor (name) VALUES (?1) ON CONFLICT DO NOTHING", [vendor.as_str()])?;
            self.known_vendors.insert(vendor.clone());
        }
        Ok(())
    }

    /// Overwrites the copies of deleted payloads that remain where `SQLite` moved rows.
    pub(super) fn rewrite_payloads(&mut self) -> Result<(), StoreError> {
        self.wrote = true;
        reports::rewrite_payloads(self.connection, REWRITE)
    }
}

impl Tables for SqliteTables<'_> {
    fn lane(&mut self, id: LaneId) -> Result<Option<Lane>, StoreError> {
        self.read_lanes(&lanes::BY_ID, [id.get()]).map(|mut lanes| lanes.pop())
    }

    fn lanes_of_case(&mut self, case_id: &str) -> Result<Vec<Lane>, StoreError> {
        let Some(no) = self.find_case(case_id)? else { return Ok(Vec::new()) };
        self.read_lanes(&lanes::OF_CASE, [no])
    }

    fn insert_lane(&mut self, lane: &Lane) -> Result<LaneId, StoreError> {
        self.know_vendor(&lane.vendor)?;
        let case_no = self.case_no(&lane.case_id)?;
        self.wrote = true;
        self.made_ready |= lane.state == LaneState::Ready;
        let vendor_case_no = cases::replace_vendor_case(self.connection, None, lane.entry.vendor_case.as_deref())?;
        lanes::insert(self.connection, &LaneRow { lane: lane.clone(), case_no, vendor_case_no })
    }

    fn update_lane(&mut self, lane: &Lane) -> Result<(), StoreError> {
        if !self.lanes.contains_key(&lane.id) {
            self.lane(lane.id)?;
        }
        let before = self.lanes.remove(&lane.id).ok_or(StoreError::NotFound)?;
        let mut after = LaneRow { lane: lane.clone(), ..before };
        let before_lane = before.lane;
        self.wrote = true;
        if before_lane.case_id != lane.case_id {
            after.case_no = self.renamed(before.case_no, &lane.case_id)?;
        }
        if before_lane.entry.vendor_case != lane.entry.vendor_case {
            let text = lane.entry.vendor_case.as_deref();
            after.vendor_case_no = cases::replace_vendor_case(self.connection, before.vendor_case_no, text)?;
        }
        let before = LaneRow { lane: before_lane, ..before };
        lanes::update(self.connection, &before, &after)?;
        if before.lane.case_id != lane.case_id {
            self.left_case(before.case_no, after.case_no)?;
        }
        self.made_ready |= lane.state == LaneState::Ready;
        self.lanes.insert(lane.id, after);
        Ok(())
    }

    fn due_lanes(&mut self, vendor: &ProviderId, now: i64, limit: usize) -> Result<Vec<Lane>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read_lanes(&lanes::DUE, params![vendor.as_str(), now, limit])
    }

    fn report(&mut self, seq: ReportSeq) -> Result<Option<StoredReport>, StoreError> {
        self.read_reports(reports::BY_SEQ, [seq.get()]).map(|mut reports| reports.pop())
    }

    fn report_by_key(&mut self, key: &str) -> Result<Option<StoredReport>, StoreError> {
        let hash = self.key.lookup(key);
        self.read_reports(reports::BY_KEY, [hash]).map(|mut reports| reports.pop())
    }

    fn reports_of_case(&mut self, case_id: &str) -> Result<Vec<StoredReport>, StoreError> {
        let Some(no) = self.find_case(case_id)? else { return Ok(Vec::new()) };
        self.read_reports(reports::OF_CASE, [no])
    }

    fn insert_report(&mut self, report: &StoredReport) -> Result<ReportSeq, StoreError> {
        let case_no = self.case_no(&report.case_id)?;
        self.wrote = true;
        reports::insert(self.connection, self.key, case_no, report)
    }

    fn update_report(&mut self, report: &StoredReport) -> Result<(), StoreError> {
        if !self.reports.iter().any(|before| before.seq == report.seq) {
            self.report(report.seq)?;
        }
        let at = self.reports.iter().position(|before| before.seq == report.seq).ok_or(StoreError::NotFound)?;
        let before = self.reports.swap_remove(at);
        let is_renamed = !before.is_of(&report.case_id);
        let case_no = if is_renamed { self.renamed(before.case_no, &report.case_id)? } else { before.case_no };
        self.wrote = true;
        reports::update(self.connection, self.key, &before, case_no, report)?;
        if is_renamed {
            self.left_case(before.case_no, case_no)?;
        }
        self.remember(report, case_no);
        Ok(())
    }

    fn next_open(
        &mut self,
        case_id: &str,
        vendor: &ProviderId,
        after: ReportSeq,
    ) -> Result<Option<ReportSeq>, StoreError> {
        let Some(no) = self.find_case(case_id)? else { return Ok(None) };
        reports::next_open(self.connection, no, vendor.as_str(), after)
    }

    fn add_history(&mut self, row: &HistoryRow) -> Result<(), StoreError> {
        let no = self.case_no(&row.case_id)?;
        self.wrote = true;
        history::insert(self.connection, no, row)
    }

    fn history_of_case(&mut self, case_id: &str) -> Result<Vec<HistoryRow>, StoreError> {
        let Some(no) = self.find_case(case_id)? else { return Ok(Vec::new()) };
        history::of_case(self.connection, no, case_id)
    }

    fn rename_history(&mut self, case_id: &str, renamed: &str) -> Result<(), StoreError> {
        let from = self.find_case(case_id)?;
        let to = match from {
            Some(from) => self.renamed(from, renamed)?,
            // The lanes or reports of the case have given its number the new id.
            None => match self.find_case(renamed)? {
                Some(to) => to,
                None => return Ok(()),
            },
        };
        let from = from.unwrap_or(to);
        let update = "UPDATE history SET case_no = ?2, request_id = NULL, note = NULL WHERE case_no IN (?1, ?2)";
        self.execute(update, [from, to])?;
        self.left_case(from, to)
    }

    fn is_erased(&mut self, key_hash: &str) -> Result<bool, StoreError> {
        let exists = |query: &str, params: &[&str]| -> Result<bool, StoreError> {
            let mut statement = self.connection.prepare_cached(query).map_err(sql)?;
            statement.exists(rusqlite::params_from_iter(params)).map_err(sql)
        };
        let has_erased = match self.has_erased {
            Some(known) => known,
            None => exists("SELECT 1 FROM erased LIMIT 1", &[])?,
        };
        let is_erased = has_erased && exists("SELECT 1 FROM erased WHERE key_hash = ?1", &[key_hash])?;
        self.has_erased = Some(has_erased);
        Ok(is_erased)
    }

    fn add_erased(&mut self, key_hash: &str, now: i64) -> Result<(), StoreError> {
        self.has_erased = Some(true);
        self.execute("INSERT INTO erased VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![key_hash, now]).map(|_| ())
    }

    fn distrusted_since(&mut self) -> Result<Option<i64>, StoreError> {
        if let Some(known) = self.distrusted.get() {
            return Ok(*known);
        }
        let query = "SELECT value FROM meta WHERE name = 'distrusted_since'";
        let mut statement = self.connection.prepare_cached(query).map_err(sql)?;
        let since = statement.query_row([], |row| row.get(0)).optional().map_err(sql)?;
        self.distrusted = OnceCell::from(since);
        Ok(since)
    }

    fn set_distrusted_since(&mut self, time: i64) -> Result<(), StoreError> {
        self.distrusted = OnceCell::from(Some(time));
        let insert = "INSERT INTO meta VALUES ('distrusted_since', ?1) \
                      ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.execute(insert, [time]).map(|_| ())
    }

    fn lanes(&mut self, filter: &LaneFilter) -> Result<Vec<Lane>, StoreError> {
        // A caller that reads pages needs no copies of the earlier ones.
        self.lanes.clear();
        self.reports.clear();
        let case_no = filter.case_id.as_ref().map(|case_id| self.find_case(case_id)).transpose()?;
        if case_no == Some(None) {
            return Ok(Vec::new());
        }
        let (query, values) = list::query(filter, case_no.flatten());
        self.read_lanes(&query, rusqlite::params_from_iter(values))
    }

    fn reports_to_sweep(&mut self, keep_until: i64, limit: usize) -> Result<Vec<StoredReport>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read_reports(reports::TO_SWEEP, [keep_until, limit])
    }

    fn delete_history(&mut self, before: i64) -> Result<u64, StoreError> {
        let delete = "DELETE FROM history WHERE id IN (SELECT id FROM history WHERE at < ?1 ORDER BY at LIMIT ?2)";
        let deleted = self.execute(delete, params![before, i64::try_from(HISTORY_PAGE).unwrap_or(i64::MAX)])?;
        Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
    }

    fn vendor_row(&mut self, vendor: &ProviderId) -> Result<Option<VendorRow>, StoreError> {
        let query = "SELECT state, until, version FROM vendor WHERE name = ?1 AND state IS NOT NULL";
        let mut statement = self.connection.prepare_cached(query).map_err(sql)?;
        let row =
            |row: &rusqlite::Row<'_>| Ok(VendorRow { state: row.get(0)?, until: row.get(1)?, version: row.get(2)? });
        statement.query_row([vendor.as_str()], row).optional().map_err(sql)
    }

    fn put_vendor_row(&mut self, vendor: &ProviderId, row: &VendorRow) -> Result<(), StoreError> {
        let insert = "INSERT INTO vendor (name, state, until, version) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) \
                      DO UPDATE SET state = excluded.state, until = excluded.until, version = excluded.version";
        self.execute(insert, params![vendor.as_str(), row.state, row.until, row.version]).map(|_| ())
    }

    fn touch_worker(&mut self, owner: &Owner, vendors: &[ProviderId], now: i64) -> Result<(), StoreError> {
        let insert = "INSERT INTO worker VALUES (?1, ?2, ?3) \
                      ON CONFLICT (owner) DO UPDATE SET vendors = excluded.vendors, seen = excluded.seen";
        self.execute(insert, params![owner.as_str(), joined(vendors), now]).map(|_| ())
    }

    fn other_workers(&mut self, owner: &Owner, since: i64) -> Result<u64, StoreError> {
        self.execute("DELETE FROM worker WHERE seen < ?1", [since])?;
        let query = "SELECT count(*) FROM worker WHERE owner != ?1";
        let count: i64 = self.connection.query_row(query, [owner.as_str()], |row| row.get(0)).map_err(sql)?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

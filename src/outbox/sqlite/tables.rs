//! The rows of a store in a file.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _, Params, params};

use super::super::ids::{LaneId, Owner, ReportSeq};
use super::super::lane::Lane;
use super::super::operate::LaneFilter;
use super::super::report::StoredReport;
use super::super::state::LaneState;
use super::super::store_error::StoreError;
use super::super::tables::{HistoryRow, Tables, VendorRow};
use super::errors::sql;
use super::reports::Before;
use super::rows::{joined, millis};
use super::{history, lanes, list, reports};
use crate::model::ProviderId;

/// The number of history rows that one call deletes.
pub(super) const HISTORY_PAGE: u64 = 2_000;

/// The rows within the open transaction of a connection, and copies of the rows that the running command has read.
pub(super) struct SqliteTables<'c> {
    connection: &'c Connection,
    known_vendors: &'c mut HashSet<ProviderId>,
    lanes: HashMap<LaneId, Lane>,
    reports: Vec<Before>,
    /// The time of the distrust, once it is read.
    distrusted: OnceCell<Option<i64>>,
    /// True if the store has erased events, once it is read.
    has_erased: Option<bool>,
    /// The running command has written a row.
    pub(super) wrote: bool,
    /// A lane is ready to be sent, now or later.
    pub(super) made_ready: bool,
}

impl<'c> SqliteTables<'c> {
    pub(super) fn new(connection: &'c Connection, known_vendors: &'c mut HashSet<ProviderId>) -> Self {
        Self {
            connection,
            known_vendors,
            lanes: HashMap::new(),
            reports: Vec::new(),
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
            lanes.push(lanes::read(row)?);
        }
        self.lanes.extend(lanes.iter().map(|lane| (lane.id, lane.clone())));
        Ok(lanes)
    }

    fn remember(&mut self, reports: &[StoredReport]) {
        for report in reports {
            self.reports.retain(|before| before.seq() != report.seq);
            self.reports.push(Before::new(report));
        }
    }

    fn one_report(&mut self, query: &str, params: impl Params) -> Result<Option<StoredReport>, StoreError> {
        let report = reports::one(self.connection, query, params)?;
        self.remember(report.as_slice());
        Ok(report)
    }

    /// Stores the name of a vendor, for the counts of vendors without other lanes.
    fn know_vendor(&mut self, vendor: &ProviderId) -> Result<(), StoreError> {
        if !self.known_vendors.contains(vendor) {
            self.execute("INSERT INTO vendor (name) VALUES (?1) ON CONFLICT DO NOTHING", [vendor.as_str()])?;
            self.known_vendors.insert(vendor.clone());
        }
        Ok(())
    }

    /// Returns the time at which the next lane of these vendors is due.
    pub(super) fn next_due(&self, vendors: &[ProviderId]) -> Result<Option<i64>, StoreError> {
        let query = "SELECT min(due) FROM lane INDEXED BY lane_due WHERE vendor = ?1 AND state IN ('ready', 'leased')";
        let mut statement = self.connection.prepare_cached(query).map_err(sql)?;
        let mut next = None;
        for vendor in vendors {
            let due: Option<i64> = statement.query_row([vendor.as_str()], |row| row.get(0)).map_err(sql)?;
            next = next.into_iter().chain(due).min();
        }
        Ok(next)
    }
}

impl Tables for SqliteTables<'_> {
    fn lane(&mut self, id: LaneId) -> Result<Option<Lane>, StoreError> {
        self.read_lanes(&lanes::BY_ID, [id.get()]).map(|mut lanes| lanes.pop())
    }

    fn lanes_of_case(&mut self, case_id: &str) -> Result<Vec<Lane>, StoreError> {
        self.read_lanes(&lanes::OF_CASE, [case_id])
    }

    fn insert_lane(&mut self, lane: &Lane) -> Result<LaneId, StoreError> {
        self.know_vendor(&lane.vendor)?;
        self.wrote = true;
        self.made_ready |= lane.state == LaneState::Ready;
        lanes::insert(self.connection, lane)
    }

    fn update_lane(&mut self, lane: &Lane) -> Result<(), StoreError> {
        let before = match self.lanes.remove(&lane.id) {
            Some(before) => before,
            None => self.lane(lane.id)?.ok_or(StoreError::NotFound)?,
        };
        self.made_ready |= lane.state == LaneState::Ready;
        self.wrote = true;
        lanes::update(self.connection, &before, lane)?;
        self.lanes.insert(lane.id, lane.clone());
        Ok(())
    }

    fn due_lanes(&mut self, vendor: &ProviderId, now: i64, limit: usize) -> Result<Vec<Lane>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read_lanes(&lanes::DUE, params![vendor.as_str(), now, limit])
    }

    fn report(&mut self, seq: ReportSeq) -> Result<Option<StoredReport>, StoreError> {
        self.one_report(reports::BY_SEQ, [seq.get()])
    }

    fn report_by_key(&mut self, key: &str) -> Result<Option<StoredReport>, StoreError> {
        self.one_report(reports::BY_KEY, [key])
    }

    fn reports_of_case(&mut self, case_id: &str) -> Result<Vec<StoredReport>, StoreError> {
        let reports = reports::all(self.connection, reports::OF_CASE, [case_id])?;
        self.remember(&reports);
        Ok(reports)
    }

    fn insert_report(&mut self, report: &StoredReport) -> Result<ReportSeq, StoreError> {
        self.wrote = true;
        reports::insert(self.connection, report)
    }

    fn update_report(&mut self, report: &StoredReport) -> Result<(), StoreError> {
        if !self.reports.iter().any(|before| before.seq() == report.seq) {
            self.report(report.seq)?.ok_or(StoreError::NotFound)?;
        }
        self.wrote = true;
        let before = self.reports.iter().find(|before| before.seq() == report.seq).ok_or(StoreError::NotFound)?;
        reports::update(self.connection, before, report)?;
        self.remember(std::slice::from_ref(report));
        Ok(())
    }

    fn next_open(
        &mut self,
        case_id: &str,
        vendor: &ProviderId,
        after: ReportSeq,
    ) -> Result<Option<ReportSeq>, StoreError> {
        reports::next_open(self.connection, case_id, vendor.as_str(), after)
    }

    fn add_history(&mut self, row: &HistoryRow) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO history (vendor, seq, case_id, stage, occurred_at, passed, losses, at, attempts, request_id, \
             note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                row.vendor.as_str(),
                row.seq.get(),
                row.case_id,
                row.stage.stage.as_str(),
                millis(&row.stage),
                row.passed.as_str(),
                row.losses,
                row.at,
                row.attempts,
                row.request_id,
                row.note,
            ],
        )
        .map(|_| ())
    }

    fn history_of_case(&mut self, case_id: &str) -> Result<Vec<HistoryRow>, StoreError> {
        history::of_case(self.connection, case_id)
    }

    fn rename_history(&mut self, case_id: &str, renamed: &str) -> Result<(), StoreError> {
        let update = "UPDATE history SET case_id = ?2, request_id = NULL, note = NULL WHERE case_id = ?1";
        self.execute(update, [case_id, renamed]).map(|_| ())
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
        let (query, values) = list::query(filter);
        self.read_lanes(&query, rusqlite::params_from_iter(values))
    }

    fn reports_to_sweep(&mut self, keep_until: i64, limit: usize) -> Result<Vec<StoredReport>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let reports = reports::all(self.connection, reports::TO_SWEEP, [keep_until, limit])?;
        self.remember(&reports);
        Ok(reports)
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

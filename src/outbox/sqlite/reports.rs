//! The rows of reports and payloads.

use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use super::super::hashes::StoreKey;
use super::super::ids::ReportSeq;
use super::super::report::StoredReport;
use super::super::store_error::StoreError;
use super::errors::sql;
use super::rows::{Columns, ERASED, joined, millis};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT seq, cases.hash, cases.case_id, key, digest, stage, occurred_at, vendors, open, keep_until, ",
            "accepted_at, bytes, case_no FROM report CROSS JOIN cases ON cases.no = case_no ",
            "LEFT JOIN payload USING (seq) WHERE ",
            $condition
        )
    };
}

pub(super) const BY_SEQ: &str = select!("seq = ?1");
pub(super) const BY_KEY: &str = select!("key_hash = ?1");
pub(super) const OF_CASE: &str = select!("case_no = ?1 ORDER BY seq");
pub(super) const TO_SWEEP: &str = select!("open = '' AND kept = 1 AND keep_until <= ?1 ORDER BY keep_until LIMIT ?2");
const NEXT_OPEN: &str = "SELECT seq FROM report WHERE case_no = ?1 AND seq > ?2 AND open != '' \
     AND instr(' ' || open || ' ', ' ' || ?3 || ' ') > 0 ORDER BY seq LIMIT 1";

/// A report, and the number of its case.
pub(super) struct ReportRow {
    pub(super) report: StoredReport,
    pub(super) case_no: i64,
}

fn read(row: &Row<'_>) -> Result<ReportRow, StoreError> {
    let mut columns = Columns::new(row);
    let c = &mut columns;
    let (seq, case_id) = (ReportSeq::new(c.get()?), c.case_id()?);
    let report = StoredReport {
        seq,
        case_id,
        key: c.get::<Option<String>>()?.unwrap_or_else(|| erased_key(seq)),
        digest: c.get()?,
        stage: c.stage()?,
        vendors: c.vendors()?,
        open: c.vendors()?,
        keep_until: c.get()?,
        accepted_at: c.get()?,
        payload: c.get()?,
    };
    Ok(ReportRow { report, case_no: c.get()? })
}

/// The key of an erased event.
fn erased_key(seq: ReportSeq) -> String {
    format!("{ERASED}{seq}")
}

pub(super) fn all(connection: &Connection, query: &str, params: impl Params) -> Result<Vec<ReportRow>, StoreError> {
    let mut statement = connection.prepare_cached(query).map_err(sql)?;
    let mut rows = statement.query(params).map_err(sql)?;
    let mut reports = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        reports.push(read(row)?);
    }
    Ok(reports)
}

pub(super) fn next_open(
    connection: &Connection,
    case_no: i64,
    vendor: &str,
    after: ReportSeq,
) -> Result<Option<ReportSeq>, StoreError> {
    let mut statement = connection.prepare_cached(NEXT_OPEN).map_err(sql)?;
    let next = statement.query_row((case_no, after.get(), vendor), |row| row.get(0)).optional().map_err(sql)?;
    Ok(next.map(ReportSeq::new))
}

pub(super) fn insert(
    connection: &Connection,
    key: &StoreKey,
    case_no: i64,
    report: &StoredReport,
) -> Result<ReportSeq, StoreError> {
    let insert = "INSERT INTO report (case_no, key_hash, key, digest, stage, occurred_at, vendors, open, kept, \
                  keep_until, accepted_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let mut statement = connection.prepare_cached(insert).map_err(sql)?;
    let seq = statement
        .insert((
            case_no,
            key.lookup(&report.key),
            &report.key,
            report.digest,
            report.stage.stage.as_str(),
            millis(&report.stage),
            joined(&report.vendors),
            joined(&report.open),
            report.payload.is_some(),
            report.keep_until,
            report.accepted_at,
        ))
        .map_err(sql)?;
    if let Some(payload) = &report.payload {
        insert_payload(connection, seq, payload)?;
    }
    Ok(ReportSeq::new(seq))
}

fn insert_payload(connection: &Connection, seq: i64, bytes: &[u8]) -> Result<(), StoreError> {
    let insert = "INSERT INTO payload (seq, bytes) VALUES (?1, ?2)";
    let mut statement = connection.prepare_cached(insert).map_err(sql)?;
    statement.execute((seq, bytes)).map(|_| ()).map_err(sql)
}

/// The columns of a report as they are stored.
pub(super) struct Before {
    pub(super) seq: ReportSeq,
    pub(super) case_no: i64,
    case_id: String,
    key: String,
    kept: bool,
}

impl Before {
    pub(super) fn new(report: &StoredReport, case_no: i64) -> Self {
        let (case_id, key) = (report.case_id.clone(), report.key.clone());
        Self { seq: report.seq, case_no, case_id, key, kept: report.payload.is_some() }
    }

    pub(super) fn is_of(&self, case_id: &str) -> bool {
        self.case_id == case_id
    }
}

/// Stores the columns that may have changed. A payload is deleted and never replaced.
pub(super) fn update(
    connection: &Connection,
    key: &StoreKey,
    before: &Before,
    case_no: i64,
    report: &StoredReport,
) -> Result<(), StoreError> {
    let seq = report.seq.get();
    let kept = report.payload.is_some();
    let update = "UPDATE report SET open = ?2, keep_until = ?3, kept = ?4 WHERE seq = ?1";
    let mut statement = connection.prepare_cached(update).map_err(sql)?;
    statement.execute((seq, joined(&report.open), report.keep_until, kept)).map_err(sql)?;
    if before.kept && !kept {
        let mut delete = connection.prepare_cached("DELETE FROM payload WHERE seq = ?1").map_err(sql)?;
        delete.execute([seq]).map_err(sql)?;
    }
    if before.case_no != case_no {
        connection.execute("UPDATE report SET case_no = ?2 WHERE seq = ?1", (seq, case_no)).map_err(sql)?;
    }
    if before.key != report.key {
        let text = (report.key != erased_key(report.seq)).then_some(&report.key);
        let update = "UPDATE report SET key_hash = ?2, key = ?3, digest = ?4 WHERE seq = ?1";
        connection.execute(update, (seq, key.lookup(&report.key), text, report.digest)).map_err(sql)?;
    }
    Ok(())
}

/// Writes all payloads again, into new pages, if there are at most this many. The old pages are overwritten.
pub(super) fn rewrite_payloads(connection: &Connection, most: usize) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached("SELECT seq, bytes FROM payload LIMIT ?1").map_err(sql)?;
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let rows = statement.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?))).map_err(sql)?;
    let payloads: Vec<(i64, Vec<u8>)> = rows.collect::<Result<_, _>>().map_err(sql)?;
    if payloads.len() > most {
        return Ok(());
    }
    connection.execute("DELETE FROM payload", []).map_err(sql)?;
    payloads.iter().try_for_each(|(seq, bytes)| insert_payload(connection, *seq, bytes))
}

//! The rows of reports and payloads.

use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use super::super::ids::ReportSeq;
use super::super::report::StoredReport;
use super::super::store_error::StoreError;
use super::errors::sql;
use super::rows::{Columns, joined, millis};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT seq, case_id, key, digest, stage, occurred_at, vendors, open, keep_until, accepted_at, bytes ",
            "FROM report LEFT JOIN payload USING (seq) WHERE ",
            $condition
        )
    };
}

pub(super) const BY_SEQ: &str = select!("seq = ?1");
pub(super) const BY_KEY: &str = select!("key = ?1");
pub(super) const OF_CASE: &str = select!("case_id = ?1 ORDER BY seq");
pub(super) const TO_SWEEP: &str = select!("open = '' AND kept = 1 AND keep_until <= ?1 ORDER BY keep_until LIMIT ?2");
const NEXT_OPEN: &str = "SELECT seq FROM report WHERE case_id = ?1 AND seq > ?2 AND open != '' \
     AND instr(' ' || open || ' ', ' ' || ?3 || ' ') > 0 ORDER BY seq LIMIT 1";

fn read(row: &Row<'_>) -> Result<StoredReport, StoreError> {
    let mut columns = Columns::new(row);
    let c = &mut columns;
    Ok(StoredReport {
        seq: ReportSeq::new(c.get()?),
        case_id: c.get()?,
        key: c.get()?,
        digest: c.get()?,
        stage: c.stage()?,
        vendors: c.vendors()?,
        open: c.vendors()?,
        keep_until: c.get()?,
        accepted_at: c.get()?,
        payload: c.get()?,
    })
}

pub(super) fn all(connection: &Connection, query: &str, params: impl Params) -> Result<Vec<StoredReport>, StoreError> {
    let mut statement = connection.prepare_cached(query).map_err(sql)?;
    let mut rows = statement.query(params).map_err(sql)?;
    let mut reports = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        reports.push(read(row)?);
    }
    Ok(reports)
}

pub(super) fn one(
    connection: &Connection,
    query: &str,
    params: impl Params,
) -> Result<Option<StoredReport>, StoreError> {
    all(connection, query, params).map(|mut reports| reports.pop())
}

pub(super) fn next_open(
    connection: &Connection,
    case_id: &str,
    vendor: &str,
    after: ReportSeq,
) -> Result<Option<ReportSeq>, StoreError> {
    let mut statement = connection.prepare_cached(NEXT_OPEN).map_err(sql)?;
    let next = statement.query_row((case_id, after.get(), vendor), |row| row.get(0)).optional().map_err(sql)?;
    Ok(next.map(ReportSeq::new))
}

pub(super) fn insert(connection: &Connection, report: &StoredReport) -> Result<ReportSeq, StoreError> {
    let insert = "INSERT INTO report (case_id, key, digest, stage, occurred_at, vendors, open, kept, keep_until, \
                  accepted_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let mut statement = connection.prepare_cached(insert).map_err(sql)?;
    let seq = statement
        .insert((
            &report.case_id,
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
        let mut statement =
            connection.prepare_cached("INSERT INTO payload (seq, bytes) VALUES (?1, ?2)").map_err(sql)?;
        statement.execute((seq, payload)).map_err(sql)?;
    }
    Ok(ReportSeq::new(seq))
}

/// The columns of a report as they are stored.
pub(super) struct Before {
    seq: ReportSeq,
    case_id: String,
    key: String,
    kept: bool,
}

impl Before {
    pub(super) fn new(report: &StoredReport) -> Self {
        let (case_id, key) = (report.case_id.clone(), report.key.clone());
        Self { seq: report.seq, case_id, key, kept: report.payload.is_some() }
    }

    pub(super) const fn seq(&self) -> ReportSeq {
        self.seq
    }
}

/// Stores the columns that may have changed. A payload is deleted and never replaced.
pub(super) fn update(connection: &Connection, before: &Before, report: &StoredReport) -> Result<(), StoreError> {
    let seq = report.seq.get();
    let kept = report.payload.is_some();
    let update = "UPDATE report SET open = ?2, keep_until = ?3, kept = ?4 WHERE seq = ?1";
    let mut statement = connection.prepare_cached(update).map_err(sql)?;
    statement.execute((seq, joined(&report.open), report.keep_until, kept)).map_err(sql)?;
    if before.kept && !kept {
        connection
            .prepare_cached("DELETE FROM payload WHERE seq = ?1")
            .and_then(|mut delete| delete.execute([seq]))
            .map_err(sql)?;
    }
    if before.case_id != report.case_id || before.key != report.key {
        let update = "UPDATE report SET case_id = ?2, key = ?3, digest = ?4 WHERE seq = ?1";
        let mut statement = connection.prepare_cached(update).map_err(sql)?;
        statement.execute((seq, &report.case_id, &report.key, report.digest)).map_err(sql)?;
    }
    Ok(())
}

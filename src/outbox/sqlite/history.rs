//! The rows of the history.

use rusqlite::{Connection, params};

use super::super::ids::ReportSeq;
use super::super::store_error::StoreError;
use super::super::tables::HistoryRow;
use super::errors::sql;
use super::rows::{Columns, millis};

/// Returns the passed reports of a case in the order in which they were passed.
pub(super) fn of_case(connection: &Connection, case_no: i64, case_id: &str) -> Result<Vec<HistoryRow>, StoreError> {
    let query = "SELECT vendor, seq, stage, occurred_at, passed, losses, at, attempts, request_id, note \
                 FROM history WHERE case_no = ?1 ORDER BY id";
    let mut statement = connection.prepare_cached(query).map_err(sql)?;
    let mut rows = statement.query([case_no]).map_err(sql)?;
    let mut history = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let mut c = Columns::new(row);
        history.push(HistoryRow {
            vendor: c.name()?,
            seq: ReportSeq::new(c.get()?),
            case_id: case_id.to_owned(),
            stage: c.stage()?,
            passed: c.name()?,
            losses: c.get()?,
            at: c.get()?,
            attempts: c.get()?,
            request_id: c.get()?,
            note: c.get()?,
        });
    }
    Ok(history)
}

pub(super) fn insert(connection: &Connection, case_no: i64, row: &HistoryRow) -> Result<(), StoreError> {
    let insert = "INSERT INTO history (vendor, seq, case_no, stage, occurred_at, passed, losses, at, attempts, \
                  request_id, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let params = params![
        row.vendor.as_str(),
        row.seq.get(),
        case_no,
        row.stage.stage.as_str(),
        millis(&row.stage),
        row.passed.as_str(),
        row.losses,
        row.at,
        row.attempts,
        row.request_id,
        row.note,
    ];
    let mut statement = connection.prepare_cached(insert).map_err(sql)?;
    statement.execute(params).map(|_| ()).map_err(sql)
}

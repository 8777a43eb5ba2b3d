//! The rows of the history.

use rusqlite::Connection;

use super::super::ids::ReportSeq;
use super::super::store_error::StoreError;
use super::super::tables::HistoryRow;
use super::errors::sql;
use super::rows::Columns;

/// Returns the passed reports of a case in the order in which they were passed.
pub(super) fn of_case(connection: &Connection, case_id: &str) -> Result<Vec<HistoryRow>, StoreError> {
    let query = "SELECT vendor, seq, case_id, stage, occurred_at, passed, losses, at, attempts, request_id, note \
                 FROM history WHERE case_id = ?1 ORDER BY id";
    let mut statement = connection.prepare_cached(query).map_err(sql)?;
    let mut rows = statement.query([case_id]).map_err(sql)?;
    let mut history = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let mut c = Columns::new(row);
        history.push(HistoryRow {
            vendor: c.name()?,
            seq: ReportSeq::new(c.get()?),
            case_id: c.get()?,
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

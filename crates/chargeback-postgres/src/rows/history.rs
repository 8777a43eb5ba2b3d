//! The rows of the history.

use chargeback::outbox::rows::HistoryRow;
use chargeback::outbox::{ReportSeq, StoreError};

use super::{Column, Columns, text, time};

/// Reads a row of a case.
pub(crate) fn read(c: &mut Columns<'_>, case_id: &str) -> Result<HistoryRow, StoreError> {
    Ok(HistoryRow {
        vendor: c.name()?,
        seq: ReportSeq::new(c.get()?),
        case_id: case_id.to_owned(),
        stage: c.stage()?,
        passed: c.name()?,
        losses: c.get()?,
        at: c.millis()?,
        attempts: c.count()?,
        request_id: c.get()?,
        note: c.get()?,
    })
}

/// The values of the columns for several rows.
pub(crate) fn parameters(rows: &[HistoryRow]) -> Vec<Column<'_>> {
    /// The values of one column.
    fn column<'a, T: tokio_postgres::types::ToSql + Sync + Send + 'a>(
        rows: &'a [HistoryRow],
        value: impl Fn(&'a HistoryRow) -> T,
    ) -> Column<'a> {
        Box::new(rows.iter().map(value).collect::<Vec<_>>())
    }
    vec![
        column(rows, |row| row.vendor.as_str()),
        column(rows, |row| row.seq.get()),
        column(rows, |row| row.case_id.as_str()),
        column(rows, |row| row.stage.stage.as_str()),
        column(rows, |row| row.stage.occurred_at),
        column(rows, |row| row.passed.as_str()),
        column(rows, |row| text(&row.losses)),
        column(rows, |row| time(row.at)),
        column(rows, |row| i32::try_from(row.attempts).unwrap_or(i32::MAX)),
        column(rows, |row| row.request_id.as_deref().map(text)),
        column(rows, |row| row.note.as_deref().map(text)),
    ]
}

//! The rows of the tables.

pub(crate) mod history;
pub(crate) mod lanes;
pub(crate) mod reports;

use std::str::FromStr;

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::StoreError;
use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql};

/// The values of one column of several rows.
pub(crate) type Column<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// The last time that a column can have.
const LATEST: i64 = 253_402_300_799_000;

/// Converts milliseconds to the value of a column. A wait without an end is a time in the year 9999.
pub(crate) fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis.clamp(0, LATEST)).unwrap_or_default()
}

/// Reads the columns of a row from left to right.
pub(crate) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(crate) const fn new(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    pub(crate) fn get<T: FromSql<'a>>(&mut self) -> Result<T, StoreError> {
        self.next += 1;
        self.row.try_get(self.next - 1).map_err(|_| StoreError::corrupt("a row has a value of another type"))
    }

    pub(crate) fn millis(&mut self) -> Result<i64, StoreError> {
        self.get::<DateTime<Utc>>().map(|time| time.timestamp_millis())
    }

    pub(crate) fn millis_or_null(&mut self) -> Result<Option<i64>, StoreError> {
        self.get::<Option<DateTime<Utc>>>().map(|time| time.map(|time| time.timestamp_millis()))
    }

    pub(crate) fn count(&mut self) -> Result<u32, StoreError> {
        self.get::<i32>().map(|count| u32::try_from(count).unwrap_or(0))
    }

    /// Reads a name that this version knows.
    pub(crate) fn name_or_null<T: FromStr>(&mut self) -> Result<Option<T>, StoreError> {
        self.get::<Option<&str>>()?.map(parse).transpose()
    }

    pub(crate) fn name<T: FromStr>(&mut self) -> Result<T, StoreError> {
        self.get::<&str>().and_then(parse)
    }

    /// Reads a stage and its time from two columns.
    pub(crate) fn stage_or_null(&mut self) -> Result<Option<ReportedStage>, StoreError> {
        let (stage, at) = (self.name_or_null()?, self.get::<Option<DateTime<Utc>>>()?);
        Ok(stage.zip(at).map(|(stage, at)| ReportedStage::new(stage, at)))
    }

    pub(crate) fn stage(&mut self) -> Result<ReportedStage, StoreError> {
        self.stage_or_null()?.ok_or_else(|| StoreError::corrupt("a row has no stage"))
    }
}

fn parse<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt("a row has a name that this version does not know"))
}

/// The text without zero bytes, which a column of text cannot have.
pub(crate) fn text(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

//! Values of columns.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::DateTime;
use rusqlite::Row;
use rusqlite::types::FromSql;

use super::super::ids::ReportSeq;
use super::super::store_error::StoreError;
use super::errors::sql;
use crate::lifecycle::ReportedStage;
use crate::model::ProviderId;

/// The text before the hash of an erased case id.
pub(super) const ERASED: &str = "erased/";

/// Reads the columns of a row from left to right.
pub(super) struct Columns<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(super) const fn new(row: &'a Row<'a>) -> Self {
        Self { row, next: 0 }
    }

    pub(super) fn get<T: FromSql>(&mut self) -> Result<T, StoreError> {
        self.next += 1;
        self.row.get(self.next - 1).map_err(sql)
    }

    fn text(&mut self) -> Result<Option<&'a str>, StoreError> {
        self.next += 1;
        let value = self.row.get_ref(self.next - 1).map_err(sql)?;
        value.as_str_or_null().map_err(|_| StoreError::corrupt("a row has a value of another type"))
    }

    /// Reads a name that this version knows.
    pub(super) fn name_or_null<T: FromStr>(&mut self) -> Result<Option<T>, StoreError> {
        self.text()?.map(parse).transpose()
    }

    pub(super) fn name<T: FromStr>(&mut self) -> Result<T, StoreError> {
        self.name_or_null()?.ok_or_else(|| StoreError::corrupt("a row has no value in a required column"))
    }

    pub(super) fn seq_or_null(&mut self) -> Result<Option<ReportSeq>, StoreError> {
        self.get::<Option<i64>>().map(|seq| seq.map(ReportSeq::new))
    }

    /// Reads the hash and the text of a case id.
    pub(super) fn case_id(&mut self) -> Result<String, StoreError> {
        let hash: Option<Vec<u8>> = self.get()?;
        let text: Option<String> = self.get()?;
        Ok(text.unwrap_or_else(|| format!("{ERASED}{}", hex::encode(hash.unwrap_or_default()))))
    }

    /// Reads a stage and its time from two columns.
    pub(super) fn stage_or_null(&mut self) -> Result<Option<ReportedStage>, StoreError> {
        let stage = self.name_or_null()?;
        let at: Option<i64> = self.get()?;
        Ok(stage.zip(at.and_then(DateTime::from_timestamp_millis)).map(|(stage, at)| ReportedStage::new(stage, at)))
    }

    pub(super) fn stage(&mut self) -> Result<ReportedStage, StoreError> {
        self.stage_or_null()?.ok_or_else(|| StoreError::corrupt("a row has no stage"))
    }

    pub(super) fn vendors(&mut self) -> Result<BTreeSet<ProviderId>, StoreError> {
        self.text()?.unwrap_or_default().split(' ').filter(|name| !name.is_empty()).map(parse).collect()
    }
}

fn parse<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt("a row has a name that this version does not know"))
}

/// The text of a set of vendors.
pub(super) fn joined<'a>(vendors: impl IntoIterator<Item = &'a ProviderId>) -> String {
    let mut text = String::new();
    for vendor in vendors {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(vendor.as_str());
    }
    text
}

/// The time of a stage in milliseconds.
pub(super) fn millis(stage: &ReportedStage) -> i64 {
    stage.occurred_at.timestamp_millis()
}

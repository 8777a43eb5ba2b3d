//! The ledger entry of a lane in columns.

use std::collections::BTreeMap;

use super::store_error::StoreError;
use crate::lifecycle::{LedgerEntry, ReportedStage};

/// Returns the fields that only a newer version knows, as JSON; `None` without such fields.
///
/// # Errors
///
/// [`StoreError::Corrupt`] if they have no JSON.
pub fn other_fields(entry: &LedgerEntry) -> Result<Option<String>, StoreError> {
    if entry.other.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&entry.other).map(Some).map_err(|_| StoreError::corrupt("a ledger entry has no JSON"))
}

/// Creates an entry from columns.
///
/// # Errors
///
/// [`StoreError::Corrupt`] if the JSON cannot be read.
pub fn entry(
    acknowledged: Option<ReportedStage>,
    in_flight: Option<ReportedStage>,
    vendor_case: Option<String>,
    other: Option<&str>,
) -> Result<LedgerEntry, StoreError> {
    let other = match other {
        Some(json) => serde_json::from_str(json).map_err(|_| StoreError::corrupt("a ledger entry cannot be read"))?,
        None => BTreeMap::new(),
    };
    Ok(LedgerEntry { acknowledged, in_flight, vendor_case, other })
}

//! The state of vendors and the registration of workers.

use std::time::Duration;

use super::super::ids::Owner;
use super::super::store_error::StoreError;
use super::super::tables::{Tables, VendorRow};
use super::super::vendor_state::VendorState;
use super::later;
use crate::model::ProviderId;

/// The time for which a worker counts as running after it registered.
const REGISTERED: i64 = 60_000;

/// Returns the state of a vendor with the time that is left of its phase.
pub(crate) fn read<T: Tables>(tables: &mut T, vendor: &ProviderId, now: i64) -> Result<VendorState, StoreError> {
    tables.vendor_row(vendor)?.map_or_else(|| Ok(VendorState::default()), |row| state(&row, now))
}

/// Reads a stored state.
pub(crate) fn state(row: &VendorRow, now: i64) -> Result<VendorState, StoreError> {
    let mut state: VendorState =
        serde_json::from_str(&row.state).map_err(|_| StoreError::corrupt("the state of a vendor cannot be read"))?;
    let left = row.until.saturating_sub(now);
    state.hold = Duration::from_millis(u64::try_from(left).unwrap_or(0));
    state.version = row.version;
    Ok(state)
}

/// Stores the state of a vendor if its version is still the stored one.
pub(crate) fn write<T: Tables>(
    tables: &mut T,
    vendor: &ProviderId,
    state: &VendorState,
    now: i64,
) -> Result<(), StoreError> {
    let stored = tables.vendor_row(vendor)?.map_or(0, |row| row.version);
    if stored != state.version {
        return Err(StoreError::Changed);
    }
    tables.put_vendor_row(vendor, &row(state, now)?)
}

/// Returns the row that stores a state, with the version after the state's.
pub(crate) fn row(state: &VendorState, now: i64) -> Result<VendorRow, StoreError> {
    let json = serde_json::to_string(state).map_err(StoreError::unavailable)?;
    Ok(VendorRow { state: json, until: later(now, state.hold), version: state.version + 1 })
}

/// Registers a worker, and returns the number of other workers that are registered.
pub(crate) fn register<T: Tables>(
    tables: &mut T,
    owner: &Owner,
    vendors: &[ProviderId],
    now: i64,
) -> Result<u64, StoreError> {
    tables.touch_worker(owner, vendors, now)?;
    tables.other_workers(owner, now.saturating_sub(REGISTERED))
}

//! The store of the demo.

use std::path::Path;

use chargeback::outbox::{MemoryStore, StoreError};

/// The name of the file of the store.
pub(crate) const FILE: &str = "outbox.db";

/// Opens the store that all processes of the demo share.
pub(crate) fn open(_path: &Path) -> Result<MemoryStore, StoreError> {
    Ok(MemoryStore::new())
}

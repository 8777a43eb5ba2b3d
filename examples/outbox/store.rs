//! The store of the demo.

use std::path::Path;

use chargeback::outbox::{SqliteStore, StoreError};

/// Opens the store that all processes of the demo share.
pub(crate) fn open(folder: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(folder.join("outbox.db"))
}

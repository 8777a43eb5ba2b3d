//! A ledger in memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::ledger::{Ledger, LedgerEntry, LedgerError, Version, Versioned};
use crate::model::ProviderId;

type Entries = HashMap<(ProviderId, String), Versioned<LedgerEntry>>;

/// A ledger in memory, for tests and for programs that run once. It is lost when the process ends, and grows with the
/// number of cases.
///
/// ```
/// use chargeback::lifecycle::MemoryLedger;
///
/// let ledger = MemoryLedger::new();
/// assert!(ledger.is_empty());
/// ```
#[derive(Default)]
pub struct MemoryLedger {
    entries: Mutex<Entries>,
}

impl MemoryLedger {
    /// Creates an empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of entries: one for each case and vendor.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Returns true if the ledger has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// The lock protects one map operation that does not panic.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryLedger({} entries)", self.len())
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        Ok(self.entries().get(&(provider.clone(), case_id.to_owned())).cloned())
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        let (mut entries, key) = (self.entries(), (provider.clone(), case_id.to_owned()));
        if entries.get(&key).map(|stored| stored.version) != replaces {
            return Err(LedgerError::VersionMismatch);
        }
        let version = Version(replaces.map_or(1, |version| version.0 + 1));
        entries.insert(key, Versioned { value: entry.clone(), version });
        Ok(version)
    }
}

//! What each vendor was told last of each case.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Chargeback, ProviderId, Stage};
use crate::util::redact::Presence;

/// A stage that a vendor was told, and since when the case stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedStage {
    /// The stage.
    pub stage: Stage,
    /// Since when.
    pub occurred_at: DateTime<Utc>,
}

impl ReportedStage {
    /// What a report of this chargeback tells.
    #[must_use]
    pub const fn new(chargeback: &Chargeback) -> Self {
        Self { stage: chargeback.stage(), occurred_at: chargeback.occurred_at() }
    }
}

/// What a ledger keeps of one case at one vendor. It can be stored: serde writes and reads it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// What the vendor acknowledged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<ReportedStage>,
    /// What was being told since, without an answer that anybody has heard. It is written before the report is sent, so
    /// it is there after a crash too. It is told again; where that could write twice, only after a look at the vendor's
    /// record, and if that does not tell, a person does: [`Reporter::resolve_doubt`](crate::Reporter::resolve_doubt).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<ReportedStage>,
    /// The vendor's id of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_case: Option<String>,
}

impl LedgerEntry {
    /// The last that the vendor may have heard.
    #[must_use]
    pub fn last(&self) -> Option<&ReportedStage> {
        self.in_flight.as_ref().or(self.acknowledged.as_ref())
    }
}

impl fmt::Debug for LedgerEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerEntry")
            .field("acknowledged", &self.acknowledged)
            .field("in_flight", &self.in_flight)
            .field("vendor_case", &Presence::new(self.vendor_case.as_ref()))
            .finish()
    }
}

/// Keeps what each vendor was told: a table in your database, a file.
///
/// The key is vendor and case id. The [`Reporter`](crate::Reporter) reads an entry before a report, writes it before it
/// sends, and writes it again with the outcome. Reports of one case to one vendor through one reporter run one after
/// another, so an entry is never written by two of them at once; several processes need a lock of the store's own.
#[async_trait]
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// What is kept of the case at this vendor; `None` if nothing is.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if it cannot be read. Nothing is sent then.
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError>;

    /// Keeps this of the case at this vendor, in place of what was kept.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if it cannot be written. Before a report, nothing is sent then; after one, the outcome says so.
    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError>;
}

/// A ledger could not be read or written. Its source is shown in error chains: keep people's data out of it.
#[derive(Debug, thiserror::Error)]
#[error("the ledger could not be read or written")]
pub struct LedgerError {
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl LedgerError {
    /// Says why.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}

/// A ledger in memory: gone with the process, and as large as what it was told. For tests, and for single runs.
#[derive(Default)]
pub struct MemoryLedger {
    entries: Mutex<HashMap<(ProviderId, String), LedgerEntry>>,
}

impl MemoryLedger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many cases it keeps, each once for every vendor.
    #[must_use]
    pub fn len(&self) -> usize {
        self.locked().len()
    }

    /// Whether it keeps nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.locked().is_empty()
    }

    /// The lock is held for one map operation that does not panic; if one ever did, the map is still a map.
    fn locked(&self) -> MutexGuard<'_, HashMap<(ProviderId, String), LedgerEntry>> {
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
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        Ok(self.locked().get(&(provider.clone(), case_id.to_owned())).cloned())
    }

    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError> {
        self.locked().insert((provider.clone(), case_id.to_owned()), entry.clone());
        Ok(())
    }
}

//! The last reported stage of each case at each vendor.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Chargeback, ProviderId, Stage};
use crate::util::redact::Presence;

/// A stage that was reported to a vendor, and its time.
///
/// ```
/// use chargeback::lifecycle::ReportedStage;
/// use chargeback::{Chargeback, Reason, Stage};
///
/// let at = "2026-10-03T09:12:00Z".parse()?;
/// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, at).order_id("ORD_10726").build()?;
/// assert_eq!(ReportedStage::for_chargeback(&chargeback), ReportedStage::new(Stage::Received, at));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReportedStage {
    /// The stage.
    pub stage: Stage,
    /// The time at which the case reached the stage.
    pub occurred_at: DateTime<Utc>,
}

impl ReportedStage {
    /// Creates a value from its parts, for example from columns of a database.
    #[must_use]
    pub const fn new(stage: Stage, occurred_at: DateTime<Utc>) -> Self {
        Self { stage, occurred_at }
    }

    /// Creates the value for a report of this chargeback.
    #[must_use]
    pub const fn for_chargeback(chargeback: &Chargeback) -> Self {
        Self::new(chargeback.stage(), chargeback.occurred_at())
    }
}

/// The state of one case at one vendor. Store it with serde or in columns.
///
/// ```
/// use chargeback::lifecycle::LedgerEntry;
///
/// let entry: LedgerEntry = serde_json::from_str("{\"vendor_case\":\"RC-17\"}")?;
/// assert_eq!(entry.vendor_case.as_deref(), Some("RC-17"));
/// assert!(entry.last().is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// The last stage that the vendor acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<ReportedStage>,
    /// A later stage whose report has no known outcome.
    ///
    /// The mark is stored immediately before the first request that can change the vendor's record, so it is there after a
    /// crash too. The stage is sent again. If the write is not idempotent, the vendor's record is looked up first. If the
    /// lookup is inconclusive, a person checks and calls [`Reporter::resolve_doubt`](crate::Reporter::resolve_doubt).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<ReportedStage>,
    /// The vendor's id of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_case: Option<String>,
}

impl LedgerEntry {
    /// Returns the last stage that the vendor may have: the one in flight, or the acknowledged one.
    ///
    /// ```
    /// use chargeback::Stage;
    /// use chargeback::lifecycle::{LedgerEntry, ReportedStage};
    ///
    /// let mut entry = LedgerEntry::default();
    /// entry.acknowledged = Some(ReportedStage::new(Stage::Received, "2026-10-03T09:12:00Z".parse()?));
    /// entry.in_flight = Some(ReportedStage::new(Stage::Contested, "2026-10-05T00:00:00Z".parse()?));
    /// assert_eq!(entry.last().map(|last| last.stage), Some(Stage::Contested));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
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

/// Stores the last reported stage of each case at each vendor, for example in a database table. The key is
/// `(vendor, case_id)`.
///
/// [`Reporter`](crate::Reporter) does the following for each report:
///
/// 1. Reads the entry before the report and skips stages that are older than the stored one.
/// 2. Marks the entry as in flight immediately before the first request that can change the vendor's record.
/// 3. Stores the outcome, and clears the mark, after the vendor's reply.
///
/// Reports of the same case through the same provider run one at a time, so two reports of one process never write an entry
/// at once. Several processes need a lock of the store.
///
/// ```
/// use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError};
/// use chargeback::{ProviderId, async_trait};
///
/// /// Stores entries as JSON in a table.
/// #[derive(Debug)]
/// struct Table;
///
/// #[async_trait]
/// impl Ledger for Table {
///     async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
///         // SELECT entry FROM reported WHERE provider = $1 AND case_id = $2
///         let row: Option<String> = None;
///         row.map(|json| serde_json::from_str(&json)).transpose().map_err(LedgerError::new)
///     }
///
///     async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError> {
///         let _json = serde_json::to_string(entry).map_err(LedgerError::new)?;
///         // INSERT INTO reported ... ON CONFLICT (provider, case_id) DO UPDATE SET entry = $3
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Returns the entry of a case at a vendor; `None` if nothing was stored.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the entry cannot be read. Nothing is sent then.
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError>;

    /// Stores the entry of a case at a vendor, and replaces the previous one. The entry must be durable when the call
    /// returns.
    ///
    /// ```
    /// use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, MemoryLedger};
    /// use chargeback::spade;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), LedgerError> {
    /// let ledger = MemoryLedger::new();
    /// let mut entry = LedgerEntry::default();
    /// entry.vendor_case = Some("RC-17".into());
    /// ledger.write(&spade::ID, "CB-1", &entry).await?;
    /// assert_eq!(ledger.read(&spade::ID, "CB-1").await?, Some(entry));
    /// assert_eq!(ledger.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the entry cannot be written. Before a request, nothing is sent then; after it, the outcome has the
    /// error.
    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError>;
}

#[async_trait]
impl<T: Ledger + ?Sized> Ledger for Arc<T> {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        (**self).read(provider, case_id).await
    }

    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError> {
        (**self).write(provider, case_id, entry).await
    }
}

/// A failed read or write of a ledger. The source appears in error chains and must not hold personal data.
///
/// ```
/// use std::error::Error as _;
///
/// use chargeback::lifecycle::LedgerError;
///
/// let error = LedgerError::new("the database is locked");
/// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the database is locked"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the ledger could not be read or written")]
pub struct LedgerError {
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl LedgerError {
    /// Creates an error with its cause.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}

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
    entries: Mutex<HashMap<(ProviderId, String), LedgerEntry>>,
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
    fn entries(&self) -> MutexGuard<'_, HashMap<(ProviderId, String), LedgerEntry>> {
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
        Ok(self.entries().get(&(provider.clone(), case_id.to_owned())).cloned())
    }

    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError> {
        self.entries().insert((provider.clone(), case_id.to_owned()), entry.clone());
        Ok(())
    }
}

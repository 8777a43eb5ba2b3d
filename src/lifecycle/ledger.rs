//! The last reported stage of each case at each vendor.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Chargeback, ProviderId, Stage};
use crate::util::redact::Presence;

/// A stage that was reported to a vendor, and its time in whole milliseconds. Newer versions add no fields.
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
    /// The time at which the case reached the stage, in whole milliseconds.
    pub occurred_at: DateTime<Utc>,
}

impl ReportedStage {
    /// Creates a value from its parts, for example from columns of a database. The time is cut to milliseconds, the
    /// precision that vendors get.
    #[must_use]
    pub fn new(stage: Stage, occurred_at: DateTime<Utc>) -> Self {
        let cut = DateTime::from_timestamp_millis(occurred_at.timestamp_millis());
        Self { stage, occurred_at: cut.unwrap_or(occurred_at) }
    }

    /// Creates the value for a report of this chargeback.
    #[must_use]
    pub fn for_chargeback(chargeback: &Chargeback) -> Self {
        Self::new(chargeback.stage(), chargeback.occurred_at())
    }

    /// True if both are the same report: the same stage, at a time within one second. A store may have rounded the
    /// time.
    pub(crate) fn is_same_report(&self, other: &Self) -> bool {
        self.stage == other.stage && (self.occurred_at - other.occurred_at).abs() < TimeDelta::seconds(1)
    }

    /// The position among the reports of a case: by time, and for equal times by the order of [`Stage::ALL`].
    pub(crate) fn position(&self) -> (i64, usize) {
        (self.occurred_at.timestamp_millis(), Stage::ALL.iter().position(|stage| *stage == self.stage).unwrap_or(0))
    }
}

/// The state of one case at one vendor. Store it with serde or in columns.
///
/// # Rolling deployments
///
/// While processes of two versions share a ledger, the older version keeps the fields that it does not know: serde
/// reads them, and every write of the entry contains them unchanged. This needs a self-describing format, such as JSON.
/// A ledger with columns updates only the columns that it knows.
///
/// Newer versions add fields to the entry, never to [`ReportedStage`]. An entry with a stage that the older version
/// does not know cannot be read by it, so the older version sends nothing for that case.
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
    /// The mark is stored immediately before the first request that can change the vendor's record, so it is there
    /// after a crash too. The stage is sent again. If the write is not idempotent, the vendor's record is looked up
    /// first. If the lookup is inconclusive, a person checks and calls
    /// [`Reporter::resolve_doubt`](crate::Reporter::resolve_doubt).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<ReportedStage>,
    /// The vendor's id of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_case: Option<String>,
    /// The fields of a newer version.
    #[serde(flatten)]
    pub(crate) other: BTreeMap<String, serde_json::Value>,
}

impl LedgerEntry {
    /// Returns the last stage that the vendor may have: the acknowledged one or the one in flight, whichever is later.
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
        [&self.acknowledged, &self.in_flight].into_iter().flatten().max_by_key(|reported| reported.position())
    }

    /// Returns the entry with the later time of a chargeback whose stage is already acknowledged; `None` if the time
    /// is not later or a stage is in flight.
    ///
    /// Such a chargeback is a refresh and need not be sent. Store its time anyway: a stage between the two
    /// times that arrives later is stale.
    ///
    /// ```
    /// use chargeback::lifecycle::{LedgerEntry, ReportedStage};
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let mut entry = LedgerEntry::default();
    /// entry.acknowledged = Some(ReportedStage::new(Stage::Received, "2026-10-03T09:12:00Z".parse()?));
    /// let again = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-04T00:00:00Z".parse()?)
    ///     .order_id("ORD_10726")
    ///     .build()?;
    /// let refreshed = entry.refreshed(&again).expect("the time is later");
    /// assert_eq!(refreshed.acknowledged, Some(ReportedStage::for_chargeback(&again)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn refreshed(&self, chargeback: &Chargeback) -> Option<Self> {
        let next = ReportedStage::for_chargeback(chargeback);
        let is_later = self.in_flight.is_none()
            && self.acknowledged.is_some_and(|last| last.stage == next.stage && last.occurred_at < next.occurred_at);
        is_later.then(|| Self { acknowledged: Some(next), ..self.clone() })
    }
}

impl fmt::Debug for LedgerEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerEntry")
            .field("acknowledged", &self.acknowledged)
            .field("in_flight", &self.in_flight)
            .field("vendor_case", &Presence::new(self.vendor_case.as_ref()))
            .finish_non_exhaustive()
    }
}

/// The version of a stored entry. A store raises it with every write.
///
/// ```
/// use chargeback::lifecycle::Version;
///
/// // A column of a database.
/// let column: u64 = 3;
/// assert!(Version(column) > Version(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

/// A stored value and its version.
///
/// ```
/// use chargeback::lifecycle::{Ledger, LedgerError};
/// use chargeback::revcent;
///
/// async fn vendor_case(ledger: &dyn Ledger, case_id: &str) -> Result<Option<String>, LedgerError> {
///     let stored = ledger.read(&revcent::ID, case_id).await?;
///     Ok(stored.and_then(|stored| stored.value.vendor_case))
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// The version of the value.
    pub version: Version,
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
/// Within one provider, reports of the same case run one at a time. Several processes may share a ledger: each write
/// names the version that it replaces, and a write with an outdated version fails with
/// [`LedgerError::VersionMismatch`]. Then the reporter reads the entry again. Before the first request, it judges the
/// stage again. After the reply, it merges the outcome into the new entry.
///
/// Times must be stored with millisecond precision or better. A store that keeps whole seconds loses the order of
/// stages within one second; a stage in flight is still sent again.
///
/// # SQL
///
/// ```sql
/// CREATE TABLE reported (
///     vendor text, case_id text, entry text NOT NULL, version bigint NOT NULL, PRIMARY KEY (vendor, case_id)
/// );
/// -- read
/// SELECT entry, version FROM reported WHERE vendor = $1 AND case_id = $2;
/// -- write with `replaces: None`; no row inserted means `VersionMismatch`
/// INSERT INTO reported VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING;
/// -- write with `replaces: Some(v)`; no row updated means `VersionMismatch`
/// UPDATE reported SET entry = $3, version = version + 1 WHERE vendor = $1 AND case_id = $2 AND version = $4;
/// ```
///
/// ```
/// use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, Version, Versioned};
/// use chargeback::{ProviderId, async_trait};
///
/// /// Stores entries as JSON in a table.
/// #[derive(Debug)]
/// struct Table;
///
/// #[async_trait]
/// impl Ledger for Table {
///     async fn read(
///         &self,
///         provider: &ProviderId,
///         case_id: &str,
///     ) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
///         let row: Option<(String, u64)> = None; // the SELECT above
///         let Some((json, version)) = row else { return Ok(None) };
///         // Errors of `serde_json` may quote the row.
///         let value = serde_json::from_str(&json).map_err(|_| LedgerError::read("the row is not an entry"))?;
///         Ok(Some(Versioned { value, version: Version(version) }))
///     }
///
///     async fn write(
///         &self,
///         provider: &ProviderId,
///         case_id: &str,
///         entry: &LedgerEntry,
///         replaces: Option<Version>,
///     ) -> Result<Version, LedgerError> {
///         let _json = serde_json::to_string(entry).map_err(LedgerError::write)?;
///         let rows_changed = 1; // the INSERT or UPDATE above
///         if rows_changed == 0 {
///             return Err(LedgerError::VersionMismatch);
///         }
///         Ok(Version(replaces.map_or(1, |version| version.0 + 1)))
///     }
/// }
/// ```
#[async_trait]
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Returns the entry of a case at a vendor, and its version; `None` if nothing was stored.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Read`] if the entry cannot be read. Nothing is sent then.
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError>;

    /// Stores the entry of a case at a vendor, and returns its new version.
    ///
    /// `replaces` is the version of the entry that the write replaces; `None` if there must be no entry. The
    /// comparison and the write must be one atomic step. The entry must be durable when the call returns.
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
    /// let version = ledger.write(&spade::ID, "CB-1", &entry, None).await?;
    /// let stored = ledger.read(&spade::ID, "CB-1").await?.expect("just written");
    /// assert_eq!((stored.value, stored.version), (entry.clone(), version));
    ///
    /// // `None` fails if the case already has an entry.
    /// let error = ledger.write(&spade::ID, "CB-1", &entry, None).await.unwrap_err();
    /// assert!(matches!(error, LedgerError::VersionMismatch));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`LedgerError::VersionMismatch`] if the stored version is another one. Nothing was written.
    /// - [`LedgerError::Write`] if the entry cannot be written. Before a request, nothing is sent then; after it, the
    ///   outcome has the error.
    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError>;
}

#[async_trait]
impl<T: Ledger + ?Sized> Ledger for Arc<T> {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        (**self).read(provider, case_id).await
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        (**self).write(provider, case_id, entry, replaces).await
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A failed read or write of a ledger. The source appears in error chains and must not hold personal data.
///
/// ```
/// use std::error::Error as _;
///
/// use chargeback::lifecycle::LedgerError;
///
/// let error = LedgerError::read("the database is locked");
/// assert_eq!(error.to_string(), "could not read the ledger");
/// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the database is locked"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The entry could not be read.
    #[error("could not read the ledger")]
    Read(#[source] BoxError),
    /// The entry could not be written.
    #[error("could not write the ledger")]
    Write(#[source] BoxError),
    /// The stored entry has another version than the one that the write replaces.
    #[error("the ledger entry was changed by another process")]
    VersionMismatch,
}

impl LedgerError {
    /// Creates the error of a failed read.
    pub fn read(source: impl Into<BoxError>) -> Self {
        Self::Read(source.into())
    }

    /// Creates the error of a failed write.
    pub fn write(source: impl Into<BoxError>) -> Self {
        Self::Write(source.into())
    }
}

//! The acts of an operator.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::enqueue::EnqueueError;
use super::ids::{LaneId, ReportSeq};
use super::key::EventKey;
use super::operate::{Act, CaseExport, Counts, LaneFilter, LaneSummary, Seen, Swept};
use super::report::NewReport;
use super::seal::Sealer;
use super::store::OutboxStore;
use super::store_error::StoreError;
use super::vendor_state::VendorEvent;
use crate::model::{Chargeback, InvalidError, ProviderId};
use crate::provider::Resolution;

/// The number of attempts to change the state of a vendor that workers change too.
const MAX_RACES: usize = 16;

/// Shows and changes the state of an outbox. An operator's tool needs no keys of vendors.
///
/// Every act names the lane as it was listed. If the lane changed since then, the act fails with
/// [`StoreError::Changed`]: list it again.
///
/// ```
/// use chargeback::outbox::{LaneFilter, MemoryStore, Operator};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), chargeback::outbox::StoreError> {
/// let operator = Operator::new(MemoryStore::new());
/// for lane in operator.list(&LaneFilter::needs_attention()).await? {
///     println!("{lane}; check after {:?}", lane.check_not_before);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Operator {
    store: Arc<dyn OutboxStore>,
    sealer: Option<Arc<dyn Sealer>>,
}

/// An act that failed. Nothing changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// The store refused the act.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vendor's id of the case is empty or too long.
    #[error(transparent)]
    Invalid(#[from] InvalidError),
    /// The new payload could not be written or encrypted.
    #[error(transparent)]
    Payload(#[from] EnqueueError),
}

impl Operator {
    /// Creates an operator for a store.
    pub fn new(store: impl OutboxStore) -> Self {
        Self { store: Arc::new(store), sealer: None }
    }

    /// Sets the encryption of payloads, for [`replace`](Self::replace). Default: none.
    #[must_use]
    pub fn sealer(mut self, sealer: impl Sealer) -> Self {
        self.sealer = Some(Arc::new(sealer));
        self
    }

    /// Returns lanes by ascending id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn list(&self, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError> {
        self.store.list(filter).await
    }

    /// Returns all data about a case, for a person's request or an investigation. Payloads are as stored.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn export(&self, case_id: &str) -> Result<CaseExport, StoreError> {
        self.store.export(case_id).await
    }

    /// Returns the number of lanes by vendor and state.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        self.store.counts().await
    }

    /// Sends the head of a lane again at once. A report in doubt starts with a lookup.
    ///
    /// # Errors
    ///
    /// [`StoreError::Changed`] and [`StoreError::Refused`].
    pub async fn retry(&self, lane: &LaneSummary) -> Result<(), StoreError> {
        self.store.act(lane.id, lane.seen(), Act::Retry).await
    }

    /// Passes the head of a lane without sending it. A doubt of the lane remains. The reason must not hold personal
    /// data.
    ///
    /// # Errors
    ///
    /// [`StoreError::Changed`] and [`StoreError::Refused`].
    pub async fn skip(&self, lane: &LaneSummary, reason: &str) -> Result<(), StoreError> {
        self.store.act(lane.id, lane.seen(), Act::Skip { reason }).await
    }

    /// Ends the doubt of a lane after a check with the vendor.
    ///
    /// | [`Resolution`] | The vendor | The lane |
    /// |---|---|---|
    /// | `Found(id)` | has the case under this id | sends its head, which updates the case |
    /// | `Applied` | has the report, but gives cases no ids | passes the head |
    /// | `NotFound` | does not have the report | sends its head as if nothing were in doubt |
    ///
    /// `NotFound` is refused if the check was made before [`LaneSummary::check_not_before`], because a request of a
    /// frozen process may still have been under way, and if the time of the check lies in the future.
    ///
    /// # Errors
    ///
    /// [`ActError`]; the doubt remains.
    pub async fn resolve(
        &self,
        lane: &LaneSummary,
        resolution: Resolution,
        checked_at: DateTime<Utc>,
    ) -> Result<(), ActError> {
        self.resolve_seen(lane.id, lane.seen(), resolution, checked_at).await
    }

    pub(super) async fn resolve_seen(
        &self,
        lane: LaneId,
        seen: Seen,
        resolution: Resolution,
        checked_at: DateTime<Utc>,
    ) -> Result<(), ActError> {
        resolution.validate()?;
        Ok(self.store.act(lane, seen, Act::Resolve { resolution, checked_at }).await?)
    }

    /// Sends a passed report again, the last acknowledged one if `seq` is `None`. The lifecycle judges every other
    /// report, so an older one is skipped.
    ///
    /// # Errors
    ///
    /// [`StoreError::PayloadGone`] after the retention time, [`StoreError::Refused`] if other reports wait.
    pub async fn replay(&self, lane: &LaneSummary, seq: Option<ReportSeq>) -> Result<(), StoreError> {
        self.store.act(lane.id, lane.seen(), Act::Replay { seq }).await
    }

    /// Sends another chargeback in place of a blocked head, which keeps its place in the order. The reason must not
    /// hold personal data.
    ///
    /// # Errors
    ///
    /// [`ActError`]; the lane is unchanged.
    pub async fn replace(&self, lane: &LaneSummary, chargeback: &Chargeback, reason: &str) -> Result<(), ActError> {
        let json = serde_json::to_vec(chargeback).map_err(|_| EnqueueError::Serialize)?;
        let key = EventKey::new("replace", &lane.id.to_string(), &lane.token.to_string())?;
        let report = NewReport::new(&key, chargeback, &json, &[]);
        let sealed = self.sealer.as_ref().map(|sealer| sealer.seal(chargeback.case_id(), &json)).transpose();
        let sealed = sealed.map_err(EnqueueError::Seal)?;
        let report = sealed.as_deref().map_or(report, |payload| report.sealed(payload));
        Ok(self.store.act(lane.id, lane.seen(), Act::Replace { report, reason }).await?)
    }

    /// Pauses a vendor for all workers. Running reports end. The reason must not hold personal data.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn pause(&self, vendor: &ProviderId, reason: &str) -> Result<(), StoreError> {
        self.set_vendor(vendor, &VendorEvent::Paused(reason.to_owned())).await
    }

    /// Resumes a paused vendor.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn resume(&self, vendor: &ProviderId) -> Result<(), StoreError> {
        self.set_vendor(vendor, &VendorEvent::Resumed).await
    }

    async fn set_vendor(&self, vendor: &ProviderId, event: &VendorEvent) -> Result<(), StoreError> {
        for _ in 0..MAX_RACES {
            let state = self.store.vendor(vendor).await?;
            let Some(next) = state.after(event, usize::MAX) else { return Ok(()) };
            match self.store.set_vendor(vendor, &next).await {
                Err(StoreError::Changed) => {}
                stored => return stored,
            }
        }
        Err(StoreError::Changed)
    }

    /// Erases the data of a case: payloads, ids, keys, notes and the case id. Returns false if the store does not know
    /// the case.
    ///
    /// The lanes stay under a keyed hash of the case id, in doubt if anything was sent, so that a later event of the
    /// case cannot create it a second time. Reports that were not yet sent are erased too. Backups are not changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] while a worker sends a report of the case.
    pub async fn erase(&self, case_id: &str) -> Result<bool, StoreError> {
        self.store.erase(case_id).await
    }

    /// Deletes payloads that every vendor has passed, and history older than `keep_history`. Workers do this too.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn purge(&self, keep_payload: Duration, keep_history: Duration) -> Result<Swept, StoreError> {
        self.store.sweep(keep_payload, keep_history).await
    }

    /// Puts every lane in doubt once, after a backup was restored, and raises all tokens by 2^32. Returns the number of
    /// lanes.
    ///
    /// Vendors with lookups are then looked up before a write; a lane whose record is not found needs a person.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn distrust(&self) -> Result<u64, StoreError> {
        self.store.distrust().await
    }

    /// Checks the integrity of the store, and returns the problems as text without case ids.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.store.check().await
    }
}

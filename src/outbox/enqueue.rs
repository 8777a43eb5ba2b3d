//! Accepting events.

use std::sync::Arc;

use super::key::EventKey;
use super::report::{Enqueued, NewReport};
use super::seal::{SealError, Sealer};
use super::store::OutboxStore;
use super::store_error::StoreError;
use crate::model::{Chargeback, ProviderId};

/// Accepts events for delivery. A process that only enqueues needs no keys of vendors.
///
/// Clones share everything.
///
/// ```
/// use chargeback::outbox::{Enqueued, Enqueuer, EventKey, MemoryStore};
/// use chargeback::{Chargeback, Reason, Stage, revcent, spade};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let enqueuer = Enqueuer::new(MemoryStore::new(), [revcent::ID, spade::ID]);
/// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
///     .order_id("ORD_10726")
///     .build()?;
/// let key = EventKey::new("stripe", "acct_1", "evt_1")?;
/// assert!(matches!(enqueuer.enqueue(&key, &chargeback).await?, Enqueued::New { .. }));
/// assert!(matches!(enqueuer.enqueue(&key, &chargeback).await?, Enqueued::Duplicate { .. }));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Enqueuer {
    store: Arc<dyn OutboxStore>,
    vendors: Arc<[ProviderId]>,
    sealer: Option<Arc<dyn Sealer>>,
}

impl Enqueuer {
    /// Creates an enqueuer. Each report is accepted for these vendors.
    pub fn new(store: impl OutboxStore, vendors: impl IntoIterator<Item = ProviderId>) -> Self {
        Self { store: Arc::new(store), vendors: vendors.into_iter().collect(), sealer: None }
    }

    /// Sets the encryption of payloads. Default: none.
    #[must_use]
    pub fn sealer(mut self, sealer: impl Sealer) -> Self {
        self.sealer = Some(Arc::new(sealer));
        self
    }

    /// Accepts an event. The report is durable when the call returns `Ok`.
    ///
    /// After an error, call again with the same key: the event is accepted once.
    ///
    /// # Errors
    ///
    /// [`EnqueueError`]; the event was not accepted, unless the reply of a remote store was lost.
    pub async fn enqueue(&self, key: &EventKey, chargeback: &Chargeback) -> Result<Enqueued, EnqueueError> {
        let json = serde_json::to_vec(chargeback).map_err(|_| EnqueueError::Serialize)?;
        let report = NewReport::new(key, chargeback, &json, &self.vendors);
        let sealed = self.sealer.as_ref().map(|sealer| sealer.seal(chargeback.case_id(), &json)).transpose()?;
        Ok(self.store.enqueue(sealed.as_deref().map_or(report, |payload| report.sealed(payload))).await?)
    }
}

/// An event that was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnqueueError {
    /// The store did not accept the report.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The payload could not be encrypted.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The chargeback could not be written as JSON.
    #[error("the chargeback cannot be written as JSON")]
    Serialize,
}

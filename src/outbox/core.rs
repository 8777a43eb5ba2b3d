//! The outbox.

use std::fmt;
use std::sync::Arc;

use super::enqueue::{EnqueueError, Enqueuer};
use super::key::EventKey;
use super::operate::Counts;
use super::operator::Operator;
use super::report::Enqueued;
use super::seal::Sealer;
use super::store::OutboxStore;
use super::store_error::StoreError;
use super::worker::WorkerBuilder;
use crate::model::Chargeback;
use crate::reporter::Reporter;

/// Accepts chargebacks durably, and delivers them to the vendors of a [`Reporter`].
///
/// Clones share everything.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::outbox::{EventKey, MemoryStore, Outbox};
/// use chargeback::{Chargeback, Reporter};
///
/// async fn serve(reporter: Reporter, chargeback: &Chargeback) -> Result<(), Box<dyn std::error::Error>> {
///     let outbox = Outbox::new(MemoryStore::new(), reporter)?;
///     let worker = outbox.worker().start()?;
///
///     // In the handler of a webhook, before the reply:
///     let _ = outbox.enqueue(&EventKey::new("stripe", "acct_1", "evt_1")?, chargeback).await?;
///
///     // After SIGTERM:
///     worker.shutdown(Duration::from_secs(25)).await;
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Outbox {
    store: Arc<dyn OutboxStore>,
    reporter: Reporter,
    enqueuer: Enqueuer,
    sealer: Option<Arc<dyn Sealer>>,
}

/// An outbox that could not be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// The reporter has a ledger.
    #[error("the reporter has a ledger; the outbox keeps the entries itself, so build the reporter without a ledger")]
    ReporterHasLedger,
}

impl Outbox {
    /// Creates an outbox. Each event is accepted for all vendors of the reporter.
    ///
    /// # Errors
    ///
    /// [`OutboxError::ReporterHasLedger`] if the reporter has a ledger: the outbox keeps the entries itself.
    pub fn new(store: impl OutboxStore, reporter: Reporter) -> Result<Self, OutboxError> {
        if reporter.has_ledger() {
            return Err(OutboxError::ReporterHasLedger);
        }
        let store: Arc<dyn OutboxStore> = Arc::new(store);
        let enqueuer = Enqueuer::new(Arc::clone(&store), reporter.providers());
        Ok(Self { store, reporter, enqueuer, sealer: None })
    }

    /// Sets the encryption of payloads. Default: none. Set the same sealer in every process.
    #[must_use]
    pub fn sealer(mut self, sealer: impl Sealer) -> Self {
        let sealer: Arc<dyn Sealer> = Arc::new(sealer);
        self.enqueuer = self.enqueuer.sealer(Arc::clone(&sealer));
        self.sealer = Some(sealer);
        self
    }

    /// Accepts an event. The report is durable when the call returns `Ok`.
    ///
    /// # Errors
    ///
    /// [`EnqueueError`]; call again with the same key.
    pub async fn enqueue(&self, key: &EventKey, chargeback: &Chargeback) -> Result<Enqueued, EnqueueError> {
        self.enqueuer.enqueue(key, chargeback).await
    }

    /// Returns a builder of the worker.
    pub fn worker(&self) -> WorkerBuilder {
        WorkerBuilder::new(Arc::clone(&self.store), self.reporter.clone(), self.sealer.clone())
    }

    /// Delivers the reports that are due, and returns when none is: for tests, scheduled jobs and functions. Retries,
    /// lookups and resends that are due later are not waited for.
    pub async fn drain(&self) {
        self.worker().drain().await;
    }

    /// Returns the number of lanes by vendor and state.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        self.store.counts().await
    }

    /// Returns the acts of an operator.
    #[must_use]
    pub fn operator(&self) -> Operator {
        let operator = Operator::new(Arc::clone(&self.store));
        match &self.sealer {
            Some(sealer) => operator.sealer(Arc::clone(sealer)),
            None => operator,
        }
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("store", &self.store).field("reporter", &self.reporter).finish_non_exhaustive()
    }
}

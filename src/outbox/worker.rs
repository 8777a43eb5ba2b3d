//! The worker: one for each process.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::deliver::{Shared, Vendor};
use super::ids::Owner;
use super::leased::Finished;
use super::observe::{NoObserver, Observer, OutboxEvent, StoreOperation};
use super::pump::{Mode, Pump};
use super::schedule::Schedule;
use super::seal::Sealer;
use super::settings::{LEASE_MARGIN, WorkerSettings};
use super::store::OutboxStore;
use super::store_error::StoreError;
use super::vendor_view::VendorView;
use crate::engine::{Jitter, RandomJitter};
use crate::model::ProviderId;
use crate::reporter::Reporter;

/// The time between two registrations of a worker, and between two sweeps.
const REGISTER_EVERY: Duration = Duration::from_secs(20);
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// The longest time for which a shutdown returns lanes after its time limit.
const RELEASE: Duration = Duration::from_secs(2);

/// Builds a [`Worker`].
///
/// | Setting | Default |
/// |---|---|
/// | reports at a time for each vendor | 16 |
/// | longest time of one report | 20 s |
/// | lease | 30 s |
/// | [`Schedule`] | see there |
/// | a stage without a value at the vendor | passed |
/// | an acknowledged report whose later step failed | passed |
/// | payloads after they were passed | kept for 110 s |
/// | history | kept for 400 days |
#[must_use]
pub struct WorkerBuilder {
    store: Arc<dyn OutboxStore>,
    reporter: Reporter,
    sealer: Option<Arc<dyn Sealer>>,
    observer: Arc<dyn Observer>,
    jitter: Arc<dyn Jitter>,
    settings: WorkerSettings,
}

impl WorkerBuilder {
    pub(super) fn new(store: Arc<dyn OutboxStore>, reporter: Reporter, sealer: Option<Arc<dyn Sealer>>) -> Self {
        Self {
            store,
            reporter,
            sealer,
            observer: Arc::new(NoObserver),
            jitter: Arc::new(RandomJitter),
            settings: WorkerSettings::default(),
        }
    }

    /// Sets the number of reports at a time for each vendor. Default: 16. At least 1.
    pub fn concurrency(mut self, reports: usize) -> Self {
        self.settings.concurrency = reports.max(1);
        self
    }

    /// Sets the longest time of one report. Default: 20 s. The time limits of the provider also apply.
    pub const fn operation_timeout(mut self, time: Duration) -> Self {
        self.settings.operation = time;
        self
    }

    /// Sets the length of a lease. Default: 30 s. After a crash, a report is sent again when its lease has ended.
    pub const fn lease(mut self, time: Duration) -> Self {
        self.settings.lease = time;
        self
    }

    /// Sets the times of retries and lookups.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.settings.schedule = schedule;
        self
    }

    /// Blocks a report whose stage has no value at the vendor, so that a person decides. Default: false, the report is
    /// passed and listed in the history.
    pub const fn block_unsupported(mut self, block: bool) -> Self {
        self.settings.gaps.block_unsupported = block;
        self
    }

    /// Blocks an acknowledged report of which a later step failed. Default: false, the report is passed and listed in
    /// the history as incomplete.
    pub const fn block_incomplete(mut self, block: bool) -> Self {
        self.settings.gaps.block_incomplete = block;
        self
    }

    /// Keeps payloads for this long after the settling time. Default: zero.
    pub const fn keep_payload(mut self, time: Duration) -> Self {
        self.settings.keep_payload = time;
        self
    }

    /// Keeps the history of passed reports for this long. Default: 400 days.
    pub const fn keep_history(mut self, time: Duration) -> Self {
        self.settings.keep_history = time;
        self
    }

    /// Sets the receiver of events. Default: none.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Arc::new(observer);
        self
    }

    /// Sets the source of randomness for the waits. Default: [`RandomJitter`](crate::transport::RandomJitter).
    pub fn jitter(mut self, jitter: impl Jitter) -> Self {
        self.jitter = Arc::new(jitter);
        self
    }

    /// Starts the worker on the current tokio runtime. One worker for each process is enough.
    ///
    /// # Errors
    ///
    /// [`WorkerError::LeaseTooShort`] if the lease is shorter than the operation timeout and 10 s.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    pub fn start(self) -> Result<Worker, WorkerError> {
        if self.settings.lease < self.settings.operation + LEASE_MARGIN {
            return Err(WorkerError::LeaseTooShort);
        }
        let (stop, stopped) = watch::channel(false);
        let (shared, vendors) = self.parts();
        let mut tasks = JoinSet::new();
        tasks.spawn(upkeep(
            Arc::clone(&shared),
            vendors.iter().map(|vendor| vendor.view.id.clone()).collect(),
            stopped.clone(),
        ));
        for vendor in vendors {
            tasks.spawn(Pump::new(Arc::clone(&shared), vendor, Mode::Serve, stopped.clone()).run());
        }
        Ok(Worker { shared, tasks, stop })
    }

    /// Delivers the reports that are due, and returns when none is.
    pub(super) async fn drain(self) {
        let (stop, stopped) = watch::channel(false);
        let (shared, vendors) = self.parts();
        let pumps = vendors
            .into_iter()
            .map(|vendor| Pump::new(Arc::clone(&shared), vendor, Mode::Drain, stopped.clone()).run());
        futures_util::future::join_all(pumps).await;
        drop(stop);
    }

    fn parts(self) -> (Arc<Shared>, Vec<Arc<Vendor>>) {
        let concurrency = self.settings.concurrency;
        let vendors = self.reporter.vendors().map(|(provider, requirement)| {
            Arc::new(Vendor {
                view: VendorView::new(provider.id(), concurrency),
                requirement,
                idempotent: provider.capabilities().writes_are_idempotent(),
            })
        });
        let vendors = vendors.collect();
        let shared = Shared {
            store: self.store,
            reporter: self.reporter,
            sealer: self.sealer,
            observer: self.observer,
            jitter: self.jitter,
            owner: Owner::random(),
            settings: self.settings,
            stopping: AtomicBool::new(false),
            open: Mutex::new(HashMap::new()),
        };
        (Arc::new(shared), vendors)
    }
}

impl fmt::Debug for WorkerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerBuilder")
            .field("store", &self.store)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A worker that could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The lease is too short for the operation timeout.
    #[error("the lease is too short; it must be at least the operation timeout and 10 s")]
    LeaseTooShort,
}

/// A running worker. Dropping it ends all reports at once; call [`shutdown`](Self::shutdown) first.
#[must_use = "a dropped worker stops; keep it, and call `shutdown` before the process ends"]
pub struct Worker {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

/// The end of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ShutdownSummary {
    /// Reports that were dropped at the time limit before a request was sent. Their lanes were returned.
    pub released: usize,
    /// Reports that were dropped at the time limit after a request may have been sent. Another worker continues them
    /// when their leases have ended.
    pub abandoned: usize,
}

impl Worker {
    /// Returns the random name of this worker.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.shared.owner
    }

    /// Stops claiming, waits until the running reports have ended, but at most for this time, and drops the others.
    ///
    /// The call may take up to two seconds longer to return the lanes of dropped reports. With the defaults, 25 s fit
    /// into a grace period of 30 s.
    pub async fn shutdown(mut self, time: Duration) -> ShutdownSummary {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The receivers live in the tasks.
        let _ = self.stop.send(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(time, ended).await.is_ok() {
            return ShutdownSummary::default();
        }
        self.tasks.shutdown().await;
        let open: Vec<_> = self.shared.open().drain().map(|(_, open)| open).collect();
        let mut summary = ShutdownSummary::default();
        let release = async {
            for open in &open {
                if open.sent.get() {
                    continue;
                }
                let lease = self.shared.lease(open.idempotent);
                let released = self.shared.store.finish(&open.lane, Finished::released(), lease, false).await;
                summary.released += usize::from(released.is_ok());
            }
        };
        // A lane that is not returned in time is claimed again when its lease ends.
        let _ = tokio::time::timeout(RELEASE, release).await;
        summary.abandoned = open.len() - summary.released;
        summary
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("owner", &self.shared.owner)
            .field("store", &self.shared.store)
            .finish_non_exhaustive()
    }
}

/// Registers the worker, and deletes old payloads and history.
async fn upkeep(shared: Arc<Shared>, vendors: Vec<ProviderId>, mut stop: watch::Receiver<bool>) {
    let mut since_sweep = SWEEP_EVERY;
    loop {
        note(&shared, StoreOperation::Register, shared.store.register(&shared.owner, &vendors).await.map(|_| ()));
        if since_sweep >= SWEEP_EVERY {
            since_sweep = Duration::ZERO;
            let settings = &shared.settings;
            let swept = shared.store.sweep(settings.keep_payload, settings.keep_history).await;
            note(&shared, StoreOperation::Sweep, swept.map(|_| ()));
        }
        if tokio::time::timeout(REGISTER_EVERY, stop.wait_for(|stopped| *stopped)).await.is_ok() {
            return;
        }
        since_sweep += REGISTER_EVERY;
    }
}

fn note(shared: &Shared, operation: StoreOperation, result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::warn!(operation = operation.as_str(), %error, "a call of the store failed");
        shared.observer.observe(&OutboxEvent::StoreFailed { operation });
    }
}

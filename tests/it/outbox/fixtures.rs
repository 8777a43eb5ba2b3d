//! Helpers of the outbox tests.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chargeback::outbox::{
    Enqueued, EventKey, LaneFilter, LaneSummary, MemoryStore, Outbox, OutboxStore as _, WorkerBuilder,
};
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::transport::{Clock, TokioClock};
use chargeback::{Chargeback, ProviderId, Reporter, ReporterBuilder, RetryPolicy};
use chrono::{DateTime, Utc};

use crate::support::at;
use crate::support::vendors::{self, VENDORS};

/// A clock whose time of day follows tokio's paused clock.
#[derive(Debug, Default)]
pub struct PausedClock(TokioClock);

impl Clock for PausedClock {
    fn now(&self) -> DateTime<Utc> {
        at(1, 0) + self.0.elapsed()
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.0.sleep(time)
    }
}

/// An outbox over a store in memory and a sandbox.
pub struct Setup {
    pub sandbox: Sandbox,
    pub store: MemoryStore,
    pub outbox: Outbox,
    keys: AtomicU64,
}

impl Setup {
    /// With these vendors of the sandbox, without retries within a report.
    pub fn new(vendors: impl FnOnce(&Sandbox, ReporterBuilder) -> ReporterBuilder) -> Self {
        let sandbox = Sandbox::in_memory();
        let reporter = vendors(&sandbox, Reporter::builder()).build().unwrap();
        let store = MemoryStore::with_clock(PausedClock::default());
        let outbox = Outbox::new(store.clone(), reporter).unwrap();
        Self { sandbox, store, outbox, keys: AtomicU64::new(0) }
    }

    pub fn all_vendors() -> Self {
        Self::new(all_vendors)
    }

    pub fn only_spade() -> Self {
        Self::new(|sandbox, reporter| reporter.required(to_spade(sandbox)))
    }

    pub fn only_revcent() -> Self {
        Self::new(|sandbox, reporter| reporter.required(to_revcent(sandbox)))
    }

    pub async fn enqueue(&self, chargeback: &Chargeback) -> Enqueued {
        let number = self.keys.fetch_add(1, Ordering::Relaxed);
        let key = EventKey::new("test", "", &number.to_string()).unwrap();
        self.outbox.enqueue(&key, chargeback).await.unwrap()
    }

    /// The lane of a case at a vendor.
    pub async fn lane(&self, case_id: &str, vendor: &ProviderId) -> LaneSummary {
        let filter = LaneFilter::all().case_id(case_id).vendor(vendor.clone());
        self.store.list(&filter).await.unwrap().remove(0)
    }

    pub fn worker(&self) -> WorkerBuilder {
        self.outbox.worker().jitter(crate::support::HalfJitter)
    }
}

/// Every vendor of the sandbox.
pub fn all_vendors(sandbox: &Sandbox, reporter: ReporterBuilder) -> ReporterBuilder {
    let setup = vendors::Setup { retry: RetryPolicy::never(), ..vendors::Setup::default() };
    VENDORS.iter().fold(reporter, |reporter, vendor| reporter.required(vendor.connect(sandbox, None, &setup)))
}

pub fn to_spade(sandbox: &Sandbox) -> chargeback::HttpProvider<chargeback::spade::Spade> {
    sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never()).build().unwrap()
}

pub fn to_revcent(sandbox: &Sandbox) -> chargeback::HttpProvider<chargeback::revcent::RevCent> {
    sandbox.connect(sandbox.revcent_connector()).retry(RetryPolicy::never()).build().unwrap()
}

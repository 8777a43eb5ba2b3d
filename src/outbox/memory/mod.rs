//! A store in memory.

mod tables;

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::select;
use tokio::sync::Notify;

pub(super) use self::tables::{MemoryTables, Undo};
use super::hashes::StoreKey;
use super::ids::{LaneId, Owner};
use super::leased::{Finished, Lease, LeasedLane};
use super::operate::{Act, CaseExport, Counts, LaneFilter, LaneSummary, Seen, Swept};
use super::report::{Enqueued, NewReport};
use super::rules::{act, claim, enqueue, erase, finish, upkeep, vendors, view};
use super::store::OutboxStore;
use super::store_error::StoreError;
use super::vendor_state::VendorState;
use crate::engine::{Clock, TokioClock};
use crate::lifecycle::ReportedStage;
use crate::model::ProviderId;

/// The longest wait between two checks for due lanes.
const POLL: Duration = Duration::from_secs(60);

/// A store in memory, for tests. It is lost when the process ends. Clones share everything.
///
/// ```
/// use chargeback::outbox::{MemoryStore, OutboxStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), chargeback::outbox::StoreError> {
/// let store = MemoryStore::new();
/// assert!(store.counts().await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

struct Shared {
    tables: Mutex<MemoryTables>,
    key: StoreKey,
    clock: Arc<dyn Clock>,
    changed: Notify,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// Creates an empty store with the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(TokioClock::new())
    }

    /// Creates an empty store with another clock, for example a simulated one.
    #[must_use]
    pub fn with_clock(clock: impl Clock) -> Self {
        let key = StoreKey::new(&StoreKey::random_bytes());
        let tables = Mutex::default();
        Self { shared: Arc::new(Shared { tables, key, clock: Arc::new(clock), changed: Notify::new() }) }
    }

    fn now(&self) -> i64 {
        self.shared.clock.now().timestamp_millis()
    }

    /// A panic while the lock is held leaves rows of an unfinished transaction; the next transaction removes them.
    fn tables(&self) -> MutexGuard<'_, MemoryTables> {
        self.shared.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a transaction after which a lane may be due earlier.
    fn run_and_wake<R>(
        &self,
        transaction: impl FnOnce(&mut MemoryTables, i64) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let result = self.run(transaction);
        self.shared.changed.notify_waiters();
        result
    }

    /// Runs one transaction. After an error, nothing has changed.
    fn run<R>(
        &self,
        transaction: impl FnOnce(&mut MemoryTables, i64) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let now = self.now();
        let mut tables = self.tables();
        tables.begin();
        let result = transaction(&mut tables, now);
        if result.is_ok() {
            tables.commit();
        } else {
            tables.begin();
        }
        result
    }
}

#[async_trait]
impl OutboxStore for MemoryStore {
    async fn enqueue(&self, report: NewReport<'_>) -> Result<Enqueued, StoreError> {
        let hashes = self.shared.key.hashes(&report);
        self.run_and_wake(|tables, now| enqueue::enqueue(tables, &report, &hashes, now))
    }

    async fn claim(&self, vendor: &ProviderId, limit: usize, lease: Lease<'_>) -> Result<Vec<LeasedLane>, StoreError> {
        self.run(|tables, now| claim::claim(tables, vendor, limit, lease, now))
    }

    async fn claim_lane(&self, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, StoreError> {
        self.run(|tables, now| claim::claim_lane(tables, lane, lease, now))
    }

    async fn extend(&self, lane: &LeasedLane, time: Duration) -> Result<(), StoreError> {
        self.run(|tables, now| claim::extend(tables, lane, time, now))
    }

    async fn mark_in_flight(&self, lane: &LeasedLane, stage: ReportedStage, time: Duration) -> Result<(), StoreError> {
        self.run(|tables, now| claim::mark_in_flight(tables, lane, stage, time, now))
    }

    async fn finish(
        &self,
        lane: &LeasedLane,
        finished: Finished,
        lease: Lease<'_>,
        take_next: bool,
    ) -> Result<Option<LeasedLane>, StoreError> {
        self.run_and_wake(|tables, now| finish::finish(tables, lane, finished, lease, take_next, now))?
    }

    async fn wait_until_due(&self, vendors: &[ProviderId]) -> Result<(), StoreError> {
        let changed = self.shared.changed.notified();
        let next = self.tables().next_due(vendors);
        let now = self.now();
        let left = next.map_or(POLL, |due| Duration::from_millis(u64::try_from(due - now).unwrap_or(0)));
        if !left.is_zero() {
            select(pin!(changed), self.shared.clock.sleep(left.min(POLL))).await;
        }
        Ok(())
    }

    async fn register(&self, owner: &Owner, vendors: &[ProviderId]) -> Result<u64, StoreError> {
        self.run(|tables, now| vendors::register(tables, owner, vendors, now))
    }

    async fn vendor(&self, vendor: &ProviderId) -> Result<VendorState, StoreError> {
        let now = self.now();
        vendors::read(&mut *self.tables(), vendor, now)
    }

    async fn set_vendor(&self, vendor: &ProviderId, state: &VendorState) -> Result<(), StoreError> {
        self.run(|tables, now| vendors::write(tables, vendor, state, now))
    }

    async fn list(&self, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError> {
        view::list(&mut *self.tables(), filter)
    }

    async fn act(&self, lane: LaneId, seen: Seen, act: Act<'_>) -> Result<(), StoreError> {
        self.run_and_wake(|tables, now| act::act(tables, lane, seen, &act, now))
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let now = self.now();
        self.tables().counts(now)
    }

    async fn sweep(&self, keep_payload: Duration, keep_history: Duration) -> Result<Swept, StoreError> {
        let mut swept = self.run(|tables, now| upkeep::sweep_history(tables, keep_history, now))?;
        loop {
            let (payloads, more) = self.run(|tables, now| upkeep::sweep_payloads(tables, keep_payload, now))?;
            swept.payloads += payloads;
            if !more {
                return Ok(swept);
            }
        }
    }

    async fn erase(&self, case_id: &str) -> Result<bool, StoreError> {
        let key = &self.shared.key;
        let erased = key.case_id(case_id);
        self.run_and_wake(|tables, now| erase::erase(tables, case_id, &erased, |event| key.event_key(event), now))
    }

    async fn export(&self, case_id: &str) -> Result<CaseExport, StoreError> {
        view::export(&mut *self.tables(), case_id)
    }

    async fn distrust(&self) -> Result<u64, StoreError> {
        self.run_and_wake(upkeep::distrust)
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore")
    }
}

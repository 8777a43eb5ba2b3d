//! A store in a file of `SQLite`.

mod builder;
mod busy;
mod cases;
mod command;
mod counts;
mod errors;
mod history;
mod lanes;
mod list;
mod network_fs;
mod open;
mod queue;
mod reports;
mod rows;
mod schema;
mod tables;
#[cfg(test)]
mod tests;
mod thread;

use std::fmt;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::select;

pub use self::builder::SqliteStoreBuilder;
use self::command::{OwnedAct, OwnedReport};
use self::errors::sql;
use self::queue::Queue;
use self::tables::SqliteTables;
use super::ids::{LaneId, Owner};
use super::leased::{Finished, Lease, LeasedLane, OwnedLease};
use super::operate::{Act, CaseExport, Counts, LaneFilter, LaneSummary, Seen, Swept};
use super::report::{Enqueued, NewReport};
use super::rules::{act, claim, enqueue, erase, finish, upkeep, vendors, view};
use super::store::OutboxStore;
use super::store_error::StoreError;
use super::vendor_state::VendorState;
use crate::lifecycle::ReportedStage;
use crate::model::ProviderId;

/// The longest wait between two checks for lanes that other processes made due.
const POLL: Duration = Duration::from_millis(200);

/// A store in one file of `SQLite`, for the processes of one machine. `SQLite` is compiled into the program.
///
/// Clones share one thread and one connection. Calls that wait at the same time share one transaction and one write
/// to the disk. Every change is on the disk when its call returns (`synchronous = FULL`, on macOS with `fullfsync`).
///
/// # The file
///
/// - Several processes may use the file at the same time, on a local disk. Network file systems are refused on Linux.
/// - `chargebacks.db-wal` and `chargebacks.db-shm` belong to `chargebacks.db`: copy and move them together, or use
///   [`backup`](Self::backup).
/// - A new file can be read and written by its owner only.
/// - If a process is frozen within a transaction, the calls of other processes wait for `busy_timeout` and fail with
///   [`StoreError::Unavailable`].
///
/// # Deleted data
///
/// Deleted payloads are overwritten in the file (`secure_delete`). The write-ahead log is truncated after one minute
/// without changes, and every hour under load. Free blocks of the disk, and backups, are not overwritten.
///
/// ```
/// use chargeback::outbox::{OutboxStore, SqliteStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("chargeback-store-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("chargebacks.db");
/// let store = SqliteStore::open(&path)?;
/// assert!(store.counts().await?.is_empty());
/// store.close().await;
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    queue: Arc<Queue>,
}

impl SqliteStore {
    /// Opens the store with the default settings. Creates the file if it does not exist.
    ///
    /// # Errors
    ///
    /// As [`SqliteStoreBuilder::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::builder(path).open()
    }

    /// Returns the settings of a store in this file.
    pub fn builder(path: impl AsRef<Path>) -> SqliteStoreBuilder {
        SqliteStoreBuilder::new(path.as_ref())
    }

    /// Runs the waiting calls, writes the log into the file, and closes it. Later calls of all clones fail.
    ///
    /// A store that is dropped without this call does the same in the background. A process that ends before loses
    /// nothing: the next one reads the log.
    pub async fn close(&self) {
        self.queue.close().await;
    }

    /// Writes a copy of the store into a new file, while the store is in use.
    ///
    /// The copy contains everything that was committed when the call began, and no deleted data. It takes as much disk
    /// space as the store. After a restore from a backup, call [`distrust`](OutboxStore::distrust) before the first
    /// worker starts: the lost part of the store may have reported cases.
    ///
    /// ```no_run
    /// # async fn backup(store: chargeback::outbox::SqliteStore) -> Result<(), chargeback::outbox::StoreError> {
    /// store.backup("backups/2026-11-26.db").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`StoreError::Unusable`] if the file exists or cannot be created, or if its path is not UTF-8.
    /// - [`StoreError::Unavailable`] if the copy cannot be written. The new file is deleted then.
    pub async fn backup(&self, to: impl AsRef<Path>) -> Result<(), StoreError> {
        let to = to.as_ref().to_owned();
        self.queue.read_alone(move |connection, _| open::back_up(connection, &to)).await
    }
}

#[async_trait]
impl OutboxStore for SqliteStore {
    async fn enqueue(&self, report: NewReport<'_>) -> Result<Enqueued, StoreError> {
        let (hashes, report) = (self.queue.key.hashes(&report), OwnedReport::new(&report));
        self.queue.write(move |tables, now| enqueue::enqueue(tables, &report.get(), &hashes, now)).await
    }

    async fn claim(&self, vendor: &ProviderId, limit: usize, lease: Lease<'_>) -> Result<Vec<LeasedLane>, StoreError> {
        let (vendor, lease) = (vendor.clone(), OwnedLease::new(lease));
        self.queue.write(move |tables, now| claim::claim(tables, &vendor, limit, lease.get(), now)).await
    }

    async fn claim_lane(&self, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, StoreError> {
        let lease = OwnedLease::new(lease);
        self.queue.write(move |tables, now| claim::claim_lane(tables, lane, lease.get(), now)).await
    }

    async fn extend(&self, lane: &LeasedLane, time: Duration) -> Result<(), StoreError> {
        let lane = lane.clone();
        self.queue.write(move |tables, now| claim::extend(tables, &lane, time, now)).await
    }

    async fn mark_in_flight(&self, lane: &LeasedLane, stage: ReportedStage, time: Duration) -> Result<(), StoreError> {
        let lane = lane.clone();
        self.queue.write(move |tables, now| claim::mark_in_flight(tables, &lane, stage, time, now)).await
    }

    async fn finish(
        &self,
        lane: &LeasedLane,
        finished: Finished,
        lease: Lease<'_>,
        take_next: bool,
    ) -> Result<Option<LeasedLane>, StoreError> {
        let (lane, lease) = (lane.clone(), OwnedLease::new(lease));
        self.queue
            .write(move |tables, now| finish::finish(tables, &lane, finished.clone(), lease.get(), take_next, now))
            .await?
    }

    async fn wait_until_due(&self, vendors: &[ProviderId]) -> Result<(), StoreError> {
        loop {
            let changed = self.queue.changed.notified();
            let vendors = vendors.to_vec();
            let next = self.queue.call(move |tables, _| lanes::next_due(tables.connection(), &vendors), false).await?;
            let left = next.map_or(i64::MAX, |due| due.saturating_sub(self.queue.now()));
            let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
            if left.is_zero() {
                return Ok(());
            }
            select(pin!(changed), self.queue.clock.sleep(left.min(POLL))).await;
        }
    }

    async fn register(&self, owner: &Owner, vendors: &[ProviderId]) -> Result<u64, StoreError> {
        let (owner, vendors) = (owner.clone(), vendors.to_vec());
        self.queue.write(move |tables, now| vendors::register(tables, &owner, &vendors, now)).await
    }

    async fn vendor(&self, vendor: &ProviderId) -> Result<VendorState, StoreError> {
        let vendor = vendor.clone();
        self.queue.call(move |tables, now| vendors::read(tables, &vendor, now), false).await
    }

    async fn set_vendor(&self, vendor: &ProviderId, state: &VendorState) -> Result<(), StoreError> {
        let (vendor, state) = (vendor.clone(), state.clone());
        self.queue.write(move |tables, now| vendors::write(tables, &vendor, &state, now)).await
    }

    async fn list(&self, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError> {
        let filter = filter.clone();
        self.queue.read_tables(move |tables| view::list(tables, &filter)).await
    }

    async fn act(&self, lane: LaneId, seen: Seen, act: Act<'_>) -> Result<(), StoreError> {
        let act = OwnedAct::new(act);
        self.queue.write(move |tables, now| act::act(tables, lane, seen, &act.get(), now)).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.queue
            .read_alone(|connection, now| {
                connection.execute_batch("BEGIN").map_err(sql)?;
                counts::counts(connection, now)
            })
            .await
    }

    async fn sweep(&self, keep_payload: Duration, keep_history: Duration) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        loop {
            let page = self.queue.write(move |tables, now| upkeep::sweep_history(tables, keep_history, now)).await?;
            swept.history += page.history;
            if page.history < tables::HISTORY_PAGE {
                break;
            }
        }
        loop {
            let sweep = move |tables: &mut SqliteTables<'_>, now| upkeep::sweep_payloads(tables, keep_payload, now);
            let (payloads, more) = self.queue.write(sweep).await?;
            swept.payloads += payloads;
            if !more {
                break;
            }
        }
        if swept.payloads > 0 {
            self.queue.write(|tables, _| tables.rewrite_payloads()).await?;
        }
        Ok(swept)
    }

    async fn erase(&self, case_id: &str) -> Result<bool, StoreError> {
        let (key, case_id) = (self.queue.key.clone(), case_id.to_owned());
        let erased = key.case_id(&case_id);
        let work = move |tables: &mut SqliteTables<'_>, now| {
            let erased = erase::erase(tables, &case_id, &erased, |event| key.event_key(event), now)?;
            if erased {
                tables.rewrite_payloads()?;
            }
            Ok(erased)
        };
        self.queue.write(work).await
    }

    async fn export(&self, case_id: &str) -> Result<CaseExport, StoreError> {
        let case_id = case_id.to_owned();
        self.queue.read_tables(move |tables| view::export(tables, &case_id)).await
    }

    async fn distrust(&self) -> Result<u64, StoreError> {
        self.queue.write(|tables, now| upkeep::distrust(tables, now)).await
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.queue.read_alone(|connection, _| list::problems(connection)).await
    }
}

impl SqliteStoreBuilder {
    /// Opens the store. Creates the file if it does not exist, and upgrades the tables of an older version.
    ///
    /// Blocks the calling thread, usually for some milliseconds; for `busy_timeout` at most if another process holds
    /// the write lock.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Unusable`] if the file cannot be created or is read-only, belongs to another application, or is
    ///   on a network file system.
    /// - [`StoreError::WrongKey`], [`StoreError::TooNew`] and [`StoreError::Corrupt`] for the content of the file.
    /// - [`StoreError::Unavailable`] if another process holds the write lock for too long, or if the disk is full.
    pub fn open(self) -> Result<SqliteStore, StoreError> {
        Queue::start(self).map(|queue| SqliteStore { queue: Arc::new(queue) })
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteStore")
    }
}

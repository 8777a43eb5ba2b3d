//! The store.

use futures_util::future::try_join;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use chargeback::ProviderId;
use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::rows::{OwnedLease, vendor_row, vendor_state};
use chargeback::outbox::{
    Act, CaseExport, Counts, Enqueued, Finished, LaneFilter, LaneId, LaneSummary, Lease, LeasedLane, NewReport,
    OutboxStore, Owner, Seen, StoreError, Swept, VendorPhase, VendorState,
};
use chrono::{DateTime, Utc};
use futures_util::future::select;
use tokio_postgres::types::ToSql;

use crate::batch::{Batches, Call};
use crate::builder::PgStoreBuilder;
use crate::claim;
use crate::errors;
use crate::outbox::EnqueueStatement;
use crate::queue::Queue;
use crate::rows::{Columns, time};
use crate::shared::{Shared, millis, query};
use crate::transaction::retrying;
use crate::{operate, upkeep};

/// The longest wait between two checks for lanes that are due without a job.
const SWEEP: Duration = Duration::from_secs(1);

/// A store in a schema of a PostgreSQL database, for the processes of several machines. Clones share everything.
///
/// Every change is on the disk of the server when its call returns, and on its synchronous standbys if it has any.
///
/// ```no_run
/// use chargeback::outbox::{Outbox, Worker};
/// use chargeback::Reporter;
/// use chargeback_postgres::PgStore;
///
/// async fn start(reporter: Reporter) -> Result<Worker, Box<dyn std::error::Error>> {
///     let builder = PgStore::builder("postgres://app@db.example/shop?sslmode=require")?;
///     builder.migrate().await?;
///     let outbox = Outbox::new(builder.connect().await?, reporter)?;
///     Ok(outbox.worker().start()?)
/// }
/// ```
#[derive(Clone)]
pub struct PgStore {
    shared: Arc<Shared>,
    background: Arc<Background>,
}

/// The tasks of a store, each started by the first call that needs it.
#[derive(Default)]
struct Background {
    batches: OnceLock<Batches>,
    queue: OnceLock<Queue>,
}

impl PgStore {
    /// Returns the settings of a store in this database. `url` has the form
    /// `postgres://user:password@host:5432/database?sslmode=require`, or the form `host=.. user=.. dbname=..`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unusable`] if the text is not a configuration.
    pub fn builder(url: &str) -> Result<PgStoreBuilder, StoreError> {
        PgStoreBuilder::new(url)
    }

    /// Wakes the worker of this process, which then claims lanes that are due: the handler of a job of the queue.
    ///
    /// The default queue calls it. Call it yourself if another queue takes the place of the default one; see
    /// [`PgStoreBuilder::queue`].
    pub fn wake(&self) {
        self.shared.wakes.wake_all();
    }

    /// Returns true if the job queue runs in this process and has reached the server.
    #[must_use]
    pub fn queue_is_running(&self) -> bool {
        self.background.queue.get().is_some_and(Queue::is_running)
    }

    /// Stops the job queue of this process, and closes the connections. Later calls of all clones fail.
    pub async fn close(&self) {
        if let Some(queue) = self.background.queue.get() {
            queue.stop().await;
        }
        self.shared.pool.close();
    }

    async fn call(&self, lane: &LeasedLane, call: Call) -> Result<Option<LeasedLane>, StoreError> {
        let batches = self.background.batches.get_or_init(|| Batches::start(&self.shared));
        self.shared.limited(batches.call(lane, call)).await
    }

    /// Starts the queue of this process, once: only a process with a worker waits for lanes.
    fn start_queue(&self) {
        if self.shared.uses_queue {
            self.background.queue.get_or_init(|| Queue::start(&self.shared));
        }
    }

    /// Returns the time until the next lane of a vendor is due and its rate limit admits a report.
    async fn time_left(&self, vendor: &ProviderId) -> Result<Option<Duration>, StoreError> {
        let (sql, pool) = (&self.shared.sql, &self.shared.pool);
        let client = pool.get().await.map_err(errors::pool)?;
        let name = vendor.as_str();
        let (row, now) = try_join(query(&client, &sql.next_due, &[&name]), query(&client, &sql.clock, &[])).await?;
        let now = millis(&now)?;
        let next: Option<DateTime<Utc>> = match row.first() {
            Some(row) => Columns::new(row).get()?,
            None => None,
        };
        let Some(next) = next else { return Ok(None) };
        let left = u64::try_from(next.timestamp_millis() - now).unwrap_or(0);
        let mut left = Duration::from_millis(left);
        if let Some(rate) = self.shared.rate(vendor) {
            let rows = query(&client, &sql.rate_free, &[&name, &rate.scope.as_str()]).await?;
            if let Some(row) = rows.first() {
                left = left.max(rate.wait(Columns::new(row).get()?, time(now)));
            }
        }
        Ok(Some(left))
    }
}

impl PgStoreBuilder {
    /// Connects to the server, and checks the version of the schema. Changes nothing.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Unusable`] if the schema does not exist, if the role lacks a right, or for invalid settings.
    /// - [`StoreError::TooNew`] if the schema does not allow this version of the crate.
    /// - [`StoreError::Unavailable`] if the server cannot be reached.
    pub async fn connect(&self) -> Result<PgStore, StoreError> {
        Ok(PgStore { shared: Arc::new(self.open().await?), background: Arc::default() })
    }
}

#[async_trait]
impl OutboxStore for PgStore {
    async fn enqueue(&self, report: NewReport<'_>) -> Result<Enqueued, StoreError> {
        let statement = EnqueueStatement::new(&self.shared.schema, &report);
        let call = async {
            let client = self.shared.pool.get().await.map_err(errors::pool)?;
            statement.run(&**client).await
        };
        self.shared.limited(call).await
    }

    async fn claim(&self, vendor: &ProviderId, limit: usize, lease: Lease<'_>) -> Result<Vec<LeasedLane>, StoreError> {
        self.shared.limited(async { retrying!(claim::claim(&self.shared, vendor, limit, lease)) }).await
    }

    async fn claim_lane(&self, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, StoreError> {
        self.shared.limited(async { retrying!(claim::claim_lane(&self.shared, lane, lease)) }).await
    }

    async fn extend(&self, lane: &LeasedLane, time: Duration) -> Result<(), StoreError> {
        self.call(lane, Call::Extend { time }).await.map(|_| ())
    }

    async fn mark_in_flight(&self, lane: &LeasedLane, stage: ReportedStage, time: Duration) -> Result<(), StoreError> {
        self.call(lane, Call::Mark { stage, time }).await.map(|_| ())
    }

    async fn finish(
        &self,
        lane: &LeasedLane,
        finished: Finished,
        lease: Lease<'_>,
        take_next: bool,
    ) -> Result<Option<LeasedLane>, StoreError> {
        let goes_on = take_next && self.shared.rate(&lane.vendor).is_none();
        let next = self.call(lane, Call::Finish { finished, lease: OwnedLease::new(lease), take_next }).await?;
        if next.is_none() && !goes_on {
            // The lane may be ready with its next report.
            self.shared.wakes.of(&lane.vendor).notify_waiters();
        }
        Ok(next)
    }

    async fn wait_until_due(&self, vendors: &[ProviderId]) -> Result<(), StoreError> {
        self.start_queue();
        loop {
            let notifies: Vec<_> = vendors.iter().map(|vendor| self.shared.wakes.of(vendor)).collect();
            let woken: Vec<_> = notifies.iter().map(|notify| Box::pin(notify.notified())).collect();
            let mut left = SWEEP;
            for vendor in vendors {
                let next = self.shared.limited(self.time_left(vendor)).await?;
                left = left.min(next.unwrap_or(SWEEP));
            }
            if left.is_zero() || woken.is_empty() {
                return Ok(());
            }
            let woken = futures_util::future::select_all(woken);
            match select(pin!(woken), pin!(tokio::time::sleep(left))).await {
                futures_util::future::Either::Left(_) => return Ok(()),
                futures_util::future::Either::Right(_) => {}
            }
        }
    }

    async fn register(&self, owner: &Owner, vendors: &[ProviderId]) -> Result<u64, StoreError> {
        let names: Vec<&str> = vendors.iter().map(ProviderId::as_str).collect();
        let (statement, owner) = (&self.shared.sql.register, owner.as_str());
        let rows = self.shared.limited(self.shared.query(statement, &[&owner, &names])).await?;
        let count = rows.first().map(|row| Columns::new(row).get::<i64>()).transpose()?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    async fn vendor(&self, vendor: &ProviderId) -> Result<VendorState, StoreError> {
        let (statement, vendor) = (&self.shared.sql.vendor, vendor.as_str());
        let rows = self.shared.limited(self.shared.query(statement, &[&vendor])).await?;
        let now = self.shared.limited(self.shared.now()).await?;
        rows.first().map_or_else(
            || Ok(VendorState::default()),
            |row| vendor_state(&claim::vendor_row(&mut Columns::new(row))?, now),
        )
    }

    async fn set_vendor(&self, vendor: &ProviderId, state: &VendorState) -> Result<(), StoreError> {
        let row = vendor_row(state, self.shared.limited(self.shared.now()).await?)?;
        let held = state.paused.is_some() || !matches!(state.phase, VendorPhase::Closed);
        let (name, until) = (vendor.as_str(), time(row.until));
        let statement = &self.shared.sql.insert_vendor;
        let values: [&(dyn ToSql + Sync); 5] = [&name, &row.state, &until, &row.version, &held];
        let changed = self.shared.limited(self.shared.execute(statement, &values)).await?;
        if changed == 1 { Ok(()) } else { Err(StoreError::Changed) }
    }

    async fn list(&self, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError> {
        operate::list(&self.shared, filter).await
    }

    async fn act(&self, lane: LaneId, seen: Seen, act: Act<'_>) -> Result<(), StoreError> {
        retrying!(operate::act(&self.shared, lane, seen, &act))?;
        self.wake();
        Ok(())
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        operate::counts(&self.shared).await
    }

    async fn sweep(&self, keep_payload: Duration, keep_history: Duration) -> Result<Swept, StoreError> {
        upkeep::sweep(&self.shared, keep_payload, keep_history).await
    }

    async fn erase(&self, case_id: &str) -> Result<bool, StoreError> {
        retrying!(upkeep::erase(&self.shared, case_id))
    }

    async fn export(&self, case_id: &str) -> Result<CaseExport, StoreError> {
        retrying!(operate::export(&self.shared, case_id))
    }

    async fn distrust(&self) -> Result<u64, StoreError> {
        let lanes = retrying!(upkeep::distrust(&self.shared))?;
        self.wake();
        Ok(lanes)
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        operate::problems(&self.shared).await
    }
}

impl fmt::Debug for PgStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgStore").field("schema", &self.shared.schema).finish_non_exhaustive()
    }
}

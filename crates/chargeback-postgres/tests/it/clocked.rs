//! A store whose server has the time of a test clock.

use std::sync::Arc;
use std::time::Duration;

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::{
    Act, CaseExport, Counts, Enqueued, Finished, LaneFilter, LaneId, LaneSummary, Lease, LeasedLane, NewReport,
    OutboxStore, Owner, Seen, StoreError, Swept, VendorState,
};
use chargeback::sandbox::TestClock;
use chargeback::transport::Clock as _;
use chargeback::{ProviderId, async_trait};
use chargeback_postgres::PgStore;
use tokio_postgres::Client;

use crate::cluster::{Database, execute};

/// Sets the time of the server before each call.
#[derive(Clone)]
pub struct ClockedStore {
    pub store: PgStore,
    clock: TestClock,
    client: Arc<Client>,
}

impl std::fmt::Debug for ClockedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.store.fmt(f)
    }
}

impl ClockedStore {
    /// A store in a new database, in which the function `clock` reads a table.
    pub async fn new(database: &Database, clock: TestClock) -> Self {
        let client = database.client().await;
        execute(
            &client,
            "CREATE TABLE IF NOT EXISTS chargeback.test_clock (now timestamptz NOT NULL); \
             CREATE OR REPLACE FUNCTION chargeback.clock() RETURNS timestamptz LANGUAGE sql VOLATILE \
             AS $$ SELECT date_trunc('milliseconds', max(now)) FROM chargeback.test_clock $$; \
             INSERT INTO chargeback.test_clock SELECT 'epoch' WHERE NOT EXISTS (SELECT FROM chargeback.test_clock)",
        )
        .await;
        let store = database.builder().queue(false).connect().await.unwrap();
        Self { store, clock, client: Arc::new(client) }
    }

    async fn set(&self) -> &PgStore {
        let now = self.clock.now();
        self.client.execute("UPDATE chargeback.test_clock SET now = $1", &[&now]).await.unwrap();
        &self.store
    }
}

macro_rules! forward {
    ($( fn $name:ident(&self $(, $arg:ident: $Arg:ty)*) -> $Output:ty; )+) => {
        #[async_trait]
        impl OutboxStore for ClockedStore {
            $( async fn $name(&self $(, $arg: $Arg)*) -> $Output { self.set().await.$name($($arg),*).await } )+
        }
    };
}

forward! {
    fn enqueue(&self, report: NewReport<'_>) -> Result<Enqueued, StoreError>;
    fn claim(&self, vendor: &ProviderId, limit: usize, lease: Lease<'_>) -> Result<Vec<LeasedLane>, StoreError>;
    fn claim_lane(&self, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, StoreError>;
    fn extend(&self, lane: &LeasedLane, time: Duration) -> Result<(), StoreError>;
    fn mark_in_flight(&self, lane: &LeasedLane, stage: ReportedStage, time: Duration) -> Result<(), StoreError>;
    fn finish(&self, lane: &LeasedLane, finished: Finished, lease: Lease<'_>, take_next: bool)
        -> Result<Option<LeasedLane>, StoreError>;
    fn wait_until_due(&self, vendors: &[ProviderId]) -> Result<(), StoreError>;
    fn register(&self, owner: &Owner, vendors: &[ProviderId]) -> Result<u64, StoreError>;
    fn vendor(&self, vendor: &ProviderId) -> Result<VendorState, StoreError>;
    fn set_vendor(&self, vendor: &ProviderId, state: &VendorState) -> Result<(), StoreError>;
    fn list(&self, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError>;
    fn act(&self, lane: LaneId, seen: Seen, act: Act<'_>) -> Result<(), StoreError>;
    fn counts(&self) -> Result<Counts, StoreError>;
    fn sweep(&self, keep_payload: Duration, keep_history: Duration) -> Result<Swept, StoreError>;
    fn erase(&self, case_id: &str) -> Result<bool, StoreError>;
    fn export(&self, case_id: &str) -> Result<CaseExport, StoreError>;
    fn distrust(&self) -> Result<u64, StoreError>;
    fn check(&self) -> Result<Vec<String>, StoreError>;
}

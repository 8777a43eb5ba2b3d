//! The store in a file of `SQLite`.

mod erased;
mod faults;
mod processes;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::{
    Enqueued, Enqueuer, EventKey, Finished, LaneFilter, LaneState, Lease, LeasedLane, Outbox, OutboxStore as _, Owner,
    SqliteStore, StoreError,
};
use chargeback::sandbox::Sandbox;
use chargeback::transport::Clock;
use chargeback::{Chargeback, ProviderId, Reporter, Stage, revcent, spade};
use chrono::{DateTime, Utc};

use super::cases::case;
use super::fixtures::all_vendors;

/// The length of the leases in these tests.
pub const LEASE: Duration = Duration::from_secs(30);

/// A folder that is deleted at the end of the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("chargeback-it-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn db(&self) -> PathBuf {
        self.file("store.db")
    }

    pub fn open(&self) -> SqliteStore {
        SqliteStore::open(self.db()).unwrap()
    }

    /// A connection of another program.
    pub fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.db()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A clock that a test moves.
#[derive(Debug, Clone)]
pub struct Moved(pub Arc<AtomicI64>);

impl Moved {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_800_000_000_000)))
    }

    pub fn advance(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Moved {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, time: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// Accepts a chargeback for Spade and RevCent. The number is the event's id too.
pub async fn enqueue(store: &SqliteStore, id: &str, chargeback: &Chargeback) -> Result<Enqueued, StoreError> {
    let enqueuer = Enqueuer::new(store.clone(), [spade::ID, revcent::ID]);
    let key = EventKey::new("test", "", id).unwrap();
    enqueuer.enqueue(&key, chargeback).await.map_err(|error| match error {
        chargeback::outbox::EnqueueError::Store(error) => error,
        other => panic!("{other:?}"),
    })
}

pub async fn claim(store: &SqliteStore, vendor: &ProviderId, limit: usize, owner: &Owner) -> Vec<LeasedLane> {
    store.claim(vendor, limit, Lease::new(owner, LEASE).idempotent(true)).await.unwrap()
}

pub async fn acknowledge(store: &SqliteStore, lane: &LeasedLane, stage: &Chargeback, vendor_case: &str) {
    let finished = Finished::acknowledged(ReportedStage::for_chargeback(stage)).vendor_case(Some(vendor_case.into()));
    store.finish(lane, finished, Lease::new(&lane.owner, LEASE).idempotent(true), false).await.unwrap();
}

#[tokio::test]
async fn a_reopened_store_has_every_row() {
    let folder = Folder::new();
    let store = folder.open();
    let (received, won) = (case(1, Stage::Received, 3), case(1, Stage::Won, 20));
    let Enqueued::New { seq } = enqueue(&store, "1", &received).await.unwrap() else { panic!() };
    enqueue(&store, "2", &won).await.unwrap();
    let owner = Owner::random();
    let lane = claim(&store, &spade::ID, 1, &owner).await.remove(0);
    acknowledge(&store, &lane, &received, "SP-1").await;
    let held = claim(&store, &revcent::ID, 1, &owner).await.remove(0);
    store.mark_in_flight(&held, ReportedStage::for_chargeback(&received), LEASE).await.unwrap();
    assert_eq!(store.register(&owner, &[spade::ID]).await.unwrap(), 0);
    let (export, counts) = (store.export("CB-1").await.unwrap(), store.counts().await.unwrap());
    store.close().await;
    assert!(matches!(store.counts().await, Ok(_) | Err(StoreError::Unavailable(_))));
    assert!(matches!(enqueue(&store, "3", &won).await, Err(StoreError::Unavailable(_))), "the store is closed");

    let store = folder.open();
    assert_eq!(store.export("CB-1").await.unwrap(), export);
    assert_eq!(store.counts().await.unwrap(), counts);
    assert_eq!((export.history.len(), export.reports.len(), export.lanes.len()), (1, 2, 2));
    assert_eq!(enqueue(&store, "1", &received).await.unwrap(), Enqueued::Duplicate { seq });
    // The holder still has its lane.
    acknowledge(&store, &held, &received, "RC-1").await;
    assert!(store.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn dropped_clones_leave_a_complete_file() {
    let folder = Folder::new();
    let store = folder.open();
    let clone = store.clone();
    drop(store);
    enqueue(&clone, "1", &case(1, Stage::Received, 3)).await.unwrap();
    drop(clone);
    let store = folder.open();
    assert_eq!(store.list(&LaneFilter::all()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn two_stores_on_one_file_never_lease_a_lane_twice() {
    let folder = Folder::new();
    let stores = [folder.open(), folder.open()];
    for number in 0..60 {
        enqueue(&stores[number % 2], &number.to_string(), &case(number, Stage::Received, 3)).await.unwrap();
    }
    let mut tasks = tokio::task::JoinSet::new();
    for store in stores {
        tasks.spawn(async move {
            let owner = Owner::random();
            let mut heads = Vec::new();
            loop {
                let lanes = claim(&store, &spade::ID, 3, &owner).await;
                if lanes.is_empty() {
                    return heads;
                }
                heads.extend(lanes.iter().map(|lane| lane.head));
            }
        });
    }
    let mut heads = tasks.join_all().await.concat();
    heads.sort_unstable();
    heads.dedup();
    assert_eq!(heads.len(), 60);
}

#[tokio::test]
async fn a_waiting_worker_sees_the_reports_of_this_store_and_of_another_one() {
    let folder = Folder::new();
    let (here, there) = (folder.open(), folder.open());
    let vendors = [spade::ID];
    for (number, from) in [&here, &there].into_iter().enumerate() {
        let wait = here.wait_until_due(&vendors);
        let enqueue = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            enqueue(from, &number.to_string(), &case(number, Stage::Received, 3)).await.unwrap();
            tokio::time::Instant::now()
        };
        let (waited, accepted) = tokio::join!(tokio::time::timeout(Duration::from_secs(20), wait), enqueue);
        waited.unwrap().unwrap();
        // 200 ms, and the time of a busy machine.
        assert!(accepted.elapsed() < Duration::from_secs(5));
        let owner = Owner::random();
        assert_eq!(claim(&here, &spade::ID, 9, &owner).await.len(), 1);
    }
}

#[tokio::test]
async fn a_worker_delivers_from_the_file() {
    let folder = Folder::new();
    let sandbox = Sandbox::in_memory();
    let reporter = all_vendors(&sandbox, Reporter::builder()).build().unwrap();
    let outbox = Outbox::new(folder.open(), reporter).unwrap();
    for number in 0..10 {
        for (stage, day) in [(Stage::Contested, 3), (Stage::PreArbitration, 9), (Stage::Won, 20)] {
            let key = EventKey::new("test", "", &format!("{number}/{stage}")).unwrap();
            outbox.enqueue(&key, &case(number, stage, day)).await.unwrap();
        }
    }
    outbox.drain().await;
    for (vendor, count) in outbox.counts().await.unwrap() {
        assert!(count.blocked.is_empty() && count.ready == 0 && count.waiting == 0, "{vendor}: {count:?}");
    }
    assert_eq!(sandbox.revcent().cases().len(), 10);
    for case in sandbox.spade().cases() {
        assert_eq!((case.state["state"].as_str(), case.history.len()), (Some("chargeback_won"), 3));
    }
}

#[tokio::test]
async fn a_restored_backup_is_distrusted() {
    let folder = Folder::new();
    let store = folder.open();
    let received = case(1, Stage::Received, 3);
    enqueue(&store, "1", &received).await.unwrap();
    store.backup(folder.file("backup.db")).await.unwrap();
    let again = store.backup(folder.file("backup.db")).await;
    assert!(matches!(again, Err(StoreError::Unusable(_))), "{again:?}");
    enqueue(&store, "2", &case(2, Stage::Received, 3)).await.unwrap();

    let restored = SqliteStore::open(folder.file("backup.db")).unwrap();
    let lanes = restored.list(&LaneFilter::all()).await.unwrap();
    assert_eq!((lanes.len(), lanes[0].state, lanes[0].in_flight), (2, LaneState::Ready, None));
    assert_eq!(restored.distrust().await.unwrap(), 2);
    let doubted = restored.list(&LaneFilter::all()).await.unwrap();
    assert_eq!(doubted[0].in_flight, Some(ReportedStage::for_chargeback(&received)));
    assert_eq!(doubted[0].token, lanes[0].token + (1 << 32));
    assert_eq!(restored.counts().await.unwrap()[&spade::ID].doubts, 1);
    // A case that the lost part may have reported starts in doubt.
    enqueue(&restored, "2", &case(2, Stage::Received, 3)).await.unwrap();
    assert_eq!(restored.counts().await.unwrap()[&spade::ID].doubts, 2);
}

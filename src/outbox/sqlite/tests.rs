//! Tests that need the connection of a store.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use super::super::key::EventKey;
use super::super::leased::Finished;
use super::super::state::WaitReason;
use super::super::tables::Tables as _;
use super::thread::Truncation;
use super::*;
use crate::engine::Clock;
use crate::model::{Chargeback, Reason, Stage};
use rusqlite::Connection;

/// A folder that is deleted at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("chargeback-unit-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("store.db")
    }

    fn log_len(&self) -> u64 {
        std::fs::metadata(self.0.join("store.db-wal")).map_or(0, |file| file.len())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const VENDOR: ProviderId = ProviderId::from_static("spade");

fn chargeback(case_id: &str) -> Chargeback {
    let at = "2026-10-03T09:12:00Z".parse().unwrap();
    Chargeback::builder(case_id, Stage::Received, Reason::Other, at).order_id("ORD_10726").build().unwrap()
}

async fn enqueue(store: &SqliteStore, number: u64) -> Result<Enqueued, StoreError> {
    let chargeback = chargeback(&format!("CB-{number}"));
    let key = EventKey::new("test", "", &number.to_string()).unwrap();
    let json = serde_json::to_vec(&chargeback).unwrap();
    store.enqueue(NewReport::new(&key, &chargeback, &json, &[VENDOR])).await
}

/// Runs statements on the connection of the store.
async fn execute(store: &SqliteStore, statements: &'static str) {
    store.queue.call(move |tables, _| tables.connection().execute_batch(statements).map_err(sql), false).await.unwrap();
}

async fn number(store: &SqliteStore, query: &'static str) -> i64 {
    store.queue.read_alone(move |c, _| c.query_row(query, [], |row| row.get(0)).map_err(sql)).await.unwrap()
}

/// The plan of a query as text.
async fn plan(store: &SqliteStore, query: String, values: usize) -> String {
    let read = move |connection: &Connection, _| {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).map_err(sql)?;
        let values = rusqlite::params_from_iter(vec![1_i64; values]);
        let rows = statement.query_map(values, |row| row.get::<_, String>(3)).map_err(sql)?;
        Ok(rows.map(Result::unwrap).collect::<Vec<_>>().join("; "))
    };
    store.queue.read_alone(read).await.unwrap()
}

#[tokio::test]
async fn a_claim_reads_the_index_of_due_lanes_in_its_order() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    let plan = plan(&store, lanes::DUE.clone(), 3).await;
    assert!(plan.starts_with("SEARCH lane USING INDEX lane_due (vendor=? AND due<?)"), "{plan}");
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn the_counts_read_indexes_only() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    for query in counts::OF_LANES {
        let values = usize::from(query.contains("?1"));
        let plan = plan(&store, (*query).to_owned(), values).await;
        assert!(plan.contains("COVERING INDEX") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[tokio::test]
async fn a_claim_and_a_finish_change_no_other_index() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    enqueue(&store, 1).await.unwrap();
    // Fails a statement that sets a column of another index.
    let triggers = "CREATE TRIGGER other BEFORE UPDATE OF vendor, case_no, in_flight, resend, may_hold_skipped ON lane \
                    BEGIN SELECT raise(ABORT, 'another index'); END";
    execute(&store, triggers).await;
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(30));
    let lane = store.claim(&VENDOR, 1, lease).await.unwrap().remove(0);
    let stage = ReportedStage::for_chargeback(&chargeback("CB-1"));
    store.finish(&lane, Finished::acknowledged(stage), lease, false).await.unwrap();
}

#[tokio::test]
async fn fields_of_a_newer_version_stay_in_the_entry() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    enqueue(&store, 1).await.unwrap();
    execute(&store, "UPDATE lane SET entry = '{\"risk\":{\"score\":0.25}}'").await;
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(30));
    let lane = store.claim(&VENDOR, 1, lease).await.unwrap().remove(0);
    let stage = ReportedStage::for_chargeback(&chargeback("CB-1"));
    store.mark_in_flight(&lane, stage, Duration::from_secs(30)).await.unwrap();
    store.finish(&lane, Finished::acknowledged(stage), lease, false).await.unwrap();
    let count = "SELECT count(*) FROM lane WHERE entry = '{\"risk\":{\"score\":0.25}}' AND acknowledged = 'received'";
    assert_eq!(number(&store, count).await, 1);
}

#[tokio::test]
async fn a_refused_call_does_not_undo_the_calls_of_its_transaction() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    // The thread waits, so that the next calls share a transaction.
    let blocked = store.queue.call(
        |_, _| {
            std::thread::sleep(Duration::from_millis(200));
            Ok(())
        },
        false,
    );
    let refused = store.queue.write(|tables, now| {
        tables.add_erased("written before the refusal", now)?;
        Err::<(), _>(StoreError::Refused("test"))
    });
    let panicked = store.queue.write(|tables, now| -> Result<(), StoreError> {
        tables.add_erased("written before the panic", now)?;
        panic!("a test of panics")
    });
    let (_, first, refused, panicked, second) =
        tokio::join!(blocked, enqueue(&store, 1), refused, panicked, enqueue(&store, 2));
    assert!(matches!(first, Ok(Enqueued::New { .. })) && matches!(second, Ok(Enqueued::New { .. })));
    assert!(matches!(refused, Err(StoreError::Refused("test"))));
    assert!(matches!(panicked, Err(StoreError::Unavailable(_))));
    assert_eq!(number(&store, "SELECT count(*) FROM erased").await, 0);
    assert_eq!(number(&store, "SELECT count(*) FROM lane").await, 2);
    enqueue(&store, 3).await.unwrap();
}

#[tokio::test]
async fn waiting_calls_share_a_transaction() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    enqueue(&store, 1000).await.unwrap();
    let before = folder.log_len();
    let mut calls = tokio::task::JoinSet::new();
    let blocked = store.queue.call(
        |_, _| {
            std::thread::sleep(Duration::from_millis(200));
            Ok(())
        },
        false,
    );
    for number in 0..100 {
        let store = store.clone();
        calls.spawn(async move { enqueue(&store, number).await.unwrap() });
    }
    blocked.await.unwrap();
    calls.join_all().await;
    // Each separate transaction writes at least ten pages.
    let pages = (folder.log_len() - before) / 4096;
    assert!(pages < 500, "{pages} pages");
}

#[tokio::test]
async fn a_full_disk_is_an_error_that_ends_when_space_is_back() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    enqueue(&store, 0).await.unwrap();
    execute(&store, "PRAGMA max_page_count = 40").await;
    let mut accepted = 1;
    let error = loop {
        match enqueue(&store, accepted).await {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, StoreError::Unavailable(source) if source.to_string() == "the disk is full"), "{error:?}");
    let lanes = "SELECT count(*) FROM lane";
    assert_eq!(number(&store, lanes).await, i64::try_from(accepted).unwrap());
    execute(&store, "PRAGMA max_page_count = 4000").await;
    assert!(matches!(enqueue(&store, accepted).await, Ok(Enqueued::New { .. })));
    assert!(store.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_log_is_truncated_after_a_time_without_changes() {
    let folder = Folder::new();
    let truncation = Truncation { idle: Duration::from_millis(100), longest: Duration::from_secs(3600) };
    let store = SqliteStore::builder(folder.file()).truncation(truncation).open().unwrap();
    enqueue(&store, 1).await.unwrap();
    assert!(folder.log_len() > 0);
    // The checks of a waiting worker are not changes.
    let vendors = [ProviderId::from_static("revcent")];
    let wait = store.wait_until_due(&vendors);
    assert!(tokio::time::timeout(Duration::from_secs(2), wait).await.is_err());
    assert_eq!(folder.log_len(), 0);
}

#[tokio::test]
async fn the_log_is_truncated_under_load() {
    let folder = Folder::new();
    let truncation = Truncation { idle: Duration::from_secs(3600), longest: Duration::from_millis(1) };
    let store = SqliteStore::builder(folder.file()).truncation(truncation).open().unwrap();
    for number in 0..5 {
        enqueue(&store, number).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The reply is sent before or after the truncation of the same call.
    number(&store, "SELECT 1").await;
    assert_eq!(folder.log_len(), 0);
}

#[tokio::test]
async fn a_name_of_a_newer_version_is_an_error_without_the_row() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    enqueue(&store, 1).await.unwrap();
    execute(&store, "UPDATE lane SET reason = 'paused_by_moon', state = 'ready'").await;
    let owner = Owner::random();
    let error = store.claim(&VENDOR, 1, Lease::new(&owner, Duration::from_secs(30))).await.unwrap_err();
    let text = format!("{error:?} {error}");
    assert!(matches!(error, StoreError::Corrupt(_)) && !text.contains("moon") && !text.contains("CB-1"), "{text}");
}

/// A clock that a test moves.
#[derive(Debug, Clone)]
pub(super) struct Moved(Arc<AtomicI64>);

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

#[tokio::test]
async fn long_lists_and_counts_agree() {
    let folder = Folder::new();
    let clock = Moved(Arc::new(AtomicI64::new(1_000_000)));
    let store = SqliteStore::builder(folder.file()).clock(clock).open().unwrap();
    for number in 0..9 {
        enqueue(&store, number).await.unwrap();
    }
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(30));
    for lane in store.claim(&VENDOR, 4, lease).await.unwrap() {
        store.finish(&lane, Finished::blocked(WaitReason::Rejected), lease, false).await.unwrap();
    }
    for lane in store.claim(&VENDOR, 3, lease).await.unwrap().into_iter().skip(1) {
        let wait = Finished::wait(WaitReason::NewerPayload, Duration::from_secs(9));
        store.finish(&lane, wait, lease, false).await.unwrap();
    }
    let counts = store.counts().await.unwrap().remove(&VENDOR).unwrap();
    assert_eq!((counts.ready, counts.waiting, counts.leased), (2, 2, 1));
    assert_eq!((counts.blocked["rejected"], counts.newer_payload, counts.doubts), (4, 2, 0));
    assert_eq!(counts.oldest_due, DateTime::from_timestamp_millis(1_000_000));
    let blocked = store.list(&LaneFilter::needs_attention().vendor(VENDOR).limit(3)).await.unwrap();
    let rest = store.list(&LaneFilter::needs_attention().after(blocked[2].id)).await.unwrap();
    assert_eq!((blocked.len(), rest.len()), (3, 1));
    assert_eq!(store.list(&LaneFilter::all()).await.unwrap().len(), 9);
}

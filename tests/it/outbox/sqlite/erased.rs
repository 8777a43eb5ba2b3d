//! Deleted data does not stay in the files of a store.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::{
    Act, Enqueued, EventKey, FinishDetail, Finished, LaneFilter, Lease, NewReport, OutboxStore as _, Owner,
    SqliteStore, WaitReason,
};
use chargeback::{Chargeback, Reason, Stage, revcent, spade};

use super::{Folder, LEASE, Moved};

/// The part of every planted word.
const WORD: &str = "PLANTED";

/// The number of cases, so that pages of the file are split and merged.
const CASES: usize = 400;

fn case_id(number: usize) -> String {
    format!("{WORD}-case-{number:04}")
}

fn planted(number: usize, stage: Stage) -> Chargeback {
    let at = "2026-10-03T09:12:00Z".parse().unwrap();
    let filler = "x".repeat(number * 7 % 900);
    Chargeback::builder(case_id(number * 7919 % CASES), stage, Reason::Other, at)
        .order_id(format!("{WORD}-order-{number:04}-{filler}"))
        .user_id(format!("{WORD}-user-{number}"))
        .build()
        .unwrap()
}

async fn enqueue(store: &SqliteStore, number: usize, stage: Stage) -> Enqueued {
    let chargeback = planted(number, stage);
    let key = EventKey::new("stripe", "", &format!("{WORD}-event-{}-{stage}", number * 7907 % CASES)).unwrap();
    let json = serde_json::to_vec(&chargeback).unwrap();
    store.enqueue(NewReport::new(&key, &chargeback, &json, &[spade::ID, revcent::ID])).await.unwrap()
}

/// Delivers every report to Spade and RevCent, with ids that the vendors give.
async fn deliver(store: &SqliteStore) {
    let owner = Owner::random();
    for vendor in [spade::ID, revcent::ID] {
        let lease = Lease::new(&owner, LEASE);
        let lanes = store.claim(&vendor, 2 * CASES, lease).await.unwrap();
        for (number, lane) in lanes.into_iter().enumerate() {
            let stage = ReportedStage::for_chargeback(&planted(number, Stage::Received));
            if number % 3 == 0 {
                let blocked =
                    Finished::blocked(WaitReason::Rejected).vendor_case(Some(format!("{WORD}-vendor-{number}")));
                store.finish(&lane, blocked, lease, false).await.unwrap();
                continue;
            }
            let detail = FinishDetail::new(String::new(), Some(format!("{WORD}-request-{number}")));
            let vendor_case = Some(format!("{WORD}-{number}-{}", "v".repeat(number % 150)));
            let finished = Finished::acknowledged(stage).vendor_case(vendor_case).detail(detail);
            store.finish(&lane, finished, lease, false).await.unwrap();
        }
    }
}

/// Skips the heads of all blocked lanes.
async fn skip(store: &SqliteStore) {
    for lane in store.list(&LaneFilter::needs_attention()).await.unwrap() {
        store.act(lane.id, lane.seen(), Act::Skip { reason: "PLANTED-note" }).await.unwrap();
    }
}

/// The places at which a planted word is left.
fn left(folder: &Folder, word: &str) -> Vec<String> {
    let mut left = Vec::new();
    for name in ["store.db", "store.db-wal", "store.db-shm", "backup.db"] {
        let Ok(bytes) = fs::read(folder.file(name)) else { continue };
        for (at, _) in bytes.windows(word.len()).enumerate().filter(|(_, window)| *window == word.as_bytes()) {
            let text = String::from_utf8_lossy(&bytes[at..(at + 24).min(bytes.len())]).into_owned();
            left.push(format!("{name}, page {}, offset {}: {text}", at / 4096 + 1, at % 4096));
        }
    }
    left
}

async fn filled(folder: &Folder) -> (SqliteStore, Moved) {
    let clock = Moved::new();
    let store = SqliteStore::builder(folder.db()).clock(clock.clone()).open().unwrap();
    for stage in [Stage::Received, Stage::Won] {
        for number in 0..CASES {
            assert!(matches!(enqueue(&store, number, stage).await, Enqueued::New { .. }));
        }
        deliver(&store).await;
        clock.advance(Duration::from_secs(60));
    }
    (store, clock)
}

#[tokio::test]
async fn the_sweep_leaves_no_payload_in_the_file() {
    let folder = Folder::new();
    let (store, clock) = filled(&folder).await;
    skip(&store).await;
    deliver(&store).await;
    skip(&store).await;
    clock.advance(Duration::from_secs(31 * 24 * 3600));
    let swept = store.sweep(Duration::ZERO, Duration::from_secs(400 * 24 * 3600)).await.unwrap();
    assert_eq!(swept.payloads, 2 * u64::try_from(CASES).unwrap());
    store.backup(folder.file("backup.db")).await.unwrap();
    store.close().await;
    let left = [left(&folder, "PLANTED-order"), left(&folder, "PLANTED-user")].concat();
    assert!(left.is_empty(), "{} left, for example {:#?}", left.len(), &left[..left.len().min(5)]);
}

#[tokio::test]
async fn erased_cases_leave_no_word_in_the_file() {
    let folder = Folder::new();
    let (store, _) = filled(&folder).await;
    skip(&store).await;
    for number in (0..CASES).rev() {
        assert!(store.erase(&case_id(number)).await.unwrap());
    }
    assert!(!store.erase(&case_id(1)).await.unwrap());
    assert_eq!(store.list(&LaneFilter::all().limit(9999)).await.unwrap().len(), 2 * CASES);
    assert_eq!(enqueue(&store, 5, Stage::Received).await, Enqueued::Erased);
    store.backup(folder.file("backup.db")).await.unwrap();
    store.close().await;
    let left = left(&folder, WORD);
    assert!(left.is_empty(), "{} left, for example {:#?}", left.len(), &left[..left.len().min(5)]);
}

#[tokio::test]
async fn a_case_can_be_erased_again_after_a_new_event() {
    let folder = Folder::new();
    let store = folder.open();
    let case_id = planted(1, Stage::Received).case_id().to_owned();
    for stage in [Stage::Received, Stage::Contested, Stage::Won] {
        assert!(matches!(enqueue(&store, 1, stage).await, Enqueued::New { .. }));
        let export = store.export(&case_id).await.unwrap();
        // The lanes are those of the erased case, the reports are new.
        assert_eq!((export.lanes.len(), export.reports.len(), export.history.len()), (2, 1, 0));
        deliver(&store).await;
        skip(&store).await;
        assert_eq!(store.export(&case_id).await.unwrap().history.len(), 2);
        assert!(store.erase(&case_id).await.unwrap());
        assert_eq!(store.export(&case_id).await.unwrap(), chargeback::outbox::CaseExport::default());
        assert_eq!(enqueue(&store, 1, stage).await, Enqueued::Erased);
    }
    let sql = folder.sql();
    let count = |query: &str| sql.query_row(query, [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM cases WHERE hash IS NOT NULL"), 1);
    assert_eq!(count("SELECT count(*) FROM report WHERE case_no = (SELECT no FROM cases WHERE hash IS NOT NULL)"), 3);
    assert_eq!(count("SELECT count(*) FROM history WHERE case_no = (SELECT no FROM cases WHERE hash IS NOT NULL)"), 6);
    drop(sql);
    store.close().await;
    assert!(left(&folder, WORD).is_empty());
}

/// The numbers after a word, in all files.
fn numbers_after(folder: &Folder, word: &str) -> BTreeSet<usize> {
    let texts = left(folder, word).into_iter();
    texts.filter_map(|text| text.split(word).nth(1)?.get(..4)?.parse().ok()).collect()
}

#[tokio::test]
async fn an_erased_case_leaves_no_word_beside_cases_that_stay() {
    let folder = Folder::new();
    let (store, _) = filled(&folder).await;
    let mut stay = BTreeSet::new();
    for number in 0..CASES {
        if number % 5 == 0 {
            stay.insert(number);
        } else {
            assert!(store.erase(&case_id(number)).await.unwrap());
        }
    }
    store.close().await;
    assert_eq!(numbers_after(&folder, "PLANTED-case-"), stay);
}

#[tokio::test]
async fn the_sweep_leaves_the_payloads_of_blocked_lanes_only() {
    let folder = Folder::new();
    let (store, clock) = filled(&folder).await;
    clock.advance(Duration::from_secs(31 * 24 * 3600));
    let swept = store.sweep(Duration::ZERO, Duration::from_secs(400 * 24 * 3600)).await.unwrap();
    let mut kept = BTreeSet::new();
    for number in 0..CASES {
        for report in store.export(&case_id(number)).await.unwrap().reports {
            let Some(payload) = report.payload else { continue };
            let text = String::from_utf8(payload).unwrap();
            kept.insert(text.split("PLANTED-order-").nth(1).unwrap()[..4].parse().unwrap());
        }
    }
    store.close().await;
    assert!(swept.payloads > 100 && kept.len() > 50 && kept.len() < CASES, "{swept:?}, {} kept", kept.len());
    assert_eq!(numbers_after(&folder, "PLANTED-order-"), kept);
}

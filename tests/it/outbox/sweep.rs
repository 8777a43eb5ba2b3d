//! The sweep of payloads that no lane needs any more.

use std::time::Duration;

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::{
    EventKey, Finished, Lease, LeasedLane, MemoryStore, NewReport, OutboxStore as _, Owner, WaitReason,
};
use chargeback::{Stage, spade};

use super::cases::case;
use super::fixtures::PausedClock;

/// The number of payloads that one step of the sweep reads.
const PAGE: usize = 500;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn enqueue(store: &MemoryStore, number: usize, stage: Stage) {
    let chargeback = case(number, stage, 3);
    let key = EventKey::new("test", "", &format!("{number}-{stage}")).unwrap();
    let json = serde_json::to_vec(&chargeback).unwrap();
    store.enqueue(NewReport::new(&key, &chargeback, &json, &[spade::ID])).await.unwrap();
}

async fn finish(store: &MemoryStore, result: impl Fn(&LeasedLane) -> Finished) {
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(30)).idempotent(true);
    for lane in store.claim(&spade::ID, 2 * PAGE, lease).await.unwrap() {
        store.finish(&lane, result(&lane), lease, false).await.unwrap();
    }
}

fn acknowledged(_: &LeasedLane) -> Finished {
    Finished::acknowledged(ReportedStage::for_chargeback(&case(0, Stage::Received, 3)))
}

async fn swept(store: &MemoryStore) -> u64 {
    store.sweep(Duration::ZERO, DAY * 400).await.unwrap().payloads
}

/// Payloads of blocked lanes fill a whole step of the sweep. They are kept, and later payloads are deleted.
#[tokio::test(start_paused = true)]
async fn needed_payloads_do_not_keep_the_sweep_from_later_ones() {
    let store = MemoryStore::with_clock(PausedClock::default());
    for number in 0..PAGE {
        enqueue(&store, number, Stage::Received).await;
    }
    finish(&store, acknowledged).await;
    for number in 0..PAGE {
        enqueue(&store, number, Stage::Contested).await;
    }
    finish(&store, |_| Finished::blocked(WaitReason::Rejected).resend(true)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    for number in PAGE..PAGE + 10 {
        enqueue(&store, number, Stage::Received).await;
    }
    finish(&store, acknowledged).await;

    tokio::time::sleep(DAY).await;
    assert_eq!(swept(&store).await, 10);
    tokio::time::sleep(DAY).await;
    assert_eq!(swept(&store).await, 0, "a payload that a lane needs was deleted");
}

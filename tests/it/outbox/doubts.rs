//! The list of cases in doubt, exported for a person and imported with decisions.

use std::time::Duration;

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::{
    DoubtDecision, DoubtRecord, Enqueuer, EventKey, Finished, LaneState, Lease, MemoryStore, Operator,
    OutboxStore as _, Owner, StoreError, WaitReason,
};
use chargeback::sandbox::TestClock;
use chargeback::{Stage, revcent, spade};

use super::cases::case;

const LEASE: Duration = Duration::from_secs(30);

/// A store with three cases in doubt at RevCent and one blocked case without a doubt at Spade.
async fn store(clock: &TestClock) -> MemoryStore {
    let store = MemoryStore::with_clock(clock.clone());
    let enqueuer = Enqueuer::new(store.clone(), [revcent::ID]);
    for number in 0..3 {
        let key = EventKey::new("test", "", &number.to_string()).unwrap();
        enqueuer.enqueue(&key, &case(number, Stage::Received, 3)).await.unwrap();
    }
    let key = EventKey::new("test", "", "spade").unwrap();
    Enqueuer::new(store.clone(), [spade::ID]).enqueue(&key, &case(9, Stage::Received, 3)).await.unwrap();
    let owner = Owner::random();
    let lease = Lease::new(&owner, LEASE);
    for lane in store.claim(&revcent::ID, 10, lease).await.unwrap() {
        let stage = ReportedStage::new(Stage::Received, crate::support::at(3, 9));
        store.mark_in_flight(&lane, stage, LEASE).await.unwrap();
        store.finish(&lane, Finished::blocked(WaitReason::InDoubt), lease, false).await.unwrap();
    }
    for lane in store.claim(&spade::ID, 10, lease).await.unwrap() {
        store.finish(&lane, Finished::blocked(WaitReason::Rejected), lease, false).await.unwrap();
    }
    store
}

/// Writes the list and reads it again, as a file of JSON lines.
fn through_a_file(doubts: &[DoubtRecord]) -> Vec<DoubtRecord> {
    doubts.iter().map(|doubt| serde_json::from_str(&serde_json::to_string(doubt).unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn decisions_are_imported_once() {
    let clock = TestClock::new();
    let operator = Operator::new(store(&clock).await);
    let doubts = operator.export_doubts(None).await.unwrap();
    assert_eq!(doubts, operator.export_doubts(Some(&revcent::ID)).await.unwrap());
    assert!(operator.export_doubts(Some(&spade::ID)).await.unwrap().is_empty());
    assert_eq!(doubts.len(), 3);
    assert!(doubts.iter().all(|doubt| doubt.stage == Some(Stage::Received) && doubt.decision.is_none()));
    assert!(!format!("{doubts:?}").contains("CB-"));

    let mut decided = through_a_file(&doubts);
    assert_eq!(decided, doubts);
    let early = decided[1].check_not_before.unwrap() - chrono::TimeDelta::seconds(1);
    decided[0].decision = Some(DoubtDecision::Found("chargeback0000000001".into()));
    decided[0].checked_at = Some(early);
    // The vendor may still have been at work when a person looked.
    decided[1].decision = Some(DoubtDecision::NotFound);
    decided[1].checked_at = Some(early);
    let imported = operator.import_doubts(decided.clone()).await;
    assert_eq!((imported.resolved, imported.undecided, imported.failed.len()), (1, 1, 1));
    assert!(imported.failed[0].1.to_string().starts_with("not possible now"), "{:?}", imported.failed);

    decided[1].checked_at = decided[1].check_not_before;
    clock.advance(Duration::from_secs(3600));
    let again = operator.import_doubts(decided).await;
    assert_eq!((again.resolved, again.undecided, again.failed.len()), (1, 1, 1));
    let changed = matches!(&again.failed[0].1, chargeback::outbox::ActError::Store(StoreError::Changed));
    assert!(changed, "{:?}", again.failed);
    let left = operator.export_doubts(None).await.unwrap();
    assert_eq!(left.len(), 1);
    let found = operator.list(&chargeback::outbox::LaneFilter::all().case_id("CB-0")).await.unwrap();
    assert_eq!((found[0].vendor_case(), found[0].state), (Some("chargeback0000000001"), LaneState::Ready));
}

//! Payloads and configurations that a worker cannot use: a counted waiting state, and nothing is lost.

use std::time::Duration;

use chargeback::outbox::{
    Enqueuer, EventKey, LaneFilter, LaneState, NewReport, Outbox, OutboxStore as _, PassedAs, SealError, Sealer,
    WaitReason,
};
use chargeback::{Chargeback, Reporter, Stage, pipwave, spade};
use tokio::time::sleep;

use super::cases::case;
use super::fixtures::{Setup, to_spade};

/// Adds one byte that stands for the key, and the case id.
#[derive(Debug, Clone, Copy)]
struct KeyByte(u8);

impl Sealer for KeyByte {
    fn seal(&self, case_id: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok([&[self.0], case_id.as_bytes(), &[0], plain].concat())
    }

    fn open(&self, case_id: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let head = [&[self.0], case_id.as_bytes(), &[0]].concat();
        Ok(sealed.strip_prefix(&head[..]).ok_or_else(|| SealError::new("another key"))?.to_vec())
    }
}

async fn enqueue_json(setup: &Setup, chargeback: &Chargeback, json: &[u8]) {
    let key = EventKey::new("test", "", "raw").unwrap();
    let vendors = [spade::ID];
    let report = NewReport::new(&key, chargeback, json, &vendors);
    setup.store.enqueue(report).await.unwrap();
}

/// A process of a newer version enqueued a field that this version does not know.
#[tokio::test(start_paused = true)]
async fn payload_of_a_newer_version_waits_and_is_counted() {
    let setup = Setup::only_spade();
    let received = case(1, Stage::Received, 3);
    let mut json = serde_json::to_value(&received).unwrap();
    json["field_of_a_newer_version"] = "value".into();
    enqueue_json(&setup, &received, json.to_string().as_bytes()).await;
    let worker = setup.worker().start().unwrap();
    sleep(Duration::from_secs(3600)).await;
    let lane = setup.lane("CB-1", &spade::ID).await;
    assert_eq!((lane.state, lane.attempts, lane.crashes), (LaneState::Ready, 0, 0));
    assert_eq!(lane.reason, Some(WaitReason::NewerPayload));
    assert_eq!(setup.outbox.counts().await.unwrap()[&spade::ID].newer_payload, 1);
    assert_eq!(setup.sandbox.spade().requests(), 0);
    worker.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn payload_that_is_not_json_is_blocked() {
    let setup = Setup::only_spade();
    enqueue_json(&setup, &case(1, Stage::Received, 3), b"{\"case_id\":").await;
    setup.outbox.drain().await;
    let lane = setup.lane("CB-1", &spade::ID).await;
    assert_eq!((lane.state, lane.reason), (LaneState::Blocked, Some(WaitReason::UnreadablePayload)));
}

/// One process has an old key. Another process with the right key sends the report.
#[tokio::test(start_paused = true)]
async fn process_with_an_old_key_sends_nothing_and_loses_nothing() {
    let setup = Setup::only_spade();
    let outbox = |key| {
        let reporter = Reporter::builder().required(to_spade(&setup.sandbox)).build().unwrap();
        Outbox::new(setup.store.clone(), reporter).unwrap().sealer(KeyByte(key))
    };
    let key = EventKey::new("test", "", "1").unwrap();
    outbox(1).enqueue(&key, &case(1, Stage::Received, 3)).await.unwrap();
    outbox(2).drain().await;
    let lane = setup.lane("CB-1", &spade::ID).await;
    assert_eq!((lane.state, lane.reason, lane.attempts), (LaneState::Ready, Some(WaitReason::AnotherKey), 0));
    sleep(Duration::from_secs(61)).await;
    outbox(1).drain().await;
    assert_eq!(setup.lane("CB-1", &spade::ID).await.state, LaneState::Idle);
    assert_eq!(setup.sandbox.spade().acted(), 1);
}

/// The work of a vendor that no worker has any more stays in the counts.
#[tokio::test(start_paused = true)]
async fn vendor_without_a_worker_is_counted() {
    let setup = Setup::only_spade();
    let enqueuer = Enqueuer::new(setup.store.clone(), [spade::ID, pipwave::ID]);
    enqueuer.enqueue(&EventKey::new("test", "", "1").unwrap(), &case(1, Stage::Received, 3)).await.unwrap();
    setup.outbox.drain().await;
    sleep(Duration::from_secs(3600)).await;
    let counts = setup.outbox.counts().await.unwrap();
    assert_eq!((counts[&pipwave::ID].ready, counts[&spade::ID].ready), (1, 0));
    assert!(counts[&pipwave::ID].oldest_due.is_some());
    let payload = &setup.outbox.operator().export("CB-1").await.unwrap().reports[0].payload;
    assert!(payload.is_some(), "the payload is kept for the other vendor");
}

/// During a deployment that adds a vendor, two enqueuers have different vendors.
#[tokio::test(start_paused = true)]
async fn enqueuers_with_different_vendors_pass_no_report_of_the_other() {
    let setup = Setup::only_spade();
    let before = Enqueuer::new(setup.store.clone(), [spade::ID]);
    let after = Enqueuer::new(setup.store.clone(), [pipwave::ID, spade::ID]);
    let stages = [(Stage::Received, 3), (Stage::Contested, 5), (Stage::PreArbitration, 9), (Stage::Won, 20)];
    for (number, (stage, day)) in stages.into_iter().enumerate() {
        let enqueuer = if number % 2 == 0 { &before } else { &after };
        let key = EventKey::new("test", "", &number.to_string()).unwrap();
        enqueuer.enqueue(&key, &case(1, stage, day)).await.unwrap();
    }
    setup.outbox.drain().await;
    let export = setup.outbox.operator().export("CB-1").await.unwrap();
    assert_eq!(export.history.iter().filter(|row| row.passed == PassedAs::Acknowledged).count(), 4);
    let waiting = setup.store.list(&LaneFilter::all().vendor(pipwave::ID)).await.unwrap();
    assert_eq!((waiting[0].behind, waiting[0].head_stage), (1, Some(Stage::Contested)));
}

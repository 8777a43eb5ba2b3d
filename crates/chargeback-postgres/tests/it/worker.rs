//! Workers on the store, with all vendors of the sandbox.

use std::time::{Duration, Instant};

use chargeback::outbox::{EventKey, LaneFilter, LaneState, Outbox, OutboxStore as _};
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::{Reporter, RetryPolicy, Stage, revcent, spade};
use chargeback_postgres::PgStore;

use crate::cases::case;
use crate::cluster::Database;

fn reporter(sandbox: &Sandbox) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let revcent = sandbox.connect(sandbox.revcent_connector()).retry(RetryPolicy::never());
    Reporter::builder().required(spade.build().unwrap()).required(revcent.build().unwrap()).build().unwrap()
}

async fn accept(outbox: &Outbox, number: usize, stage: Stage, day: u32) {
    let key = EventKey::new("test", "", &format!("{number}-{stage}")).unwrap();
    let _ = outbox.enqueue(&key, &case(number, stage, day)).await.unwrap();
}

pub async fn idle(store: &PgStore, limit: Duration) {
    let start = Instant::now();
    loop {
        let lanes = store.list(&LaneFilter::all()).await.unwrap();
        let open = lanes.iter().filter(|lane| lane.state != LaneState::Idle).collect::<Vec<_>>();
        if open.is_empty() && !lanes.is_empty() {
            return;
        }
        assert!(start.elapsed() < limit, "{open:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn accepted_reports_arrive_in_order_at_each_vendor() {
    let (database, sandbox) = (Database::new().await, Sandbox::in_memory());
    let store = database.store().await;
    let outbox = Outbox::new(store.clone(), reporter(&sandbox)).unwrap();
    let worker = outbox.worker().start().unwrap();
    for number in 0..40 {
        for (stage, day) in [(Stage::Received, 3), (Stage::Contested, 9), (Stage::Won, 20)] {
            accept(&outbox, number, stage, day).await;
        }
    }
    idle(&store, Duration::from_secs(60)).await;
    worker.shutdown(Duration::from_secs(5)).await;
    let records = sandbox.spade().cases();
    assert_eq!(records.len(), 40);
    for record in records {
        let states: Vec<_> = record.history.iter().map(|write| write["state"].as_str().unwrap().to_owned()).collect();
        assert_eq!(states.last().map(String::as_str), Some("chargeback_won"), "{states:?}");
    }
    assert_eq!(sandbox.revcent().cases().len(), 40);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    store.close().await;
}

#[tokio::test]
async fn drain_delivers_without_a_queue() {
    let (database, sandbox) = (Database::new().await, Sandbox::in_memory());
    let store = database.builder().queue(false).connect().await.unwrap();
    let outbox = Outbox::new(store.clone(), reporter(&sandbox)).unwrap();
    accept(&outbox, 1, Stage::Received, 3).await;
    outbox.drain().await;
    assert_eq!((sandbox.spade().cases().len(), sandbox.revcent().cases().len()), (1, 1));
    assert!(!store.queue_is_running());
    for vendor in [spade::ID, revcent::ID] {
        let lanes = store.list(&LaneFilter::all().vendor(vendor)).await.unwrap();
        assert_eq!(lanes[0].acknowledged.map(|stage| stage.stage), Some(Stage::Received));
    }
}

//! The shutdown ends within its time limit, and loses nothing.

use std::time::Duration;

use chargeback::outbox::{LaneState, ShutdownSummary, WorkerError};
use chargeback::sandbox::{Fault, FaultKind};
use chargeback::{Stage, spade};
use tokio::time::{Instant, sleep};

use super::cases::case;
use super::fixtures::Setup;

/// 20 shutdowns with 64 reports in flight at a vendor that takes 10 s.
#[tokio::test(start_paused = true)]
async fn shutdown_waits_for_slow_reports_within_its_time_limit() {
    for _ in 0..20 {
        let setup = Setup::only_spade();
        setup.sandbox.spade().fail_always(Fault::before_acting(FaultKind::Slow(Duration::from_secs(10))));
        let worker = setup.worker().concurrency(64).start().unwrap();
        for number in 0..200 {
            setup.enqueue(&case(number, Stage::Received, 3)).await;
        }
        sleep(Duration::from_secs(5)).await;
        let start = Instant::now();
        let summary = worker.shutdown(Duration::from_secs(25)).await;
        assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
        assert_eq!(summary, ShutdownSummary::default());
        assert_eq!(setup.sandbox.spade().acted(), 64);
        let counts = setup.outbox.counts().await.unwrap();
        assert_eq!((counts[&spade::ID].leased, counts[&spade::ID].ready), (0, 136));
    }
}

/// At the end of the time, running reports are dropped. Another worker continues them.
#[tokio::test(start_paused = true)]
async fn dropped_reports_are_continued_by_another_worker() {
    let setup = Setup::only_spade();
    setup.sandbox.spade().fail_always(Fault::before_acting(FaultKind::Slow(Duration::from_secs(10))));
    let worker = setup.worker().concurrency(8).start().unwrap();
    for number in 0..20 {
        setup.enqueue(&case(number, Stage::Received, 3)).await;
    }
    sleep(Duration::from_secs(2)).await;
    let start = Instant::now();
    let summary = worker.shutdown(Duration::from_secs(1)).await;
    assert!(start.elapsed() <= Duration::from_secs(3));
    assert_eq!((summary.released, summary.abandoned), (0, 8));
    let counts = setup.outbox.counts().await.unwrap();
    assert_eq!((counts[&spade::ID].leased, counts[&spade::ID].ready), (8, 12));

    setup.sandbox.spade().recover();
    let worker = setup.worker().start().unwrap();
    sleep(Duration::from_secs(200)).await;
    for number in 0..20 {
        let lane = setup.lane(&format!("CB-{number}"), &spade::ID).await;
        assert_eq!((lane.state, lane.crashes), (LaneState::Idle, 0));
        assert!(lane.acknowledged.is_some());
    }
    worker.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn lease_must_be_longer_than_an_operation() {
    let setup = Setup::only_spade();
    let worker = setup.worker().operation_timeout(Duration::from_secs(21));
    assert_eq!(worker.start().unwrap_err(), WorkerError::LeaseTooShort);
}

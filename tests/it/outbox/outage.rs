//! Outages, rate limits and refused keys of one vendor.

use std::time::Duration;

use chargeback::outbox::{LaneState, VendorPhase, WaitReason};
use chargeback::sandbox::{Fault, FaultKind};
use chargeback::{Stage, pipwave, spade};
use tokio::time::sleep;

use super::cases::case;
use super::fixtures::Setup;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Three days without one vendor cost one probe every five minutes, and no attempt of a report.
#[tokio::test(start_paused = true)]
async fn outage_of_three_days_costs_one_probe_every_five_minutes() {
    let setup = Setup::all_vendors();
    let worker = setup.worker().start().unwrap();
    setup.sandbox.spade().fail_always(Fault::before_acting(FaultKind::ServerError));
    for number in 0..200 {
        setup.enqueue(&case(number, Stage::Contested, 3)).await;
    }
    sleep(DAY * 3).await;
    let requests = setup.sandbox.spade().requests();
    assert!((800..=900).contains(&requests), "{requests}");
    assert_eq!(setup.sandbox.revcent().cases().len(), 200);
    assert_eq!(setup.sandbox.pipwave().cases().len(), 200);
    let counts = setup.outbox.counts().await.unwrap();
    assert_eq!(counts[&spade::ID].state.phase, VendorPhase::Open);
    assert_eq!(counts[&pipwave::ID].state.phase, VendorPhase::Closed);

    setup.sandbox.spade().recover();
    sleep(Duration::from_secs(360)).await;
    assert_eq!(setup.sandbox.spade().cases().len(), 200);
    for number in 0..200 {
        let lane = setup.lane(&format!("CB-{number}"), &spade::ID).await;
        assert!(lane.acknowledged.is_some() && lane.state != LaneState::Blocked, "{lane}");
    }
    worker.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn rate_limit_pauses_the_vendor_and_counts_no_attempt() {
    let setup = Setup::only_spade();
    let worker = setup.worker().concurrency(1).start().unwrap();
    setup.sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(40))));
    for number in 0..5 {
        setup.enqueue(&case(number, Stage::Received, 3)).await;
    }
    sleep(Duration::from_secs(30)).await;
    assert_eq!(setup.sandbox.spade().acted(), 0);
    let counts = setup.outbox.counts().await.unwrap();
    assert_eq!(counts[&spade::ID].state.phase, VendorPhase::Throttled);
    let lane = setup.lane("CB-0", &spade::ID).await;
    assert_eq!((lane.reason, lane.attempts), (Some(WaitReason::RateLimited), 0));
    sleep(Duration::from_secs(20)).await;
    assert_eq!(setup.sandbox.spade().acted(), 5);
    worker.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn refused_key_stops_the_vendor_and_loses_nothing() {
    let setup = Setup::only_spade();
    let worker = setup.worker().start().unwrap();
    setup.sandbox.spade().fail_always(Fault::before_acting(FaultKind::Unauthorized));
    for number in 0..50 {
        setup.enqueue(&case(number, Stage::Received, 3)).await;
    }
    sleep(Duration::from_secs(3600)).await;
    let requests = setup.sandbox.spade().requests();
    assert!(requests < 60, "{requests}");
    setup.sandbox.spade().recover();
    sleep(Duration::from_secs(360)).await;
    assert_eq!(setup.sandbox.spade().acted(), 50);
    worker.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn paused_vendor_gets_nothing_until_it_is_resumed() {
    let setup = Setup::only_spade();
    let operator = setup.outbox.operator();
    operator.pause(&spade::ID, "maintenance").await.unwrap();
    let worker = setup.worker().start().unwrap();
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    sleep(DAY).await;
    assert_eq!(setup.sandbox.spade().requests(), 0);
    operator.resume(&spade::ID).await.unwrap();
    sleep(Duration::from_secs(6)).await;
    assert_eq!(setup.sandbox.spade().acted(), 1);
    worker.shutdown(Duration::from_secs(1)).await;
}

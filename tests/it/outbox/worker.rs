//! A worker delivers accepted reports in order, once.

use std::time::Duration;

use chargeback::outbox::{Enqueued, EventKey, LaneState, PassedAs, Resend, WaitReason};
use chargeback::sandbox::{Fault, FaultKind};
use chargeback::{Resolution, RetryPolicy, Stage, ravelin, revcent, spade, tutelar};
use chrono::Utc;
use tokio::time::sleep;

use super::cases::case;
use super::fixtures::Setup;
use crate::support::vendors::{self, VENDORS};

#[tokio::test(start_paused = true)]
async fn drain_delivers_to_all_vendors_in_order() {
    let setup = Setup::all_vendors();
    for number in 0..20 {
        for (stage, day) in [(Stage::Contested, 3), (Stage::PreArbitration, 9), (Stage::Won, 20)] {
            assert!(matches!(setup.enqueue(&case(number, stage, day)).await, Enqueued::New { .. }));
        }
    }
    setup.outbox.drain().await;
    let counts = setup.outbox.counts().await.unwrap();
    for (vendor, count) in &counts {
        assert!(count.blocked.is_empty() && count.ready == 0 && count.waiting == 0, "{vendor}: {count:?}");
    }
    assert_eq!(counts.len(), VENDORS.len());
    for vendor in VENDORS {
        assert_eq!(vendor.cases(&setup.sandbox).len(), 20, "{}", vendor.name);
    }
    for case in setup.sandbox.spade().cases() {
        assert_eq!(case.state["state"], "chargeback_won");
        assert_eq!(case.history.len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn event_is_accepted_once() {
    let setup = Setup::only_spade();
    let key = EventKey::new("stripe", "acct_1", "evt_1").unwrap();
    let received = case(1, Stage::Received, 3);
    let Enqueued::New { seq } = setup.outbox.enqueue(&key, &received).await.unwrap() else { panic!() };
    assert_eq!(setup.outbox.enqueue(&key, &received).await.unwrap(), Enqueued::Duplicate { seq });
    let other = case(1, Stage::Won, 3);
    assert_eq!(setup.outbox.enqueue(&key, &other).await.unwrap(), Enqueued::Conflicting { seq });
    setup.outbox.drain().await;
    assert_eq!(setup.sandbox.spade().acted(), 1);
    assert_eq!(setup.outbox.enqueue(&key, &received).await.unwrap(), Enqueued::Duplicate { seq });
}

#[tokio::test(start_paused = true)]
async fn older_stage_is_passed_as_skipped() {
    let setup = Setup::only_spade();
    setup.enqueue(&case(1, Stage::Won, 20)).await;
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    setup.outbox.drain().await;
    let export = setup.outbox.operator().export("CB-1").await.unwrap();
    let passed: Vec<_> = export.history.iter().map(|row| row.passed).collect();
    assert_eq!(passed, [PassedAs::Acknowledged, PassedAs::Skipped]);
    assert_eq!(setup.sandbox.spade().acted(), 1);
}

#[tokio::test(start_paused = true)]
async fn stage_without_a_value_is_passed_or_blocked_by_setting() {
    let tutelar = || {
        Setup::new(|sandbox, reporter| {
            let tutelar = sandbox.tutelar_connector(chargeback::tutelar::DefeatedMeans::MerchantWon);
            reporter.required(sandbox.connect(tutelar).build().unwrap())
        })
    };
    let setup = tutelar();
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    setup.outbox.drain().await;
    let export = setup.outbox.operator().export("CB-1").await.unwrap();
    assert_eq!(export.history[0].passed, PassedAs::Unsupported);

    let setup = tutelar();
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    let worker = setup.worker().block_unsupported(true).start().unwrap();
    sleep(Duration::from_secs(1)).await;
    let lane = setup.lane("CB-1", &tutelar::ID).await;
    assert_eq!((lane.state, lane.reason), (LaneState::Blocked, Some(WaitReason::Unsupported)));
    worker.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn failed_report_is_retried_by_schedule() {
    let setup = Setup::only_spade();
    setup.sandbox.spade().fail_next(Fault::before_acting(FaultKind::Unreachable));
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    let worker = setup.worker().start().unwrap();
    sleep(Duration::from_secs(1)).await;
    let lane = setup.lane("CB-1", &spade::ID).await;
    assert_eq!((lane.state, lane.reason, lane.attempts), (LaneState::Ready, Some(WaitReason::Retry), 1));
    sleep(Duration::from_secs(8)).await;
    let lane = setup.lane("CB-1", &spade::ID).await;
    assert_eq!((lane.state, lane.resend), (LaneState::Idle, Resend::None));
    assert_eq!(setup.sandbox.spade().acted(), 1);
    worker.shutdown(Duration::from_secs(1)).await;
}

/// A create whose reply was lost is found by a lookup, and the record is not created again.
#[tokio::test(start_paused = true)]
async fn lost_reply_of_a_create_is_looked_up() {
    let setup = Setup::only_revcent();
    setup.sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    setup.sandbox.revcent().lag_index(6);
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    let worker = setup.worker().start().unwrap();
    sleep(Duration::from_secs(30)).await;
    let lane = setup.lane("CB-1", &revcent::ID).await;
    assert!(lane.in_flight.is_some(), "{lane:?}");
    sleep(Duration::from_secs(3600 * 9)).await;
    let lane = setup.lane("CB-1", &revcent::ID).await;
    assert_eq!((lane.state, lane.in_flight), (LaneState::Idle, None));
    assert_eq!(setup.sandbox.revcent().cases().len(), 1);
    worker.shutdown(Duration::from_secs(1)).await;
}

/// A create that never arrived is not sent again without a person.
#[tokio::test(start_paused = true)]
async fn record_that_is_never_found_needs_a_person() {
    let setup = Setup::only_revcent();
    setup.sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Silence));
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    let worker = setup.worker().start().unwrap();
    sleep(Duration::from_secs(3600 * 9)).await;
    let lane = setup.lane("CB-1", &revcent::ID).await;
    assert_eq!((lane.state, lane.reason), (LaneState::Blocked, Some(WaitReason::InDoubt)));
    assert_eq!(setup.sandbox.revcent().cases().len(), 0);

    let operator = setup.outbox.operator();
    let early = lane.check_not_before.unwrap() - Duration::from_secs(1);
    assert!(operator.resolve(&lane, Resolution::NotFound, early).await.is_err());
    let future = Utc::now() + Duration::from_secs(100 * 24 * 3600);
    assert!(operator.resolve(&lane, Resolution::NotFound, future).await.is_err());
    operator.resolve(&lane, Resolution::NotFound, lane.check_not_before.unwrap()).await.unwrap();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(setup.lane("CB-1", &revcent::ID).await.state, LaneState::Idle);
    assert_eq!(setup.sandbox.revcent().cases().len(), 1);
    worker.shutdown(Duration::from_secs(1)).await;
}

/// An idempotent vendor whose request had no known end gets the last acknowledged stage again.
#[tokio::test(start_paused = true)]
async fn unknown_end_at_an_idempotent_vendor_is_sent_again_and_then_resent() {
    let setup = Setup::only_spade();
    setup.sandbox.spade().fail_next(Fault::after_acting(FaultKind::Reset));
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    let worker = setup.worker().start().unwrap();
    sleep(Duration::from_secs(20)).await;
    let lane = setup.lane("CB-1", &spade::ID).await;
    assert_eq!((lane.state, lane.resend, lane.reason), (LaneState::Ready, Resend::Wanted, Some(WaitReason::Settling)));
    assert_eq!(setup.sandbox.spade().acted(), 2);
    sleep(Duration::from_secs(120)).await;
    let lane = setup.lane("CB-1", &spade::ID).await;
    assert_eq!((lane.state, lane.resend), (LaneState::Idle, Resend::None));
    assert_eq!(setup.sandbox.spade().acted(), 3);
    worker.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn rejected_report_blocks_the_lane_and_other_lanes_go_on() {
    let setup = Setup::only_spade();
    setup.sandbox.spade().fail_next(Fault::before_acting(FaultKind::Rejection));
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    setup.outbox.drain().await;
    setup.enqueue(&case(1, Stage::Won, 20)).await;
    setup.enqueue(&case(2, Stage::Received, 3)).await;
    setup.outbox.drain().await;
    let lane = setup.lane("CB-1", &spade::ID).await;
    assert_eq!((lane.state, lane.reason, lane.behind), (LaneState::Blocked, Some(WaitReason::Rejected), 1));
    assert_eq!(setup.lane("CB-2", &spade::ID).await.state, LaneState::Idle);

    let operator = setup.outbox.operator();
    operator.replace(&lane, &case(1, Stage::Contested, 4), "wrong stage").await.unwrap();
    assert!(operator.retry(&lane).await.is_err(), "the lane changed since it was listed");
    setup.outbox.drain().await;
    let passed: Vec<_> = operator.export("CB-1").await.unwrap().history.iter().map(|row| row.passed).collect();
    assert_eq!(passed, [PassedAs::Replaced, PassedAs::Acknowledged, PassedAs::Acknowledged]);
    let spade = setup.sandbox.spade().case("enrichment-1").unwrap();
    assert_eq!(spade.state["state"], "chargeback_won");
}

/// Ravelin processes a rate-limited report later, so it may have acted. The lane waits ten minutes and sends again.
#[tokio::test(start_paused = true)]
async fn report_that_the_vendor_defers_waits_as_the_vendor_asks() {
    let ravelin = VENDORS.into_iter().find(|vendor| vendor.name == "ravelin").unwrap();
    let setup = Setup::new(|sandbox, reporter| {
        let settings = vendors::Setup { retry: RetryPolicy::never(), ..vendors::Setup::default() };
        reporter.required(ravelin.connect(sandbox, None, &settings))
    });
    setup.sandbox.ravelin().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
    setup.enqueue(&case(1, Stage::Received, 3)).await;
    let worker = setup.worker().start().unwrap();
    sleep(Duration::from_secs(590)).await;
    let lane = setup.lane("CB-1", &ravelin::ID).await;
    assert_eq!((lane.state, lane.reason), (LaneState::Ready, Some(WaitReason::Retry)), "{lane}");
    assert!(setup.sandbox.ravelin().cases().is_empty());
    sleep(Duration::from_secs(60)).await;
    assert_eq!(setup.sandbox.ravelin().cases().len(), 1);
    assert!(setup.lane("CB-1", &ravelin::ID).await.in_flight.is_none());
    worker.shutdown(Duration::from_secs(20)).await;
}

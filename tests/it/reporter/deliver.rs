//! Concurrent delivery, retries and dropped calls.

use std::time::Duration;

use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::{Requirement, Stage, pipwave, revcent, spade, thirdwatch, tutelar};
use tokio::time::Instant;

use super::{all_vendors, case_at, kinds};

#[tokio::test(start_paused = true)]
async fn providers_are_called_concurrently() {
    let sandbox = Sandbox::in_memory();
    let slow = |seconds| Fault::after_acting(FaultKind::Slow(Duration::from_secs(seconds)));
    sandbox.thirdwatch().fail_next(slow(4));
    sandbox.tutelar().fail_next(slow(9));
    sandbox.spade().fail_next(slow(2));
    sandbox.pipwave().fail_next(slow(7));
    let start = Instant::now();
    let outcomes = all_vendors(&sandbox).report(&case_at(Stage::Contested)).await;
    assert_eq!(start.elapsed(), Duration::from_secs(9));
    assert_eq!(kinds(&outcomes), ["acknowledged"; 5]);
    assert!(outcomes.required_settled() && outcomes.retry_after().is_none());
    let names: Vec<_> = outcomes.iter().map(|outcome| outcome.provider().clone()).collect();
    assert_eq!(names, [thirdwatch::ID, revcent::ID, tutelar::ID, spade::ID, pipwave::ID]);
    assert_eq!(all_vendors(&sandbox).providers().collect::<Vec<_>>(), names);
}

#[tokio::test(start_paused = true)]
async fn retry_failed_repeats_only_safe_reports() {
    let sandbox = Sandbox::in_memory();
    let reporter = all_vendors(&sandbox);
    sandbox.thirdwatch().fail_next(Fault::before_acting(FaultKind::Rejection));
    // RevCent acts, its reply is lost, and its index lags behind every lookup.
    sandbox.revcent().lag_index(4);
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Unreachable));
    let chargeback = case_at(Stage::Contested);
    let first = reporter.report(&chargeback).await;
    assert_eq!(kinds(&first), ["failed", "unknown", "acknowledged", "failed", "acknowledged"]);
    let acted = || [sandbox.thirdwatch().acted(), sandbox.tutelar().acted(), sandbox.pipwave().acted()];
    let before = acted();
    let second = reporter.retry_failed(&chargeback, first).await;
    assert_eq!(kinds(&second), ["failed", "acknowledged", "acknowledged", "acknowledged", "acknowledged"]);
    assert_eq!(acted(), before, "the other vendors received no request");
    assert_eq!((sandbox.revcent().cases().len(), sandbox.spade().cases().len()), (1, 1));
    assert!(second.get(&revcent::ID).unwrap().requirement() == Requirement::Required);
    let required = second.into_iter().filter(|outcome| outcome.requirement() == Requirement::Required);
    let receipts = required.filter(|outcome| outcome.outcome().receipt().is_some_and(chargeback::Receipt::is_complete));
    assert_eq!(receipts.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn dropped_call_drops_every_report() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::Silence));
    let reporter = all_vendors(&sandbox);
    assert!(tokio::time::timeout(Duration::from_secs(1), reporter.report(&case_at(Stage::Contested))).await.is_err());
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
    sandbox.spade().recover();
    assert!(reporter.report(&case_at(Stage::Contested)).await.required_settled());
}

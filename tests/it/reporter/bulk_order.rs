//! Several vendors: what is shown of them, who comes first, and when a pause begins anew.

use std::time::Duration;

use chargeback::lifecycle::{Action, Lifecycle, MemoryLedger};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{
    BulkOptions, BulkOutcome, Chargeback, Outcome, Reason, Reporter, RetryPolicy, Stage, pipwave, spade, thirdwatch,
};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};

use crate::support::{at, plain};

fn case(number: usize) -> Chargeback {
    let case = plain(&format!("case-{number}"), Stage::Received, Reason::FraudOther);
    case.transaction_id(format!("t-{number}")).vendor_payment(spade::ID, format!("e-{number}")).build().unwrap()
}

/// Spade, and Pipwave after it.
fn two(sandbox: &Sandbox) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).retry(RetryPolicy::never());
    Reporter::builder().required(spade.build().unwrap()).required(pipwave.build().unwrap()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_lifecycle_of_ones_own_decides() {
    let sandbox = Sandbox::in_memory();
    let spade = || sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let word = async |lifecycle: Option<Lifecycle>| {
        let builder = Reporter::builder().required(spade()).ledger(MemoryLedger::new());
        let reporter = lifecycle.into_iter().fold(builder, chargeback::ReporterBuilder::lifecycle).build().unwrap();
        let _ = reporter.report(&case(1)).await;
        let again = reporter.report(&case(1)).await;
        (&again).into_iter().map(|told| told.outcome().as_str()).collect::<Vec<_>>()
    };
    assert_eq!(word(None).await, ["skipped"]);
    assert_eq!(word(Some(Lifecycle::default().refresh(Action::Report))).await, ["acknowledged"]);
    assert_eq!(word(Some(Lifecycle::default().refresh(Action::Block).reopen(Action::Skip))).await, ["blocked"]);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_counts_its_cases() {
    let ledger = std::sync::Arc::new(MemoryLedger::new());
    assert_eq!((ledger.len(), ledger.is_empty()), (0, true));
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).ledger(ledger.clone()).build().unwrap();
    for number in [1, 2, 2, 3] {
        let _ = reporter.report(&case(number)).await;
    }
    assert_eq!((ledger.len(), ledger.is_empty()), (3, false));
    assert_eq!(format!("{ledger:?}"), "MemoryLedger(3 entries)");
}

#[tokio::test(start_paused = true)]
async fn an_outcome_says_that_a_later_step_failed() {
    let sandbox = Sandbox::in_memory();
    let thirdwatch = sandbox.connect(sandbox.thirdwatch_connector().tag_after_fraud()).retry(RetryPolicy::never());
    let reporter = Reporter::builder().required(thirdwatch.build().unwrap()).build().unwrap();
    let line = async || reporter.report(&case(1)).await.get(&thirdwatch::ID).unwrap().outcome().to_string();
    assert_eq!(line().await, "acknowledged");
    let is_tag = |request: &http::Request<bytes::Bytes>| request.uri().path().contains("tag");
    sandbox.thirdwatch().fail_next_where(is_tag, Fault::before_acting(FaultKind::Rejection));
    assert_eq!(line().await, "acknowledged, but a later step failed");
}

#[tokio::test(start_paused = true)]
async fn of_two_vendors_that_are_equally_fast_none_is_favoured() {
    let sandbox = Sandbox::in_memory();
    let reporter = two(&sandbox);
    let mut report = reporter.report_all(stream::iter((0..8).map(case)), BulkOptions::default().concurrency(8));
    assert!(futures_util::poll!(report.next()).is_pending());
    let shown = format!("{report:?}");
    assert!(shown.starts_with("BulkReport { read: 8, backlogs: [8, 8], options: BulkOptions {"), "{shown}");
    assert_eq!((report.read(), report.backlogs().collect::<Vec<_>>()), (8, vec![8, 8]));
    // All have ended before anybody asks again.
    sleep(Duration::from_secs(60)).await;
    let told: Vec<BulkOutcome> = report.collect().await;
    let vendors: Vec<_> = told.iter().map(|told| told.result.provider().clone()).collect();
    assert!(vendors.chunks(2).all(|pair| *pair == [spade::ID, pipwave::ID]), "{vendors:?}");
    assert!(told.iter().all(|told| matches!(told.result.outcome(), Outcome::Acknowledged(_))));
}

#[tokio::test(start_paused = true)]
async fn the_slower_vendor_is_waited_for_whichever_it_is() {
    for slow in [0, 1] {
        let sandbox = Sandbox::in_memory();
        let late = Fault::after_acting(FaultKind::Slow(Duration::from_secs(1)));
        if slow == 0 {
            sandbox.spade().fail_always(late);
        } else {
            sandbox.pipwave().fail_always(late);
        }
        let told: Vec<BulkOutcome> = two(&sandbox)
            .report_all(stream::iter((0..9).map(case)), BulkOptions::default().concurrency(2))
            .collect()
            .await;
        assert_eq!(told.len(), 18);
    }
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_ends_the_row_of_pauses() {
    let sandbox = Sandbox::in_memory();
    let reporter = two(&sandbox);
    let start = Instant::now();
    for number in 0..4 {
        sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
        sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
        let _: Vec<_> = reporter.report_all(stream::iter([case(number)]), BulkOptions::default()).collect().await;
    }
    assert_eq!(start.elapsed().as_secs(), 12, "each bulk begins with a pause of a second, then two");
    // Within one bulk as well: throttled, told, throttled, told.
    let start = Instant::now();
    let mut told = 0;
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
    let mut report = reporter.report_all(stream::iter((4..8).map(case)), BulkOptions::default().concurrency(1));
    while let Some(done) = report.next().await {
        if *done.result.provider() == spade::ID {
            told += 1;
            if told < 4 {
                sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
            }
        }
    }
    assert_eq!((told, start.elapsed().as_secs()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn what_makes_no_request_does_not_wait_for_a_pause() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let reporter = Reporter::builder().required(spade.build().unwrap()).build().unwrap();
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(30))));
    // Spade has no word for an alert.
    let alert = |number| case(number).to_builder().stage(Stage::Alert, at(4, 1)).build().unwrap();
    let input = stream::iter([case(0)].into_iter().chain((1..9).map(alert)));
    let start = Instant::now();
    let mut report = reporter.report_all(input, BulkOptions::default().concurrency(2));
    let mut ended = Vec::new();
    while let Some(done) = report.next().await {
        ended.push((done.index, start.elapsed().as_secs()));
    }
    assert_eq!(ended.pop(), Some((0, 30)));
    assert!(ended.len() == 8 && ended.iter().all(|(_, at)| *at == 0), "{ended:?}");
}

#[cfg(feature = "blocking")]
#[test]
fn a_blocking_reporter_tells_all_of_them() {
    let sandbox = Sandbox::in_memory();
    let reporter = chargeback::blocking::Blocking::new(two(&sandbox)).unwrap();
    assert!(format!("{reporter:?}").starts_with("Blocking { inner: Reporter"), "{reporter:?}");
    let told: Vec<BulkOutcome> = reporter.report_each((0..3).map(case), BulkOptions::default()).collect();
    assert_eq!(told.len(), 6);
}

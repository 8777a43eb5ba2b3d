//! Rate limits of bulk reports.

use std::sync::Arc;
use std::time::Duration;

use chargeback::lifecycle::{Ledger, MemoryLedger};
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::{BulkOptions, Outcome, RateLimit, Reporter, Stage, Target};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};

use crate::reporter::fixtures::{TimedSpade, feed, rate_limited, throttled, to_spade};

#[tokio::test(start_paused = true)]
async fn rate_limit_holds_in_every_window() {
    for (reports, seconds) in [(1_000, 300), (1, 10), (7, 60)] {
        let sandbox = Sandbox::in_memory();
        let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
        let limit = RateLimit::new(reports, Duration::from_secs(seconds));
        let reporter = Reporter::builder().target(Target::required(spade).rate_limit(limit)).build().unwrap();
        let count = (reports * 3).min(2_500) as usize;
        let mut report = reporter.report_all(stream::iter(feed(count, &[Stage::Received])), BulkOptions::default());
        let start = Instant::now();
        let mut times = Vec::new();
        while report.next().await.is_some() {
            times.push(start.elapsed());
        }
        let window = Duration::from_secs(seconds);
        let maximum = (0..times.len()).map(|i| times[i..].iter().take_while(|t| **t < times[i] + window).count()).max();
        assert!(maximum.unwrap() <= reports as usize, "{reports} in {seconds} s: {maximum:?}");
        let whole = window * u32::try_from(count).unwrap() / reports;
        assert!(
            *times.last().unwrap() <= whole * 2,
            "the bulk takes more than twice the necessary time: {:?}",
            times.last()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_requests_count_against_the_rate_limit() {
    let sandbox = Sandbox::in_memory();
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let run = async || {
        let start = Instant::now();
        let reporter = rate_limited(&sandbox, Some(Arc::clone(&ledger)));
        let done: Vec<_> =
            reporter.report_all(stream::iter(feed(5, &[Stage::Received])), BulkOptions::default()).collect().await;
        (done.len(), start.elapsed().as_secs())
    };
    assert_eq!(run().await, (5, 40));
    assert_eq!(run().await, (5, 0), "acknowledged cases are skipped without a wait");
    // Spade does not support alerts, so no request is sent.
    let start = Instant::now();
    let report =
        rate_limited(&sandbox, None).report_all(stream::iter(feed(50, &[Stage::Alert])), BulkOptions::default());
    let done: Vec<_> = report.collect().await;
    assert!(done.iter().all(|done| matches!(done.result.outcome(), Outcome::Unsupported(_))));
    assert_eq!((done.len(), start.elapsed().as_secs(), sandbox.spade().requests()), (50, 0, 5));
}

#[tokio::test(start_paused = true)]
async fn stopped_bulk_does_not_wait_for_the_rate_limit() {
    let sandbox = Sandbox::in_memory();
    let report =
        rate_limited(&sandbox, None).report_all(stream::iter(feed(100, &[Stage::Received])), BulkOptions::default());
    let stop = report.stop_handle();
    tokio::spawn(async move {
        sleep(Duration::from_secs(25)).await;
        stop.stop();
    });
    let start = Instant::now();
    let done: Vec<_> = report.collect().await;
    assert_eq!((done.len(), start.elapsed().as_secs(), sandbox.spade().acted()), (3, 25, 3));
}

#[tokio::test(start_paused = true)]
async fn bulks_of_one_reporter_share_its_rate_limit() {
    let sandbox = Sandbox::in_memory();
    let reporter = to_spade(&sandbox, Some(RateLimit::new(20, Duration::from_secs(60))));
    let start = Instant::now();
    for _ in 0..15 {
        let report = reporter.report_all(stream::iter(feed(2, &[Stage::Received])), BulkOptions::default());
        assert_eq!(report.collect::<Vec<_>>().await.len(), 2);
    }
    assert!(start.elapsed() > Duration::from_secs(60), "thirty reports take less than a minute: {:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn rate_limit_accepts_the_longest_window() {
    let sandbox = Sandbox::in_memory();
    let reporter = to_spade(&sandbox, Some(RateLimit::new(1, Duration::MAX)));
    let mut report = reporter.report_all(stream::iter(feed(2, &[Stage::Received])), BulkOptions::default());
    assert!(report.next().await.is_some());
    assert!(tokio::time::timeout(Duration::from_secs(86_400), report.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn rate_limit_holds_after_a_pause() {
    let sandbox = Sandbox::in_memory();
    let spade_times = TimedSpade::new(&sandbox);
    let window = Duration::from_secs(10);
    let target = spade_times.target(&sandbox).rate_limit(RateLimit::new(10, window));
    let reporter = Reporter::builder().target(target).build().unwrap();
    sandbox.spade().fail_next(throttled(29));
    let report =
        reporter.report_all(stream::iter(feed(60, &[Stage::Received])), BulkOptions::default().concurrency(64));
    assert_eq!(report.collect::<Vec<_>>().await.len(), 60);
    let times = spade_times.times.lock().unwrap();
    let maximum =
        (0..times.len()).map(|i| times[i..].iter().take_while(|time| **time < times[i] + window).count()).max();
    // The retry of the throttled report does not count as a report.
    assert!(maximum.unwrap() <= 11, "{maximum:?} in ten seconds");
}

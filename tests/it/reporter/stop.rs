//! Stops of bulk reports.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, MemoryLedger, Version, Versioned};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{
    BulkOptions, Chargeback, Outcome, ProviderId, RateLimit, Reason, Reporter, Stage, Stop, Timeouts, async_trait,
};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::{Instant, sleep};

use crate::reporter::fixtures::{STAGES, TimedSpade, feed, throttled, to_spade};
use crate::support::{at, plain};

#[tokio::test(start_paused = true)]
async fn stopped_bulk_finishes_running_reports() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::after_acting(FaultKind::Slow(Duration::from_secs(5))));
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).build().unwrap();
    let report =
        reporter.report_all(stream::iter(feed(100, STAGES)), BulkOptions::default().concurrency(8).max_backlog(50));
    let stop = report.stop_handle();
    let stopper = tokio::spawn(async move {
        sleep(Duration::from_secs(7)).await;
        stop.stop();
        assert!(stop.is_stopped());
    });
    let start = Instant::now();
    let done = report.collect::<Vec<_>>().await;
    stopper.await.unwrap();
    assert_eq!((done.len(), start.elapsed().as_secs()), (16, 10), "two rounds of eight");
    assert!(done.iter().all(|done| matches!(done.result.outcome(), Outcome::Acknowledged(_))));
    assert_eq!(sandbox.spade().acted(), 16);
}

/// The time limits of the docs for a grace period of 30 s.
#[tokio::test(start_paused = true)]
async fn stopped_bulk_ends_within_the_operation_time_limit() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::Silence));
    let timeouts = Timeouts::default().attempt(Duration::from_secs(8)).operation(Duration::from_secs(20));
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).timeouts(timeouts).build().unwrap();
    let reporter = Reporter::builder().required(spade).ledger(MemoryLedger::new()).build().unwrap();
    let report = reporter.report_all(stream::iter(feed(100, STAGES)), BulkOptions::default().concurrency(8));
    let stop = report.stop_handle();
    tokio::spawn(async move {
        sleep(Duration::from_secs(1)).await;
        stop.stop();
    });
    let start = Instant::now();
    let done = report.collect::<Vec<_>>().await;
    assert_eq!((done.len(), start.elapsed() <= Duration::from_secs(20)), (8, true), "{:?}", start.elapsed());
    assert!(done.iter().all(|done| matches!(done.result.outcome(), Outcome::Unknown(_))));
}

/// A stream that yields its cases. After two reports, while the third waits for the rate limit, it stops the bulk
/// from within `poll_next` and then blocks for a moment.
struct StopsWithin<'s> {
    cases: std::vec::IntoIter<Chargeback>,
    sandbox: &'s Sandbox,
    stop: Arc<OnceLock<Stop>>,
    polls: usize,
}

impl Stream for StopsWithin<'_> {
    type Item = Chargeback;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Chargeback>> {
        if let Some(case) = self.cases.next() {
            return Poll::Ready(Some(case));
        }
        self.polls += usize::from(self.sandbox.spade().acted() >= 2);
        context.waker().wake_by_ref();
        if self.polls == 100 {
            // Reports that wait for the rate limit run on other threads.
            std::thread::sleep(Duration::from_millis(20));
            self.stop.get().unwrap().stop();
            std::thread::sleep(Duration::from_millis(150));
        }
        Poll::Pending
    }
}

/// If a dropped stage were followed by a later stage of its case, the dropped stage would become stale.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn stop_drops_later_stages_of_a_dropped_case() {
    let sandbox = Sandbox::in_memory();
    // Two reports immediately, and then one every 56 ms.
    let reporter = to_spade(&sandbox, Some(RateLimit::new(20, Duration::from_secs(1))));
    let case =
        |case: &str, stage, day| plain(case, stage, Reason::NotReceived).stage(stage, at(day, 9)).build().unwrap();
    let cases = vec![
        case("one", Stage::Received, 1),
        case("two", Stage::Received, 1),
        case("three", Stage::Received, 1),
        case("three", Stage::Won, 2),
    ];
    let stop = Arc::default();
    let input = StopsWithin { cases: cases.into_iter(), sandbox: &sandbox, stop: Arc::clone(&stop), polls: 0 };
    // One report waits for the rate limit, and there is a free slot, so the bulk polls its input.
    let report = reporter.report_all(input, BulkOptions::default().concurrency(2));
    stop.set(report.stop_handle()).unwrap();
    let done: Vec<_> = report.collect().await;
    let third: Vec<_> = done.iter().filter(|done| done.chargeback.case_id() == "three").collect();
    // On a slow machine the third case may be reported before the stop.
    let reported_last_stage = third.iter().any(|done| done.chargeback.stage() == Stage::Won);
    assert!(third.len() != 1 || !reported_last_stage, "{done:?}");
}

#[tokio::test(start_paused = true)]
async fn stop_during_a_pause_starts_no_report() {
    let sandbox = Sandbox::in_memory();
    let spade_times = TimedSpade::new(&sandbox);
    let reporter = Reporter::builder().target(spade_times.target(&sandbox)).build().unwrap();
    sandbox.spade().fail_next(throttled(29));
    let report =
        reporter.report_all(stream::iter(feed(300, &[Stage::Received])), BulkOptions::default().concurrency(8));
    stop_after(report.stop_handle(), 5);
    // Eight reports are in flight when the vendor starts to throttle.
    assert_eq!(report.collect::<Vec<_>>().await.len(), 8);
    assert_eq!(spade_times.sent(|time| time < Duration::from_secs(5)), 8);
    assert_eq!(spade_times.sent(|time| time > Duration::from_secs(5)), 1, "the retry of the throttled report");
}

/// A ledger with a delay of two seconds for reads.
#[derive(Debug, Default)]
struct SlowLedger(MemoryLedger);

#[async_trait]
impl Ledger for SlowLedger {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        sleep(Duration::from_secs(2)).await;
        self.0.read(provider, case_id).await
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        self.0.write(provider, case_id, entry, replaces).await
    }
}

#[tokio::test(start_paused = true)]
async fn stop_drops_reports_in_preparation() {
    let sandbox = Sandbox::in_memory();
    let spade_times = TimedSpade::new(&sandbox);
    let reporter =
        Reporter::builder().target(spade_times.target(&sandbox)).ledger(SlowLedger::default()).build().unwrap();
    let report =
        reporter.report_all(stream::iter(feed(100, &[Stage::Received])), BulkOptions::default().concurrency(50));
    stop_after(report.stop_handle(), 1);
    assert_eq!((report.collect::<Vec<_>>().await.len(), spade_times.sent(|_| true)), (0, 0));
}

/// Stops the bulk when its third case is polled.
struct StopsAtThree(u64, Arc<OnceLock<Stop>>);

impl Stream for StopsAtThree {
    type Item = Chargeback;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Chargeback>> {
        self.0 += 1;
        if self.0 == 3 {
            self.1.get().unwrap().stop();
        }
        Poll::Ready(feed(1, &[Stage::Received]).next())
    }
}

#[tokio::test]
async fn nothing_is_read_after_a_stop() {
    let sandbox = Sandbox::in_memory();
    let reporter = Reporter::builder().target(TimedSpade::new(&sandbox).target(&sandbox)).build().unwrap();
    let stop = Arc::new(OnceLock::new());
    let mut report = reporter.report_all(StopsAtThree(0, Arc::clone(&stop)), BulkOptions::default());
    stop.set(report.stop_handle()).unwrap();
    assert!(report.next().await.is_none());
    assert_eq!(report.read(), 3);
}

fn stop_after(stop: Stop, seconds: u64) {
    tokio::spawn(async move {
        sleep(Duration::from_secs(seconds)).await;
        stop.stop();
    });
}

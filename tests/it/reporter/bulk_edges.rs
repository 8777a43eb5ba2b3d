//! Bulk reports with stops, panics and extreme settings.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::{BulkOptions, Chargeback, RateLimit, Reason, Reporter, Stage, Stop, Target};
use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
use tokio::time::Instant;

use super::bulk::feed;
use crate::support::{at, plain};

fn to_spade(sandbox: &Sandbox, limit: Option<RateLimit>) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let member = limit.into_iter().fold(Target::required(spade), Target::rate_limit);
    Reporter::builder().target(member).build().unwrap()
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

#[tokio::test]
async fn bulk_ends_after_a_panic() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let faulty = Target::required(spade).filter(|chargeback| {
        assert_ne!(chargeback.case_id(), "case-3", "a bug in the filter");
        true
    });
    let reporter = Reporter::builder().target(faulty).build().unwrap();
    let cases: Vec<_> = feed(8, &[Stage::Received]).collect();
    assert!(cases.iter().any(|case| case.case_id() == "case-3"), "{}", cases[3].case_id());
    let mut report = reporter.report_all(stream::iter(cases), BulkOptions::default().concurrency(1));
    let panicked = AtomicBool::new(false);
    let end = async {
        loop {
            match AssertUnwindSafe(report.next()).catch_unwind().await {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => panicked.store(true, Ordering::SeqCst),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), end).await.unwrap();
    assert!(panicked.load(Ordering::SeqCst));
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
async fn bulk_reads_only_cases_that_can_start() {
    let sandbox = Sandbox::in_memory();
    let reporter = to_spade(&sandbox, None);
    let mut report =
        reporter.report_all(stream::iter(feed(100, &[Stage::Received])), BulkOptions::default().concurrency(4));
    for reported in 1..=50 {
        assert!(report.next().await.is_some());
        assert!(report.read() <= reported + 4, "{} cases were read after {reported} reports", report.read());
    }
    report.stop_handle().stop();
    let rest = report.collect::<Vec<_>>().await.len();
    assert!(rest <= 3, "{rest} reports ended after the stop");
}

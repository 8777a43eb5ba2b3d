//! Reports by the thousand where something goes wrong at the wrong moment.

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

fn to_spade(sandbox: &Sandbox, pace: Option<RateLimit>) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let member = pace.into_iter().fold(Target::required(spade), Target::rate_limit);
    Reporter::builder().target(member).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn bulks_of_one_reporter_share_its_pace() {
    let sandbox = Sandbox::in_memory();
    let reporter = to_spade(&sandbox, Some(RateLimit::new(20, Duration::from_secs(60))));
    let start = Instant::now();
    for _ in 0..15 {
        let report = reporter.report_all(stream::iter(feed(2, &[Stage::Received])), BulkOptions::default());
        assert_eq!(report.collect::<Vec<_>>().await.len(), 2);
    }
    assert!(start.elapsed() > Duration::from_secs(60), "thirty take more than a minute: {:?}", start.elapsed());
}

/// Gives what it has. Once two are told and the third waits for its pace, it stops the bulk in the midst of being asked,
/// and takes its time.
struct StopsWithin<'s> {
    cases: std::vec::IntoIter<Chargeback>,
    sandbox: &'s Sandbox,
    stop: Arc<OnceLock<Stop>>,
    asked: usize,
}

impl Stream for StopsWithin<'_> {
    type Item = Chargeback;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Chargeback>> {
        if let Some(case) = self.cases.next() {
            return Poll::Ready(Some(case));
        }
        self.asked += usize::from(self.sandbox.spade().acted() >= 2);
        context.waker().wake_by_ref();
        if self.asked == 100 {
            // Those that wait for their pace run on other threads meanwhile.
            std::thread::sleep(Duration::from_millis(20));
            self.stop.get().unwrap().stop();
            std::thread::sleep(Duration::from_millis(150));
        }
        Poll::Pending
    }
}

/// A later stage that goes out where the one before it was turned back would make that one stale for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_a_stop_turns_back_takes_its_case_with_it() {
    let sandbox = Sandbox::in_memory();
    // Two at once, and then one in 56 ms.
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
    let input = StopsWithin { cases: cases.into_iter(), sandbox: &sandbox, stop: Arc::clone(&stop), asked: 0 };
    // One waits for its pace, and room is left for another, so the input is asked.
    let report = reporter.report_all(input, BulkOptions::default().concurrency(2));
    stop.set(report.stop_handle()).unwrap();
    let done: Vec<_> = report.collect().await;
    let third: Vec<_> = done.iter().filter(|done| done.chargeback.case_id() == "three").collect();
    // On a machine that is slow enough the third has its turn before the stop.
    let told_of_the_end = third.iter().any(|done| done.chargeback.stage() == Stage::Won);
    assert!(third.len() != 1 || !told_of_the_end, "{done:?}");
}

#[tokio::test]
async fn a_bulk_ends_after_a_panic() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let faulty = Target::required(spade).filter(|chargeback| {
        assert_ne!(chargeback.case_id(), "case-3", "a fault in the route");
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
async fn no_pace_is_too_slow_to_be_said() {
    let sandbox = Sandbox::in_memory();
    let reporter = to_spade(&sandbox, Some(RateLimit::new(1, Duration::MAX)));
    let mut report = reporter.report_all(stream::iter(feed(2, &[Stage::Received])), BulkOptions::default());
    assert!(report.next().await.is_some());
    assert!(tokio::time::timeout(Duration::from_secs(86_400), report.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn no_more_is_read_than_can_begin() {
    let sandbox = Sandbox::in_memory();
    let reporter = to_spade(&sandbox, None);
    let mut report =
        reporter.report_all(stream::iter(feed(100, &[Stage::Received])), BulkOptions::default().concurrency(4));
    for told in 1..=50 {
        assert!(report.next().await.is_some());
        assert!(report.read() <= told + 4, "{} were read and {told} told", report.read());
    }
    report.stop_handle().stop();
    let rest = report.collect::<Vec<_>>().await.len();
    assert!(rest <= 3, "{rest} were told after the stop");
}

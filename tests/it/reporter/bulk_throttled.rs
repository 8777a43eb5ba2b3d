//! Bulk reports to a vendor that throttles, with stops and interruptions.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, MemoryLedger};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::{Spade, WonMeans};
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::{
    BulkOptions, Chargeback, ChargebackProvider, HttpProvider, Outcome, ProviderId, RateLimit, Reporter, RetryPolicy,
    Stage, Stop, Target, Throttled as _, async_trait,
};
use futures_util::{Stream, StreamExt as _, stream};
use http::{Request, Response};
use tokio::time::{Instant, sleep};

use super::bulk::feed;

/// Spade of the sandbox with a short delay; records the time of each request.
#[derive(Debug, Clone)]
struct TimedSpade {
    spade: Arc<dyn Transport>,
    start: Instant,
    times: Arc<Mutex<Vec<Duration>>>,
}

const DELAY: Duration = Duration::from_millis(10);

#[async_trait]
impl Transport for TimedSpade {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        self.times.lock().unwrap().push(self.start.elapsed());
        sleep(DELAY).await;
        self.spade.send(request, limits).await
    }
}

impl TimedSpade {
    fn new(sandbox: &Sandbox) -> Self {
        Self { spade: sandbox.transport().unwrap(), start: Instant::now(), times: Arc::default() }
    }

    fn provider(&self, sandbox: &Sandbox, retry: RetryPolicy) -> HttpProvider<Spade> {
        let spade = sandbox.spade_connector(WonMeans::MerchantWon);
        HttpProvider::builder(spade).retry(retry).transport(self.clone()).build().unwrap()
    }

    fn target(&self, sandbox: &Sandbox) -> Target {
        Target::required(self.provider(sandbox, RetryPolicy::default()))
    }

    fn sent(&self, when: impl Fn(Duration) -> bool) -> usize {
        self.times.lock().unwrap().iter().filter(|time| when(**time)).count()
    }
}

fn throttled(seconds: u64) -> Fault {
    Fault::before_acting(FaultKind::TooManyRequests(Some(seconds)))
}

fn stop_after(stop: Stop, seconds: u64) {
    tokio::spawn(async move {
        sleep(Duration::from_secs(seconds)).await;
        stop.stop();
    });
}

/// The provider waits for the requested time and retries. All other reports of the lane wait as well, even if the
/// wait is longer than their deadline.
#[tokio::test(start_paused = true)]
async fn throttled_provider_delays_the_whole_lane() {
    for (requested, in_flight, total) in [(3, 4, 200), (35, 4, 200), (3, 1, 10)] {
        let sandbox = Sandbox::in_memory();
        let spade_times = TimedSpade::new(&sandbox);
        let reporter = Reporter::builder().target(spade_times.target(&sandbox)).build().unwrap();
        sandbox.spade().fail_next(throttled(requested));
        let report = reporter
            .report_all(stream::iter(feed(total, &[Stage::Received])), BulkOptions::default().concurrency(in_flight));
        let done: Vec<_> = report.collect().await;
        assert!(done.iter().all(|done| matches!(done.result.outcome(), Outcome::Acknowledged(_))));
        assert_eq!(done.len(), total);
        let early = spade_times.sent(|time| time < Duration::from_secs(requested));
        assert_eq!(early, in_flight, "a report started during the pause");
        assert_eq!(sandbox.spade().requests(), total as u64 + 1);
    }
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

#[tokio::test(start_paused = true)]
async fn simultaneous_throttles_cause_one_pause() {
    let sandbox = Sandbox::in_memory();
    let spade = TimedSpade::new(&sandbox).provider(&sandbox, RetryPolicy::never());
    let reporter = Reporter::builder().required(spade).build().unwrap();
    for _ in 0..16 {
        sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
    }
    let start = Instant::now();
    let input = || stream::iter(feed(16, &[Stage::Received]));
    assert_eq!(
        reporter.report_all(input(), BulkOptions::default().concurrency(16)).collect::<Vec<_>>().await.len(),
        16
    );
    assert_eq!(start.elapsed().as_secs(), 1, "one pause for all");
    // After two throttles the pause doubles, even if unsupported reports end between them.
    for _ in 0..2 {
        sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
    }
    let (start, mut mixed) = (Instant::now(), feed(1, &[Stage::Received]).collect::<Vec<_>>());
    mixed.extend(feed(9, &[Stage::Alert]).skip(1));
    let done =
        reporter.report_all(stream::iter(mixed), BulkOptions::default().concurrency(1)).collect::<Vec<_>>().await;
    assert_eq!((done.len(), start.elapsed().as_secs()), (9, 3));
    // A requested pause beyond the range of a clock is limited to one hour.
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(u64::MAX))));
    let start = Instant::now();
    assert_eq!(reporter.report_all(input(), BulkOptions::default().concurrency(1)).collect::<Vec<_>>().await.len(), 16);
    assert_eq!(start.elapsed().as_secs(), 3_600);
}

/// A single report does not wait for the throttle of another. A bulk reads the remaining time.
#[tokio::test(start_paused = true)]
async fn provider_returns_the_remaining_throttle_time() {
    let sandbox = Sandbox::in_memory();
    let spade_times = TimedSpade::new(&sandbox);
    let provider = Arc::new(Box::new(spade_times.provider(&sandbox, RetryPolicy::never())));
    assert_eq!(provider.throttled_for(), Duration::ZERO);
    let cases: Vec<_> = feed(2, &[Stage::Received]).collect();
    sandbox.spade().fail_next(throttled(29));
    assert!(provider.report(&cases[0]).await.is_err());
    assert_eq!(provider.throttled_for(), Duration::from_secs(29));
    assert!(provider.report(&cases[1]).await.is_ok(), "the report waits for another throttle");
    assert_eq!(provider.throttled_for(), Duration::from_millis(28_990));
    sleep(Duration::from_secs(29)).await;
    assert_eq!(provider.throttled_for(), Duration::ZERO);
    // A requested pause of a day is limited to one hour. A later, shorter pause applies in full.
    sandbox.spade().fail_next(throttled(86_400));
    assert!(provider.report(&cases[0]).await.is_err());
    assert_eq!(provider.throttled_for(), Duration::from_secs(3_600));
    sleep(Duration::from_secs(3_600)).await;
    sandbox.spade().fail_next(throttled(5));
    assert!(provider.report(&cases[0]).await.is_err());
    assert_eq!(provider.throttled_for(), Duration::from_secs(5));
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

/// An interruption during a pause leaves the report in flight in doubt, and no report that waits.
#[tokio::test(start_paused = true)]
async fn reports_waiting_in_a_pause_are_not_in_doubt() {
    let sandbox = Sandbox::in_memory();
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let cases: Vec<_> = feed(50, &[Stage::Received]).collect();
    let run = async |seconds| {
        let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
        let reporter = Reporter::builder().required(revcent).ledger(Arc::clone(&ledger)).build().unwrap();
        let mut counts = HashMap::<&str, u32>::new();
        let mut report = reporter.report_all(stream::iter(cases.clone()), BulkOptions::default().concurrency(32));
        let all = async {
            while let Some(done) = report.next().await {
                *counts.entry(done.result.outcome().as_str()).or_default() += 1;
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(seconds), all).await;
        counts
    };
    sandbox.revcent().fail_next(throttled(29));
    assert_eq!(run(5).await, HashMap::new());
    assert_eq!(sandbox.revcent().requests(), 1);
    assert_eq!(run(600).await, HashMap::from([("acknowledged", 50)]));
}

/// A ledger with a delay of two seconds for reads.
#[derive(Debug, Default)]
struct SlowLedger(MemoryLedger);

#[async_trait]
impl Ledger for SlowLedger {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        sleep(Duration::from_secs(2)).await;
        self.0.read(provider, case_id).await
    }

    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError> {
        self.0.write(provider, case_id, entry).await
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

/// The tasks of a bulk end with their runtime. The later stage of each case is not sent either.
#[test]
fn bulk_ends_with_its_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::after_acting(FaultKind::Slow(Duration::from_secs(1))));
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).build().unwrap();
    let cases = feed(4, &[Stage::Received, Stage::Won]);
    let mut report = reporter.report_all(stream::iter(cases), BulkOptions::default());
    let first = async { tokio::time::timeout(Duration::from_millis(50), report.next()).await };
    assert!(runtime().block_on(first).is_err());
    let rest = async { tokio::time::timeout(Duration::from_secs(10), report.collect::<Vec<_>>()).await };
    assert_eq!(runtime().block_on(rest).unwrap().len(), 0);
    assert_eq!(sandbox.spade().requests(), 4);
}

//! Bulk reports: order within a case, independent vendors, rate limits, stop and resumption.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chargeback::lifecycle::{Ledger, MemoryLedger};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::DefeatedMeans;
use chargeback::{BulkOptions, HttpProvider, Outcome, Reporter, Skipped, Stage, Target, async_trait, tutelar};
use futures_util::{StreamExt as _, stream};
use http::{Request, Response};
use tokio::time::{Instant, sleep};

use crate::reporter::fixtures::{STAGES, feed, to_spade};

/// A transport with random delays and random failures.
#[derive(Debug)]
struct Unreliable {
    inner: Arc<dyn Transport>,
    dice: std::sync::Mutex<fastrand::Rng>,
}

#[async_trait]
impl Transport for Unreliable {
    async fn send(
        &self,
        request: Request<bytes::Bytes>,
        limits: &RequestLimits,
    ) -> Result<Response<bytes::Bytes>, TransportFailure> {
        let (before, after, fate) = {
            let mut dice = self.dice.lock().unwrap();
            (dice.u64(0..300), dice.u64(0..300), dice.u32(0..20))
        };
        sleep(Duration::from_millis(before)).await;
        if fate == 0 {
            return Err(TransportFailure::new(FailurePhase::NotSent));
        }
        let reply = self.inner.send(request, limits).await;
        sleep(Duration::from_millis(after)).await;
        if fate == 1 { Err(TransportFailure::new(FailurePhase::MaybeSent)) } else { reply }
    }
}

fn unreliable(sandbox: &Sandbox, seed: u64) -> Arc<dyn Transport> {
    let dice = std::sync::Mutex::new(fastrand::Rng::with_seed(seed));
    Arc::new(Unreliable { inner: sandbox.transport().unwrap(), dice })
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_cases_keep_their_order() {
    let seed = 20_261_121;
    println!("order within a case: seed {seed}");
    let sandbox = Sandbox::in_memory();
    let network = unreliable(&sandbox, seed);
    let spade = HttpProvider::builder(sandbox.spade_connector(WonMeans::MerchantWon)).transport(network);
    let reporter = Reporter::builder().required(spade.build().unwrap()).build().unwrap();
    let bulk = BulkOptions::default().concurrency(64).max_backlog(4_096);
    let mut report = reporter.report_all(stream::iter(feed(10_000, &[Stage::Received, Stage::Won])), bulk);
    let mut last: HashMap<String, u64> = HashMap::new();
    let mut acknowledged = 0;
    while let Some(done) = report.next().await {
        let before = last.insert(done.chargeback.case_id().to_owned(), done.index);
        assert!(before.is_none_or(|before| before < done.index), "{:?} after {before:?}", done.index);
        acknowledged += u32::from(matches!(done.result.outcome(), Outcome::Acknowledged(_)));
    }
    assert_eq!((last.len(), report.read()), (10_000, 20_000));
    assert!(acknowledged > 19_900, "{acknowledged}");
    // A retry of the first report never arrives after the second one, so all cases end at the second stage.
    let cases = sandbox.spade().cases();
    assert_eq!(cases.len(), 10_000);
    let won = cases.iter().filter(|case| case.state["state"] == "chargeback_won").count();
    assert!(won > 9_900, "{won}");
}

#[tokio::test(start_paused = true)]
async fn slow_vendor_delays_others_only_beyond_the_backlog_limit() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::after_acting(FaultKind::Slow(Duration::from_secs(10))));
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let tutelar = sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).required(tutelar).build().unwrap();
    let pulled = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pulled);
    let input = stream::iter(feed(500, STAGES).inspect(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    }));
    let mut report = reporter.report_all(input, BulkOptions::default().concurrency(10).max_backlog(200));
    let start = Instant::now();
    let mut fast = 0;
    while start.elapsed() < Duration::from_secs(9) {
        match tokio::time::timeout(Duration::from_secs(1), report.next()).await {
            Ok(Some(done)) => fast += u32::from(*done.result.provider() == tutelar::ID),
            Ok(None) => break,
            Err(_) => {}
        }
    }
    assert_eq!(fast, 200, "the fast vendor goes on up to the backlog limit");
    assert_eq!(pulled.load(Ordering::SeqCst), 200, "the stream is read only up to the backlog limit");
    assert_eq!(report.backlogs().collect::<Vec<_>>(), [200, 0]);
    sandbox.spade().recover();
    let rest = report.collect::<Vec<_>>().await;
    assert_eq!(rest.len() + 200, 3_000);
    assert!(rest.iter().all(|done| matches!(done.result.outcome(), Outcome::Acknowledged(_))));
}

/// The bulk is interrupted at fifty points and starts again with the same ledger. No acknowledged report is
/// repeated.
#[tokio::test(start_paused = true)]
async fn interrupted_bulk_resumes_from_the_ledger() {
    let seed = 7_u64;
    println!("kill and resume: seed {seed}");
    let mut dice = fastrand::Rng::with_seed(seed);
    for point in 0..50 {
        let sandbox = Sandbox::in_memory();
        let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
        let process = |seed| {
            let network = unreliable(&sandbox, seed);
            let spade = HttpProvider::builder(sandbox.spade_connector(WonMeans::MerchantWon)).transport(network);
            let reporter = Reporter::builder().required(spade.build().unwrap());
            reporter.ledger(Arc::clone(&ledger)).build().unwrap()
        };
        let mut acknowledged: HashMap<u64, u32> = HashMap::new();
        let mut record = |done: &chargeback::BulkOutcome| {
            if matches!(done.result.outcome(), Outcome::Acknowledged(_)) {
                *acknowledged.entry(done.index).or_default() += 1;
            }
        };
        let first = process(dice.u64(..));
        let mut report = first.report_all(stream::iter(feed(20, STAGES)), BulkOptions::default().concurrency(6));
        let lifetime = Duration::from_millis(dice.u64(0..4_000));
        let _ = tokio::time::timeout(lifetime, async {
            while let Some(done) = report.next().await {
                record(&done);
            }
        })
        .await;
        drop(report);
        let second = process(dice.u64(..));
        let mut report = second.report_all(stream::iter(feed(20, STAGES)), BulkOptions::default().concurrency(6));
        while let Some(done) = report.next().await {
            record(&done);
            let outcome = done.result.outcome();
            let settled = outcome.is_settled() && !matches!(outcome, Outcome::Skipped(Skipped::NotRouted));
            assert!(settled || matches!(outcome, Outcome::Unknown(_)), "point {point}: {outcome}");
        }
        assert!(acknowledged.values().all(|times| *times == 1), "point {point}: {acknowledged:?}");
        let won = sandbox.spade().cases().iter().filter(|case| case.state["state"] == "chargeback_won").count();
        assert_eq!(won, 20, "point {point}");
    }
}

#[tokio::test]
async fn bulk_goes_on_after_a_panic() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let faulty = Target::required(spade).filter(|chargeback| {
        assert_ne!(chargeback.case_id(), "case-3", "a bug in the filter");
        true
    });
    let reporter = Reporter::builder().target(faulty).build().unwrap();
    let cases: Vec<_> = feed(8, &[Stage::Received]).collect();
    assert!(cases.iter().any(|case| case.case_id() == "case-3"), "{}", cases[3].case_id());
    let report = reporter.report_all(stream::iter(cases), BulkOptions::default().concurrency(1));
    let results = tokio::time::timeout(Duration::from_secs(10), report.collect::<Vec<_>>()).await.unwrap();
    assert_eq!(results.len(), 8);
    for done in results {
        let panicked = matches!(done.result.outcome(), Outcome::Failed(chargeback::Error::Panicked(_)));
        assert_eq!(panicked, done.chargeback.case_id() == "case-3");
    }
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

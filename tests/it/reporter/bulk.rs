//! Reports by the thousand: order within a case, independence between vendors, pace, end and resumption.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chargeback::lifecycle::{Ledger, MemoryLedger};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::DefeatedMeans;
use chargeback::{
    BulkOptions, Chargeback, HttpProvider, Outcome, RateLimit, Reason, Reporter, RetryPolicy, Skipped, Stage, Target,
    async_trait, spade, tutelar,
};
use futures_util::{StreamExt as _, stream};
use http::{Request, Response};
use tokio::time::{Instant, sleep};

use crate::support::{at, plain};

/// A case's life in this many steps, for each of so many cases, as a feed mixes them.
pub fn feed(cases: usize, steps: &'static [Stage]) -> impl Iterator<Item = Chargeback> {
    (0..cases * steps.len()).map(move |number| {
        let (case, step) = (number % cases, number / cases);
        let day = u32::try_from(step).unwrap() + 1;
        plain(&format!("case-{case}"), steps[step], Reason::FraudOther)
            .order_id(format!("order-{case}"))
            .vendor_payment(spade::ID, format!("enrichment-{case}"))
            .stage(steps[step], at(day, 1))
            .build()
            .unwrap()
    })
}

const LIFE: &[Stage] = &[Stage::Contested, Stage::PreArbitration, Stage::Won];

/// A network that delays and breaks, by dice.
#[derive(Debug)]
struct Rough {
    inner: Arc<dyn Transport>,
    dice: std::sync::Mutex<fastrand::Rng>,
}

#[async_trait]
impl Transport for Rough {
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

fn rough(sandbox: &Sandbox, seed: u64) -> Arc<dyn Transport> {
    let dice = std::sync::Mutex::new(fastrand::Rng::with_seed(seed));
    Arc::new(Rough { inner: sandbox.transport().unwrap(), dice })
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_cases_keep_their_order() {
    let seed = 20_261_121;
    println!("order within a case: seed {seed}");
    let sandbox = Sandbox::in_memory();
    let network = rough(&sandbox, seed);
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
    // A repeat of the first may not come after the second, so all stand at the second.
    let cases = sandbox.spade().cases();
    assert_eq!(cases.len(), 10_000);
    let won = cases.iter().filter(|case| case.state["state"] == "chargeback_won").count();
    assert!(won > 9_900, "{won}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_vendor_holds_up_nobody_until_it_is_too_far_behind() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::after_acting(FaultKind::Slow(Duration::from_secs(10))));
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let tutelar = sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).required(tutelar).build().unwrap();
    let pulled = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pulled);
    let input = stream::iter(feed(500, LIFE).inspect(move |_| {
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
    assert_eq!(fast, 200, "as far as the slow one may be behind");
    assert_eq!(pulled.load(Ordering::SeqCst), 200, "the stream is read no faster");
    assert_eq!(report.backlogs().collect::<Vec<_>>(), [200, 0]);
    sandbox.spade().recover();
    let rest = report.collect::<Vec<_>>().await;
    assert_eq!(rest.len() + 200, 3_000);
    assert!(rest.iter().all(|done| matches!(done.result.outcome(), Outcome::Acknowledged(_))));
}

#[tokio::test(start_paused = true)]
async fn the_pace_holds_in_every_window() {
    for (reports, seconds) in [(1_000, 300), (1, 10), (7, 60)] {
        let sandbox = Sandbox::in_memory();
        let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
        let pace = RateLimit::new(reports, Duration::from_secs(seconds));
        let reporter = Reporter::builder().target(Target::required(spade).rate_limit(pace)).build().unwrap();
        let count = (reports * 3).min(2_500) as usize;
        let mut report = reporter.report_all(stream::iter(feed(count, &[Stage::Received])), BulkOptions::default());
        let start = Instant::now();
        let mut times = Vec::new();
        while report.next().await.is_some() {
            times.push(start.elapsed());
        }
        let window = Duration::from_secs(seconds);
        let most = (0..times.len()).map(|i| times[i..].iter().take_while(|t| **t < times[i] + window).count()).max();
        assert!(most.unwrap() <= reports as usize, "{reports} in {seconds} s: {most:?}");
        let whole = window * u32::try_from(count).unwrap() / reports;
        assert!(*times.last().unwrap() <= whole * 2, "it is not slower than it must be: {:?}", times.last());
    }
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_asks_for_fewer_is_left_alone_as_a_whole() {
    let sandbox = Sandbox::in_memory();
    let retry = RetryPolicy::never();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(retry).build().unwrap();
    let tutelar = sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).required(tutelar).build().unwrap();
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(40))));
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
    let mut report =
        reporter.report_all(stream::iter(feed(30, &[Stage::Contested])), BulkOptions::default().concurrency(2));
    let start = Instant::now();
    let mut ends = HashMap::from([("spade", Vec::new()), ("tutelar", Vec::new())]);
    while let Some(done) = report.next().await {
        assert!(matches!(done.result.outcome(), Outcome::Acknowledged(_)), "{}", done.result.outcome());
        ends.get_mut(done.result.provider().as_str()).unwrap().push(start.elapsed());
    }
    assert!(ends["tutelar"].iter().all(|end| end.as_secs() < 1));
    assert_eq!(ends["spade"].len(), 30, "what was throttled is told again");
    assert!(ends["spade"].iter().all(|end| end.as_secs() >= 40), "nothing passes while it asks for fewer");
    // One that never lets up is told of, in the end: after 1, 2 and 4 s.
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::TooManyRequests(None)));
    let (start, before) = (Instant::now(), sandbox.spade().requests());
    let report =
        reporter.report_all(stream::iter(feed(1, &[Stage::Contested])), BulkOptions::default().max_throttle_retries(3));
    let rest = report.collect::<Vec<_>>().await;
    assert_eq!(rest.iter().filter(|done| matches!(done.result.outcome(), Outcome::Failed(_))).count(), 1);
    assert_eq!((start.elapsed().as_secs(), sandbox.spade().requests() - before), (7, 4));
}

#[tokio::test(start_paused = true)]
async fn a_bulk_that_is_stopped_finishes_what_runs() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::after_acting(FaultKind::Slow(Duration::from_secs(5))));
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).build().unwrap();
    let report =
        reporter.report_all(stream::iter(feed(100, LIFE)), BulkOptions::default().concurrency(8).max_backlog(50));
    let stop = report.stop_handle();
    let ending = tokio::spawn(async move {
        sleep(Duration::from_secs(7)).await;
        stop.stop();
        assert!(stop.is_stopped());
    });
    let start = Instant::now();
    let done = report.collect::<Vec<_>>().await;
    ending.await.unwrap();
    assert_eq!((done.len(), start.elapsed().as_secs()), (16, 10), "two rounds of eight");
    assert!(done.iter().all(|done| matches!(done.result.outcome(), Outcome::Acknowledged(_))));
    assert_eq!(sandbox.spade().acted(), 16);
}

/// Killed at fifty points and run again with the same ledger: what was acknowledged is never told a second time.
#[tokio::test(start_paused = true)]
async fn a_bulk_goes_on_where_it_broke_off() {
    let seed = 7_u64;
    println!("kill and resume: seed {seed}");
    let mut dice = fastrand::Rng::with_seed(seed);
    for point in 0..50 {
        let sandbox = Sandbox::in_memory();
        let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
        let process = |seed| {
            let network = rough(&sandbox, seed);
            let spade = HttpProvider::builder(sandbox.spade_connector(WonMeans::MerchantWon)).transport(network);
            let reporter = Reporter::builder().required(spade.build().unwrap());
            reporter.ledger(Arc::clone(&ledger)).build().unwrap()
        };
        let mut acknowledged: HashMap<u64, u32> = HashMap::new();
        let mut note = |done: &chargeback::BulkOutcome| {
            if matches!(done.result.outcome(), Outcome::Acknowledged(_)) {
                *acknowledged.entry(done.index).or_default() += 1;
            }
        };
        let first = process(dice.u64(..));
        let mut report = first.report_all(stream::iter(feed(20, LIFE)), BulkOptions::default().concurrency(6));
        let life = Duration::from_millis(dice.u64(0..4_000));
        let _ = tokio::time::timeout(life, async {
            while let Some(done) = report.next().await {
                note(&done);
            }
        })
        .await;
        drop(report);
        let second = process(dice.u64(..));
        let mut report = second.report_all(stream::iter(feed(20, LIFE)), BulkOptions::default().concurrency(6));
        while let Some(done) = report.next().await {
            note(&done);
            let outcome = done.result.outcome();
            let fine = outcome.is_settled() && !matches!(outcome, Outcome::Skipped(Skipped::NotRouted));
            assert!(fine || matches!(outcome, Outcome::Unknown(_)), "point {point}: {outcome}");
        }
        assert!(acknowledged.values().all(|times| *times == 1), "point {point}: {acknowledged:?}");
        let won = sandbox.spade().cases().iter().filter(|case| case.state["state"] == "chargeback_won").count();
        assert_eq!(won, 20, "point {point}");
    }
}

/// One lane to Spade, at most one report in ten seconds.
fn paced(sandbox: &Sandbox, ledger: Option<Arc<dyn Ledger>>) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let pace = RateLimit::new(1, Duration::from_secs(10));
    let builder = Reporter::builder().target(Target::required(spade.build().unwrap()).rate_limit(pace));
    match ledger {
        Some(ledger) => builder.ledger(ledger).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_is_sent_uses_the_pace_up() {
    let sandbox = Sandbox::in_memory();
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let run = async || {
        let start = Instant::now();
        let reporter = paced(&sandbox, Some(Arc::clone(&ledger)));
        let done: Vec<_> =
            reporter.report_all(stream::iter(feed(5, &[Stage::Received])), BulkOptions::default()).collect().await;
        (done.len(), start.elapsed().as_secs())
    };
    assert_eq!(run().await, (5, 40));
    assert_eq!(run().await, (5, 0), "what was told already is skipped at once");
    // Spade has no word for an alert, so no request is made.
    let start = Instant::now();
    let report = paced(&sandbox, None).report_all(stream::iter(feed(50, &[Stage::Alert])), BulkOptions::default());
    let done: Vec<_> = report.collect().await;
    assert!(done.iter().all(|done| matches!(done.result.outcome(), Outcome::Unsupported(_))));
    assert_eq!((done.len(), start.elapsed().as_secs(), sandbox.spade().requests()), (50, 0, 5));
}

#[tokio::test(start_paused = true)]
async fn a_bulk_that_is_stopped_does_not_wait_for_its_pace() {
    let sandbox = Sandbox::in_memory();
    let report = paced(&sandbox, None).report_all(stream::iter(feed(100, &[Stage::Received])), BulkOptions::default());
    let stop = report.stop_handle();
    tokio::spawn(async move {
        sleep(Duration::from_secs(25)).await;
        stop.stop();
    });
    let start = Instant::now();
    let done: Vec<_> = report.collect().await;
    assert_eq!((done.len(), start.elapsed().as_secs(), sandbox.spade().acted()), (3, 25, 3));
}

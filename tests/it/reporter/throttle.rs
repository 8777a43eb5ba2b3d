//! Bulk reports to a vendor that throttles, with stops and interruptions.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chargeback::lifecycle::{Ledger, MemoryLedger};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{BulkOptions, ChargebackProvider, Outcome, Reporter, RetryPolicy, Stage, Throttled as _, spade};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};

use super::numbered_case;
use crate::reporter::fixtures::{TimedSpade, feed, throttled, two_vendors};
use crate::support::at;

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

#[tokio::test(start_paused = true)]
async fn acknowledgement_resets_the_pause() {
    let sandbox = Sandbox::in_memory();
    let reporter = two_vendors(&sandbox);
    let start = Instant::now();
    for number in 0..4 {
        sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
        sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
        let _: Vec<_> =
            reporter.report_all(stream::iter([numbered_case(number)]), BulkOptions::default()).collect().await;
    }
    assert_eq!(start.elapsed().as_secs(), 12, "each bulk starts with a pause of one second, then two");
    // The same holds within one bulk that alternates between throttles and acknowledgements.
    let start = Instant::now();
    let mut acknowledged = 0;
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
    let mut report =
        reporter.report_all(stream::iter((4..8).map(numbered_case)), BulkOptions::default().concurrency(1));
    while let Some(done) = report.next().await {
        if *done.result.provider() == spade::ID {
            acknowledged += 1;
            if acknowledged < 4 {
                sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
            }
        }
    }
    assert_eq!((acknowledged, start.elapsed().as_secs()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn report_without_a_request_ignores_a_pause() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let reporter = Reporter::builder().required(spade.build().unwrap()).build().unwrap();
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(30))));
    // Spade does not support alerts.
    let alert = |number| numbered_case(number).to_builder().stage(Stage::Alert, at(4, 1)).build().unwrap();
    let input = stream::iter([numbered_case(0)].into_iter().chain((1..9).map(alert)));
    let start = Instant::now();
    let mut report = reporter.report_all(input, BulkOptions::default().concurrency(2));
    let mut ended = Vec::new();
    while let Some(done) = report.next().await {
        ended.push((done.index, start.elapsed().as_secs()));
    }
    assert_eq!(ended.pop(), Some((0, 30)));
    assert!(ended.len() == 8 && ended.iter().all(|(_, at)| *at == 0), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn throttled_lane_pauses_and_sends_again() {
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
    let mut end_times = HashMap::from([("spade", Vec::new()), ("tutelar", Vec::new())]);
    while let Some(done) = report.next().await {
        assert!(matches!(done.result.outcome(), Outcome::Acknowledged(_)), "{}", done.result.outcome());
        end_times.get_mut(done.result.provider().as_str()).unwrap().push(start.elapsed());
    }
    assert!(end_times["tutelar"].iter().all(|end| end.as_secs() < 1));
    assert_eq!(end_times["spade"].len(), 30, "throttled reports are sent again");
    assert!(end_times["spade"].iter().all(|end| end.as_secs() >= 40), "reports were sent during the pause");
    // If the vendor throttles every request, the report fails after pauses of 1, 2 and 4 s.
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::TooManyRequests(None)));
    let (start, before) = (Instant::now(), sandbox.spade().requests());
    let report =
        reporter.report_all(stream::iter(feed(1, &[Stage::Contested])), BulkOptions::default().max_throttle_retries(3));
    let rest = report.collect::<Vec<_>>().await;
    assert_eq!(rest.iter().filter(|done| matches!(done.result.outcome(), Outcome::Failed(_))).count(), 1);
    assert_eq!((start.elapsed().as_secs(), sandbox.spade().requests() - before), (7, 4));
}

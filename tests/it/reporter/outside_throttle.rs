//! HTTP 429 in a bulk: providers that report their back-off, and outside providers that do not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::lifecycle::{Ledger, LedgerEntry, MemoryLedger, ReportedStage};
use chargeback::revcent::FirstReport;
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{
    BulkOptions, Capabilities, Chargeback, ChargebackProvider, Delivery, Error, ErrorDetails, InvalidError, Outcome,
    Plan, ProviderId, Receipt, ReportContext, Reporter, Resolution, RetryPolicy, Stage, Throttled, TurnGuard, Turns,
    async_trait, report_behind_gate, revcent,
};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};

use super::fixtures::throttled;
use super::{case_at, numbered_case};
use crate::provider::outside::{MOCK, all_exact};

/// A provider that is throttled some times and reports no back-off. Notes the time of each report.
#[derive(Debug)]
struct Busy {
    capabilities: Capabilities,
    start: Instant,
    /// The waits that the vendor asks for, in order.
    waits: Mutex<Vec<Option<Duration>>>,
    times: Arc<Mutex<Vec<u64>>>,
    turns: Turns,
}

impl Busy {
    fn new(waits: impl IntoIterator<Item = Option<Duration>>) -> Self {
        let mut waits: Vec<_> = waits.into_iter().collect();
        waits.reverse();
        Self {
            capabilities: all_exact(),
            start: Instant::now(),
            waits: Mutex::new(waits),
            times: Arc::default(),
            turns: Turns::new(),
        }
    }
}

#[async_trait]
impl ChargebackProvider for Busy {
    fn id(&self) -> ProviderId {
        MOCK
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn plan(&self, _: &Chargeback) -> Result<Plan, Error> {
        Ok(Plan::new(MOCK))
    }

    async fn report(&self, _: &Chargeback) -> Result<Receipt, Error> {
        self.times.lock().unwrap().push(self.start.elapsed().as_secs());
        match self.waits.lock().unwrap().pop() {
            None => Ok(Receipt::new(MOCK).with_wrote(true)),
            Some(wait) => {
                let details = ErrorDetails::new(MOCK, "report", Delivery::Rejected).retryable(true).retry_after(wait);
                Err(Error::rate_limited(details))
            }
        }
    }

    async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
        report_behind_gate(self, chargeback, context).await
    }

    async fn turn(&self, case_id: &str) -> TurnGuard {
        self.turns.acquire(case_id).await
    }

    fn resolve_doubt(&self, _: &str, resolution: Resolution) -> Result<(), InvalidError> {
        resolution.validate()
    }
}

impl Throttled for Busy {
    fn throttled_for(&self) -> Duration {
        Duration::ZERO
    }
}

async fn times(busy: Busy, cases: usize, options: BulkOptions) -> (Vec<u64>, Vec<&'static str>) {
    let times = Arc::clone(&busy.times);
    let reporter = Reporter::builder().required(busy).build().unwrap();
    let done: Vec<_> = reporter.report_all(stream::iter((0..cases).map(numbered_case)), options).collect().await;
    let times = times.lock().unwrap().clone();
    (times, done.iter().map(|done| done.result.outcome().as_str()).collect())
}

#[tokio::test(start_paused = true)]
async fn throttled_report_is_not_sent_again_before_the_time_of_its_error() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let (times, outcomes) = times(Busy::new([seconds(5), seconds(20)]), 1, BulkOptions::default()).await;
    assert_eq!((times, outcomes), (vec![0, 5, 25], vec!["acknowledged"]));
}

#[tokio::test(start_paused = true)]
async fn back_off_without_a_time_doubles_up_to_a_minute() {
    let (found, outcomes) = times(Busy::new([None; 9]), 1, BulkOptions::default()).await;
    let waits: Vec<_> = found.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!((waits, outcomes), (vec![1, 2, 4, 8, 16, 32, 60, 60], vec!["failed"]));
    let none = BulkOptions::default().max_throttle_retries(0);
    assert_eq!(times(Busy::new([None]), 1, none).await, (vec![0], vec!["failed"]));
}

#[tokio::test(start_paused = true)]
async fn back_off_of_an_outside_provider_is_at_most_an_hour() {
    for wait in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(86_400)] {
        let (times, outcomes) = times(Busy::new([Some(wait)]), 1, BulkOptions::default()).await;
        assert_eq!((times, outcomes), (vec![0, 3_600], vec!["acknowledged"]));
    }
}

#[tokio::test(start_paused = true)]
async fn back_off_starts_at_the_end_of_the_report() {
    let busy = Busy::new([Some(Duration::from_secs(30))]);
    let times = Arc::clone(&busy.times);
    let reporter = Reporter::builder().required(busy).build().unwrap();
    let mut report = reporter.report_all(stream::iter([numbered_case(0)]), BulkOptions::default());
    // The stream is polled again only after 20 seconds.
    assert!(futures_util::poll!(report.next()).is_pending());
    sleep(Duration::from_secs(20)).await;
    assert!(matches!(report.next().await.unwrap().result.outcome(), Outcome::Acknowledged(_)));
    assert_eq!(*times.lock().unwrap(), [0, 30]);
}

#[tokio::test(start_paused = true)]
async fn other_reports_do_not_wait_for_an_outside_provider() {
    let options = BulkOptions::default().concurrency(1);
    let (times, outcomes) = times(Busy::new([Some(Duration::from_secs(9))]), 3, options).await;
    // One report runs at a time, so the throttled one keeps its place.
    assert_eq!((times, outcomes.len()), (vec![0, 9, 9, 9], 3));
}

#[tokio::test(start_paused = true)]
async fn consecutive_throttles_double_the_back_off_of_a_provider() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let spade = spade.build().unwrap();
    let mut waits = Vec::new();
    for _ in 0..9 {
        sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
        assert!(spade.report(&case_at(Stage::Received)).await.is_err());
        waits.push(spade.throttled_for().as_secs());
        sleep(spade.throttled_for()).await;
        assert_eq!(spade.throttled_for(), Duration::ZERO);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    // Another error does not end the series, and an acknowledgement does.
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Rejection));
    assert!(spade.report(&case_at(Stage::Received)).await.is_err());
    for (acknowledged, expected) in [(false, 60), (true, 1)] {
        if acknowledged {
            assert!(spade.report(&case_at(Stage::Received)).await.is_ok());
        }
        sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
        assert!(spade.report(&case_at(Stage::Received)).await.is_err());
        assert_eq!(spade.throttled_for().as_secs(), expected);
        sleep(spade.throttled_for()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn back_off_of_the_settings_is_limited_to_an_hour() {
    #[derive(Debug)]
    struct Full;
    impl chargeback::transport::Jitter for Full {
        fn sample(&self) -> f64 {
            0.999
        }
    }
    let sandbox = Sandbox::in_memory();
    let day = Duration::from_secs(86_400);
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon));
    let spade = spade.retry(RetryPolicy::default().backoff(day, day)).jitter(Full).build().unwrap();
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(None)));
    assert!(spade.report(&case_at(Stage::Received)).await.is_err());
    assert_eq!(spade.throttled_for(), Duration::from_secs(3_600));
}

#[tokio::test(start_paused = true)]
async fn lookup_of_a_case_in_doubt_waits_for_the_back_off() {
    // Without the doubt of the ledger, RevCent's `won` without a representment would fail before its first request.
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.revcent_connector().first_report(FirstReport::CreateAtOnce);
    let revcent = sandbox.connect(revcent).retry(RetryPolicy::never()).build().unwrap();
    let won = case_at(Stage::Won);
    assert!(revcent.plan(&won).is_err());
    let ledger = MemoryLedger::new();
    let mut in_doubt = LedgerEntry::default();
    in_doubt.in_flight = Some(ReportedStage::for_chargeback(&won));
    ledger.write(&revcent::ID, "case-1", &in_doubt, None).await.unwrap();
    let reporter = Reporter::builder().required(revcent.clone()).ledger(ledger).build().unwrap();
    sandbox.revcent().fail_next(throttled(30));
    assert!(revcent.report(&numbered_case(7)).await.is_err());
    let (start, requests) = (Instant::now(), sandbox.revcent().requests());
    let done: Vec<_> = reporter.report_all(stream::iter([won]), BulkOptions::default()).collect().await;
    assert_eq!((done[0].result.outcome().as_str(), start.elapsed().as_secs()), ("unknown", 30));
    assert!(sandbox.revcent().requests() > requests);
}

//! The in-flight mark in the ledger: its moment, its end, and doubts that a person resolves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, MemoryLedger, ReportedStage, Version, Versioned};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::transport::Transport;
use chargeback::{
    Blocked, Chargeback, ChargebackProvider as _, Delivery, Error, ErrorDetails, HttpProvider, Outcome, ProviderId,
    ProviderOutcome, Receipt, Reporter, Resolution, ResolveError, RetryPolicy, Stage, StepReport, async_trait, pipwave,
    revcent, spade,
};

use super::case_at;
use crate::provider::outside::{MOCK, Mock};
use crate::support::events::Logged;
use crate::support::{Events, LoggedLedger, at, kind};

type Log = Arc<LoggedLedger<MemoryLedger>>;

/// A ledger and a transport of the sandbox that write to one log.
fn logged(sandbox: &Sandbox) -> (Log, Logged<Arc<dyn Transport>>, Events) {
    let events = Events::default();
    let ledger = Arc::new(LoggedLedger { inner: MemoryLedger::new(), events: events.clone() });
    (ledger, Logged { inner: sandbox.transport().unwrap(), events: events.clone() }, events)
}

/// A reporter for RevCent without retries and lookups.
fn with_revcent(sandbox: &Sandbox) -> (Reporter, Log, Events) {
    let (ledger, transport, events) = logged(sandbox);
    let once = RetryPolicy::never().max_lookups(0);
    let revcent = HttpProvider::builder(sandbox.revcent_connector()).transport(transport).retry(once).build().unwrap();
    (Reporter::builder().required(revcent).ledger(Arc::clone(&ledger)).build().unwrap(), ledger, events)
}

async fn report(reporter: &Reporter, chargeback: &Chargeback) -> ProviderOutcome {
    let id = reporter.providers().next().unwrap();
    reporter.report_to(&id, chargeback).await.unwrap()
}

async fn entry(ledger: &impl Ledger, provider: &ProviderId) -> Option<LedgerEntry> {
    ledger.read(provider, "case-1").await.unwrap().map(|stored| stored.value)
}

fn later(stage: Stage, day: u32) -> Chargeback {
    case_at(Stage::Received).moved_to(stage, at(day, 1)).unwrap()
}

const SEARCH: &str = "GET /v2/chargebacks/search";
const CREATE: &str = "POST /v2/chargebacks";
const READ: &str = "ledger read";

#[tokio::test(start_paused = true)]
async fn mark_is_stored_right_before_the_first_write() {
    let sandbox = Sandbox::in_memory();
    let (reporter, _, events) = with_revcent(&sandbox);
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "acknowledged");
    let mark = "ledger write: in flight received, acknowledged none";
    let acknowledged = "ledger write: in flight none, acknowledged received";
    assert_eq!(events.take(), [READ, SEARCH, SEARCH, mark, CREATE, acknowledged]);
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "skipped");
    assert_eq!(events.take(), [READ]);
    assert_eq!(report(&reporter, &later(Stage::Contested, 5)).await.outcome().as_str(), "acknowledged");
    let kinds: Vec<_> = events.take().into_iter().map(|event| event[..6].to_owned()).collect();
    assert_eq!(kinds, ["ledger", "GET /v", "ledger", "POST /", "ledger"]);
}

#[tokio::test(start_paused = true)]
async fn report_without_a_write_leaves_the_ledger_untouched() {
    let sandbox = Sandbox::in_memory();
    let (reporter, ledger, events) = with_revcent(&sandbox);
    let no_payment = Chargeback::builder("case-1", Stage::Received, chargeback::Reason::Other, at(3, 9)).order_id("o");
    let outcomes = [
        (later(Stage::Alert, 2), "unsupported", None),
        (no_payment.build().unwrap(), "failed", None),
        (case_at(Stage::Received), "failed", Some(FaultKind::ServerError)),
        (case_at(Stage::Received), "failed", Some(FaultKind::Unreachable)),
        (case_at(Stage::Received), "failed", Some(FaultKind::TooManyRequests(Some(5)))),
        (case_at(Stage::Received), "failed", Some(FaultKind::Silence)),
    ];
    for (chargeback, expected, fault) in outcomes {
        if let Some(fault) = fault {
            sandbox.revcent().fail_next(Fault::before_acting(fault));
        }
        let result = report(&reporter, &chargeback).await;
        assert_eq!(result.outcome().as_str(), expected, "{result:?}");
        assert!(events.take().iter().all(|event| !event.starts_with("ledger write")), "{result:?}");
        assert_eq!(entry(&ledger.inner, &revcent::ID).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn mark_is_removed_if_the_vendor_did_not_act() {
    let sandbox = Sandbox::in_memory();
    let (reporter, ledger, events) = with_revcent(&sandbox);
    for fault in [FaultKind::Rejection, FaultKind::Unreachable, FaultKind::TooManyRequests(None)] {
        sandbox.revcent().fail_next_write(Fault::before_acting(fault));
        assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "failed");
        let writes = events.take().split_off(3);
        let mark = "ledger write: in flight received, acknowledged none";
        assert_eq!(writes, [mark, CREATE, "ledger write: in flight none, acknowledged none"]);
        assert_eq!(entry(&*ledger, &revcent::ID).await, Some(LedgerEntry::default()));
        events.take();
    }
}

#[tokio::test(start_paused = true)]
async fn mark_stays_if_the_vendor_may_have_acted() {
    let sandbox = Sandbox::in_memory();
    let (reporter, ledger, events) = with_revcent(&sandbox);
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "unknown");
    let mark = "ledger write: in flight received, acknowledged none";
    // The last read checks that the mark is still there.
    assert_eq!(events.take(), [READ, SEARCH, SEARCH, mark, CREATE, READ]);
    let marked = entry(&ledger.inner, &revcent::ID).await;
    assert_eq!(marked.as_ref().unwrap().in_flight, Some(ReportedStage::for_chargeback(&case_at(Stage::Received))));
    // Later reports send no write while the search is empty, and change nothing in the ledger.
    for (chargeback, expected) in [
        (case_at(Stage::Received), "in doubt"),
        (later(Stage::Contested, 5), "in doubt"),
        (later(Stage::PreArbitration, 6), "unsupported"),
    ] {
        let result = report(&reporter, &chargeback).await;
        let Outcome::Unknown(error) = result.outcome() else { panic!("{result:?}") };
        assert_eq!(kind(error), expected);
        assert!(events.take().iter().all(|event| event == READ || event == SEARCH));
        assert_eq!(entry(&ledger.inner, &revcent::ID).await, marked);
    }
}

#[tokio::test(start_paused = true)]
async fn mark_of_an_earlier_report_is_restored() {
    // Spade's writes are idempotent, so a case in doubt is sent at once.
    let sandbox = Sandbox::in_memory();
    let (ledger, transport, events) = logged(&sandbox);
    let spade = HttpProvider::builder(sandbox.spade_connector(WonMeans::MerchantWon)).transport(transport);
    let spade = spade.retry(RetryPolicy::never()).build().unwrap();
    let reporter = Reporter::builder().required(spade).ledger(Arc::clone(&ledger)).build().unwrap();
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Reset));
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "unknown");
    events.take();
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Rejection));
    assert_eq!(report(&reporter, &later(Stage::Contested, 5)).await.outcome().as_str(), "failed");
    let writes: Vec<_> = events.take().into_iter().filter(|event| event.starts_with("ledger write")).collect();
    let (contested, received) = ("in flight contested", "in flight received");
    assert_eq!(writes, [contested, received].map(|mark| format!("ledger write: {mark}, acknowledged none")));
    // A later stage that may have arrived replaces the mark.
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Reset));
    assert_eq!(report(&reporter, &later(Stage::Contested, 5)).await.outcome().as_str(), "unknown");
    assert_eq!(entry(&ledger.inner, &spade::ID).await.unwrap().in_flight.unwrap().stage, Stage::Contested);
}

/// A ledger whose writes fail.
#[derive(Debug, Default)]
struct ReadOnly {
    inner: MemoryLedger,
    fails: AtomicBool,
}

#[async_trait]
impl Ledger for ReadOnly {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        self.inner.read(provider, case_id).await
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(LedgerError::write("the disk is full"));
        }
        self.inner.write(provider, case_id, entry, replaces).await
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_to_the_vendor_if_the_mark_cannot_be_stored() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(ReadOnly::default());
    ledger.fails.store(true, Ordering::SeqCst);
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).build().unwrap();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let reporter = Reporter::builder().required(pipwave).required(revcent).ledger(Arc::clone(&ledger)).build().unwrap();
    for result in &reporter.report(&case_at(Stage::Received)).await {
        assert!(matches!(result.outcome(), Outcome::Blocked(Blocked::Ledger(_))), "{result:?}");
        assert!(result.may_be_retried() && result.ledger_error().is_none());
    }
    assert!(sandbox.pipwave().cases().is_empty() && sandbox.revcent().cases().is_empty());
    // A report that is refused anyway has its own outcome.
    let alert = reporter.report(&later(Stage::Alert, 5)).await;
    assert_eq!(super::kinds(&alert), ["unsupported", "unsupported"]);
    ledger.fails.store(false, Ordering::SeqCst);
    assert!(reporter.report(&case_at(Stage::Received)).await.required_settled());
}

#[tokio::test(start_paused = true)]
async fn provider_that_ignores_the_gate_loses_no_doubt() {
    let unknown = || Error::unavailable(ErrorDetails::new(MOCK, "report", Delivery::Unknown));
    let events = Events::default();
    let mock = Mock { runs_gate: false, ..Mock::new(&events, [Err(unknown()), Err(unknown())]) };
    let ledger = Arc::new(LoggedLedger { inner: MemoryLedger::new(), events: events.clone() });
    let reporter = Reporter::builder().required(mock).ledger(Arc::clone(&ledger)).build().unwrap();
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "unknown");
    let marked = entry(&ledger.inner, &MOCK).await.unwrap();
    assert_eq!(marked.in_flight, Some(ReportedStage::for_chargeback(&case_at(Stage::Received))));
    // The next report is in doubt, and its unknown outcome keeps the mark.
    events.take();
    assert_eq!(report(&reporter, &later(Stage::Lost, 9)).await.outcome().as_str(), "unknown");
    assert!(events.take().contains(&"report_with lost: in doubt true, vendor case none".to_owned()));
    assert_eq!(entry(&ledger.inner, &MOCK).await, Some(marked));
    assert_eq!(report(&reporter, &later(Stage::Lost, 9)).await.outcome().as_str(), "acknowledged");
    assert_eq!(entry(&ledger.inner, &MOCK).await.unwrap().in_flight, None);
}

#[tokio::test(start_paused = true)]
async fn acknowledged_report_is_stored_although_its_mark_failed() {
    // The record already held the report, and only the follow-up step asked the gate.
    let events = Events::default();
    let step = || ErrorDetails::new(MOCK, "tag", Delivery::NotSent);
    let receipt = Receipt::new(MOCK).with_step(StepReport::failed("tag", Error::not_started(step())));
    let mock = GateThenReceipt(Mock::new(&events, [Ok(receipt)]));
    let ledger = Arc::new(ReadOnly::default());
    ledger.fails.store(true, Ordering::SeqCst);
    let reporter = Reporter::builder().required(mock).ledger(Arc::clone(&ledger)).build().unwrap();
    let result = report(&reporter, &case_at(Stage::Received)).await;
    assert_eq!(result.outcome().to_string(), "acknowledged, but a later step failed");
    assert!(result.ledger_error().is_some(), "the outcome could not be stored either");
}

/// A mock that runs the gate and returns its receipt, whatever the gate answers.
#[derive(Debug)]
struct GateThenReceipt(Mock);

#[async_trait]
impl chargeback::ChargebackProvider for GateThenReceipt {
    fn id(&self) -> ProviderId {
        MOCK
    }

    fn capabilities(&self) -> &chargeback::Capabilities {
        self.0.capabilities()
    }

    fn plan(&self, chargeback: &Chargeback) -> Result<chargeback::Plan, Error> {
        self.0.plan(chargeback)
    }

    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        self.0.report(chargeback).await
    }

    async fn report_with(
        &self,
        chargeback: &Chargeback,
        context: &chargeback::ReportContext<'_>,
    ) -> Result<Receipt, Error> {
        let _ = context.gate().before_first_write().await;
        self.0.report(chargeback).await
    }

    async fn turn(&self, case_id: &str) -> chargeback::TurnGuard {
        self.0.turn(case_id).await
    }

    fn resolve_doubt(&self, case_id: &str, resolution: Resolution) -> Result<(), chargeback::InvalidError> {
        self.0.resolve_doubt(case_id, resolution)
    }
}

impl chargeback::Throttled for GateThenReceipt {
    fn throttled_for(&self) -> std::time::Duration {
        self.0.throttled_for()
    }
}

#[tokio::test(start_paused = true)]
async fn resolution_changes_the_ledger_and_the_provider() {
    let sandbox = Sandbox::in_memory();
    let received = ReportedStage::for_chargeback(&case_at(Stage::Received));
    let contested = ReportedStage::for_chargeback(&later(Stage::Contested, 5));
    let in_doubt = |acknowledged| {
        let mut entry = LedgerEntry::default();
        (entry.acknowledged, entry.in_flight) = (acknowledged, Some(contested));
        entry.vendor_case = Some("old".into());
        entry
    };
    let found = Resolution::Found("P-1".into());
    for (resolution, before, acknowledged, vendor_case) in [
        (found.clone(), in_doubt(Some(received)), Some(received), "P-1"),
        (found, in_doubt(None), None, "P-1"),
        (Resolution::Applied, in_doubt(Some(received)), Some(contested), "old"),
        (Resolution::Applied, in_doubt(None), Some(contested), "old"),
        (Resolution::NotFound, in_doubt(Some(received)), Some(received), "old"),
        (Resolution::NotFound, in_doubt(None), None, "old"),
    ] {
        let events = Events::default();
        let ledger = Arc::new(MemoryLedger::new());
        ledger.write(&MOCK, "case-1", &before, None).await.unwrap();
        let builder = Reporter::builder().required(Mock::new(&events, []));
        let reporter = builder.ledger(Arc::clone(&ledger)).build().unwrap();
        reporter.resolve_doubt(&MOCK, "case-1", resolution.clone()).await.unwrap();
        let after = entry(&ledger, &MOCK).await.unwrap();
        assert_eq!((after.acknowledged, after.in_flight), (acknowledged, None), "{resolution:?}");
        assert_eq!(after.vendor_case.as_deref(), Some(vendor_case), "{resolution:?}");
        assert_eq!(events.take(), ["turn".to_owned(), format!("resolve_doubt case-1 {resolution:?}")]);
    }
    // Without a doubt, `Applied` keeps the acknowledged stage.
    let ledger = Arc::new(MemoryLedger::new());
    let mut settled = LedgerEntry::default();
    settled.acknowledged = Some(received);
    ledger.write(&pipwave::ID, "case-1", &settled, None).await.unwrap();
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).build().unwrap();
    let reporter = Reporter::builder().required(pipwave).ledger(Arc::clone(&ledger)).build().unwrap();
    reporter.resolve_doubt(&pipwave::ID, "case-1", Resolution::Applied).await.unwrap();
    assert_eq!(entry(&ledger, &pipwave::ID).await, Some(settled));
}

#[tokio::test(start_paused = true)]
async fn applied_report_is_not_sent_again() {
    let sandbox = Sandbox::in_memory();
    let once = RetryPolicy::never().max_lookups(0);
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).retry(once).build().unwrap();
    let reporter = Reporter::builder().required(pipwave).ledger(MemoryLedger::new()).build().unwrap();
    sandbox.pipwave().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "unknown");
    reporter.resolve_doubt(&pipwave::ID, "case-1", Resolution::Applied).await.unwrap();
    let requests = sandbox.pipwave().requests();
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "skipped");
    assert_eq!(sandbox.pipwave().requests(), requests);
}

#[tokio::test(start_paused = true)]
async fn resolve_errors_leave_the_doubt() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(ReadOnly::default());
    let once = RetryPolicy::never().max_lookups(0);
    let revcent = sandbox.connect(sandbox.revcent_connector()).retry(once).build().unwrap();
    let reporter = Reporter::builder().required(revcent.clone()).ledger(Arc::clone(&ledger)).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "unknown");
    let before = entry(&ledger.inner, &revcent::ID).await;
    // The provider has a doubt, too, from a plain report.
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    assert!(revcent.report(&case_at(Stage::Received)).await.is_err() && revcent.is_in_doubt("case-1"));

    let resolve = async |provider: &ProviderId, resolution| {
        let error = reporter.resolve_doubt(provider, "case-1", resolution).await.unwrap_err();
        assert!(revcent.is_in_doubt("case-1"), "{error}");
        assert_eq!(entry(&ledger.inner, &revcent::ID).await, before, "{error}");
        error
    };
    let error = resolve(&spade::ID, Resolution::NotFound).await;
    assert!(matches!(&error, ResolveError::UnknownProvider(unknown) if *unknown.id() == spade::ID));
    assert_eq!(error.to_string(), "the reporter has no provider with the id `spade`");
    for id in ["", "  ", &"x".repeat(256)] {
        let error = resolve(&revcent::ID, Resolution::Found(id.to_owned())).await;
        assert!(matches!(error, ResolveError::Invalid(_)), "{error}");
    }
    ledger.fails.store(true, Ordering::SeqCst);
    let error = resolve(&revcent::ID, Resolution::NotFound).await;
    assert!(matches!(error, ResolveError::Ledger(_)), "{error}");
    ledger.fails.store(false, Ordering::SeqCst);
    reporter.resolve_doubt(&revcent::ID, "case-1", Resolution::NotFound).await.unwrap();
    assert!(!revcent.is_in_doubt("case-1"));
    assert!(report(&reporter, &case_at(Stage::Received)).await.outcome().is_settled());
}

#[tokio::test(start_paused = true)]
async fn resolution_without_a_ledger_changes_the_provider() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let once = RetryPolicy::never().max_lookups(0);
    let revcent = sandbox.connect(sandbox.revcent_connector()).retry(once).build().unwrap();
    let reporter = Reporter::builder().required(revcent.clone()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert_eq!(report(&reporter, &case_at(Stage::Received)).await.outcome().as_str(), "unknown");
    let found = Resolution::Found(sandbox.revcent().cases()[0].key.clone());
    reporter.resolve_doubt(&revcent::ID, "case-1", found).await.unwrap();
    assert!(report(&reporter, &later(Stage::Contested, 5)).await.outcome().is_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn report_to_reports_to_one_vendor() {
    let sandbox = Sandbox::in_memory();
    let (reporter, received) = (super::all_vendors(&sandbox), case_at(Stage::Received));
    let result = reporter.report_to(&spade::ID, &received).await.unwrap();
    assert_eq!((result.provider(), result.outcome().as_str()), (&spade::ID, "acknowledged"));
    let others = sandbox.thirdwatch().requests() + sandbox.revcent().requests() + sandbox.pipwave().requests();
    assert_eq!((sandbox.spade().requests(), others), (1, 0));
    let error = reporter.report_to(&MOCK, &received).await.unwrap_err();
    assert_eq!((error.id(), error.to_string().as_str()), (&MOCK, "the reporter has no provider with the id `mock`"));
}

//! Several reporters that share one ledger, in one process or in two.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chargeback::lifecycle::{
    Ledger, LedgerEntry, LedgerError, MemoryLedger, ReportedStage, Transition, Version, Versioned,
};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{
    Chargeback, Delivery, Error, Outcome, ProviderId, Reason, Reporter, Resolution, RetryPolicy, Skipped, Stage,
    async_trait, revcent, spade, tutelar,
};
use tokio::time::sleep;

use super::case_at;
use crate::support::{at, plain};

/// A ledger with a delay before each call, which counts its writes.
#[derive(Debug, Default)]
struct Delayed {
    inner: MemoryLedger,
    writes: AtomicUsize,
}

#[async_trait]
impl Ledger for Delayed {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        sleep(Duration::from_millis(5)).await;
        self.inner.read(provider, case_id).await
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        sleep(Duration::from_millis(5)).await;
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.inner.write(provider, case_id, entry, replaces).await
    }
}

impl Delayed {
    async fn entry(&self, provider: &ProviderId) -> LedgerEntry {
        self.inner.read(provider, "case-1").await.unwrap().map(|stored| stored.value).unwrap_or_default()
    }
}

/// A process: its provider, and the shared ledger.
fn revcent_process(sandbox: &Sandbox, ledger: &Arc<Delayed>) -> Reporter {
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    Reporter::builder().required(revcent).ledger(Arc::clone(ledger)).build().unwrap()
}

fn spade_process(sandbox: &Sandbox, ledger: &Arc<Delayed>) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    Reporter::builder().required(spade).ledger(Arc::clone(ledger)).build().unwrap()
}

fn hundred() -> Vec<Chargeback> {
    let case = |number: u32| {
        plain(&format!("case-{number}"), Stage::Received, Reason::FraudOther).stage(Stage::Received, at(3, 9)).build()
    };
    (0..100).map(|number| case(number).unwrap()).collect()
}

async fn report_all(reporters: [&Reporter; 2], cases: &[Chargeback]) -> [usize; 2] {
    let settled = async |reporter: &Reporter| {
        let reports = cases.iter().map(|case| reporter.report(case));
        let outcomes = futures_util::future::join_all(reports).await;
        outcomes.iter().filter(|outcomes| outcomes.required_settled()).count()
    };
    tokio::join!(settled(reporters[0]), settled(reporters[1])).into()
}

#[tokio::test(start_paused = true)]
async fn two_processes_create_each_case_once() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let processes = [revcent_process(&sandbox, &ledger), revcent_process(&sandbox, &ledger)];
    report_all([&processes[0], &processes[1]], &hundred()).await;
    assert_eq!(sandbox.revcent().cases().len(), 100);
}

#[tokio::test(start_paused = true)]
async fn two_reporters_of_one_provider_settle_every_case() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let reporter = || Reporter::builder().required(revcent.clone()).ledger(Arc::clone(&ledger)).build().unwrap();
    let settled = report_all([&reporter(), &reporter()], &hundred()).await;
    assert_eq!((settled, sandbox.revcent().cases().len()), ([100, 100], 100));
}

#[tokio::test(start_paused = true)]
async fn failed_report_does_not_erase_a_later_stage_of_another_process() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let (slow, fast) = (spade_process(&sandbox, &ledger), spade_process(&sandbox, &ledger));
    // The vendor rejects the first report after ten seconds.
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Slow(Duration::from_secs(10))));
    let received = case_at(Stage::Received, 1);
    let slow = tokio::spawn(async move { slow.report(&received).await });
    sleep(Duration::from_secs(1)).await;
    assert!(fast.report(&case_at(Stage::Won, 5)).await.required_settled());
    drop(slow.await.unwrap());
    assert_eq!(ledger.entry(&spade::ID).await.acknowledged.unwrap().stage, Stage::Won);
    let late = fast.report(&case_at(Stage::Contested, 3)).await;
    let outcome = late.get(&spade::ID).unwrap().outcome();
    assert!(matches!(outcome, Outcome::Skipped(Skipped::Step(Transition::Stale))), "{outcome}");
}

/// A ledger in which another process stores `won` between the first read and the first write.
#[derive(Debug, Default)]
struct Overtaken {
    inner: MemoryLedger,
    reads: AtomicUsize,
}

#[async_trait]
impl Ledger for Overtaken {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        let stored = self.inner.read(provider, case_id).await?;
        if self.reads.fetch_add(1, Ordering::SeqCst) == 0 {
            let mut entry = LedgerEntry::default();
            entry.acknowledged = Some(ReportedStage::new(Stage::Won, at(9, 9)));
            self.inner.write(provider, case_id, &entry, None).await?;
        }
        Ok(stored)
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        self.inner.write(provider, case_id, entry, replaces).await
    }
}

#[tokio::test(start_paused = true)]
async fn lost_race_before_sending_is_judged_again() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).ledger(Overtaken::default()).build().unwrap();
    let outcomes = reporter.report(&case_at(Stage::Received, 1)).await;
    let outcome = outcomes.get(&spade::ID).unwrap().outcome();
    assert!(matches!(outcome, Outcome::Skipped(Skipped::Step(Transition::Stale))), "{outcome}");
    assert_eq!(sandbox.spade().requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn doubt_resolved_by_another_process_ends_without_a_restart() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let (first, second) = (revcent_process(&sandbox, &ledger), revcent_process(&sandbox, &ledger));
    let received = case_at(Stage::Received, 1);
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    assert!(!first.report(&received).await.required_settled());
    assert!(!first.report(&received).await.required_settled(), "the case is in doubt");
    second.resolve_doubt(&revcent::ID, "case-1", Resolution::NotFound).await.unwrap();
    assert!(first.report(&received).await.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn report_dropped_during_a_search_is_not_in_flight() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let reporter = revcent_process(&sandbox, &ledger);
    sandbox.revcent().fail_next(Fault::after_acting(FaultKind::Silence));
    let received = case_at(Stage::Received, 1);
    let dropped = tokio::time::timeout(Duration::from_secs(1), reporter.report(&received)).await;
    assert!(dropped.is_err());
    assert_eq!((ledger.entry(&revcent::ID).await, ledger.writes.load(Ordering::SeqCst)), (LedgerEntry::default(), 0));
    assert!(revcent_process(&sandbox, &ledger).report(&received).await.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn refusal_before_sending_writes_nothing() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let reporter = revcent_process(&sandbox, &ledger);
    let mut refused = Vec::new();
    for stage in Stage::ALL {
        let before = (ledger.entry(&revcent::ID).await, ledger.writes.load(Ordering::SeqCst));
        let outcomes = reporter.report(&case_at(*stage, 1)).await;
        if outcomes.get(&revcent::ID).unwrap().outcome().error().is_some() {
            let after = (ledger.entry(&revcent::ID).await, ledger.writes.load(Ordering::SeqCst));
            assert_eq!(after, before, "{stage}");
            refused.push(*stage);
        }
    }
    assert!(refused.contains(&Stage::Alert) && refused.contains(&Stage::Inquiry), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn unsupported_stage_after_a_crash_is_unsupported() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let mut entry = LedgerEntry::default();
    entry.in_flight = Some(ReportedStage::new(Stage::Contested, at(1, 9)));
    ledger.inner.write(&tutelar::ID, "case-1", &entry, None).await.unwrap();
    let tutelar = sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::Refuse)).build().unwrap();
    let reporter = Reporter::builder().required(tutelar).ledger(Arc::clone(&ledger)).build().unwrap();
    let outcomes = reporter.report(&case_at(Stage::Closed, 2)).await;
    let Outcome::Unsupported(error) = outcomes.get(&tutelar::ID).unwrap().outcome() else { panic!("{outcomes:?}") };
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(outcomes.required_settled());
    // The stage in flight is sent again, and a later stage ends the mark.
    assert!(reporter.report(&case_at(Stage::Accepted, 3)).await.required_settled());
    assert!(ledger.entry(&tutelar::ID).await.in_flight.is_none());
}

#[tokio::test(start_paused = true)]
async fn stage_that_was_not_sent_does_not_replace_the_stage_in_flight() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let ledger = Arc::new(Delayed::default());
    let reporter = revcent_process(&sandbox, &ledger);
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    assert!(!reporter.report(&case_at(Stage::Received, 1)).await.required_settled());
    // The later stage is stopped by the doubt, so it is not in flight.
    let later = reporter.report(&case_at(Stage::Contested, 2)).await;
    let outcome = later.get(&revcent::ID).unwrap().outcome();
    assert!(matches!(outcome, Outcome::Unknown(Error::InDoubt(_))), "{outcome}");
    assert_eq!(ledger.entry(&revcent::ID).await.in_flight.unwrap().stage, Stage::Received);
    reporter.resolve_doubt(&revcent::ID, "case-1", Resolution::NotFound).await.unwrap();
    assert!(reporter.report(&case_at(Stage::Received, 1)).await.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn applied_report_counts_as_sent() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let reporter = revcent_process(&sandbox, &ledger);
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    let received = case_at(Stage::Received, 1);
    assert!(!reporter.report(&received).await.required_settled());
    reporter.resolve_doubt(&revcent::ID, "case-1", Resolution::Applied).await.unwrap();
    let entry = ledger.entry(&revcent::ID).await;
    assert_eq!((entry.acknowledged.unwrap().stage, entry.in_flight), (Stage::Received, None));
    let again = reporter.report(&received).await;
    let outcome = again.get(&revcent::ID).unwrap().outcome();
    assert!(matches!(outcome, Outcome::Skipped(Skipped::Step(Transition::Refresh))), "{outcome}");
}

#[tokio::test(start_paused = true)]
async fn refresh_at_a_later_time_is_stored_and_not_sent() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let reporter = spade_process(&sandbox, &ledger);
    for (stage, day, requests) in [(Stage::Received, 1, 1), (Stage::Received, 3, 1), (Stage::Contested, 2, 1)] {
        assert!(reporter.report(&case_at(stage, day)).await.required_settled());
        assert_eq!(sandbox.spade().requests(), requests, "{stage} of day {day}");
    }
    assert_eq!(ledger.entry(&spade::ID).await.acknowledged, Some(ReportedStage::new(Stage::Received, at(3, 9))));
}

#[tokio::test(start_paused = true)]
async fn doubt_of_a_running_report_survives_a_resolution_in_another_process() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let ledger = Arc::new(Delayed::default());
    let (first, second) = (revcent_process(&sandbox, &ledger), revcent_process(&sandbox, &ledger));
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let running = tokio::spawn(async move { first.report(&case_at(Stage::Received, 1)).await });
    sleep(Duration::from_secs(1)).await;
    // A person has checked the vendor before the first process sent its request.
    second.resolve_doubt(&revcent::ID, "case-1", Resolution::NotFound).await.unwrap();
    assert!(ledger.entry(&revcent::ID).await.in_flight.is_none());
    let outcomes = running.await.unwrap();
    assert!(matches!(outcomes.get(&revcent::ID).unwrap().outcome(), Outcome::Unknown(_)), "{outcomes:?}");
    assert_eq!(ledger.entry(&revcent::ID).await.in_flight.unwrap().stage, Stage::Received);
    let again = second.report(&case_at(Stage::Contested, 2)).await;
    assert!(matches!(again.get(&revcent::ID).unwrap().outcome(), Outcome::Unknown(Error::InDoubt(_))), "{again:?}");
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn older_unknown_report_does_not_replace_a_later_stage_of_another_process() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(Delayed::default());
    let once = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let slow = Reporter::builder().required(once.build().unwrap()).ledger(Arc::clone(&ledger)).build().unwrap();
    let fast = spade_process(&sandbox, &ledger);
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Silence));
    let running = tokio::spawn(async move { slow.report(&case_at(Stage::Received, 1)).await });
    sleep(Duration::from_secs(1)).await;
    assert!(fast.report(&case_at(Stage::Won, 5)).await.required_settled());
    let outcomes = running.await.unwrap();
    assert!(matches!(outcomes.get(&spade::ID).unwrap().outcome(), Outcome::Unknown(_)), "{outcomes:?}");
    let entry = ledger.entry(&spade::ID).await;
    assert_eq!((entry.in_flight, entry.acknowledged.unwrap().stage), (None, Stage::Won));
}

/// A ledger whose entries always change between the read and the write.
#[derive(Debug)]
struct Restless;

#[async_trait]
impl Ledger for Restless {
    async fn read(&self, _: &ProviderId, _: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        Ok(None)
    }

    async fn write(
        &self,
        _: &ProviderId,
        _: &str,
        _: &LedgerEntry,
        _: Option<Version>,
    ) -> Result<Version, LedgerError> {
        Err(LedgerError::VersionMismatch)
    }
}

#[tokio::test(start_paused = true)]
async fn lost_races_have_an_end() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).ledger(Restless).build().unwrap();
    let outcomes = reporter.report(&case_at(Stage::Received, 1)).await;
    let outcome = outcomes.get(&spade::ID).unwrap().outcome().to_string();
    assert_eq!(outcome, "blocked: the ledger entry was changed by another process; nothing was sent");
    let resolved = reporter.resolve_doubt(&spade::ID, "case-1", Resolution::Found("S-1".into())).await;
    assert!(matches!(resolved, Err(chargeback::ResolveError::Ledger(LedgerError::VersionMismatch))), "{resolved:?}");
    assert_eq!(sandbox.spade().requests(), 0);
}

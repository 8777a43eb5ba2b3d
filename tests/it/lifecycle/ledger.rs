//! Reports with a ledger: late and repeated stages, restarts, doubt, and failures of the ledger.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chargeback::lifecycle::{
    Ledger, LedgerEntry, LedgerError, MemoryLedger, ReportedStage, Transition, Version, Versioned,
};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{
    Blocked, Chargeback, HttpProvider, Outcome, ProviderId, Reporter, Skipped, Stage, async_trait, revcent, spade,
};

use super::case_at;
use crate::reporter::numbered_case;

fn with_spade(sandbox: &Sandbox, ledger: Arc<dyn Ledger>) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    Reporter::builder().required(spade).ledger(ledger).build().unwrap()
}

async fn outcome(reporter: &Reporter, chargeback: &Chargeback) -> String {
    reporter.report(chargeback).await.iter().next().unwrap().outcome().to_string()
}

#[tokio::test(start_paused = true)]
async fn late_and_repeated_stages_are_skipped() {
    let sandbox = Sandbox::in_memory();
    let reporter = with_spade(&sandbox, Arc::new(MemoryLedger::new()));
    let steps = [
        (case_at(Stage::Received, 1), "acknowledged"),
        (case_at(Stage::Received, 1), "skipped: refresh"),
        (case_at(Stage::Won, 5), "acknowledged"),
        (case_at(Stage::Contested, 3), "skipped: stale"),
        (case_at(Stage::Expired, 6), "blocked: illegal; nothing was sent"),
        (case_at(Stage::Lost, 7), "acknowledged"),
    ];
    for (chargeback, expected) in steps {
        assert_eq!(outcome(&reporter, &chargeback).await, expected, "{chargeback:?}");
    }
    let states: Vec<_> = sandbox.spade().cases()[0].history.iter().map(|sent| sent["state"].clone()).collect();
    assert_eq!(states, ["chargeback_pending", "chargeback_won", "chargeback_lost"]);
    let outcomes = reporter.report(&case_at(Stage::Received, 1)).await;
    assert!(outcomes.required_settled(), "a late report counts as settled");
    assert!(matches!(outcomes.get(&spade::ID).unwrap().outcome(), Outcome::Skipped(Skipped::Step(Transition::Stale))));
}

#[tokio::test(start_paused = true)]
async fn latest_stage_is_kept_in_any_order() {
    for seed in 0..40 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let sandbox = Sandbox::in_memory();
        let reporter = with_spade(&sandbox, Arc::new(MemoryLedger::new()));
        let mut stages = vec![
            case_at(Stage::Received, 1),
            case_at(Stage::Contested, 2),
            case_at(Stage::Lost, 3),
            case_at(Stage::Won, 9),
        ];
        dice.shuffle(&mut stages);
        let mut tasks = tokio::task::JoinSet::new();
        for chargeback in stages {
            let reporter = reporter.clone();
            let delay = std::time::Duration::from_millis(dice.u64(0..50));
            tasks.spawn(async move {
                tokio::time::sleep(delay).await;
                drop(reporter.report(&chargeback).await);
            });
        }
        tasks.join_all().await;
        assert_eq!(sandbox.spade().cases()[0].state["state"], "chargeback_won", "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn vendor_case_id_survives_a_restart() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let process = || {
        let revcent: HttpProvider<_> = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
        Reporter::builder().required(revcent).ledger(Arc::clone(&ledger)).build().unwrap()
    };
    assert!(process().report(&case_at(Stage::Received, 1)).await.required_settled());
    let second = process().report(&case_at(Stage::Contested, 2)).await;
    assert!(second.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1, "the ledger has the id that the index does not show");
    let kept = ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap().value;
    assert_eq!(kept.vendor_case.as_deref(), Some(sandbox.revcent().cases()[0].key.as_str()));
    assert!(!format!("{kept:?}").contains("chargeback0000"), "{kept:?}");
}

#[tokio::test(start_paused = true)]
async fn doubt_survives_a_restart_until_it_is_resolved() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let process = || {
        let revcent: HttpProvider<_> = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
        Reporter::builder().required(revcent).ledger(Arc::clone(&ledger)).build().unwrap()
    };
    let received = case_at(Stage::Received, 1);
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let interrupted = tokio::time::timeout(std::time::Duration::from_secs(1), process().report(&received)).await;
    assert!(interrupted.is_err() && sandbox.revcent().cases().len() == 1);
    // A new process has only the ledger, and RevCent's search still shows nothing.
    let reporter = process();
    for _ in 0..3 {
        let outcomes = reporter.report(&received).await;
        let Outcome::Unknown(error) = outcomes.get(&revcent::ID).unwrap().outcome() else { panic!("{outcomes:?}") };
        assert_eq!(crate::support::kind(error), "in doubt");
    }
    assert_eq!(sandbox.revcent().cases().len(), 1, "a second record was created");
    // A person finds the record on the dashboard.
    let found = sandbox.revcent().cases()[0].key.clone();
    reporter.resolve_doubt(&revcent::ID, "case-1", chargeback::Resolution::Found(found.clone())).await.unwrap();
    assert!(reporter.report(&case_at(Stage::Contested, 2)).await.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
    let kept = ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap().value;
    assert_eq!((kept.in_flight, kept.vendor_case), (None, Some(found)));
}

#[tokio::test(start_paused = true)]
async fn report_is_sent_after_its_doubt_is_resolved() {
    let sandbox = Sandbox::in_memory();
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let received = case_at(Stage::Received, 1);
    let unclear = LedgerEntry::default();
    let unclear = serde_json::to_value(&unclear).map(|mut entry| {
        entry["in_flight"] = serde_json::to_value(ReportedStage::for_chargeback(&received)).unwrap();
        serde_json::from_value::<LedgerEntry>(entry).unwrap()
    });
    let unclear = unclear.unwrap();
    for provider in [&revcent::ID, &spade::ID] {
        ledger.write(provider, "case-1", &unclear, None).await.unwrap();
    }
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(revcent.clone()).required(spade.clone());
    let reporter = reporter.ledger(Arc::clone(&ledger)).build().unwrap();
    let outcomes = reporter.report(&received).await;
    assert!(
        matches!(outcomes.get(&spade::ID).unwrap().outcome(), Outcome::Acknowledged(_)),
        "a repeat is safe for Spade"
    );
    assert!(
        matches!(outcomes.get(&revcent::ID).unwrap().outcome(), Outcome::Unknown(_)),
        "an empty search does not prove that there is no record"
    );
    let entry = ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap().value;
    assert!(entry.in_flight.is_some() && !revcent.is_in_doubt("case-1"), "the ledger keeps the doubt");
    reporter.resolve_doubt(&revcent::ID, "case-1", chargeback::Resolution::NotFound).await.unwrap();
    assert!(ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap().value.in_flight.is_none());
    assert!(reporter.report(&case_at(Stage::Contested, 2)).await.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn unclear_report_is_sent_again_and_unsent_report_changes_nothing() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(MemoryLedger::new());
    let reporter = with_spade(&sandbox, ledger.clone());
    sandbox.spade().fail_always(Fault::after_acting(FaultKind::Reset));
    let outcomes = reporter.report(&case_at(Stage::Received, 1)).await;
    assert!(matches!(outcomes.get(&spade::ID).unwrap().outcome(), Outcome::Unknown(_)));
    let kept =
        || async { ledger.read(&spade::ID, "case-1").await.unwrap().map(|stored| stored.value).unwrap_or_default() };
    assert_eq!((kept().await.acknowledged, kept().await.in_flight.unwrap().stage), (None, Stage::Received));
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::Unreachable));
    assert!(!reporter.report(&case_at(Stage::Lost, 2)).await.required_settled());
    assert_eq!(kept().await.in_flight.unwrap().stage, Stage::Received, "`lost` was never sent");
    sandbox.spade().recover();
    assert_eq!(outcome(&reporter, &case_at(Stage::Received, 1)).await, "acknowledged");
    assert_eq!(kept().await.in_flight, None);
    // A dropped call leaves its stage in flight.
    sandbox.spade().fail_next(Fault::after_acting(FaultKind::Silence));
    let lost = case_at(Stage::Lost, 2);
    let dropped = tokio::time::timeout(std::time::Duration::from_secs(1), reporter.report(&lost)).await;
    assert!(dropped.is_err() && kept().await.in_flight.unwrap().stage == Stage::Lost);
}

/// A ledger with configurable failures.
#[derive(Debug, Default)]
struct Broken {
    inner: MemoryLedger,
    reads: AtomicBool,
    writes: AtomicBool,
    writes_after: AtomicBool,
}

#[async_trait]
impl Ledger for Broken {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        if self.reads.load(Ordering::SeqCst) {
            return Err(LedgerError::read("the database is down"));
        }
        self.inner.read(provider, case_id).await
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        let after = entry.in_flight.is_none() && self.writes_after.load(Ordering::SeqCst);
        if after || self.writes.load(Ordering::SeqCst) {
            return Err(LedgerError::write("the disk is full"));
        }
        self.inner.write(provider, case_id, entry, replaces).await
    }
}

#[tokio::test(start_paused = true)]
async fn failing_ledger_blocks_the_report_or_is_reported_after_it() {
    let sandbox = Sandbox::in_memory();
    let broken = Arc::new(Broken::default());
    let reporter = with_spade(&sandbox, broken.clone());
    for flag in [&broken.reads, &broken.writes] {
        flag.store(true, Ordering::SeqCst);
        let outcomes = reporter.report(&case_at(Stage::Received, 1)).await;
        let result = outcomes.get(&spade::ID).unwrap();
        assert!(matches!(result.outcome(), Outcome::Blocked(Blocked::Ledger(_))) && result.may_be_retried());
        assert!(result.outcome().error().is_none() && !outcomes.required_settled());
        assert_eq!(sandbox.spade().requests(), 0, "a report was sent without a ledger entry");
        flag.store(false, Ordering::SeqCst);
    }
    broken.writes_after.store(true, Ordering::SeqCst);
    let outcomes = reporter.report(&case_at(Stage::Received, 1)).await;
    let result = outcomes.get(&spade::ID).unwrap();
    assert!(matches!(result.outcome(), Outcome::Acknowledged(_)) && result.ledger_error().is_some());
    // The stage is still in flight, so it is sent again instead of being skipped.
    broken.writes_after.store(false, Ordering::SeqCst);
    let outcomes = reporter.report(&case_at(Stage::Received, 1)).await;
    assert!(outcomes.required_settled() && outcomes.get(&spade::ID).unwrap().ledger_error().is_none());
    assert_eq!((sandbox.spade().requests(), broken.inner.len()), (2, 1));
    assert!(!broken.inner.is_empty());
}

#[tokio::test(start_paused = true)]
async fn unsent_report_keeps_the_stage_in_flight() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let provider = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let reporter = Reporter::builder().required(provider).ledger(Arc::clone(&ledger)).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let received = case_at(Stage::Received, 1);
    let dropped = tokio::time::timeout(std::time::Duration::from_secs(1), reporter.report(&received)).await;
    assert!(dropped.is_err());
    // RevCent does not support the stage, so nothing is sent.
    let outcomes = reporter.report(&case_at(Stage::PreArbitration, 2)).await;
    let result = outcomes.get(&revcent::ID).unwrap();
    assert!(matches!(result.outcome(), Outcome::Unknown(chargeback::Error::Unsupported(_))), "{result:?}");
    assert!(!result.may_be_retried(), "an unsupported stage may be retried");
    let kept = ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap().value;
    assert_eq!(kept.in_flight.unwrap().stage, Stage::Received);
    // The retry of the stage in flight is not stale.
    let again = reporter.report(&received).await;
    assert!(matches!(again.get(&revcent::ID).unwrap().outcome(), Outcome::Unknown(_)), "{again:?}");
    assert!(
        reporter.resolve_doubt(&spade::ID, "case-1", chargeback::Resolution::NotFound).await.is_err(),
        "the reporter has no such provider"
    );
}

#[tokio::test(start_paused = true)]
async fn memory_ledger_counts_its_cases() {
    let ledger = std::sync::Arc::new(MemoryLedger::new());
    assert_eq!((ledger.len(), ledger.is_empty()), (0, true));
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade).ledger(ledger.clone()).build().unwrap();
    for number in [1, 2, 2, 3] {
        let _ = reporter.report(&numbered_case(number)).await;
    }
    assert_eq!((ledger.len(), ledger.is_empty()), (3, false));
    assert_eq!(format!("{ledger:?}"), "MemoryLedger(3 entries)");
}

//! Turns: one report of a case at a time, also for several reporters over one provider.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, MemoryLedger, Version, Versioned};
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::{
    ChargebackProvider as _, OpenGate, ProviderId, ReportContext, Reporter, Resolution, Stage, Turns, async_trait,
    revcent, spade,
};
use tokio::time::{Instant, sleep};

use super::{case_at, numbered_case};

/// A slow ledger that panics if two reports of one case are between their read and their last write.
#[derive(Debug, Default)]
struct Exclusive {
    inner: MemoryLedger,
    open: Mutex<HashSet<(ProviderId, String)>>,
}

#[async_trait]
impl Ledger for Exclusive {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        sleep(Duration::from_millis(fastrand::u64(0..20))).await;
        let entry = self.inner.read(provider, case_id).await?;
        // The next reports are skipped, so only the first read is followed by writes.
        if entry.is_none() {
            let first = self.open.lock().unwrap().insert((provider.clone(), case_id.to_owned()));
            assert!(first, "two reports of a case read the ledger before the first one wrote it");
        }
        Ok(entry)
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        sleep(Duration::from_millis(fastrand::u64(0..20))).await;
        self.inner.write(provider, case_id, entry, replaces).await
    }
}

#[tokio::test(start_paused = true)]
async fn two_reporters_over_one_provider_deliver_each_case_once() {
    let sandbox = Sandbox::in_memory();
    // RevCent's index never shows the new record, so only the turn prevents a second one.
    sandbox.revcent().lag_index(1_000_000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let ledger = Arc::new(Exclusive::default());
    let reporter = || {
        let builder = Reporter::builder().required(revcent.clone()).required(spade.clone());
        builder.ledger(Arc::clone(&ledger)).build().unwrap()
    };
    let reporters = [reporter(), reporter()];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..20 {
        for repeat in 0..6 {
            let reporter = reporters[repeat % 2].clone();
            tasks.spawn(async move { reporter.report(&numbered_case(number)).await.required_settled() });
        }
    }
    assert!(tasks.join_all().await.into_iter().all(|settled| settled));
    assert_eq!((sandbox.revcent().cases().len(), sandbox.spade().acted()), (20, 20));
    assert_eq!(ledger.inner.len(), 40);
}

#[tokio::test(start_paused = true)]
async fn turn_is_held_from_the_ledger_read_to_the_last_write() {
    /// Waits a second in each call.
    #[derive(Debug, Default)]
    struct Slow(MemoryLedger);
    #[async_trait]
    impl Ledger for Slow {
        async fn read(
            &self,
            provider: &ProviderId,
            case_id: &str,
        ) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
            sleep(Duration::from_secs(1)).await;
            self.0.read(provider, case_id).await
        }
        async fn write(
            &self,
            provider: &ProviderId,
            case_id: &str,
            entry: &LedgerEntry,
            replaces: Option<Version>,
        ) -> Result<Version, LedgerError> {
            sleep(Duration::from_secs(1)).await;
            self.0.write(provider, case_id, entry, replaces).await
        }
    }
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(spade.clone()).ledger(Slow::default()).build().unwrap();
    let (start, received) = (Instant::now(), case_at(Stage::Received));
    let running = tokio::spawn(async move { reporter.report(&received).await.required_settled() });
    sleep(Duration::from_millis(1)).await;
    // The read, the mark and the outcome take a second each.
    drop(spade.turn("case-1").await);
    assert_eq!(start.elapsed().as_secs(), 3);
    assert!(running.await.unwrap());
    drop(spade.turn("case-2").await);
    assert_eq!(start.elapsed().as_secs(), 3, "another case does not wait");
}

#[tokio::test(start_paused = true)]
async fn resolve_doubt_waits_for_the_running_report() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let reporter = Reporter::builder().required(revcent.clone()).ledger(MemoryLedger::new()).build().unwrap();
    let turn = revcent.turn("case-1").await;
    let id = revcent::ID;
    let resolve = reporter.resolve_doubt(&id, "case-1", Resolution::NotFound);
    assert!(tokio::time::timeout(Duration::from_secs(100), resolve).await.is_err());
    drop(turn);
    assert!(reporter.resolve_doubt(&revcent::ID, "case-1", Resolution::NotFound).await.is_ok());
    // An invalid id is found without a turn.
    let _turn = revcent.turn("case-1").await;
    let invalid = Resolution::Found(String::new());
    assert!(reporter.resolve_doubt(&revcent::ID, "case-1", invalid).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn report_with_by_a_caller_who_holds_the_turn_waits_for_nobody() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let turn = spade.turn("case-1").await;
    let received = case_at(Stage::Received);
    let with = spade.report_with(&received, &ReportContext::new(&OpenGate)).await;
    assert!(with.is_ok());
    // A reporter without a ledger leaves the turn to the provider.
    let reporter = Reporter::builder().required(spade.clone()).build().unwrap();
    let outcomes = reporter.report(&case_at(Stage::Contested)).await;
    assert_eq!(outcomes.get(&spade::ID).unwrap().outcome().as_str(), "failed");
    drop(turn);
    assert!(reporter.report(&case_at(Stage::Contested)).await.required_settled());
}

#[tokio::test(start_paused = true)]
async fn turns_are_taken_in_the_order_of_the_calls() {
    let turns = Turns::new();
    let first = turns.acquire("case-1").await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50 {
        let (turns, order) = (turns.clone(), Arc::clone(&order));
        tasks.spawn(async move {
            let guard = turns.acquire("case-1").await;
            order.lock().unwrap().push(number);
            // A waiter that comes again is the last one.
            drop(guard);
            let _again = turns.acquire("case-1").await;
            order.lock().unwrap().push(number + 50);
        });
        tokio::task::yield_now().await;
    }
    assert!(order.lock().unwrap().is_empty());
    drop(first);
    let _: Vec<()> = tasks.join_all().await;
    assert_eq!(*order.lock().unwrap(), (0..100).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn turns_leave_nothing_behind() {
    let turns = Turns::new();
    assert_eq!(format!("{turns:?}"), "Turns(0 cases)");
    let guards = [turns.acquire("canary-1").await, turns.acquire("canary-2").await];
    assert_eq!((format!("{turns:?}"), format!("{:?}", guards[0])), ("Turns(2 cases)".into(), "TurnGuard".into()));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..1_000 {
        let turns = turns.clone();
        tasks.spawn(async move {
            let case_id = format!("canary-{}", number % 3);
            // Some waiters stop waiting, some panic with the turn.
            let turn = tokio::time::timeout(Duration::from_millis(number), turns.acquire(&case_id)).await;
            assert!(turn.is_err() || number % 7 > 0, "planned");
            sleep(Duration::from_millis(1)).await;
        });
    }
    sleep(Duration::from_millis(500)).await;
    drop(guards);
    while tasks.join_next().await.is_some() {}
    assert_eq!(format!("{turns:?}"), "Turns(0 cases)");
}

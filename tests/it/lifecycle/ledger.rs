//! Late, repeated and impossible reports are held back, by what each vendor was told last.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chargeback::lifecycle::{
    Action, Ledger, LedgerEntry, LedgerError, Lifecycle, MemoryLedger, ReportedStage, Transition,
};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{
    Blocked, Chargeback, HttpProvider, Outcome, ProviderId, Reason, Reporter, Skipped, Stage, async_trait, revcent,
    spade,
};

use crate::support::{at, plain};

/// Rows are from, columns are to, both in the order of `Stage::ALL`: `=` refresh, `A` advance, `R` reopen, `.` illegal.
const GRID: [&str; 15] = [
    "=AA........A.AA", // alert
    ".=AAAA.....AAAA", // inquiry
    "..=AAAA.AAAAAAA", // received
    "...=R....ARAA.A", // accepted
    "...A=AAAAAAAAAA", // contested
    "...AR=AAAAAAA.A", // under_review
    "...AAA=AAAAAAAA", // pre_arbitration
    "...A.R.=AA..A.A", // arbitration
    "..R...RR=RR...A", // won
    "......RRR=RRR.A", // lost
    "..R...RRAR=...A", // reversed
    "..R.......R=A.A", // refunded
    "..R.....A...=.A", // withdrawn
    "..A......AR.A=A", // expired
    "..R.....RRR...=", // closed
];

const fn mark(transition: Transition) -> char {
    match transition {
        Transition::Refresh => '=',
        Transition::Advance => 'A',
        Transition::Reopen => 'R',
        Transition::Illegal => '.',
        _ => '?',
    }
}

#[test]
fn every_transition_is_that_of_the_graph() {
    for (&from, row) in Stage::ALL.iter().zip(GRID) {
        for (&to, expected) in Stage::ALL.iter().zip(row.chars()) {
            assert_eq!(mark(from.transition_to(to)), expected, "{from} to {to}");
        }
    }
}

#[test]
fn the_docs_show_the_graph() {
    let names: Vec<String> = Stage::ALL.iter().map(|stage| format!("`{stage}`")).collect();
    let mut table = "| from | forward to | back to |\n|---|---|---|\n".to_owned();
    for (&from, name) in Stage::ALL.iter().zip(&names) {
        let to = |wanted: Transition| -> String {
            let steps = Stage::ALL.iter().zip(&names).filter(|(to, _)| from.transition_to(**to) == wanted);
            steps.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
        };
        writeln!(table, "| {name} | {} | {} |", to(Transition::Advance), to(Transition::Reopen)).unwrap();
    }
    crate::docs::check_block("src/lifecycle/transitions.md", "transitions", &table);
}

fn of(stage: Stage, day: u32) -> Chargeback {
    let mut builder = plain("case-1", stage, Reason::FraudOther).stage(stage, at(day, 9));
    if stage == Stage::Won {
        builder = builder.representment(chargeback::Representment::initiated());
    }
    builder.build().unwrap()
}

#[test]
fn time_and_graph_and_doubt_decide() {
    let told = |stage, day| Some(ReportedStage::new(stage, at(day, 9)));
    let mut entry = LedgerEntry::default();
    let judge = |entry: &LedgerEntry, stage, day| Lifecycle::default().judge(entry, &of(stage, day));
    assert_eq!(judge(&entry, Stage::Lost, 1), (Transition::First, Action::Report));
    entry.acknowledged = told(Stage::Won, 10);
    assert_eq!(judge(&entry, Stage::Won, 10), (Transition::Refresh, Action::Skip));
    assert_eq!(judge(&entry, Stage::Won, 11), (Transition::Refresh, Action::Skip));
    assert_eq!(judge(&entry, Stage::Closed, 10), (Transition::Advance, Action::Report));
    assert_eq!(judge(&entry, Stage::Received, 9), (Transition::Stale, Action::Skip));
    assert_eq!(judge(&entry, Stage::Closed, 9), (Transition::Stale, Action::Skip));
    assert_eq!(judge(&entry, Stage::Received, 11), (Transition::Reopen, Action::Report));
    assert_eq!(judge(&entry, Stage::Alert, 11), (Transition::Illegal, Action::Block));
    // What nobody knows to have arrived counts as the last, and is told again.
    entry.in_flight = told(Stage::Lost, 12);
    assert_eq!(judge(&entry, Stage::Lost, 12), (Transition::Refresh, Action::Report));
    assert_eq!(judge(&entry, Stage::Won, 10), (Transition::Stale, Action::Skip));
    let strict = Lifecycle::default().refresh(Action::Block).reopen(Action::Block).illegal(Action::Report);
    assert_eq!(strict.judge(&entry, &of(Stage::Won, 13)), (Transition::Reopen, Action::Block));
    assert_eq!(strict.judge(&entry, &of(Stage::Alert, 13)), (Transition::Illegal, Action::Report));
    let json = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<LedgerEntry>(&json).unwrap(), entry);
}

fn with_spade(sandbox: &Sandbox, ledger: Arc<dyn Ledger>) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    Reporter::builder().required(spade).ledger(ledger).build().unwrap()
}

async fn outcome(reporter: &Reporter, chargeback: &Chargeback) -> String {
    reporter.report(chargeback).await.iter().next().unwrap().outcome().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_case_is_told_forward_and_never_back_by_accident() {
    let sandbox = Sandbox::in_memory();
    let reporter = with_spade(&sandbox, Arc::new(MemoryLedger::new()));
    let steps = [
        (of(Stage::Received, 1), "acknowledged"),
        (of(Stage::Received, 1), "skipped: refresh"),
        (of(Stage::Won, 5), "acknowledged"),
        (of(Stage::Contested, 3), "skipped: stale"),
        (of(Stage::Expired, 6), "blocked: illegal; nothing was sent"),
        (of(Stage::Lost, 7), "acknowledged"),
    ];
    for (chargeback, expected) in steps {
        assert_eq!(outcome(&reporter, &chargeback).await, expected, "{chargeback:?}");
    }
    let told: Vec<_> = sandbox.spade().cases()[0].history.iter().map(|told| told["state"].clone()).collect();
    assert_eq!(told, ["chargeback_pending", "chargeback_won", "chargeback_lost"]);
    let outcomes = reporter.report(&of(Stage::Received, 1)).await;
    assert!(outcomes.required_settled(), "a late report is nothing to worry about");
    assert!(matches!(outcomes.get(&spade::ID).unwrap().outcome(), Outcome::Skipped(Skipped::Step(Transition::Stale))));
}

#[tokio::test(start_paused = true)]
async fn whatever_order_they_come_in_the_latest_stands() {
    for seed in 0..40 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let sandbox = Sandbox::in_memory();
        let reporter = with_spade(&sandbox, Arc::new(MemoryLedger::new()));
        let mut life = vec![of(Stage::Received, 1), of(Stage::Contested, 2), of(Stage::Lost, 3), of(Stage::Won, 9)];
        dice.shuffle(&mut life);
        let mut tasks = tokio::task::JoinSet::new();
        for chargeback in life {
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
async fn the_vendors_id_of_a_case_outlives_the_process() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let process = || {
        let revcent: HttpProvider<_> = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
        Reporter::builder().required(revcent).ledger(Arc::clone(&ledger)).build().unwrap()
    };
    assert!(process().report(&of(Stage::Received, 1)).await.required_settled());
    let second = process().report(&of(Stage::Contested, 2)).await;
    assert!(second.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1, "the index shows nothing, the ledger does");
    let kept = ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap();
    assert_eq!(kept.vendor_case.as_deref(), Some(sandbox.revcent().cases()[0].key.as_str()));
    assert!(!format!("{kept:?}").contains("chargeback0000"), "{kept:?}");
}

#[tokio::test(start_paused = true)]
async fn a_doubt_outlives_the_process_and_a_person_settles_it() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let process = || {
        let revcent: HttpProvider<_> = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
        Reporter::builder().required(revcent).ledger(Arc::clone(&ledger)).build().unwrap()
    };
    let received = of(Stage::Received, 1);
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let killed = tokio::time::timeout(std::time::Duration::from_secs(1), process().report(&received)).await;
    assert!(killed.is_err() && sandbox.revcent().cases().len() == 1);
    // A new process, which knows only the ledger, while RevCent's search still shows nothing.
    let reporter = process();
    for _ in 0..3 {
        let outcomes = reporter.report(&received).await;
        let Outcome::Unknown(error) = outcomes.get(&revcent::ID).unwrap().outcome() else { panic!("{outcomes:?}") };
        assert_eq!(crate::support::kind(error), "in doubt");
    }
    assert_eq!(sandbox.revcent().cases().len(), 1, "never a second one");
    // Somebody has looked at the dashboard.
    let found = sandbox.revcent().cases()[0].key.clone();
    reporter.resolve_doubt(&revcent::ID, "case-1", chargeback::Resolution::Found(found.clone())).await.unwrap();
    assert!(reporter.report(&of(Stage::Contested, 2)).await.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
    let kept = ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap();
    assert_eq!((kept.in_flight, kept.vendor_case), (None, Some(found)));
}

#[tokio::test(start_paused = true)]
async fn who_finds_that_nothing_was_done_says_so_and_it_is_told() {
    let sandbox = Sandbox::in_memory();
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let received = of(Stage::Received, 1);
    let unclear = LedgerEntry::default();
    let unclear = serde_json::to_value(&unclear).map(|mut entry| {
        entry["in_flight"] = serde_json::to_value(ReportedStage::for_chargeback(&received)).unwrap();
        serde_json::from_value::<LedgerEntry>(entry).unwrap()
    });
    let unclear = unclear.unwrap();
    for provider in [&revcent::ID, &spade::ID] {
        ledger.write(provider, "case-1", &unclear).await.unwrap();
    }
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let reporter = Reporter::builder().required(revcent.clone()).required(spade.clone());
    let reporter = reporter.ledger(Arc::clone(&ledger)).build().unwrap();
    let outcomes = reporter.report(&received).await;
    assert!(matches!(outcomes.get(&spade::ID).unwrap().outcome(), Outcome::Acknowledged(_)), "it may be told twice");
    assert!(
        matches!(outcomes.get(&revcent::ID).unwrap().outcome(), Outcome::Unknown(_)),
        "an empty search is no proof"
    );
    let entry = ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap();
    assert!(entry.in_flight.is_some() && !revcent.is_in_doubt("case-1"), "the ledger keeps the doubt");
    reporter.resolve_doubt(&revcent::ID, "case-1", chargeback::Resolution::NotFound).await.unwrap();
    assert!(ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap().in_flight.is_none());
    assert!(reporter.report(&of(Stage::Contested, 2)).await.required_settled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_unknown_is_told_again_and_what_was_not_sent_is_as_before() {
    let sandbox = Sandbox::in_memory();
    let ledger = Arc::new(MemoryLedger::new());
    let reporter = with_spade(&sandbox, ledger.clone());
    sandbox.spade().fail_always(Fault::after_acting(FaultKind::Reset));
    let outcomes = reporter.report(&of(Stage::Received, 1)).await;
    assert!(matches!(outcomes.get(&spade::ID).unwrap().outcome(), Outcome::Unknown(_)));
    let kept = || async { ledger.read(&spade::ID, "case-1").await.unwrap().unwrap_or_default() };
    assert_eq!((kept().await.acknowledged, kept().await.in_flight.unwrap().stage), (None, Stage::Received));
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::Unreachable));
    assert!(!reporter.report(&of(Stage::Lost, 2)).await.required_settled());
    assert_eq!(kept().await.in_flight.unwrap().stage, Stage::Received, "lost was never sent");
    sandbox.spade().recover();
    assert_eq!(outcome(&reporter, &of(Stage::Received, 1)).await, "acknowledged");
    assert_eq!(kept().await.in_flight, None);
    // A call that is dropped leaves it unclear too.
    sandbox.spade().fail_next(Fault::after_acting(FaultKind::Silence));
    let lost = of(Stage::Lost, 2);
    let dropped = tokio::time::timeout(std::time::Duration::from_secs(1), reporter.report(&lost)).await;
    assert!(dropped.is_err() && kept().await.in_flight.unwrap().stage == Stage::Lost);
}

/// A ledger that fails when it is told to.
#[derive(Debug, Default)]
struct Broken {
    inner: MemoryLedger,
    reads: AtomicBool,
    writes: AtomicBool,
    writes_after: AtomicBool,
}

#[async_trait]
impl Ledger for Broken {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        if self.reads.load(Ordering::SeqCst) {
            return Err(LedgerError::new("the database is down"));
        }
        self.inner.read(provider, case_id).await
    }

    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError> {
        let after = entry.in_flight.is_none() && self.writes_after.load(Ordering::SeqCst);
        if after || self.writes.load(Ordering::SeqCst) {
            return Err(LedgerError::new("the disk is full"));
        }
        self.inner.write(provider, case_id, entry).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_fails_stops_the_report_or_says_so_after_it() {
    let sandbox = Sandbox::in_memory();
    let broken = Arc::new(Broken::default());
    let reporter = with_spade(&sandbox, broken.clone());
    for flag in [&broken.reads, &broken.writes] {
        flag.store(true, Ordering::SeqCst);
        let outcomes = reporter.report(&of(Stage::Received, 1)).await;
        let told = outcomes.get(&spade::ID).unwrap();
        assert!(matches!(told.outcome(), Outcome::Blocked(Blocked::Ledger(_))) && told.may_be_retried());
        assert!(told.outcome().error().is_none() && !outcomes.required_settled());
        assert_eq!(sandbox.spade().requests(), 0, "nothing is sent that could not be remembered");
        flag.store(false, Ordering::SeqCst);
    }
    broken.writes_after.store(true, Ordering::SeqCst);
    let outcomes = reporter.report(&of(Stage::Received, 1)).await;
    let told = outcomes.get(&spade::ID).unwrap();
    assert!(matches!(told.outcome(), Outcome::Acknowledged(_)) && told.ledger_error().is_some());
    // It stands as under way, so the same is sent again rather than taken for told.
    broken.writes_after.store(false, Ordering::SeqCst);
    let outcomes = reporter.report(&of(Stage::Received, 1)).await;
    assert!(outcomes.required_settled() && outcomes.get(&spade::ID).unwrap().ledger_error().is_none());
    assert_eq!((sandbox.spade().requests(), broken.inner.len()), (2, 1));
    assert!(!broken.inner.is_empty());
}

/// Which of two stages at one second came first, the graph says.
#[test]
fn of_two_stages_at_one_time_the_later_in_life_stands() {
    let judge = |last: Stage, next: Stage| {
        let mut entry = LedgerEntry::default();
        entry.acknowledged = Some(ReportedStage::new(last, at(3, 9)));
        Lifecycle::default().judge(&entry, &of(next, 3))
    };
    assert_eq!(judge(Stage::Refunded, Stage::Received), (Transition::Stale, Action::Skip));
    assert_eq!(judge(Stage::Won, Stage::Lost), (Transition::Stale, Action::Skip));
    assert_eq!(judge(Stage::Received, Stage::Won), (Transition::Advance, Action::Report));
    // There is no step back in the graph, and a feed of days tells both again when it is read again.
    assert_eq!(judge(Stage::Accepted, Stage::Received), (Transition::Stale, Action::Skip));
    assert_eq!(judge(Stage::Lost, Stage::UnderReview), (Transition::Stale, Action::Skip));
    assert_eq!(judge(Stage::Alert, Stage::Won), (Transition::Illegal, Action::Block));
}

#[tokio::test(start_paused = true)]
async fn what_was_never_sent_leaves_what_is_unclear() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    let provider = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let reporter = Reporter::builder().required(provider).ledger(Arc::clone(&ledger)).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let received = of(Stage::Received, 1);
    let dropped = tokio::time::timeout(std::time::Duration::from_secs(1), reporter.report(&received)).await;
    assert!(dropped.is_err());
    // RevCent has no word for it, and nothing is sent.
    let outcomes = reporter.report(&of(Stage::PreArbitration, 2)).await;
    let told = outcomes.get(&revcent::ID).unwrap();
    assert!(matches!(told.outcome(), Outcome::Unknown(chargeback::Error::Unsupported(_))), "{told:?}");
    assert!(!told.may_be_retried(), "it can never be said");
    let kept = ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap();
    assert_eq!(kept.in_flight.unwrap().stage, Stage::Received);
    // So the retry of what is unclear is not late.
    let again = reporter.report(&received).await;
    assert!(matches!(again.get(&revcent::ID).unwrap().outcome(), Outcome::Unknown(_)), "{again:?}");
    assert!(
        reporter.resolve_doubt(&spade::ID, "case-1", chargeback::Resolution::NotFound).await.is_err(),
        "it has no such vendor"
    );
}

#[tokio::test(start_paused = true)]
async fn a_doubt_that_begins_while_an_older_one_is_resolved_stays() {
    let sandbox = Sandbox::in_memory();
    let provider = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().lag_index(1_000);
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let received = of(Stage::Received, 1);
    let report = tokio::time::timeout(
        std::time::Duration::from_secs(1),
        chargeback::ChargebackProvider::report(&provider, &received),
    );
    let (dropped, ()) = tokio::join!(report, async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        // Somebody who looked before this report began.
        chargeback::ChargebackProvider::resolve_doubt(&provider, "case-1", chargeback::Resolution::NotFound).unwrap();
    });
    assert!(dropped.is_err() && provider.is_in_doubt("case-1"));
    let again = chargeback::ChargebackProvider::report(&provider, &received).await.unwrap_err();
    assert_eq!((crate::support::kind(&again), sandbox.revcent().cases().len()), ("in doubt", 1));
}

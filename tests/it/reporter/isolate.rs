//! A panic in a filter, a provider or a ledger is the outcome of its vendor. All other vendors are reported to.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, MemoryLedger, Version, Versioned};
use chargeback::revcent::RevCent;
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::{
    BulkOptions, Capabilities, Chargeback, ChargebackProvider, Delivery, Error, ErrorKind, HttpProvider, InvalidError,
    Outcome, OutcomeRecord, Plan, ProviderId, ProviderOutcome, Receipt, ReportContext, Reporter, Resolution, Stage,
    Target, Throttled, TurnGuard, async_trait, revcent,
};
use futures_util::{StreamExt as _, stream};

use super::{case_at, numbered_case};

/// A place in which user code can panic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    Filter,
    Turn,
    Plan,
    /// Before the call returns its future.
    Call,
    BeforeWrite,
    AfterWrite,
    Throttle,
    LedgerRead,
    LedgerMark,
    LedgerOutcome,
}

const PLACES: &[Place] = &[
    Place::Filter,
    Place::Turn,
    Place::Plan,
    Place::Call,
    Place::BeforeWrite,
    Place::AfterWrite,
    Place::Throttle,
    Place::LedgerRead,
    Place::LedgerMark,
    Place::LedgerOutcome,
];

impl Place {
    const fn is_ledger(self) -> bool {
        matches!(self, Self::LedgerRead | Self::LedgerMark | Self::LedgerOutcome)
    }

    /// The delivery of the outcome of a report; `None` if the place is not reached.
    const fn delivery(self, with_ledger: bool) -> Option<Delivery> {
        match self {
            Self::Filter => Some(Delivery::NotSent),
            // Without a ledger, no mark shows that no write was sent.
            Self::Turn | Self::LedgerRead | Self::LedgerMark | Self::Call | Self::BeforeWrite if with_ledger => {
                Some(Delivery::NotSent)
            }
            Self::Call | Self::BeforeWrite | Self::AfterWrite => Some(Delivery::Unknown),
            Self::LedgerOutcome if with_ledger => Some(Delivery::Unknown),
            _ => None,
        }
    }
}

/// The current place, which all parts share.
#[derive(Debug, Clone)]
struct Fault(Arc<Mutex<Place>>);

impl Fault {
    fn new(place: Place) -> Self {
        Self(Arc::new(Mutex::new(place)))
    }

    fn end(&self) {
        *self.0.lock().unwrap() = Place::Nowhere;
    }

    fn at(&self, place: Place) {
        let is_here = *self.0.lock().unwrap() == place;
        assert!(!is_here, "a fault of canary-text at {place:?}");
    }
}

/// RevCent, with faults.
#[derive(Debug)]
struct Faulty {
    inner: HttpProvider<RevCent>,
    fault: Fault,
}

#[async_trait]
impl ChargebackProvider for Faulty {
    fn id(&self) -> ProviderId {
        self.inner.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        self.fault.at(Place::Plan);
        self.inner.plan(chargeback)
    }

    fn report<'a, 'b, 'f>(
        &'a self,
        chargeback: &'b Chargeback,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Receipt, Error>> + Send + 'f>>
    where
        'a: 'f,
        'b: 'f,
    {
        self.fault.at(Place::Call);
        Box::pin(async {
            self.fault.at(Place::BeforeWrite);
            let result = self.inner.report(chargeback).await;
            self.fault.at(Place::AfterWrite);
            result
        })
    }

    async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
        self.fault.at(Place::Call);
        self.fault.at(Place::BeforeWrite);
        let result = self.inner.report_with(chargeback, context).await;
        self.fault.at(Place::AfterWrite);
        result
    }

    async fn turn(&self, case_id: &str) -> TurnGuard {
        self.fault.at(Place::Turn);
        self.inner.turn(case_id).await
    }

    fn resolve_doubt(&self, case_id: &str, resolution: Resolution) -> Result<(), InvalidError> {
        self.inner.resolve_doubt(case_id, resolution)
    }
}

impl Throttled for Faulty {
    fn throttled_for(&self) -> Duration {
        self.fault.at(Place::Throttle);
        Duration::ZERO
    }
}

/// A ledger, with faults for RevCent.
#[derive(Debug)]
struct FaultyLedger {
    inner: MemoryLedger,
    fault: Fault,
}

#[async_trait]
impl Ledger for FaultyLedger {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        if *provider == revcent::ID {
            self.fault.at(Place::LedgerRead);
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
        if *provider == revcent::ID {
            self.fault.at(if entry.in_flight.is_some() { Place::LedgerMark } else { Place::LedgerOutcome });
        }
        self.inner.write(provider, case_id, entry, replaces).await
    }
}

/// A reporter to RevCent with a fault, between two vendors without one.
fn reporter(sandbox: &Sandbox, fault: &Fault, with_ledger: bool) -> Reporter {
    let inner = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let filter = fault.clone();
    let faulty = Target::required(Faulty { inner, fault: fault.clone() }).filter(move |_| {
        filter.at(Place::Filter);
        true
    });
    let mut builder = Reporter::builder()
        .required(sandbox.connect(sandbox.thirdwatch_connector()).build().unwrap())
        .target(faulty)
        .required(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap());
    if with_ledger {
        builder = builder.ledger(FaultyLedger { inner: MemoryLedger::new(), fault: fault.clone() });
    }
    builder.build().unwrap()
}

/// Checks the outcome at RevCent.
fn check(result: &ProviderOutcome, delivery: Option<Delivery>, context: &str) {
    let outcome = result.outcome();
    let Some(delivery) = delivery else {
        assert!(matches!(outcome, Outcome::Acknowledged(_)), "{context}: {outcome}");
        return;
    };
    let error = outcome.error().unwrap_or_else(|| panic!("{context}: {outcome}"));
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Panicked, delivery), "{context}");
    assert_eq!(matches!(outcome, Outcome::Unknown(_)), delivery == Delivery::Unknown, "{context}: {outcome}");
    assert!(!error.is_retryable() && !outcome.is_settled(), "{context}");
    let shown = format!("{outcome} {outcome:?} {}", serde_json::to_string(&OutcomeRecord::from(result)).unwrap());
    assert!(shown.contains("revcent report: panicked; ") && !shown.contains("canary"), "{shown}");
}

fn configurations() -> impl Iterator<Item = (Place, bool)> {
    PLACES
        .iter()
        .flat_map(|&place| [(place, false), (place, true)])
        .filter(|(place, ledger)| *ledger || !place.is_ledger())
}

#[tokio::test(start_paused = true)]
async fn panic_is_the_outcome_of_its_vendor() {
    for (place, with_ledger) in configurations() {
        let context = format!("{place:?}, ledger: {with_ledger}");
        let (sandbox, fault) = (Sandbox::in_memory(), Fault::new(place));
        let reporter = reporter(&sandbox, &fault, with_ledger);
        let outcomes = reporter.report(&case_at(Stage::Received)).await;
        check(outcomes.get(&revcent::ID).unwrap(), place.delivery(with_ledger), &context);
        for outcome in outcomes.iter().filter(|outcome| *outcome.provider() != revcent::ID) {
            assert!(matches!(outcome.outcome(), Outcome::Acknowledged(_)), "{context}: {outcome:?}");
        }
        assert_eq!(outcomes.required_settled(), place.delivery(with_ledger).is_none(), "{context}");
        // The turn of the case is free, nothing is sent twice, and the vendor has one record in the end.
        fault.end();
        let case = case_at(Stage::Contested).to_builder().representment(chargeback::Representment::initiated());
        let case = case.stage(Stage::Contested, crate::support::at(9, 9)).build().unwrap();
        let again = tokio::time::timeout(Duration::from_secs(600), reporter.report_to(&revcent::ID, &case)).await;
        let again = again.unwrap_or_else(|_| panic!("{context}: the turn is still taken")).unwrap();
        assert!(matches!(again.outcome(), Outcome::Acknowledged(_)), "{context}: {}", again.outcome());
        assert_eq!(sandbox.revcent().cases().len(), 1, "{context}");
    }
}

#[tokio::test(start_paused = true)]
async fn panic_in_a_retry_is_the_outcome_of_its_vendor() {
    for (place, with_ledger) in configurations() {
        let context = format!("{place:?}, ledger: {with_ledger}");
        let (sandbox, fault) = (Sandbox::in_memory(), Fault::new(place));
        let reporter = reporter(&sandbox, &fault, with_ledger);
        let case = case_at(Stage::Received);
        let before = reporter.report(&case).await;
        let retried = before.get(&revcent::ID).unwrap().may_be_retried();
        assert_eq!(retried, place.delivery(with_ledger) == Some(Delivery::Unknown), "{context}");
        let outcomes = reporter.retry_failed(&case, before).await;
        assert_eq!(outcomes.iter().count(), 3, "{context}");
        let one = reporter.report_to(&revcent::ID, &case).await.unwrap();
        assert_eq!(one.outcome().is_settled(), place.delivery(with_ledger).is_none(), "{context}");
    }
}

#[tokio::test(start_paused = true)]
async fn panic_in_a_bulk_is_the_outcome_of_its_vendor() {
    for (place, with_ledger) in configurations() {
        let context = format!("{place:?}, ledger: {with_ledger}");
        let (sandbox, fault) = (Sandbox::in_memory(), Fault::new(place));
        let reporter = reporter(&sandbox, &fault, with_ledger);
        let cases = stream::iter((0..4).map(numbered_case));
        let results: Vec<_> = reporter.report_all(cases, BulkOptions::default()).collect().await;
        assert_eq!(results.len(), 12, "{context}");
        for done in results {
            if *done.result.provider() == revcent::ID {
                let not_sent = (place == Place::Throttle).then_some(Delivery::NotSent);
                check(&done.result, place.delivery(with_ledger).or(not_sent), &context);
            } else {
                assert!(matches!(done.result.outcome(), Outcome::Acknowledged(_)), "{context}: {:?}", done.result);
            }
        }
    }
}

#[tokio::test]
async fn panic_in_a_plan_is_the_plan_of_its_vendor() {
    let sandbox = Sandbox::in_memory();
    for place in [Place::Filter, Place::Plan] {
        let reporter = reporter(&sandbox, &Fault::new(place), false);
        let plans = reporter.plan(&case_at(Stage::Received));
        let kinds: Vec<_> = plans.iter().map(|(_, plan)| plan.as_ref().err().map(Error::kind)).collect();
        assert_eq!(kinds, [None, Some(ErrorKind::Panicked), None], "{place:?}");
    }
}

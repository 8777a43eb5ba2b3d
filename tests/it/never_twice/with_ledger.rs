//! Reporters with a ledger: the mark is stored before every write, a restart loses no doubt, and no case is created
//! twice.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chargeback::lifecycle::{Ledger, LedgerEntry, MemoryLedger};
use chargeback::sandbox::{RecordedCase, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::{
    Chargeback, HttpProvider, Outcome, ProviderId, Reason, Reporter, Representment, Resolution, Stage, Throttled,
    async_trait,
};
use http::{Request, Response};

use super::chaos::{Chaos, Dice};
use super::{await_or_drop, schedules};
use crate::support::{at, plain};

const CASE: &str = "case-1";

/// Checks the mark of the case when a write is sent.
#[derive(Debug, Clone)]
struct Marked {
    chaos: Chaos,
    ledger: Arc<MemoryLedger>,
    provider: ProviderId,
}

#[async_trait]
impl Transport for Marked {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let body = String::from_utf8_lossy(request.body());
        if request.method() == "POST" && !body.contains("\"requery\"") {
            let entry = self.ledger.read(&self.provider, CASE).await.unwrap();
            assert!(
                entry.is_some_and(|stored| stored.value.in_flight.is_some()),
                "{}: a write was sent without a mark",
                self.provider
            );
        }
        self.chaos.send(request, limits).await
    }
}

/// A vendor: its provider over this transport, and the records of its fake.
type Vendor =
    (ProviderId, fn(&Sandbox, Arc<dyn Transport>, u64) -> Arc<dyn Throttled>, fn(&Sandbox) -> Vec<RecordedCase>);

fn connect<V: chargeback::connector::Connector>(
    vendor: V,
    transport: Arc<dyn Transport>,
    seed: u64,
) -> Arc<dyn Throttled> {
    let dice = Arc::new(Dice::new(seed));
    let builder = HttpProvider::builder(vendor).transport(transport);
    Arc::new(builder.clock(Arc::clone(&dice)).jitter(dice).build().unwrap())
}

const VENDORS: [Vendor; 3] = [
    (
        chargeback::revcent::ID,
        |sandbox, transport, seed| connect(sandbox.revcent_connector(), transport, seed),
        |sandbox| sandbox.revcent().cases(),
    ),
    (
        chargeback::spade::ID,
        |sandbox, transport, seed| connect(sandbox.spade_connector(WonMeans::MerchantWon), transport, seed),
        |sandbox| sandbox.spade().cases(),
    ),
    (
        chargeback::pipwave::ID,
        |sandbox, transport, seed| connect(sandbox.pipwave_connector(), transport, seed),
        |sandbox| sandbox.pipwave().cases(),
    ),
];

/// The number of reports, acknowledged reports, and doubts that a person resolved.
#[derive(Debug, Default, Clone, Copy)]
struct Tally(usize, usize, usize);

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |a, b| Self(a.0 + b.0, a.1 + b.1, a.2 + b.2))
    }
}

fn case_at(stage: Stage, day: u32) -> Chargeback {
    let builder = plain(CASE, stage, Reason::FraudOther).stage(stage, at(day, 1));
    // RevCent records an outcome only for a representment.
    let builder = if stage == Stage::Lost { builder.representment(Representment::initiated()) } else { builder };
    builder.build().unwrap()
}

/// Two reporters over one provider, as two parts of one process have them.
fn process(vendor: &Vendor, sandbox: &Sandbox, marked: &Marked, seed: u64) -> [Reporter; 2] {
    let provider = (vendor.1)(sandbox, Arc::new(marked.clone()), seed);
    [(); 2].map(|()| {
        let builder = Reporter::builder().required(Arc::clone(&provider));
        builder.ledger(Arc::clone(&marked.ledger)).build().unwrap()
    })
}

async fn entry(marked: &Marked) -> LedgerEntry {
    marked.ledger.read(&marked.provider, CASE).await.unwrap().map(|stored| stored.value).unwrap_or_default()
}

/// Reports once; checks that the ledger fits the outcome.
async fn report(reporter: &Reporter, marked: &Marked, number: usize, chargeback: &Chargeback, seed: u64) -> bool {
    let mut dice = fastrand::Rng::with_seed(seed);
    let Some(outcomes) = await_or_drop(number, &mut dice, reporter.report(chargeback)).await else { return false };
    let outcome = outcomes.get(&marked.provider).unwrap();
    match outcome.outcome() {
        Outcome::Acknowledged(receipt) => {
            assert!(receipt.is_complete(), "{receipt:?}");
            true
        }
        Outcome::Unknown(_) => {
            assert!(entry(marked).await.in_flight.is_some(), "a doubt was lost: {outcome:?}");
            false
        }
        Outcome::Failed(_) | Outcome::Skipped(_) => false,
        other => panic!("{other:?}"),
    }
}

async fn schedule(seed: u64) -> Tally {
    let mut dice = fastrand::Rng::with_seed(seed);
    let vendor = &VENDORS[dice.usize(0..VENDORS.len())];
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(dice.u64(0..5));
    let lates = dice.bool() && vendor.0 == chargeback::revcent::ID;
    let chaos = Chaos::new(sandbox.transport().unwrap(), dice.u64(..), lates);
    let marked = Marked { chaos, ledger: Arc::default(), provider: vendor.0.clone() };
    let mut reporters = process(vendor, &sandbox, &marked, dice.u64(..));
    let (mut number, mut tally) = (0, Tally::default());
    for (day, stage) in [(1, Stage::Received), (2, Stage::Received), (3, Stage::Lost)] {
        for _ in 0..dice.u32(1..4) {
            let (chargeback, seeds) = (case_at(stage, day), [dice.u64(..), dice.u64(..)]);
            let [one, two] = &reporters;
            // Both reporters get the event at the same time.
            let (first, second) = tokio::join!(
                report(one, &marked, number, &chargeback, seeds[0]),
                report(two, &marked, number + 1, &chargeback, seeds[1])
            );
            number += 2;
            tally.0 += 2;
            tally.1 += usize::from(first) + usize::from(second);
            assert!((vendor.2)(&sandbox).len() <= 1, "created twice");
            if dice.u32(0..4) == 0 {
                reporters = process(vendor, &sandbox, &marked, dice.u64(..));
            }
        }
    }
    // Late requests arrive in this time.
    tokio::time::sleep(Duration::from_secs(200)).await;
    tally.2 = finish(vendor, &sandbox, &marked, &mut dice).await;
    tally
}

/// Delivers the last stage over a network without faults. A doubt that remains is resolved by a person, who sees the
/// records of the vendor.
async fn finish(vendor: &Vendor, sandbox: &Sandbox, marked: &Marked, dice: &mut fastrand::Rng) -> usize {
    let records = || (vendor.2)(sandbox);
    let provider = (vendor.1)(sandbox, sandbox.transport().unwrap(), dice.u64(..));
    let reporter = Reporter::builder().required(provider).ledger(Arc::clone(&marked.ledger)).build().unwrap();
    let lost = case_at(Stage::Lost, 3);
    let mut resolved = 0;
    for _ in 0..8 {
        let outcomes = reporter.report(&lost).await;
        if outcomes.required_settled() {
            break;
        }
        let Outcome::Unknown(error) = outcomes.get(&vendor.0).unwrap().outcome() else { panic!("{outcomes:?}") };
        assert!(matches!(error, chargeback::Error::InDoubt(_)), "{error}");
        let resolution = match records().first() {
            Some(record) if vendor.0 == chargeback::revcent::ID => Resolution::Found(record.key.clone()),
            Some(record) if record.state.to_string().contains("\"chargeback\"") => Resolution::Applied,
            _ => Resolution::NotFound,
        };
        reporter.resolve_doubt(&vendor.0, CASE, resolution).await.unwrap();
        resolved += 1;
    }
    let entry = entry(marked).await;
    assert_eq!((entry.in_flight, entry.acknowledged.map(|last| last.stage)), (None, Some(Stage::Lost)), "{}", vendor.0);
    assert_eq!(records().len(), 1, "{}", vendor.0);
    resolved
}

#[test]
fn reporter_with_a_ledger_never_acts_twice() {
    let tally = schedules("with a ledger", 0, schedule);
    println!("with a ledger: {tally:?}");
    assert!(tally.1 > 0 && tally.2 > 0, "the schedules are too easy or too hard: {tally:?}");
}

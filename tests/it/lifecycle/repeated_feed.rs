//! A feed that is delivered until every report is acknowledged: no stage in flight is lost, whatever the first reports
//! of each stage returned.

use std::sync::Arc;

use chargeback::lifecycle::{Action, Ledger as _, Lifecycle, MemoryLedger, ReportedStage};
use chargeback::{Delivery, Error, ErrorDetails, Receipt, Reporter, Stage};

use crate::provider::outside::{MOCK, Mock};
use crate::support::{Events, at, plain};

/// The result of the first report of a stage.
#[derive(Debug, Clone, Copy)]
enum First {
    Acknowledged,
    Rejected,
    Unknown,
}

const FIRST: [First; 3] = [First::Acknowledged, First::Rejected, First::Unknown];

fn result(first: First) -> Result<Receipt, Error> {
    match first {
        First::Acknowledged => Ok(Receipt::new(MOCK).with_wrote(true)),
        First::Rejected => Err(Error::rejected(ErrorDetails::new(MOCK, "report", Delivery::Rejected))),
        First::Unknown => Err(Error::unavailable(ErrorDetails::new(MOCK, "report", Delivery::Unknown))),
    }
}

async fn check(events: &[(Stage, u32)], first: &[First]) {
    let mock = Mock::new(&Events::default(), first.iter().map(|first| result(*first)));
    let ledger = Arc::new(MemoryLedger::new());
    // Illegal transitions are sent too: they depend on the stage before, and so on the order of arrival.
    let lifecycle = Lifecycle::default().illegal(Action::Report);
    let reporter = Reporter::builder().required(mock).ledger(Arc::clone(&ledger)).lifecycle(lifecycle);
    let reporter = reporter.build().unwrap();
    let cases: Vec<_> = events
        .iter()
        .map(|(stage, day)| plain("case-1", *stage, chargeback::Reason::Other).stage(*stage, at(*day, 9)))
        .map(|builder| builder.build().unwrap())
        .collect();
    // One round for each result, and one in which the vendor acknowledges everything.
    for case in cases.iter().cycle().take(cases.len() * (first.len() + 1)) {
        let _ = reporter.report(case).await;
    }
    let stored = ledger.read(&MOCK, "case-1").await.unwrap().unwrap().value;
    let order = |case: &&chargeback::Chargeback| {
        (case.occurred_at(), Stage::ALL.iter().position(|stage| *stage == case.stage()))
    };
    let latest = ReportedStage::for_chargeback(cases.iter().max_by_key(order).unwrap());
    assert_eq!((stored.in_flight, stored.acknowledged), (None, Some(latest)), "{events:?} {first:?}");
}

#[tokio::test]
async fn every_pair_of_stages_ends_in_the_latest_one() {
    for &one in Stage::ALL {
        for &two in Stage::ALL {
            for days in [[1, 2], [2, 1], [1, 1]] {
                for first in FIRST.iter().flat_map(|a| FIRST.map(|b| [*a, b])) {
                    check(&[(one, days[0]), (two, days[1])], &first).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn random_triples_of_stages_end_in_the_latest_one() {
    let mut dice = fastrand::Rng::with_seed(20_261_126);
    for _ in 0..3_000 {
        let events = [0; 3].map(|_| (Stage::ALL[dice.usize(0..Stage::ALL.len())], dice.u32(1..=3)));
        let first = [0; 4].map(|_| FIRST[dice.usize(0..3)]);
        check(&events, &first).await;
    }
}

//! Vendors with idempotent calls: the record ends at the latest acknowledged stage.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::sandbox::{RecordedCase, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{ChargebackProvider, Delivery, Reason, Stage};

use super::chaos::Chaos;
use super::{Ended, await_or_drop, boxed_process, check_errors, schedules};
use crate::support::plain;

/// A vendor: its provider, the stages of a case, and the records of its fake.
type Connector = (
    fn(&Sandbox, &Chaos, &mut fastrand::Rng) -> Arc<dyn ChargebackProvider>,
    [Stage; 4],
    fn(&Sandbox) -> Vec<RecordedCase>,
);

const VENDORS: [Connector; 4] = [
    (
        |sandbox, network, dice| boxed_process(sandbox.thirdwatch_connector(), network, dice),
        [Stage::Received, Stage::Contested, Stage::Contested, Stage::Won],
        |sandbox| sandbox.thirdwatch().cases(),
    ),
    (
        |sandbox, network, dice| boxed_process(sandbox.tutelar_connector(DefeatedMeans::MerchantWon), network, dice),
        [Stage::Contested, Stage::PreArbitration, Stage::PreArbitration, Stage::Won],
        |sandbox| sandbox.tutelar().cases(),
    ),
    (
        |sandbox, network, dice| boxed_process(sandbox.spade_connector(WonMeans::MerchantWon), network, dice),
        [Stage::Received, Stage::Contested, Stage::Lost, Stage::Won],
        |sandbox| sandbox.spade().cases(),
    ),
    (
        |sandbox, network, dice| boxed_process(sandbox.pipwave_connector(), network, dice),
        [Stage::Received, Stage::Received, Stage::Lost, Stage::Reversed],
        |sandbox| sandbox.pipwave().cases(),
    ),
];

/// The results of the reports of one case, in the order in which the vendor received them.
type Log = Arc<Mutex<Vec<(usize, String, Ended)>>>;

/// The number of reports, and of acknowledged ones.
#[derive(Debug, Default, Clone, Copy)]
struct Tally(usize, usize);

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |a, b| Self(a.0 + b.0, a.1 + b.1))
    }
}

async fn schedule(seed: u64) -> Tally {
    let mut dice = fastrand::Rng::with_seed(seed);
    let (connect, stages, records) = VENDORS[dice.usize(0..VENDORS.len())];
    let sandbox = Sandbox::in_memory();
    let network = Chaos::new(sandbox.transport().unwrap(), dice.u64(..), false);
    let mut provider = connect(&sandbox, &network, &mut dice);
    let log = Log::default();
    let mut tasks = tokio::task::JoinSet::new();
    for (number, stage) in stages.into_iter().enumerate() {
        let case = plain("case-1", stage, Reason::FraudOther).build().unwrap();
        let value = provider.plan(&case).unwrap().stage_value().to_owned();
        let (provider_, log, seed) = (Arc::clone(&provider), Arc::clone(&log), dice.u64(..));
        tasks.spawn(async move {
            let mut dice = fastrand::Rng::with_seed(seed);
            let ended =
                await_or_drop(number, &mut dice, provider_.report(&case)).await.map_or(Ended::Dropped, Ended::Returned);
            log.lock().unwrap().push((number, value, ended));
        });
        // The next report starts during this one or later, possibly in a new process.
        tokio::time::sleep(Duration::from_millis(dice.u64(0..20_000))).await;
        if dice.u32(0..6) == 0 {
            while tasks.join_next().await.is_some_and(|task| task.is_ok()) {}
            provider = connect(&sandbox, &network, &mut dice);
        }
    }
    for ended in tasks.join_all().await {
        let () = ended;
    }
    finish(&log, &network, &records(&sandbox), provider.id().as_str());
    let log = log.lock().unwrap();
    Tally(log.len(), log.iter().filter(|(.., ended)| matches!(ended, Ended::Returned(Ok(_)))).count())
}

/// Checks that the record has the last acknowledged value, or a later value with an unknown outcome.
fn finish(log: &Log, network: &Chaos, records: &[RecordedCase], vendor: &str) {
    let log = log.lock().unwrap();
    check_errors(&network.sent(), log.iter().map(|(number, _, ended)| (*number, ended)));
    let mut possible = Vec::new();
    let mut acknowledged = false;
    for (_, value, ended) in log.iter().rev() {
        match ended {
            Ended::Returned(Ok(_)) => {
                possible.push(value);
                acknowledged = true;
                break;
            }
            Ended::Returned(Err(error)) if error.delivery() == Delivery::Unknown => possible.push(value),
            Ended::Returned(Err(_)) => {}
            Ended::Dropped => possible.push(value),
        }
    }
    assert!(records.len() <= 1 && (!acknowledged || records.len() == 1), "{vendor}: {records:?}");
    let Some(record) = records.first() else { return };
    let record = record.state.to_string();
    let expected = possible.iter().any(|value| record.contains(&format!("\"{value}\"")));
    assert!(expected, "{vendor} has {record}, expected one of {possible:?}: {log:?}");
}

fn run(part: u64) {
    let tally = schedules("latest stage", part, schedule);
    println!("latest stage: {tally:?}");
    assert!(tally.1 * 2 > tally.0, "fewer than half of the reports were acknowledged: {tally:?}");
}

#[test]
fn vendor_keeps_the_latest_stage_part_1() {
    run(0);
}

#[test]
fn vendor_keeps_the_latest_stage_part_2() {
    run(1);
}

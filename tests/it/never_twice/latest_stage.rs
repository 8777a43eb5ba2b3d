//! The vendors whose calls may be repeated: what stands in the end is what was acknowledged last.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::sandbox::{RecordedCase, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{ChargebackProvider, Delivery, Reason, Stage};

use super::chaos::Chaos;
use super::{Ended, check_errors, dynamic, perhaps, schedules};
use crate::support::plain;

/// The vendors, the stages that a case goes through there, and where the fake keeps it.
type Connector = (
    fn(&Sandbox, &Chaos, &mut fastrand::Rng) -> Arc<dyn ChargebackProvider>,
    [Stage; 4],
    fn(&Sandbox) -> Vec<RecordedCase>,
);

const VENDORS: [Connector; 4] = [
    (
        |sandbox, network, dice| dynamic(sandbox.thirdwatch_connector(), network, dice),
        [Stage::Received, Stage::Contested, Stage::Contested, Stage::Won],
        |sandbox| sandbox.thirdwatch().cases(),
    ),
    (
        |sandbox, network, dice| dynamic(sandbox.tutelar_connector(DefeatedMeans::MerchantWon), network, dice),
        [Stage::Contested, Stage::PreArbitration, Stage::PreArbitration, Stage::Won],
        |sandbox| sandbox.tutelar().cases(),
    ),
    (
        |sandbox, network, dice| dynamic(sandbox.spade_connector(WonMeans::MerchantWon), network, dice),
        [Stage::Received, Stage::Contested, Stage::Lost, Stage::Won],
        |sandbox| sandbox.spade().cases(),
    ),
    (
        |sandbox, network, dice| dynamic(sandbox.pipwave_connector(), network, dice),
        [Stage::Received, Stage::Received, Stage::Lost, Stage::Reversed],
        |sandbox| sandbox.pipwave().cases(),
    ),
];

/// Reports of one case, as they ended: each runs alone, so this is the order in which the vendor heard them.
type Log = Arc<Mutex<Vec<(usize, String, Ended)>>>;

/// How many reports were made, and how many of them acknowledged.
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
        let word = provider.plan(&case).unwrap().stage_value().to_owned();
        let (provider_, log, seed) = (Arc::clone(&provider), Arc::clone(&log), dice.u64(..));
        tasks.spawn(async move {
            let mut dice = fastrand::Rng::with_seed(seed);
            let ended =
                perhaps(number, &mut dice, provider_.report(&case)).await.map_or(Ended::Dropped, Ended::ReportedStage);
            log.lock().unwrap().push((number, word, ended));
        });
        // The next one comes while this runs, or later; the process may be another by then.
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
    Tally(log.len(), log.iter().filter(|(.., ended)| matches!(ended, Ended::ReportedStage(Ok(_)))).count())
}

/// What stands is the last word that was acknowledged, or one after it of which nobody knows whether it was heard.
fn finish(log: &Log, network: &Chaos, records: &[RecordedCase], vendor: &str) {
    let log = log.lock().unwrap();
    check_errors(&network.sent(), log.iter().map(|(number, _, ended)| (*number, ended)));
    let mut possible = Vec::new();
    let mut acknowledged = false;
    for (_, word, ended) in log.iter().rev() {
        match ended {
            Ended::ReportedStage(Ok(_)) => {
                possible.push(word);
                acknowledged = true;
                break;
            }
            Ended::ReportedStage(Err(error)) if error.delivery() == Delivery::Unknown => possible.push(word),
            Ended::ReportedStage(Err(_)) => {}
            Ended::Dropped => possible.push(word),
        }
    }
    assert!(records.len() <= 1 && (!acknowledged || records.len() == 1), "{vendor}: {records:?}");
    let Some(record) = records.first() else { return };
    let stands = record.state.to_string();
    let known = possible.iter().any(|word| stands.contains(&format!("\"{word}\"")));
    assert!(known, "{vendor} has {stands}, and it may be {possible:?}: {log:?}");
}

fn run(part: u64) {
    let tally = schedules("the last word", part, schedule);
    println!("the last word: {tally:?}");
    assert!(tally.1 * 2 > tally.0, "most reports get through: {tally:?}");
}

#[test]
fn vendor_keeps_the_latest_stage_part_1() {
    run(0);
}

#[test]
fn vendor_keeps_the_latest_stage_part_2() {
    run(1);
}

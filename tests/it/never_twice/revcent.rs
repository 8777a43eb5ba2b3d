//! RevCent: one chargeback for each case, except if its index lags across a restart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::revcent::{self, CreateChargeback};
use chargeback::sandbox::Sandbox;
use chargeback::{Chargeback, ChargebackProvider, HttpProvider, Reason, Representment, Stage};
use serde_json::Value;

use super::chaos::Chaos;
use super::{Ended, await_or_drop, check_errors, process, schedules};
use crate::support::{TRANSACTION, plain};

/// The totals of the schedules.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    reports: usize,
    acknowledged: usize,
    dropped: usize,
    faults: usize,
    restarts: usize,
    /// Cases with two records, because of a restart while the index lagged or before a late request arrived.
    explained: usize,
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |a, b| Self {
            reports: a.reports + b.reports,
            acknowledged: a.acknowledged + b.acknowledged,
            dropped: a.dropped + b.dropped,
            faults: a.faults + b.faults,
            restarts: a.restarts + b.restarts,
            explained: a.explained + b.explained,
        })
    }
}

/// The shared state of a schedule's tasks.
struct State {
    sandbox: Sandbox,
    network: Chaos,
    ended: Mutex<Vec<(usize, Ended)>>,
}

impl State {
    /// RevCent's records of a case.
    fn records(&self, case_id: &str) -> Vec<Value> {
        let records = self.sandbox.revcent().cases().into_iter().map(|case| case.state);
        records.filter(|state| state["third_party_chargeback_id"] == case_id).collect()
    }

    /// Returns true if a record of the case has the stage of the report.
    fn holds(&self, chargeback: &Chargeback) -> bool {
        self.records(chargeback.case_id()).iter().any(|state| match chargeback.stage() {
            Stage::Won => state["representment"]["outcome"] == "won",
            Stage::Contested => state["representment"]["initiated"] == true,
            _ => true,
        })
    }
}

fn chargeback(case_id: &str, stage: Stage, known: Option<&String>) -> Chargeback {
    let mut builder = plain(case_id, stage, Reason::FraudOther);
    if stage == Stage::Won {
        builder = builder.representment(Representment::initiated());
    }
    if let Some(known) = known {
        builder = builder.vendor_case(revcent::ID, known);
    }
    builder.build().unwrap()
}

async fn report(shared: &State, provider: HttpProvider<revcent::RevCent>, number: usize, case: Chargeback, seed: u64) {
    let mut dice = fastrand::Rng::with_seed(seed);
    tokio::time::sleep(Duration::from_millis(dice.u64(0..2_000))).await;
    let ended = match await_or_drop(number, &mut dice, provider.report(&case)).await {
        Some(result) => {
            assert!(result.is_err() || shared.holds(&case), "acknowledged, and not in the record: {case:?}");
            Ended::Returned(result)
        }
        None => Ended::Dropped,
    };
    shared.ended.lock().unwrap().push((number, ended));
}

/// A native call that refunds; reports never do.
async fn refund(shared: &State, provider: HttpProvider<revcent::RevCent>, number: usize, seed: u64) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("refunded".into());
    let ended = match await_or_drop(number, &mut dice, provider.create_chargeback_and_void_transaction(create)).await {
        Some(Err(error)) => Ended::Returned(Err(error)),
        Some(Ok(_)) | None => Ended::Dropped,
    };
    shared.ended.lock().unwrap().push((number, ended));
}

async fn schedule(seed: u64) -> Tally {
    let mut dice = fastrand::Rng::with_seed(seed);
    let sandbox = Sandbox::in_memory();
    let (lag, lates) = (dice.u64(0..5), dice.bool());
    sandbox.revcent().lag_index(lag);
    let network = Chaos::new(sandbox.transport().unwrap(), dice.u64(..), lates);
    let shared = Arc::new(State { sandbox, network, ended: Mutex::default() });
    let cases: Vec<String> = (0..dice.usize(1..4)).map(|case| format!("CB-2610-000{case}")).collect();
    let start = |dice: &mut fastrand::Rng| process(shared.sandbox.revcent_connector(), &shared.network, dice);
    let mut provider = start(&mut dice);
    let mut stored: HashMap<String, String> = HashMap::new();
    let (mut reports, mut restarts, mut refunds) = (Vec::new(), 0, Vec::new());

    for stage in [Stage::Received, Stage::Received, Stage::Contested, Stage::Won] {
        let mut tasks = tokio::task::JoinSet::new();
        for case in &cases {
            for _ in 0..dice.u32(1..4) {
                let (number, seed) = (reports.len(), dice.u64(..));
                let case = chargeback(case, stage, stored.get(case));
                reports.push(case.case_id().to_owned());
                let (shared, provider) = (Arc::clone(&shared), provider.clone());
                tasks.spawn(async move { report(&shared, provider, number, case, seed).await });
            }
        }
        if dice.u32(0..4) == 0 {
            let (number, seed) = (reports.len(), dice.u64(..));
            reports.push("refunded".to_owned());
            refunds.push(number);
            let (shared, provider) = (Arc::clone(&shared), provider.clone());
            tasks.spawn(async move { refund(&shared, provider, number, seed).await });
        }
        // Sometimes the process ends before the reports do.
        let ends_in = (dice.u32(0..4) == 0).then(|| Duration::from_millis(dice.u64(0..60_000)));
        let all = async {
            while let Some(task) = tasks.join_next().await {
                task.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()));
            }
        };
        let died = tokio::time::timeout(ends_in.unwrap_or(Duration::MAX), all).await.is_err();
        drop(tasks);
        store_ids(&shared, &reports, &mut stored);
        if died || dice.u32(0..5) == 0 {
            restarts += 1;
            provider = start(&mut dice);
        }
    }
    // Late requests arrive in this time.
    tokio::time::sleep(Duration::from_secs(200)).await;
    finish(&shared, &cases, &reports, &refunds, restarts, lag > 0 || lates)
}

/// Stores RevCent's ids of the acknowledged reports.
fn store_ids(shared: &State, reports: &[String], stored: &mut HashMap<String, String>) {
    for (number, ended) in shared.ended.lock().unwrap().iter() {
        if let Ended::Returned(Ok(receipt)) = ended
            && let Some(id) = receipt.vendor_case()
        {
            stored.insert(reports[*number].clone(), id.to_owned());
        }
    }
}

/// Checks RevCent's records at the end.
fn finish(
    shared: &State,
    cases: &[String],
    reports: &[String],
    refunds: &[usize],
    restarts: usize,
    lags: bool,
) -> Tally {
    let (sent, ended) = (shared.network.sent(), shared.ended.lock().unwrap());
    check_errors(&sent, ended.iter().map(|(number, ended)| (*number, ended)));
    let mut explained = 0;
    for case in cases {
        let records = shared.records(case).len();
        assert!(records <= 1 || (restarts > 0 && lags), "{records} chargebacks for {case}, {restarts} restarts");
        explained += usize::from(records > 1);
    }
    for request in sent.iter().filter(|request| request.voids) {
        assert!(refunds.contains(&request.report), "a report refunds");
    }
    for refund in refunds {
        let arrived = sent.iter().filter(|sent| sent.report == *refund && sent.voids && sent.arrived).count();
        assert!(arrived <= 1, "a refund was sent {arrived} times");
    }
    let acknowledged = ended.iter().filter(|(_, ended)| matches!(ended, Ended::Returned(Ok(_)))).count();
    Tally {
        reports: reports.len(),
        acknowledged,
        dropped: reports.len() - ended.iter().filter(|(_, ended)| matches!(ended, Ended::Returned(_))).count(),
        faults: sent.iter().filter(|sent| !sent.acted || sent.late).count(),
        restarts,
        explained,
    }
}

fn run(part: u64) {
    let tally = schedules("never twice", part, schedule);
    println!("never twice: {tally:?}");
    assert!(tally.acknowledged * 2 > tally.reports, "fewer than half of the reports were acknowledged: {tally:?}");
    assert!(tally.dropped > 0 && tally.restarts > 0, "{tally:?}");
}

#[test]
fn revcent_never_acts_twice_part_1() {
    run(0);
}

#[test]
fn revcent_never_acts_twice_part_2() {
    run(1);
}

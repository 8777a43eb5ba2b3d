//! Two processes that share a versioned ledger: RevCent has one record for each case, whatever happens.
//!
//! The store delays its calls and may round times to micro-, milli- or whole seconds. Processes restart, reports are
//! dropped, RevCent's index lags, and requests arrive late.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, MemoryLedger, ReportedStage, Version, Versioned};
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::{
    Chargeback, Outcome, Outcomes, ProviderId, Reason, Reporter, Representment, Stage, async_trait, revcent, spade,
};
use chrono::{DateTime, SubsecRound as _, Utc};
use tokio::time::sleep;

use super::chaos::Chaos;
use super::{Ended, await_or_drop, check_errors, process, schedules};
use crate::support::{at, plain};

/// A store with delays, which keeps times with this number of decimal digits of a second.
#[derive(Debug)]
struct Store {
    inner: MemoryLedger,
    dice: Mutex<fastrand::Rng>,
    digits: u16,
    rounds_up: bool,
    /// The cases that were marked as in flight at RevCent.
    marked: Mutex<Vec<String>>,
}

impl Store {
    fn new(dice: &mut fastrand::Rng) -> Self {
        Self {
            inner: MemoryLedger::new(),
            dice: Mutex::new(fastrand::Rng::with_seed(dice.u64(..))),
            digits: [9, 6, 3, 0][dice.usize(0..4)],
            rounds_up: dice.bool(),
            marked: Mutex::default(),
        }
    }

    async fn delay(&self) {
        let delay = self.dice.lock().unwrap().u64(0..40);
        sleep(Duration::from_millis(delay)).await;
    }

    fn rounded(&self, reported: ReportedStage) -> ReportedStage {
        let at: DateTime<Utc> = reported.occurred_at;
        let at = if self.rounds_up { at.round_subsecs(self.digits) } else { at.trunc_subsecs(self.digits) };
        ReportedStage::new(reported.stage, at)
    }
}

#[async_trait]
impl Ledger for Store {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        self.delay().await;
        self.inner.read(provider, case_id).await
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        self.delay().await;
        let mut stored = entry.clone();
        stored.acknowledged = stored.acknowledged.map(|reported| self.rounded(reported));
        stored.in_flight = stored.in_flight.map(|reported| self.rounded(reported));
        let version = self.inner.write(provider, case_id, &stored, replaces).await?;
        if stored.in_flight.is_some() && *provider == revcent::ID {
            self.marked.lock().unwrap().push(case_id.to_owned());
        }
        self.delay().await;
        Ok(version)
    }
}

/// The totals of the schedules.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    reports: usize,
    acknowledged: usize,
    /// Cases that are in flight at the end: a person has to check.
    stranded: usize,
    cases: usize,
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |a, b| Self {
            reports: a.reports + b.reports,
            acknowledged: a.acknowledged + b.acknowledged,
            stranded: a.stranded + b.stranded,
            cases: a.cases + b.cases,
        })
    }
}

/// A case at this stage, with a time that has a fraction of a second.
fn case_at(case_id: &str, stage: Stage, day: u32) -> Chargeback {
    let time = at(day, 9) + chrono::TimeDelta::microseconds(600_600);
    let mut builder = plain(case_id, stage, Reason::FraudOther).stage(stage, time);
    if stage == Stage::Won {
        builder = builder.representment(Representment::initiated());
    }
    builder.build().unwrap()
}

/// The errors of a report, each as the end of a report.
fn ended(outcomes: Outcomes) -> (bool, Vec<Ended>) {
    let (mut acknowledged, mut errors) = (true, Vec::new());
    for result in outcomes {
        match result.into_outcome() {
            Outcome::Acknowledged(_) | Outcome::Skipped(_) => {}
            Outcome::Failed(error) | Outcome::Unknown(error) => {
                acknowledged = false;
                errors.push(Ended::Returned(Err(error)));
            }
            other => panic!("{other:?}"),
        }
    }
    (acknowledged, errors)
}

async fn schedule(seed: u64) -> Tally {
    let mut dice = fastrand::Rng::with_seed(seed);
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(dice.u64(0..5));
    let revcent_network = Chaos::new(sandbox.transport().unwrap(), dice.u64(..), dice.bool());
    let spade_network = Chaos::new(sandbox.transport().unwrap(), dice.u64(..), false);
    let store = Arc::new(Store::new(&mut dice));
    let start = |dice: &mut fastrand::Rng| {
        Reporter::builder()
            .required(process(sandbox.revcent_connector(), &revcent_network, dice))
            .required(process(sandbox.spade_connector(WonMeans::MerchantWon), &spade_network, dice))
            .ledger(Arc::clone(&store))
            .build()
            .unwrap()
    };
    let mut processes = [start(&mut dice), start(&mut dice)];
    let cases: Vec<String> = (0..dice.usize(1..4)).map(|case| format!("CB-2610-000{case}")).collect();
    let results = Arc::new(Mutex::new(Vec::new()));
    let mut reports = 0;
    for (stage, day) in [(Stage::Received, 1), (Stage::Received, 1), (Stage::Contested, 2), (Stage::Won, 3)] {
        let mut tasks = tokio::task::JoinSet::new();
        for (case, reporter) in cases.iter().flat_map(|case| processes.iter().map(move |process| (case, process))) {
            let (case, reporter, seed, number) = (case_at(case, stage, day), reporter.clone(), dice.u64(..), reports);
            reports += 1;
            let results = Arc::clone(&results);
            tasks.spawn(async move {
                let mut dice = fastrand::Rng::with_seed(seed);
                sleep(Duration::from_millis(dice.u64(0..200))).await;
                if let Some(outcomes) = await_or_drop(number, &mut dice, reporter.report(&case)).await {
                    results.lock().unwrap().push((number, ended(outcomes)));
                }
            });
        }
        tasks.join_all().await;
        if dice.u32(0..3) == 0 {
            processes[dice.usize(0..2)] = start(&mut dice);
        }
    }
    // Late requests arrive in this time.
    sleep(Duration::from_secs(200)).await;
    let results = std::mem::take(&mut *results.lock().unwrap());
    let errors = results.iter().flat_map(|(number, (_, errors))| errors.iter().map(move |error| (*number, error)));
    let sent: Vec<_> = revcent_network.sent().into_iter().filter(|sent| sent.writes).collect();
    // Only RevCent's requests are compared: a report has one number for both vendors.
    check_errors(&sent, errors.filter(|(_, ended)| is_of(ended, &revcent::ID)));
    let stranded = check_cases(&sandbox, &store, &cases).await;
    let acknowledged = results.iter().filter(|(_, (acknowledged, _))| *acknowledged).count();
    Tally { reports, acknowledged, stranded, cases: cases.len() }
}

/// Checks that RevCent has at most one record for each case. Returns the number of cases in flight.
async fn check_cases(sandbox: &Sandbox, store: &Store, cases: &[String]) -> usize {
    let mut stranded = 0;
    for case in cases {
        let records = sandbox.revcent().cases().into_iter().map(|case| case.state);
        let records = records.filter(|state| state["third_party_chargeback_id"] == case.as_str()).count();
        assert!(records <= 1, "{records} records for {case}");
        let entry = store.inner.read(&revcent::ID, case).await.unwrap().map(|stored| stored.value);
        if entry.is_some_and(|entry| entry.in_flight.is_some()) {
            assert!(store.marked.lock().unwrap().contains(case), "stranded without a mark: {case}");
            stranded += 1;
        }
        let entry = store.inner.read(&spade::ID, case).await.unwrap().map(|stored| stored.value);
        check_spade(sandbox, case, &entry.unwrap_or_default());
    }
    stranded
}

fn is_of(ended: &Ended, provider: &ProviderId) -> bool {
    matches!(ended, Ended::Returned(Err(error)) if error.provider() == Some(provider))
}

/// An acknowledged stage without a later stage in flight is the stage of the vendor's record.
fn check_spade(sandbox: &Sandbox, case_id: &str, entry: &LedgerEntry) {
    if entry.in_flight.is_some() {
        return;
    }
    let Some(acknowledged) = entry.acknowledged else { return };
    if acknowledged.stage == Stage::Won {
        let records = sandbox.spade().cases();
        assert!(records.iter().any(|record| record.state["state"] == "chargeback_won"), "{case_id}: {records:?}");
    }
}

fn run(part: u64) {
    let tally = schedules("shared ledger", part, schedule);
    println!("shared ledger: {tally:?}");
    assert!(tally.acknowledged * 3 > tally.reports, "fewer than a third of the reports were acknowledged: {tally:?}");
    assert!(tally.stranded * 2 < tally.cases, "{tally:?}");
}

#[test]
fn shared_ledger_prevents_a_second_create_part_1() {
    run(0);
}

#[test]
fn shared_ledger_prevents_a_second_create_part_2() {
    run(1);
}

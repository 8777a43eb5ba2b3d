//! Processes with workers on one store, and the vendors that they report to.
//!
//! The vendors run in the test's own process, which counts at the vendors and compares every accepted report with their
//! records.

use std::collections::{BTreeMap, HashMap};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chargeback::outbox::{
    Enqueuer, EventKey, LaneFilter, LaneState, LaneSummary, Outbox, OutboxStore, Schedule, WaitReason,
};
use chargeback::pipwave::{Environment as PipwaveEnvironment, Pipwave};
use chargeback::revcent::RevCent;
use chargeback::sandbox::{API_KEY, API_SECRET, Fault, FaultKind, Sandbox};
use chargeback::spade::{Environment as SpadeEnvironment, Spade, WonMeans};
use chargeback::{HttpProvider, ProviderId, Reporter, RetryPolicy, Stage, pipwave, revcent, spade};
use tokio::time::sleep;

use super::cases::case;

/// The operation timeout and the lease of the processes.
const OPERATION: Duration = Duration::from_secs(2);
pub const LEASE: Duration = Duration::from_secs(12);

/// The delay of each reply of a vendor.
const DELAY: Duration = Duration::from_millis(150);

/// The stages of each case.
const STAGES: [(Stage, u32); 3] = [(Stage::Contested, 3), (Stage::PreArbitration, 9), (Stage::Won, 20)];

/// A kill with fewer reports in flight does not count.
const IN_FLIGHT: u64 = 16;

/// Returns the number of kills.
pub fn kills() -> usize {
    std::env::var("CHARGEBACK_KILLS").map_or(3, |kills| kills.parse().expect("a number of kills"))
}

/// The place of a store that several processes use.
pub trait Place: Send + Sync {
    type Store: OutboxStore + Clone;
    /// The variable that names the store to a child process.
    const VARIABLE: &str;
    /// The test that is the process of a worker.
    const PROCESS: &str;
    /// The value of the variable.
    fn value(&self) -> String;
    fn open(value: &str) -> impl Future<Output = Self::Store> + Send;
}

/// The process of a worker: a test in a child process, with the addresses of the vendors in its environment.
pub fn worker_process<P: Place>() {
    let Ok(value) = std::env::var(P::VARIABLE) else { return };
    let url = |name: &str| std::env::var(name).unwrap().parse().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let reporter = Reporter::builder()
            .required(provider(
                Spade::new(API_KEY, SpadeEnvironment::EastSandbox, WonMeans::MerchantWon).base_url(url("SPADE")),
            ))
            .required(provider(RevCent::new(API_KEY).base_url(url("REVCENT"))))
            .required(provider(Pipwave::new(API_KEY, API_SECRET, PipwaveEnvironment::Staging).base_url(url("PIPWAVE"))))
            .build()
            .unwrap();
        let outbox = Outbox::new(P::open(&value).await, reporter).unwrap();
        // The default waits for lookups, up to hours, are longer than the test.
        let schedule = Schedule::default().lookups([5, 10, 20, 30].map(Duration::from_secs));
        let worker = outbox.worker().concurrency(8).schedule(schedule);
        let worker = worker.operation_timeout(OPERATION).lease(LEASE).start().unwrap();
        terminated().await;
        let summary = worker.shutdown(Duration::from_secs(10)).await;
        println!("shut down: {summary:?}");
    });
}

fn provider<C: chargeback::connector::Connector>(connector: C) -> HttpProvider<C> {
    HttpProvider::builder(connector).retry(RetryPolicy::never()).build().unwrap()
}

async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    signal(SignalKind::terminate()).unwrap().recv().await;
}

/// The vendors, the store and the processes.
pub struct Fleet<P: Place> {
    pub sandbox: Sandbox,
    pub place: P,
    pub store: P::Store,
    enqueuer: Enqueuer,
    pub children: Vec<Child>,
    pub accepted: usize,
    /// A request of a frozen process may arrive after a newer one. The last stage is then sent again.
    pub has_frozen: bool,
}

impl<P: Place> Fleet<P> {
    pub async fn start(place: P, processes: usize) -> Self {
        let store = P::open(&place.value()).await;
        let sandbox = Sandbox::start().await;
        let slow = Fault::before_acting(FaultKind::Slow(DELAY));
        sandbox.spade().fail_always(slow.clone());
        sandbox.revcent().fail_always(slow.clone());
        sandbox.pipwave().fail_always(slow);
        let enqueuer = Enqueuer::new(store.clone(), [spade::ID, revcent::ID, pipwave::ID]);
        let mut fleet = Self { sandbox, place, store, enqueuer, children: Vec::new(), accepted: 0, has_frozen: false };
        for _ in 0..processes {
            fleet.spawn();
        }
        fleet
    }

    pub fn spawn(&mut self) {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", P::PROCESS, "--nocapture"])
            .env(P::VARIABLE, self.place.value())
            .env("SPADE", self.sandbox.spade().base_url().as_str())
            .env("REVCENT", self.sandbox.revcent().base_url().as_str())
            .env("PIPWAVE", self.sandbox.pipwave().base_url().as_str())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.children.push(child.unwrap());
    }

    /// Accepts all stages of further cases.
    pub async fn accept(&mut self, cases: usize) {
        for number in self.accepted..self.accepted + cases {
            for (stage, day) in STAGES {
                let key = EventKey::new("kill", "", &format!("{number}-{stage}")).unwrap();
                self.enqueuer.enqueue(&key, &case(number, stage, day)).await.unwrap();
            }
        }
        self.accepted += cases;
    }

    pub async fn leased(&self) -> u64 {
        self.store.counts().await.unwrap().values().map(|count| count.leased).sum()
    }

    /// The number of lanes that were claimed within the last two seconds: those of dead processes do not count.
    pub async fn in_flight(&self) -> u64 {
        let mut filter = LaneFilter::all().limit(1000);
        filter.states = vec![LaneState::Leased];
        let recent = chrono::Utc::now() + LEASE - Duration::from_secs(2);
        let lanes = self.store.list(&filter).await.unwrap();
        lanes.iter().filter(|lane| lane.due > recent).count() as u64
    }

    /// Waits until enough reports are in flight, and returns their number.
    pub async fn busy(&mut self) -> u64 {
        let start = Instant::now();
        loop {
            let in_flight = self.in_flight().await;
            if in_flight >= IN_FLIGHT {
                return in_flight;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "only {in_flight} reports in flight");
            self.accept(10).await;
            sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn signal(&self, child: usize, signal: &str) {
        let id = self.children[child].id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Waits until nothing is left to send. `resent` includes the second sends of acknowledged reports.
    pub async fn settled(&self, limit: Duration, resent: bool) -> Vec<LaneSummary> {
        let start = Instant::now();
        loop {
            let lanes = self.lanes().await;
            let open = lanes.iter().filter(|lane| {
                matches!(lane.state, LaneState::Ready | LaneState::Leased)
                    && (resent || lane.reason != Some(WaitReason::Settling))
            });
            let open: Vec<_> = open.map(|lane| format!("{lane:?}")).collect();
            if open.is_empty() {
                return lanes;
            }
            assert!(start.elapsed() < limit, "not settled after {limit:?}: {open:#?}");
            sleep(Duration::from_millis(200)).await;
        }
    }

    pub async fn lanes(&self) -> Vec<LaneSummary> {
        let mut all = Vec::new();
        loop {
            let filter = LaneFilter::all().limit(500);
            let filter = all.last().map_or(filter.clone(), |last: &LaneSummary| filter.after(last.id));
            let page = self.store.list(&filter).await.unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    /// Compares every accepted case with the records of the vendors. Returns the cases that need a person.
    pub fn audit(&self, lanes: &[LaneSummary]) -> usize {
        assert_eq!(lanes.len(), self.accepted * 3);
        let blocked: Vec<_> = lanes.iter().filter(|lane| lane.state == LaneState::Blocked).collect();
        for lane in &blocked {
            assert_eq!(lane.reason, Some(WaitReason::InDoubt), "{lane}");
        }
        let is_blocked = |number: usize, vendor: &ProviderId| {
            blocked.iter().any(|lane| lane.case_id() == format!("CB-{number}") && lane.vendor == *vendor)
        };
        let spade = by_key(self.sandbox.spade().cases(), |record| record.key.clone());
        let pipwave = by_key(self.sandbox.pipwave().cases(), |record| record.key.clone());
        let mut revcent: BTreeMap<String, usize> = BTreeMap::new();
        for record in self.sandbox.revcent().cases() {
            let id = record.state["third_party_chargeback_id"].as_str().unwrap().to_owned();
            *revcent.entry(id).or_default() += 1;
        }
        for number in 0..self.accepted {
            let records = revcent.get(&format!("CB-{number}")).copied().unwrap_or(0);
            assert!(records <= 1, "doubled at RevCent: {records} records");
            assert!(records == 1 || is_blocked(number, &revcent::ID), "lost at RevCent: case {number}");
            let record = &spade[&format!("enrichment-{number}")];
            assert_eq!(record.state["state"], "chargeback_won", "lost at Spade: case {number}");
            let won = record.history.iter().position(|write| write["state"] == "chargeback_won").unwrap();
            let is_in_order = record.history[won..].iter().all(|write| write["state"] == "chargeback_won");
            assert!(is_in_order || self.has_frozen, "order at Spade: case {number}");
            assert!(
                pipwave.contains_key(&format!("txn-{number}")) || is_blocked(number, &pipwave::ID),
                "lost at Pipwave: case {number}"
            );
        }
        blocked.len()
    }
}

impl<P: Place> Drop for Fleet<P> {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn by_key<R>(records: Vec<R>, key: impl Fn(&R) -> String) -> HashMap<String, R> {
    records.into_iter().map(|record| (key(&record), record)).collect()
}

/// `kill -9` while reports are in flight: nothing is lost, doubled or sent in another order.
pub async fn kill_processes<P: Place>(place: P, processes: usize) {
    let mut fleet = Fleet::start(place, processes).await;
    let kills = kills();
    fleet.accept(100).await;
    let mut total = 0;
    for kill in 0..kills {
        let in_flight = fleet.busy().await;
        total += in_flight;
        println!("kill {}: {in_flight} reports in flight", kill + 1);
        let mut killed = fleet.children.remove(0);
        killed.kill().unwrap();
        killed.wait().unwrap();
        fleet.spawn();
        sleep(Duration::from_millis(2500)).await;
    }
    let lanes = fleet.settled(Duration::from_secs(240), false).await;
    let persons = fleet.audit(&lanes);
    println!("{} cases, {kills} kills, lost 0, doubled 0, {persons} cases for a person", fleet.accepted);
    // A case needs a person only if its report was in flight at a kill.
    assert!(persons as u64 <= total, "{persons} cases for a person, {total} reports in flight");
    if std::env::var_os("CHARGEBACK_KILLS").is_some() {
        assert!(persons <= kills, "{persons} cases for a person after {kills} kills");
    }
}

/// A process that is stopped for longer than its lease sends no second create when it continues.
pub async fn freeze_a_process<P: Place>(place: P, processes: usize) {
    let mut fleet = Fleet::start(place, processes).await;
    fleet.accept(60).await;
    fleet.busy().await;
    fleet.signal(0, "-STOP");
    sleep(LEASE + Duration::from_secs(2)).await;
    fleet.signal(0, "-CONT");
    fleet.has_frozen = true;
    let lanes = fleet.settled(Duration::from_secs(300), true).await;
    let persons = fleet.audit(&lanes);
    println!("{} cases, lost 0, doubled 0, {persons} cases for a person", fleet.accepted);
}

/// SIGTERM: the process ends its reports, and returns what it has not sent.
pub async fn terminate_processes<P: Place>(place: P, processes: usize) {
    let mut fleet = Fleet::start(place, processes).await;
    fleet.accept(60).await;
    fleet.busy().await;
    for child in 0..processes {
        fleet.signal(child, "-TERM");
    }
    for child in &mut fleet.children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(fleet.leased().await, 0);
    fleet.children.clear();
    fleet.spawn();
    let lanes = fleet.settled(Duration::from_secs(120), false).await;
    assert_eq!(fleet.audit(&lanes), 0);
}

//! Real processes that are killed, stopped and terminated while they deliver, and a queue that is emptied.
//!
//! `CHARGEBACK_KILLS` sets the number of kills of the long run:
//!
//! ```sh
//! CHARGEBACK_KILLS=100 cargo test --release -p chargeback-postgres --test it -- kill --nocapture
//! ```

use std::time::Duration;

use chargeback::outbox::OutboxStore as _;
use chargeback_postgres::PgStore;

use crate::cluster::{Database, Server, execute};
use crate::fleet::{self, Fleet, Place};

impl Place for Database {
    type Store = PgStore;
    const VARIABLE: &str = "CHARGEBACK_KILL_URL";
    const PROCESS: &str = "kill::worker_process";

    fn value(&self) -> String {
        self.url.clone()
    }

    async fn open(value: &str) -> PgStore {
        PgStore::builder(value).unwrap().connect().await.unwrap()
    }
}

#[test]
fn worker_process() {
    fleet::worker_process::<Database>();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_killed_processes_lose_and_double_nothing() {
    fleet::kill_processes(Database::new().await, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_killed_processes_lose_and_double_nothing() {
    fleet::kill_processes(Database::new().await, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_process_doubles_nothing() {
    fleet::freeze_a_process(Database::new().await, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminated_processes_leave_nothing_in_doubt() {
    fleet::terminate_processes(Database::new().await, 2).await;
}

/// The tables of the queue are emptied: the sweep finds the lanes that have no job.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emptied_queue_loses_nothing() {
    let database = Database::new().await;
    let client = database.client().await;
    let mut fleet = Fleet::start(database, 2).await;
    for _ in 0..3 {
        fleet.accept(40).await;
        fleet.busy().await;
        execute(&client, "TRUNCATE chargeback_queue._private_jobs CASCADE").await;
    }
    let lanes = fleet.settled(Duration::from_secs(120), false).await;
    assert_eq!(fleet.audit(&lanes), 0);
}

/// An own server, which is killed and started again while two processes deliver.
struct OwnServer(Server);

impl Place for OwnServer {
    type Store = PgStore;
    const VARIABLE: &str = "CHARGEBACK_KILL_URL";
    const PROCESS: &str = "kill::worker_process";

    fn value(&self) -> String {
        self.0.url("postgres")
    }

    async fn open(value: &str) -> PgStore {
        PgStore::builder(value).unwrap().connect().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_server_loses_and_doubles_nothing() {
    let server = tokio::task::spawn_blocking(|| Server::start("")).await.unwrap();
    PgStore::builder(&server.url("postgres")).unwrap().migrate().await.unwrap();
    let mut fleet = Fleet::start(OwnServer(server), 2).await;
    fleet.accept(60).await;
    for _ in 0..fleet::kills().min(3) {
        let in_flight = fleet.busy().await;
        println!("{in_flight} reports in flight");
        fleet.place.0.kill();
        tokio::time::sleep(Duration::from_secs(1)).await;
        fleet.place.0.start_again();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let lanes = fleet.settled(Duration::from_secs(240), false).await;
    let persons = fleet.audit(&lanes);
    println!("{} cases, lost 0, doubled 0, {persons} cases for a person", fleet.accepted);
    assert_eq!(fleet.store.check().await.unwrap(), Vec::<String>::new());
}

//! The job queue: wake-ups, timers, its settings, and its absence.

use std::time::{Duration, Instant};

use chargeback::outbox::{OutboxStore as _, VendorPhase, VendorState};
use chargeback::{Stage, revcent, spade};
use chargeback_postgres::PgStore;
use tokio_postgres::Client;

use crate::cases::case;
use crate::cluster::{Database, execute};
use crate::support::enqueue;

async fn jobs(client: &Client) -> i64 {
    client.query_one("SELECT count(*) FROM chargeback_queue._private_jobs", &[]).await.unwrap().get(0)
}

async fn wait_for(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !done().await {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A worker waits. An event of another process wakes it before the sweep of the next second.
#[tokio::test]
async fn event_of_another_process_wakes_the_worker() {
    let database = Database::new().await;
    let (worker, web) = (database.store().await, database.store().await);
    let waiting = async || worker.wait_until_due(&[spade::ID]).await.unwrap();
    let started = tokio::spawn({
        let worker = worker.clone();
        async move { worker.wait_until_due(&[spade::ID]).await.unwrap() }
    });
    wait_for("the queue did not start", async || worker.queue_is_running()).await;
    assert!(!web.queue_is_running());
    // The queue listens a moment after it has started.
    tokio::time::sleep(Duration::from_secs(2)).await;
    started.abort();
    let mut fastest = Duration::MAX;
    for number in 0..5 {
        let wait = waiting();
        tokio::pin!(wait);
        assert!(futures_util::poll!(&mut wait).is_pending());
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(futures_util::poll!(&mut wait).is_pending());
        let start = Instant::now();
        enqueue(&web, &number.to_string(), &case(number, Stage::Received, 3), &[spade::ID]).await;
        wait.await;
        fastest = fastest.min(start.elapsed());
        let owner = chargeback::outbox::Owner::random();
        let lease = chargeback::outbox::Lease::new(&owner, Duration::from_secs(600));
        assert_eq!(worker.claim(&spade::ID, 10, lease).await.unwrap().len(), 1);
    }
    // The sweep alone would take up to a second, and 0.9 s after the pause above.
    assert!(fastest < Duration::from_millis(500), "{fastest:?}");
    worker.close().await;
}

/// Without the queue, the sweep finds a due lane within a second.
#[tokio::test]
async fn sweep_finds_lanes_without_a_job() {
    let database = Database::new().await;
    let (worker, web) = (database.builder().queue(false).connect().await.unwrap(), database.store().await);
    let waiting = tokio::spawn({
        let worker = worker.clone();
        async move { worker.wait_until_due(&[spade::ID]).await.unwrap() }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let start = Instant::now();
    enqueue(&web, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    waiting.await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

/// Thousands of waiting reports have a few jobs.
#[tokio::test]
async fn number_of_jobs_is_bounded() {
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    for number in 0..300 {
        enqueue(&store, &number.to_string(), &case(number, Stage::Received, 3), &[spade::ID, revcent::ID]).await;
    }
    let jobs = jobs(&client).await;
    assert!((1..=8).contains(&jobs), "{jobs} jobs");
}

/// No job is added while a vendor's circuit breaker is open, or while the vendor is paused.
#[tokio::test]
async fn held_vendor_gets_no_jobs() {
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    let mut open = VendorState::default();
    (open.phase, open.hold) = (VendorPhase::Open, Duration::from_secs(300));
    store.set_vendor(&spade::ID, &open).await.unwrap();
    let mut paused = VendorState::default();
    paused.paused = Some("maintenance".to_owned());
    store.set_vendor(&revcent::ID, &paused).await.unwrap();
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID, revcent::ID]).await;
    assert_eq!(jobs(&client).await, 0);
    let mut closed = VendorState::default();
    closed.version = 1;
    store.set_vendor(&spade::ID, &closed).await.unwrap();
    enqueue(&store, "2", &case(2, Stage::Received, 3), &[spade::ID, revcent::ID]).await;
    assert_eq!(jobs(&client).await, 1);
}

/// A report that waits for its retry gets a timer.
#[tokio::test]
async fn retry_gets_a_timer() {
    use chargeback::outbox::{Finished, Lease, Owner, WaitReason};
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    execute(&client, "DELETE FROM chargeback_queue._private_jobs").await;
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(30));
    let lane = store.claim(&spade::ID, 1, lease).await.unwrap().remove(0);
    let wait = Finished::wait(WaitReason::Retry, Duration::from_secs(40)).attempt();
    store.finish(&lane, wait, lease, true).await.unwrap();
    let query = "SELECT extract(epoch FROM run_at - now())::float8 FROM chargeback_queue._private_jobs";
    let seconds: f64 = client.query_one(query, &[]).await.unwrap().get(0);
    assert!((38.0..=42.0).contains(&seconds), "{seconds}");
}

/// The queue comes back after its connections were lost.
#[tokio::test]
async fn queue_survives_lost_connections() {
    let database = Database::new().await;
    let (worker, client) = (database.store().await, database.client().await);
    let _waiting = Waiting::start(&worker).await;
    for _ in 0..2 {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        execute(&client, end).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let listens = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    wait_for("the queue does not listen", async || {
        let listening: i64 = client.query_one(listens, &[]).await.unwrap().get(0);
        worker.queue_is_running() && listening > 0
    })
    .await;
    worker.close().await;
}

/// Runs the queue of a store until the value is dropped.
struct Waiting(tokio::task::JoinHandle<()>);

impl Waiting {
    async fn start(worker: &PgStore) -> Self {
        let store = worker.clone();
        let waiting = tokio::spawn(async move {
            loop {
                let _ = store.wait_until_due(&[spade::ID]).await;
            }
        });
        wait_for("the queue did not start", async || worker.queue_is_running()).await;
        Self(waiting)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Without its local queue, the queue takes one job in a second and slot.
#[tokio::test]
async fn local_queue_is_on() {
    let database = Database::new().await;
    let (worker, client) = (database.store().await, database.client().await);
    let add = "SELECT chargeback_queue.add_job('chargeback_wake', '{}') FROM generate_series(1, 300)";
    execute(&client, add).await;
    let _waiting = Waiting::start(&worker).await;
    let start = Instant::now();
    wait_for("the jobs were not taken", async || jobs(&client).await == 0).await;
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

/// A job of a process that died is returned and taken by another process.
#[tokio::test]
async fn recovery_of_dead_workers_is_on() {
    let database = Database::new().await;
    let (worker, client) = (database.store().await, database.client().await);
    let _waiting = Waiting::start(&worker).await;
    let live = "SELECT count(*) FROM chargeback_queue._private_workers";
    wait_for("no heartbeat", async || client.query_one(live, &[]).await.unwrap().get::<_, i64>(0) > 0).await;
    execute(
        &client,
        "INSERT INTO chargeback_queue._private_workers (id, last_heartbeat_at) \
         VALUES ('dead', now() - interval '1 h'); SELECT chargeback_queue.add_job( \
             'chargeback_wake', '{}', job_key => 'lost', run_at => now() + interval '1 h'); \
         UPDATE chargeback_queue._private_jobs SET locked_by = 'dead', attempts = 1, \
         locked_at = now() - interval '1 h', run_at = now() - interval '1 h' WHERE key = 'lost'",
    )
    .await;
    wait_for("the job was not recovered", async || jobs(&client).await == 0).await;
}

/// Another queue takes the place of the default one: an own SQL function, and a call of `wake`.
#[tokio::test]
async fn another_queue_can_take_its_place() {
    let database = Database::empty().await;
    let builder = database.builder().queue(false);
    builder.migrate().await.unwrap();
    let (store, client) = (builder.connect().await.unwrap(), database.client().await);
    execute(
        &client,
        "CREATE TABLE own_queue (vendors text[], at timestamptz); \
         CREATE OR REPLACE FUNCTION chargeback.wake(vendors text[], at timestamptz) RETURNS void LANGUAGE sql \
         AS $$ INSERT INTO public.own_queue VALUES (vendors, at) $$",
    )
    .await;
    let vendors = [spade::ID];
    let wait = store.wait_until_due(&vendors);
    tokio::pin!(wait);
    let woken = tokio::time::timeout(Duration::from_millis(300), &mut wait).await;
    assert!(woken.is_err(), "nothing is due");
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    let row = client.query_one("SELECT vendors FROM own_queue", &[]).await.unwrap();
    assert_eq!(row.get::<_, Vec<String>>(0), ["spade"]);
    store.wake();
    tokio::time::timeout(Duration::from_secs(1), wait).await.unwrap().unwrap();
}

//! Speed, cost and memory of the outbox with SQLite, beside a lower bound and a queue that is written by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chargeback::outbox::{Enqueuer, EventKey, Outbox, SqliteStore};
use chargeback::{Chargeback, ProviderId, Reason, Reporter, ReporterBuilder, Stage};
use chrono::{DateTime, Utc};

use crate::instant_vendor::InstantVendor;
use crate::process::{cpu, memory_kib};
use crate::queue_by_hand;

/// The vendors of the benchmarks.
pub const VENDORS: [ProviderId; 5] = [
    ProviderId::from_static("vendor-1"),
    ProviderId::from_static("vendor-2"),
    ProviderId::from_static("vendor-3"),
    ProviderId::from_static("vendor-4"),
    ProviderId::from_static("vendor-5"),
];

/// A database in a folder that is deleted at the end.
pub struct Database {
    folder: PathBuf,
}

impl Database {
    /// Creates an empty folder.
    ///
    /// # Panics
    ///
    /// Panics if the folder cannot be created.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chargeback-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self { folder }
    }

    /// Opens the store.
    ///
    /// # Panics
    ///
    /// Panics if the store cannot be opened.
    #[must_use]
    pub fn store(&self) -> SqliteStore {
        SqliteStore::open(self.path()).expect("a store")
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join("outbox.db")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.folder));
    }
}

fn time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

/// A case of realistic size.
///
/// # Panics
///
/// Never: the case is valid.
#[must_use]
pub fn case(number: u64) -> Chargeback {
    Chargeback::builder(format!("CB-{number:08}"), Stage::Received, Reason::NotReceived, time())
        .order_id(format!("order-{number:08}"))
        .transaction_id(format!("txn-{number:08}"))
        .user_id(format!("user-{number:08}"))
        .notes(crate::cases::NOTES)
        .build()
        .expect("a valid case")
}

/// Enqueues `count` new cases from this many callers, and returns the rate.
///
/// # Panics
///
/// Panics if the store fails.
pub async fn enqueue(store: &SqliteStore, vendors: usize, callers: u64, first: u64, count: u64) -> f64 {
    let enqueuer = Enqueuer::new(store.clone(), VENDORS[..vendors].iter().cloned());
    let start = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let enqueuer = enqueuer.clone();
        tokio::spawn(async move {
            for number in (first + caller..first + count).step_by(usize::try_from(callers).expect("few callers")) {
                let key = EventKey::new("bench", "", &number.to_string()).expect("a key");
                enqueuer.enqueue(&key, &case(number)).await.expect("a store");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
    rate(count, start.elapsed())
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// A reporter with vendors without a network.
///
/// # Panics
///
/// Never: the vendors have different ids.
#[must_use]
pub fn reporter(vendors: usize, delay: Duration, idempotent: bool) -> Reporter {
    let add =
        |builder: ReporterBuilder, id: &ProviderId| builder.required(InstantVendor::new(id.clone(), delay, idempotent));
    VENDORS[..vendors].iter().fold(Reporter::builder(), add).build().expect("a reporter")
}

/// The rate and the CPU time of deliveries.
#[derive(Debug, Clone, Copy)]
pub struct Delivered {
    /// Deliveries in a second.
    pub rate: f64,
    /// CPU time of this process for one delivery.
    pub cpu: Duration,
}

/// Delivers `count` deliveries of a backlog and returns the rate.
///
/// # Panics
///
/// Panics if the store fails.
pub async fn deliver(store: &SqliteStore, vendors: usize, delay: Duration, idempotent: bool, count: u64) -> Delivered {
    let reporter = reporter(vendors, delay, idempotent);
    let outbox = Outbox::new(store.clone(), reporter).expect("no ledger");
    let before = crate::instant_vendor::delivered();
    let (start, used) = (Instant::now(), cpu());
    let worker = outbox.worker().concurrency(16).start().expect("a worker");
    while crate::instant_vendor::delivered() - before < count {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let (elapsed, used) = (start.elapsed(), cpu() - used);
    let done = crate::instant_vendor::delivered() - before;
    worker.shutdown(Duration::from_secs(20)).await;
    Delivered { rate: rate(done, elapsed), cpu: used / u32::try_from(done).expect("few deliveries") }
}

/// Runs on the threads of the benchmark's runtime.
pub fn table(full: bool) {
    let scale = if full { 1 } else { 50 };
    crate::table::runtime().block_on(async {
        println!("| Outbox with SQLite | Target | Measured |\n|---|---|---|");
        let database = Database::new("enqueue");
        let store = database.store();
        let one = enqueue(&store, 5, 1, 0, 4_000 / scale).await;
        println!("| durable enqueue for 5 vendors, 1 caller | 2,000/s | {one:.0}/s |");
        let many = enqueue(&store, 5, 64, 1_000_000, 100_000 / scale).await;
        println!("| durable enqueue for 5 vendors, 64 callers | 20,000/s | {many:.0}/s |");
        drop((store, database));
        for (title, target, vendors, delay, idempotent) in [
            ("deliveries, vendor replies at once, all durable", "10,000/s", 5, 0, false),
            ("deliveries, idempotent vendor replies at once", "", 5, 0, true),
            ("deliveries, idempotent vendors reply after 5 ms, 5 x 16", "12,800/s", 5, 5, true),
        ] {
            let database = Database::new("deliver");
            let store = database.store();
            let cases = 40_000 / scale;
            enqueue(&store, vendors, 64, 0, cases).await;
            let count = cases * 5 * 9 / 10;
            let run = deliver(&store, vendors, Duration::from_millis(delay), idempotent, count).await;
            println!("| {title} | {target} | {:.0}/s |", run.rate);
        }
    });
}

/// Prints the same work by a queue table that is written by hand, and the lower bound of durable storage.
///
/// # Panics
///
/// Panics if a database fails.
pub fn by_hand(full: bool) {
    let scale = if full { 1 } else { 50 };
    let database = Database::new("by-hand");
    let mut connection = queue_by_hand::open(&database.path());
    let rate = |time: Duration| format!("{:.0}/s", 1.0 / time.as_secs_f64());
    println!("| By hand, in this run | Measured |\n|---|---|");
    let bound = queue_by_hand::append(&mut connection, 100_000 / scale);
    println!("| lower bound: append the case to a log, 64 in a transaction | {} |", rate(bound));
    let enqueue = queue_by_hand::enqueue(&mut connection, 4_000 / scale);
    println!("| queue table: enqueue for 5 vendors, 1 caller | {} |", rate(enqueue));
    let deliver = queue_by_hand::deliver(&connection, 5_000 / scale);
    println!("| queue table: deliveries, vendor replies at once, one at a time | {} |", rate(deliver));
}

/// Prints the cost of a delivery at backlogs of 10^3 to 10^6.
pub fn backlog(full: bool) {
    let sizes: &[u64] = if full { &[1_000, 10_000, 100_000, 1_000_000] } else { &[1_000, 2_000] };
    println!("| Backlog | CPU of a delivery | Ratio |\n|---|---|---|");
    let mut first = None;
    for &size in sizes {
        let run = crate::table::runtime().block_on(async {
            let database = Database::new("backlog");
            let store = database.store();
            enqueue(&store, 1, 64, 0, size).await;
            deliver(&store, 1, Duration::ZERO, false, size.min(50_000) * 9 / 10).await
        });
        let base = *first.get_or_insert(run.cpu);
        println!(
            "| {size} | {:.1} us | {:.2} |",
            run.cpu.as_secs_f64() * 1e6,
            run.cpu.as_secs_f64() / base.as_secs_f64()
        );
    }
}

/// Prints the memory of a worker while it delivers this many reports, which are enqueued while it works.
pub fn memory(reports: u64) {
    crate::table::runtime().block_on(async {
        let database = Database::new("memory");
        let store = database.store();
        let outbox = Outbox::new(store.clone(), reporter(1, Duration::ZERO, true)).expect("no ledger");
        let worker = outbox.worker().start().expect("a worker");
        let before = crate::instant_vendor::delivered();
        println!("| Reports | RSS in KiB |\n|---|---|");
        let (step, mut samples) = (reports / 20, Vec::new());
        for sample in 0..20 {
            enqueue(&store, 1, 64, sample * step, step).await;
            while crate::instant_vendor::delivered() - before < (sample + 1) * step {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            samples.push(memory_kib("VmRSS"));
            println!("| {} | {} |", (sample + 1) * step, samples[samples.len() - 1]);
        }
        let (early, late) = (samples[1], samples[19]);
        println!("growth from sample 2 to 20: {} KiB", late.saturating_sub(early));
        worker.shutdown(Duration::from_secs(20)).await;
        drop(Arc::new(store));
    });
}

//! Speed and cost of the outbox with PostgreSQL, beside plain jobs of the same queue.

#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../../crates/chargeback-postgres/tests/it/cluster.rs"]
mod cluster;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chargeback::outbox::{EventKey, Outbox, OutboxStore as _};
use chargeback_postgres::{PgOutbox, PgStore};
use graphile_worker::tokio_postgres::TokioPostgresDatabase;
use graphile_worker::{
    Database as QueueDatabase, IntoTaskHandlerResult, LocalQueueConfig, TaskHandler, WorkerContext, WorkerOptions,
};
use serde::{Deserialize, Serialize};

use self::cluster::Server;
use crate::outbox::{VENDORS, case, reporter};
use crate::process::this_program;
use crate::table::runtime;

/// Runs one of the measurements, or a child process of one.
///
/// # Panics
///
/// Panics if a server cannot be started or fails.
pub fn main(arguments: &[&str]) {
    match arguments {
        [] => {
            speed(1);
            recovery(5);
            backlog(&[1_000, 10_000, 100_000, 1_000_000]);
        }
        ["smoke"] => {
            speed(20);
            recovery(1);
            backlog(&[200, 400]);
        }
        ["speed"] => speed(1),
        ["recovery"] => recovery(5),
        ["backlog"] => backlog(&[1_000, 10_000, 100_000, 1_000_000]),
        ["worker", url, delay, vendors, lease] => {
            runtime().block_on(worker(
                url,
                number(delay),
                usize::try_from(number(vendors)).expect("few"),
                number(lease),
            ));
        }
        ["jobs", url, delay] => runtime().block_on(jobs(url, number(delay))),
        other => panic!("unknown arguments: {other:?}"),
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

/// Prints the number of deliveries of this process until it is killed.
async fn print_counts(count: impl Fn() -> u64) {
    loop {
        println!("{}", count());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn worker(url: &str, delay: u64, vendors: usize, lease: u64) {
    let store = PgStore::builder(url).expect("a URL").connect().await.expect("a store");
    let outbox = Outbox::new(store, reporter(vendors, Duration::from_millis(delay), false)).expect("no ledger");
    let builder = outbox.worker().concurrency(16).lease(Duration::from_secs(lease));
    let _worker = builder.operation_timeout(Duration::from_secs(lease - 10)).start().expect("a worker");
    print_counts(crate::instant_vendor::delivered).await;
}

static JOBS: AtomicU64 = AtomicU64::new(0);

#[derive(Debug, Serialize, Deserialize)]
struct Plain {
    delay: u64,
}

impl TaskHandler for Plain {
    const IDENTIFIER: &'static str = "plain";

    async fn run(self, _: WorkerContext) -> impl IntoTaskHandlerResult {
        if self.delay > 0 {
            tokio::time::sleep(Duration::from_millis(self.delay)).await;
        }
        JOBS.fetch_add(1, Ordering::Relaxed);
        Ok::<(), String>(())
    }
}

fn plain_options(url: &str) -> WorkerOptions {
    let database = TokioPostgresDatabase::from_url(url, 10).expect("a URL");
    WorkerOptions::default()
        .schema("plain")
        .database(QueueDatabase::from(database))
        .concurrency(80)
        .local_queue(LocalQueueConfig::default().with_size(400))
        .complete_job_batch_delay(Duration::from_millis(2))
        .listen_os_shutdown_signals(false)
        .define_job::<Plain>()
}

async fn jobs(url: &str, _: u64) {
    let worker = plain_options(url).init().await.expect("a queue");
    tokio::spawn(async move { worker.run().await.expect("a queue") });
    print_counts(|| JOBS.load(Ordering::Relaxed)).await;
}

/// Child processes that print their numbers of deliveries.
struct Fleet {
    children: Vec<Child>,
    counts: Vec<Arc<AtomicU64>>,
}

impl Fleet {
    fn start(processes: usize, arguments: &[&str]) -> Self {
        let mut fleet = Self { children: Vec::new(), counts: Vec::new() };
        for _ in 0..processes {
            let mut child = this_program(arguments).stdout(Stdio::piped()).spawn().expect("a child");
            let (count, output) = (Arc::new(AtomicU64::new(0)), child.stdout.take().expect("an output"));
            let counted = Arc::clone(&count);
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    counted.store(line.parse().unwrap_or(0), Ordering::Relaxed);
                }
            });
            fleet.children.push(child);
            fleet.counts.push(count);
        }
        fleet
    }

    fn delivered(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    fn wait(&self, count: u64) {
        let start = Instant::now();
        while self.delivered() < count {
            assert!(start.elapsed() < Duration::from_secs(600), "{} of {count}", self.delivered());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The CPU time of the children and of the server.
    fn cpu(&self, server: &Server) -> Duration {
        let own: Duration = self.children.iter().map(|child| times(child.id()).0).sum();
        own + server_cpu(server)
    }

    /// The rate between a tenth and nine tenths of `total`, and the CPU time of one delivery.
    fn measure(&self, server: &Server, total: u64) -> Rate {
        self.wait(total / 10);
        let (start, cpu, first) = (Instant::now(), self.cpu(server), self.delivered());
        self.wait(total * 9 / 10);
        let (elapsed, cpu, count) = (start.elapsed(), self.cpu(server) - cpu, self.delivered() - first);
        Rate { rate: rate(count, elapsed), cpu: cpu / u32::try_from(count).expect("few deliveries") }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

struct Rate {
    rate: f64,
    cpu: Duration,
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// The CPU time of a process, that of its ended children, and its parent.
fn times(id: u32) -> (Duration, Duration, u32) {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let fields: Vec<&str> = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let field = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let ticks = |ticks: u64| Duration::from_millis(ticks * 10);
    let parent = u32::try_from(field(1)).unwrap_or(0);
    (ticks(field(11) + field(12)), ticks(field(13) + field(14)), parent)
}

/// The CPU time of all processes of the server.
fn server_cpu(server: &Server) -> Duration {
    let postmaster = server.process();
    let (own, ended, _) = times(postmaster);
    let ids = std::fs::read_dir("/proc").expect("Linux").flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    own + ended + ids.map(times).filter(|times| times.2 == postmaster).map(|times| times.0).sum::<Duration>()
}

/// A server with the default settings, in a folder on the disk.
struct Prepared {
    server: Server,
    url: String,
}

fn prepare() -> Prepared {
    let server = Server::start("");
    let url = server.url("postgres");
    runtime().block_on(async { PgStore::builder(&url).expect("a URL").migrate().await.expect("a schema") });
    Prepared { server, url }
}

/// Enqueues cases, each in a transaction of a caller, and returns the rate.
async fn enqueue(url: &str, vendors: usize, callers: u64, first: u64, count: u64) -> f64 {
    let outbox = PgOutbox::new(VENDORS[..vendors].iter().cloned());
    let start = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let (outbox, url) = (outbox.clone(), url.to_owned());
        tokio::spawn(async move {
            let mut client = cluster::client(&url).await;
            for number in (first + caller..first + count).step_by(usize::try_from(callers).expect("few callers")) {
                let key = EventKey::new("bench", "", &number.to_string()).expect("a key");
                let transaction = client.transaction().await.expect("a transaction");
                let _ = outbox.enqueue_in(&transaction, &key, &case(number)).await.expect("accepted");
                transaction.commit().await.expect("a commit");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
    rate(count, start.elapsed())
}

/// Prints the rates. `divisor` makes all counts smaller.
fn speed(divisor: u64) {
    println!("| Outbox with PostgreSQL | Target | Measured | CPU of one |\n|---|---|---|---|");
    let prepared = prepare();
    for (vendors, callers) in [(5, 1), (5, 16), (1, 16)] {
        let before = server_cpu(&prepared.server);
        let count = 6_000 / divisor;
        let first = callers * 1_000_000 + u64::try_from(vendors).expect("few vendors") * 100_000_000;
        let rate = runtime().block_on(enqueue(&prepared.url, vendors, callers, first, count));
        let cpu = (server_cpu(&prepared.server) - before) / u32::try_from(count).expect("few");
        println!(
            "| enqueue in a transaction, {vendors} vendors, {callers} callers | {} | {rate:.0}/s | {} |",
            if callers > 1 { "2,000/s" } else { "" },
            micros(cpu)
        );
    }
    drop(prepared);
    for delay in [0, 5] {
        for processes in [1, 2, 3] {
            let prepared = prepare();
            let cases = 8_000 / divisor;
            runtime().block_on(enqueue(&prepared.url, 5, 16, 0, cases));
            let arguments = ["postgres", "worker", &prepared.url, &delay.to_string(), "5", "30"];
            let run = Fleet::start(processes, &arguments).measure(&prepared.server, cases * 5);
            let target = match (delay, processes) {
                (0, 2) => "1,500/s",
                (5, 2) => "2,500/s",
                _ => "",
            };
            println!(
                "| deliveries, {delay} ms, {processes} processes | {target} | {:.0}/s | {} |",
                run.rate,
                micros(run.cpu)
            );
        }
    }
    for delay in [0, 5] {
        for processes in [1, 2, 3] {
            plain(delay, processes, 40_000 / divisor);
        }
    }
}

fn plain(delay: u64, processes: usize, total: u64) {
    let prepared = prepare();
    runtime().block_on(async {
        drop(plain_options(&prepared.url).init().await.expect("a queue"));
        let client = cluster::client(&prepared.url).await;
        let payload = format!("{{\"delay\":{delay}}}");
        // Without this, the server compiles the statements of the function.
        cluster::execute(&client, "SET jit = off").await;
        let add = format!("SELECT plain.add_job('plain', '{payload}') FROM generate_series(1, 200)");
        for _ in 0..total / 200 {
            cluster::execute(&client, &add).await;
        }
    });
    let fleet = Fleet::start(processes, &["postgres", "jobs", &prepared.url, &delay.to_string()]);
    let run = fleet.measure(&prepared.server, total);
    println!(
        "| plain jobs of the queue, {delay} ms, {processes} processes | | {:.0}/s | {} |",
        run.rate,
        micros(run.cpu)
    );
}

fn micros(time: Duration) -> String {
    format!("{} us", time.as_micros())
}

/// Prints the times from a kill to the delivery of everything that the killed process held.
fn recovery(times: usize) {
    println!("\n| Recovery after `kill -9`, lease 11 s | Target | Measured |\n|---|---|---|");
    for round in 0..times {
        let prepared = prepare();
        let first = u64::try_from(round).expect("few rounds") * 1_000;
        let arguments = ["postgres", "worker", &prepared.url, "700", "1", "11"];
        let mut fleet = Fleet::start(2, &arguments);
        runtime().block_on(enqueue(&prepared.url, 1, 4, first, 160));
        fleet.wait(40);
        let mut killed = fleet.children.remove(0);
        killed.kill().expect("a kill");
        killed.wait().expect("an end");
        let start = Instant::now();
        runtime().block_on(async {
            let store = PgStore::builder(&prepared.url).expect("a URL").connect().await.expect("a store");
            loop {
                let counts = store.counts().await.expect("counts");
                let left: u64 = counts.values().map(|count| count.ready + count.leased + count.waiting).sum();
                if left == 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        println!("| kill {} | 14 s | {:.1} s |", round + 1, start.elapsed().as_secs_f64());
    }
}

/// Writes the rows of accepted reports directly, as `enqueue` does one by one.
async fn fill(url: &str, reports: u64) {
    let client = cluster::client(url).await;
    let json = serde_json::to_string(&case(0)).expect("a case is JSON");
    let vendor = &VENDORS[0];
    let reports = format!(
        "INSERT INTO chargeback.report (case_id, key, digest, stage, occurred_at, vendors, payload, accepted_at) \
         SELECT c, 'bench//' || c, sha256(c::bytea), 'received', now(), ARRAY['{vendor}'], \
             convert_to(replace('{json}', 'CB-00000000', c), 'UTF8'), now() \
         FROM (SELECT 'CB-' || lpad(g::text, 8, '0') c FROM generate_series(1, {reports}) g) cases"
    );
    let lanes = format!(
        "INSERT INTO chargeback.lane (vendor, case_id, state, head, due, since) \
         SELECT '{vendor}', case_id, 'ready', seq, accepted_at + seq * interval '1 us', accepted_at \
         FROM chargeback.report"
    );
    let open = "INSERT INTO chargeback.open (lane, seq) SELECT id, head FROM chargeback.lane";
    let vendors = format!("INSERT INTO chargeback.vendor (name) VALUES ('{vendor}')");
    for statement in [&reports, &lanes, open, &vendors, "VACUUM ANALYZE"] {
        cluster::execute(&client, statement).await;
    }
}

/// Prints the cost of a delivery at different backlogs.
fn backlog(sizes: &[u64]) {
    println!("\n| Waiting reports | Deliveries | CPU of one | Ratio |\n|---|---|---|---|");
    let mut base = None;
    for &size in sizes {
        let prepared = prepare();
        runtime().block_on(fill(&prepared.url, size));
        let arguments = ["postgres", "worker", &prepared.url, "0", "1", "30"];
        let run = Fleet::start(1, &arguments).measure(&prepared.server, size.min(20_000));
        let first = *base.get_or_insert(run.cpu);
        let ratio = run.cpu.as_secs_f64() / first.as_secs_f64();
        println!("| {size} | {:.0}/s | {} | {ratio:.2} |", run.rate, micros(run.cpu));
    }
}

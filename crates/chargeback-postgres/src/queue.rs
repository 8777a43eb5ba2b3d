//! The job queue, which wakes workers.
//!
//! A job only wakes the worker of a process; the state of the lanes decides which reports are sent. The seam to the
//! queue is the SQL function `wake`, which adds a job, and [`Wake::run`], which handles it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use deadpool_postgres::Pool;
use futures_util::stream::StreamExt as _;
use graphile_worker::tokio_postgres::TokioPostgresDatabase;
use graphile_worker::{
    BoxFuture, Database, DatabaseDriver, DbError, DbExecutor, DbParams, DbRow, DbTransaction, IntoTaskHandlerResult,
    LocalQueueConfig, Notification, NotificationStream, RefetchDelayConfig, TaskHandler, WorkerContext, WorkerOptions,
    WorkerRecoveryConfig,
};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};

use crate::connect::Connector;
use crate::shared::Shared;

/// The connections of the queue without the one that listens.
const CONNECTIONS: usize = 4;

/// The first and the longest wait before a queue that failed is started again.
const RESTART: Duration = Duration::from_secs(1);
const LONGEST_RESTART: Duration = Duration::from_secs(30);

/// The shortest time between two fetches. Jobs that are added meanwhile have the same effect as one.
const REFETCH: Duration = Duration::from_millis(20);

/// A job that wakes the worker of the process that takes it.
#[derive(Debug, Serialize, Deserialize)]
struct Wake {}

/// The process to wake.
#[derive(Clone)]
struct Woken(Weak<Shared>);

impl std::fmt::Debug for Woken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Woken")
    }
}

impl TaskHandler for Wake {
    const IDENTIFIER: &'static str = "chargeback_wake";

    /// Always succeeds: the queue's own retry is never used.
    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        if let Some(shared) = context.get_ext::<Woken>().and_then(|woken| woken.0.upgrade()) {
            shared.wakes.wake_all();
        }
        Ok::<(), String>(())
    }
}

/// The running queue of a process.
pub(crate) struct Queue {
    running: Arc<AtomicBool>,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
}

impl Queue {
    /// Starts the queue in the background. It is started again when it fails, for example while the server is gone.
    pub(crate) fn start(shared: &Arc<Shared>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (has_ended, ended) = watch::channel(false);
        let running = Arc::new(AtomicBool::new(false));
        tokio::spawn(run(Arc::downgrade(shared), Arc::clone(&running), stopped, has_ended));
        Self { running, stop, ended }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.load(Ordering::SeqCst)
    }

    /// Stops the queue, and waits until its jobs have ended.
    pub(crate) async fn stop(&self) {
        self.stop.send_replace(true);
        // An error means that the task is gone.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }
}

/// Returns the settings of the queue.
///
/// The local queue fetches many jobs with one query, and recovery returns the jobs of dead processes. Both are off by
/// default.
pub(crate) fn options(shared: &Arc<Shared>, pool: Pool) -> WorkerOptions {
    let database = QueueDatabase::new(pool, shared.connector.clone());
    WorkerOptions::default()
        .schema(shared.schema.queue())
        .database(Database::new(database))
        .concurrency(2)
        .poll_interval(Duration::from_secs(1))
        .local_queue(local_queue())
        .worker_recovery(recovery())
        .complete_job_batch_delay(Duration::from_millis(5))
        .listen_os_shutdown_signals(false)
        .add_extension(Woken(Arc::downgrade(shared)))
        .define_job::<Wake>()
}

pub(crate) fn local_queue() -> LocalQueueConfig {
    let delay = RefetchDelayConfig::default().with_duration(REFETCH).with_threshold(64);
    LocalQueueConfig::default().with_size(64).with_refetch_delay(delay)
}

pub(crate) fn recovery() -> WorkerRecoveryConfig {
    WorkerRecoveryConfig::default()
        .heartbeat_interval(Duration::from_secs(5))
        .sweep_interval(Duration::from_secs(10))
        .sweep_threshold(Duration::from_secs(30))
        .recovery_delay(Duration::ZERO)
}

async fn run(
    shared: Weak<Shared>,
    running: Arc<AtomicBool>,
    mut stop: watch::Receiver<bool>,
    ended: watch::Sender<bool>,
) {
    let mut wait = RESTART;
    while !*stop.borrow() {
        let Some(strong) = shared.upgrade() else { break };
        let session = "SET client_min_messages = warning".to_owned();
        let Ok(pool) = strong.connector.pool(CONNECTIONS, session) else { break };
        let options = options(&strong, pool.clone());
        drop(strong);
        match options.init().await {
            Ok(worker) => {
                wait = RESTART;
                running.store(true, Ordering::SeqCst);
                let run = worker.run();
                tokio::pin!(run);
                tokio::select! {
                    result = &mut run => if let Err(error) = result {
                        tracing::warn!(%error, "the job queue failed and is started again");
                    },
                    () = stopped(&mut stop) => {
                        worker.request_shutdown();
                        let _ = run.await;
                    }
                }
                running.store(false, Ordering::SeqCst);
            }
            Err(error) => tracing::warn!(%error, "the job queue could not be started; workers check once in a second"),
        }
        pool.close();
        if tokio::time::timeout(wait, stopped(&mut stop)).await.is_ok() {
            break;
        }
        wait = (wait * 2).min(LONGEST_RESTART);
    }
    ended.send_replace(true);
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the store was dropped.
    let _ = stop.wait_for(|stopped| *stopped).await;
}

/// The database of the queue: connections of this crate, so that the queue has the same TLS.
#[derive(Clone)]
pub(crate) struct QueueDatabase {
    inner: TokioPostgresDatabase,
    connector: Connector,
}

impl QueueDatabase {
    pub(crate) fn new(pool: Pool, connector: Connector) -> Self {
        Self { inner: TokioPostgresDatabase::new(pool), connector }
    }
}

impl std::fmt::Debug for QueueDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QueueDatabase")
    }
}

impl DbExecutor for QueueDatabase {
    fn execute<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<u64, DbError>> {
        self.inner.execute(sql, params)
    }

    fn fetch_all<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        self.inner.fetch_all(sql, params)
    }
}

impl DatabaseDriver for QueueDatabase {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn begin(&self) -> BoxFuture<'_, Result<DbTransaction, DbError>> {
        self.inner.begin()
    }

    fn listen<'a>(&'a self, channel: &'a str) -> BoxFuture<'a, Result<Option<NotificationStream>, DbError>> {
        Box::pin(async move {
            let (notified, received) = mpsc::unbounded_channel();
            let statement = format!("LISTEN {}", graphile_worker::escape_identifier(channel));
            tokio::spawn(keep_listening(self.connector.clone(), statement, notified));
            let stream = futures_util::stream::unfold(received, async |mut received| {
                received.recv().await.map(|notification| (Ok(notification), received))
            });
            Ok(Some(stream.boxed() as NotificationStream))
        })
    }
}

/// Listens until the receiver is dropped. Connects again when the connection ends.
async fn keep_listening(connector: Connector, statement: String, notified: mpsc::UnboundedSender<Notification>) {
    while !notified.is_closed() {
        let sender = notified.clone();
        let forward = move |notification: tokio_postgres::Notification| {
            let (channel, payload) = (notification.channel().to_owned(), notification.payload().to_owned());
            sender.send(Notification { channel, payload }).is_ok()
        };
        if let Ok((client, connection)) = connector.listen(forward).await
            && client.batch_execute(&statement).await.is_ok()
        {
            tokio::select! {
                _ = connection => (),
                () = notified.closed() => return,
            }
        }
        tokio::select! {
            () = tokio::time::sleep(RESTART) => (),
            () = notified.closed() => return,
        }
    }
}

//! The queue of calls to the thread of a store.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread as std_thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{Notify, Semaphore, oneshot};

use super::super::hashes::StoreKey;
use super::super::store_error::StoreError;
use super::builder::SqliteStoreBuilder;
use super::command::Call;
use super::errors::sql;
use super::open;
use super::tables::SqliteTables;
use super::thread::{Message, Worker};
use crate::engine::Clock;

/// The number of calls that may wait for the thread. More callers wait for a place.
const QUEUE: usize = 1024;

/// The number of long reads at a time. Each has a separate thread and connection.
const READERS: usize = 2;

/// The state that the clones of a store share.
pub(super) struct Queue {
    messages: Sender<Message>,
    /// The places in the queue of the thread.
    places: Arc<Semaphore>,
    readers: Arc<Semaphore>,
    path: PathBuf,
    busy_timeout: Duration,
    pub(super) key: StoreKey,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) changed: Arc<Notify>,
}

impl Queue {
    /// Starts the thread, which opens the file.
    pub(super) fn start(settings: SqliteStoreBuilder) -> Result<Self, StoreError> {
        let SqliteStoreBuilder { path, key, clock, busy_timeout, truncation } = settings;
        let (messages, receiver) = mpsc::channel();
        let changed = Arc::new(Notify::new());
        let (opened, result) = mpsc::sync_channel(1);
        let (thread_path, thread_changed) = (path.clone(), Arc::clone(&changed));
        std_thread::Builder::new()
            .name("chargeback-sqlite".into())
            .spawn(move || match open::open(&thread_path, key.as_ref(), busy_timeout) {
                Ok((connection, key)) => {
                    let worker = Worker::new(connection, key.clone(), receiver, thread_changed, truncation);
                    if opened.send(Ok(key)).is_ok() {
                        worker.run();
                    }
                }
                // The caller waits for the result.
                Err(error) => drop(opened.send(Err(error))),
            })
            .map_err(|_| StoreError::unavailable("the thread of the store cannot be started"))?;
        let key = result.recv().map_err(|_| StoreError::unavailable("the thread of the store has ended"))??;
        let (places, readers) = (Arc::new(Semaphore::new(QUEUE)), Arc::new(Semaphore::new(READERS)));
        Ok(Self { messages, places, readers, path, busy_timeout, key, clock, changed })
    }

    /// Ends the thread after the waiting calls.
    pub(super) async fn close(&self) {
        let (closed, wait) = oneshot::channel();
        // Both errors mean that the store is closed.
        if self.messages.send(Message::Close(closed)).is_ok() {
            let _ = wait.await;
        }
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    /// Runs one transaction on the thread of the store.
    pub(super) async fn write<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut SqliteTables<'_>, i64) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        self.call(work, true).await
    }

    /// Runs a transaction on the thread of the store, which is durable afterwards.
    pub(super) async fn call<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut SqliteTables<'_>, i64) -> Result<R, StoreError> + Send + 'static,
        is_write: bool,
    ) -> Result<R, StoreError> {
        let closed = || StoreError::unavailable("the store is closed");
        let now = self.now();
        let permit = Arc::clone(&self.places).acquire_owned().await.map_err(|_| closed())?;
        let (reply, result) = oneshot::channel();
        let call = Call { work, result: None, reply, now, called: Instant::now(), is_write, _permit: permit };
        self.messages.send(Message::Run(Box::new(call))).map_err(|_| closed())?;
        result.await.map_err(|_| closed())?
    }

    /// Runs a long read on a separate thread and connection.
    pub(super) async fn read_alone<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, i64) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let ended = || StoreError::unavailable("the read has ended without a result");
        let permit = Arc::clone(&self.readers).acquire_owned().await.map_err(|_| ended())?;
        let (reply, result) = oneshot::channel();
        let (path, busy_timeout, now) = (self.path.clone(), self.busy_timeout, self.now());
        std_thread::Builder::new()
            .name("chargeback-sqlite-read".into())
            .spawn(move || {
                let _permit = permit;
                let read = open::reader(&path, busy_timeout).and_then(|connection| work(&connection, now));
                // The caller may have stopped waiting.
                let _ = reply.send(read);
            })
            .map_err(|_| StoreError::unavailable("a thread for the read cannot be started"))?;
        result.await.map_err(|_| ended())?
    }

    /// Runs a long read with the rows of one moment.
    pub(super) async fn read_tables<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteTables<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let key = self.key.clone();
        self.read_alone(move |connection, _| {
            connection.execute_batch("BEGIN").map_err(sql)?;
            work(&mut SqliteTables::new(connection, &key, &mut HashSet::new()))
        })
        .await
    }
}

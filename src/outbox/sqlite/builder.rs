//! The settings of a store.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use super::super::store_error::StoreError;
use super::thread::{Truncation, Worker};
use super::{Shared, SqliteStore, open};
use crate::engine::{Clock, TokioClock};
use crate::util::redact::Presence;
use crate::util::secret::Secret;

/// The number of calls that may wait for the thread. More callers wait for a place.
const QUEUE: usize = 1024;

/// The settings of a [`SqliteStore`].
///
/// ```no_run
/// use std::time::Duration;
///
/// use chargeback::outbox::SqliteStore;
///
/// let store = SqliteStore::builder("chargebacks.db").busy_timeout(Duration::from_secs(5)).open()?;
/// # Ok::<(), chargeback::outbox::StoreError>(())
/// ```
#[must_use]
pub struct SqliteStoreBuilder {
    path: PathBuf,
    key: Option<Secret>,
    clock: Arc<dyn Clock>,
    busy_timeout: Duration,
    truncation: Truncation,
}

impl SqliteStoreBuilder {
    pub(super) fn new(path: &Path) -> Self {
        let truncation = Truncation { idle: Duration::from_secs(60), longest: Duration::from_secs(60 * 60) };
        Self {
            path: path.to_owned(),
            key: None,
            clock: Arc::new(TokioClock::new()),
            busy_timeout: Duration::from_secs(30),
            truncation,
        }
    }

    /// Sets the key for the hashes of payloads, event keys and erased case ids. Default: a random key, which the file
    /// contains.
    ///
    /// Every process that opens the file needs the same key. With a key outside of the file, a copy of the file does
    /// not show whether a known case id was erased.
    ///
    /// ```no_run
    /// use chargeback::Secret;
    /// use chargeback::outbox::SqliteStore;
    ///
    /// let key = Secret::new(std::env::var("OUTBOX_KEY")?);
    /// let store = SqliteStore::builder("chargebacks.db").key(key).open()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn key(mut self, key: Secret) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets the clock, for example a simulated one. Default: the system's clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the longest wait for the write lock of another process. Default: 30 seconds. A call that waits longer fails
    /// with [`StoreError::Unavailable`].
    pub const fn busy_timeout(mut self, time: Duration) -> Self {
        self.busy_timeout = time;
        self
    }

    #[cfg(test)]
    pub(super) const fn truncation(mut self, truncation: Truncation) -> Self {
        self.truncation = truncation;
        self
    }

    /// Opens the store. Creates the file if it does not exist, and upgrades the tables of an older version.
    ///
    /// Blocks the calling thread, usually for some milliseconds; for `busy_timeout` at most if another process holds
    /// the write lock.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Unusable`] if the file cannot be created or is read-only, belongs to another application, or is
    ///   on a network file system.
    /// - [`StoreError::WrongKey`], [`StoreError::TooNew`] and [`StoreError::Corrupt`] for the content of the file.
    /// - [`StoreError::Unavailable`] if another process holds the write lock for too long, or if the disk is full.
    pub fn open(self) -> Result<SqliteStore, StoreError> {
        let Self { path, key, clock, busy_timeout, truncation } = self;
        let (messages, receiver) = mpsc::channel();
        let changed = Arc::new(Notify::new());
        let (opened, result) = mpsc::sync_channel(1);
        let (thread_path, thread_changed) = (path.clone(), Arc::clone(&changed));
        thread::Builder::new()
            .name("chargeback-sqlite".into())
            .spawn(move || match open::open(&thread_path, key.as_ref(), busy_timeout) {
                Ok((connection, key)) => {
                    let worker = Worker::new(connection, receiver, thread_changed, truncation);
                    if opened.send(Ok(key)).is_ok() {
                        worker.run();
                    }
                }
                // The caller waits for the result.
                Err(error) => drop(opened.send(Err(error))),
            })
            .map_err(|_| StoreError::unavailable("the thread of the store cannot be started"))?;
        let key = result.recv().map_err(|_| StoreError::unavailable("the thread of the store has ended"))??;
        let places = Arc::new(Semaphore::new(QUEUE));
        let readers = Arc::new(Semaphore::new(super::READERS));
        let shared = Shared { messages, places, readers, path, busy_timeout, key, clock, changed };
        Ok(SqliteStore { shared: Arc::new(shared) })
    }
}

impl fmt::Debug for SqliteStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStoreBuilder")
            .field("path", &self.path)
            .field("key", &Presence::new(self.key.as_ref()))
            .field("busy_timeout", &self.busy_timeout)
            .finish_non_exhaustive()
    }
}

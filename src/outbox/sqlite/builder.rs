//! The settings of a store.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::thread::Truncation;
use crate::engine::{Clock, TokioClock};
use crate::util::redact::Presence;
use crate::util::secret::Secret;

/// The settings of a [`SqliteStore`](super::SqliteStore).
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
    pub(super) path: PathBuf,
    pub(super) key: Option<Secret>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) busy_timeout: Duration,
    pub(super) truncation: Truncation,
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
    /// with [`StoreError::Unavailable`](crate::outbox::StoreError::Unavailable).
    pub const fn busy_timeout(mut self, time: Duration) -> Self {
        self.busy_timeout = time;
        self
    }

    #[cfg(test)]
    pub(super) const fn truncation(mut self, truncation: Truncation) -> Self {
        self.truncation = truncation;
        self
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

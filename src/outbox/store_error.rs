//! Errors of stores.

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A failed call of a store. Sources appear in error chains and must not hold case ids or personal data.
///
/// ```
/// use chargeback::outbox::StoreError;
///
/// let error = StoreError::unavailable("the disk is full");
/// assert_eq!(error.to_string(), "the store is not available; nothing changed, call again later");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be reached or cannot write, for example on a full disk. Nothing changed, unless the reply of a
    /// remote store was lost.
    #[error("the store is not available; nothing changed, call again later")]
    Unavailable(#[source] BoxError),
    /// The lane belongs to another holder, or has another head. Nothing changed, apart from the resend mark.
    #[error("the lane belongs to another holder; nothing changed")]
    Fenced,
    /// The lane or vendor changed since it was read. Nothing changed.
    #[error("the lane was changed meanwhile; read it again")]
    Changed,
    /// The store has no such lane or report.
    #[error("the store has no such lane")]
    NotFound,
    /// The act is not possible in the state of the lane. Nothing changed.
    #[error("not possible now: {0}")]
    Refused(&'static str),
    /// The payload was deleted after its retention time.
    #[error("the payload was deleted after its retention time; enqueue the event again with another key")]
    PayloadGone,
    /// The store was written by a newer version, which does not allow this version to use it.
    #[error("the store has version {found}, and this version of the crate knows {known}; upgrade the crate")]
    TooNew {
        /// The version of the store.
        found: u32,
        /// The highest version that this crate knows.
        known: u32,
    },
    /// The store belongs to another key.
    #[error("the store was created with another key; configure the key with which it was created")]
    WrongKey,
    /// The data of the store is damaged.
    #[error("the store is damaged; restore a backup, then call `distrust`")]
    Corrupt(#[source] BoxError),
    /// The place of the store cannot be used.
    #[error("the store cannot be opened: {0}")]
    Unusable(String),
}

impl StoreError {
    /// Creates the error of a store that cannot be reached.
    pub fn unavailable(source: impl Into<BoxError>) -> Self {
        Self::Unavailable(source.into())
    }

    /// Creates the error of a damaged store.
    pub fn corrupt(source: impl Into<BoxError>) -> Self {
        Self::Corrupt(source.into())
    }
}

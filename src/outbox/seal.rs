//! Encryption of stored payloads.

use std::fmt::Debug;
use std::sync::Arc;

/// Encrypts payloads before they are stored, and decrypts them before they are sent.
///
/// Use an authenticated cipher such as AES-256-GCM with a random nonce for each payload, and the case id as associated
/// data, so that a payload cannot be moved to another case. Without a sealer, payloads are stored as JSON.
///
/// ```
/// use chargeback::outbox::{SealError, Sealer};
///
/// /// Not a cipher; it only shows the shape.
/// #[derive(Debug)]
/// struct Reversed;
///
/// impl Sealer for Reversed {
///     fn seal(&self, _case_id: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
///         Ok(plain.iter().rev().copied().collect())
///     }
///
///     fn open(&self, _case_id: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
///         Ok(sealed.iter().rev().copied().collect())
///     }
/// }
/// ```
pub trait Sealer: Debug + Send + Sync + 'static {
    /// Encrypts a payload of this case.
    ///
    /// # Errors
    ///
    /// [`SealError`] if the payload cannot be encrypted. The report is not accepted then.
    fn seal(&self, case_id: &str, plain: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Decrypts a payload of this case.
    ///
    /// # Errors
    ///
    /// [`SealError`] if the payload was encrypted with another key or for another case. The report then waits with
    /// [`WaitReason::AnotherKey`](super::WaitReason::AnotherKey).
    fn open(&self, case_id: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError>;
}

/// A payload that could not be encrypted or decrypted. The text appears in error chains and must not hold keys or
/// personal data.
///
/// ```
/// use chargeback::outbox::SealError;
///
/// assert_eq!(SealError::new("the key is unknown").to_string(), "the payload could not be sealed or opened");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the payload could not be sealed or opened")]
pub struct SealError {
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl SealError {
    /// Creates an error with its cause.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}

impl<S: Sealer + ?Sized> Sealer for Arc<S> {
    fn seal(&self, case_id: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        (**self).seal(case_id, plain)
    }

    fn open(&self, case_id: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        (**self).open(case_id, sealed)
    }
}

//! The two errors of webhooks: a delivery that is not verified, and a verified one that cannot be parsed.

use std::fmt;

use bytes::Bytes;

use super::source::Source;
use crate::util::violation::{Violation, join};

/// A delivery that is not verified. Respond with a 4xx status. The message repeats no part of the delivery.
///
/// ```
/// use chargeback::webhooks::{VerifyError, checkout};
/// use http::HeaderMap;
///
/// let verifier = checkout::Verifier::new("signature_key")?;
/// let error = verifier.verify(&HeaderMap::new(), b"{}").unwrap_err();
/// assert_eq!(error, VerifyError::Missing("cko-signature"));
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The header or body field with the signature is missing, or a delivery has no items.
    #[error("missing `{0}`; check that the processor sent the webhook and that signing is enabled there")]
    Missing(&'static str),
    /// A header or body field that the verification needs does not have the documented format.
    #[error("malformed `{0}`")]
    Malformed(&'static str),
    /// No secret produces the signature. Possible causes: the webhook is not from the processor, the body was changed
    /// before verification, or the secret belongs to another endpoint.
    #[error("signature mismatch; pass the raw body, and check that the secret belongs to this endpoint")]
    NoMatch,
    /// The signature is correct but older than the tolerance. Possible causes: a late delivery, a replay, or a wrong
    /// clock.
    #[error("signed too long ago; a late delivery or a replay, or this machine's clock is fast")]
    TooOld,
    /// The signature is dated in the future: this machine's clock is slow.
    #[error("dated in the future; check this machine's clock")]
    TooNew,
    /// The certificate that the webhook names was not configured or is not trusted.
    #[error("the webhook's certificate is {0}")]
    Certificate(&'static str),
}

/// A verified payload that cannot be parsed.
///
/// The processor would send the same bytes again, so an error status does not help: processors retry for days and can
/// disable the endpoint. Instead:
///
/// 1. Store the [`payload`](Self::payload).
/// 2. Alert a person. The message can be logged: `Debug` and `Display` contain no part of the payload.
/// 3. Respond with status 200.
///
/// ```
/// use chargeback::webhooks::{Event, ParseError};
/// use http::StatusCode;
///
/// fn respond(parsed: Result<Event, ParseError>, store: impl Fn(&[u8])) -> StatusCode {
///     if let Err(error) = &parsed {
///         eprintln!("a person should check this webhook: {error}");
///         store(error.payload());
///     }
///     StatusCode::OK
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ParseError {
    source: Source,
    violations: Vec<Violation>,
    payload: Bytes,
}

impl ParseError {
    pub(super) const fn new(source: Source, violations: Vec<Violation>, payload: Bytes) -> Self {
        Self { source, violations, payload }
    }

    /// Returns the processor that sent the payload.
    #[must_use]
    pub const fn processor(&self) -> Source {
        self.source
    }

    /// Returns every difference from the processor's documentation, without values.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Returns the payload as received. Contains personal data, and for Pipwave the API key.
    #[must_use]
    pub const fn payload(&self) -> &Bytes {
        &self.payload
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParseError")
            .field("source", &self.source)
            .field("violations", &self.violations)
            .field("payload", &self.payload.len())
            .finish()
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unreadable body: {}", join(&self.violations))
    }
}

impl std::error::Error for ParseError {}

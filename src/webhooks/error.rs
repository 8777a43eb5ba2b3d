//! Errors of verifying and parsing webhooks.

use crate::util::violation::{Violation, join};

/// An error from verifying or parsing a webhook. The message repeats no part of the webhook.
///
/// Every variant except [`Body`](Self::Body) is a failed check of the sender. [`VerifiedPayload::parse`] of a processor
/// returns only `Body`; Adyen's returns [`TooNew`](Self::TooNew) too.
///
/// ```
/// use chargeback::webhooks::{WebhookError, checkout};
/// use http::HeaderMap;
///
/// let verifier = checkout::Verifier::new("signature_key")?;
/// let error = verifier.verify(&HeaderMap::new(), b"{}").unwrap_err();
/// assert_eq!(error, WebhookError::Missing("cko-signature"));
/// # Ok::<(), chargeback::Error>(())
/// ```
///
/// [`VerifiedPayload::parse`]: super::stripe::VerifiedPayload::parse
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The header or body field with the signature is missing.
    #[error("missing `{0}`; check that the processor sent the webhook and that signing is enabled there")]
    Missing(&'static str),
    /// The header or body field with the signature does not have the documented format.
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
    /// The webhook is dated in the future: this machine's clock is slow, or an unsigned date was changed.
    #[error("dated in the future; check this machine's clock")]
    TooNew,
    /// The certificate that the webhook names was not configured or is not trusted.
    #[error("the webhook's certificate is {0}")]
    Certificate(&'static str),
    /// The body does not match the processor's documentation. Every violation is listed.
    #[error("unreadable body: {}", join(.0))]
    Body(Vec<Violation>),
}

impl WebhookError {
    /// Creates a [`Body`](Self::Body) error with one violation.
    pub(super) fn body(field: &'static str, rule: &'static str) -> Self {
        Self::Body(vec![Violation::new(field, rule)])
    }
}

//! Who sent it, and when.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::error::{ConfigurationError, Error};
use crate::util::secret::Secret;
use crate::util::violation::Violation;

/// Why a webhook is not taken. It repeats nothing of the webhook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// What carries the signature is not there: a header, or a field of the body.
    #[error("the webhook has no `{0}`: it is not from the processor, or signing is not switched on there")]
    Missing(&'static str),
    /// What carries the signature is not of its form.
    #[error("the webhook's `{0}` is malformed")]
    Malformed(&'static str),
    /// No secret gives the signature: it is not from the processor, the body was changed on the way (hand over the raw bytes),
    /// or the secret is another endpoint's.
    #[error("the webhook's signature does not match; hand over the raw body, and check whose secret it is")]
    NoMatch,
    /// The signature is right, and older than the tolerance: a late delivery, a replay, or a clock that is wrong.
    #[error("the webhook was signed too long ago")]
    TooOld,
    /// The signature is right, and from the future: this machine's clock is slow.
    #[error("the webhook was signed in the future; check this machine's clock")]
    TooNew,
    /// The certificate that it names was not given, or is not to be trusted.
    #[error("the certificate that the webhook names is {0}")]
    Certificate(&'static str),
    /// The body is not what the processor documents.
    #[error("the webhook's body cannot be read: {}", list(.0))]
    Body(Vec<Violation>),
}

fn list(problems: &[Violation]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl WebhookError {
    pub(super) fn body(field: &'static str, rule: &'static str) -> Self {
        Self::Body(vec![Violation::new(field, rule)])
    }
}

/// The secrets of an endpoint: the current one, and others while they are being replaced. Any of them may have signed.
#[derive(Debug, Clone)]
pub struct Secrets(Vec<Secret>);

impl Secrets {
    /// One secret.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self(vec![secret.into()])
    }

    /// And another, which is taken as well.
    #[must_use]
    pub fn or(mut self, secret: impl Into<Secret>) -> Self {
        self.0.push(secret.into());
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }

    /// An empty secret would let everybody sign.
    pub(super) fn check(self, name: &'static str) -> Result<Self, Error> {
        if self.0.iter().any(Secret::is_blank) { Err(misconfigured(name, "empty")) } else { Ok(self) }
    }

    /// Whether one of them gives one of these HMAC-SHA256 over the parts, one after another. One sum is made for each secret, however
    /// many signatures are offered, and the comparison takes the same time whichever it is.
    pub(super) fn have_signed(&self, parts: &[&[u8]], offered: &[Vec<u8>]) -> bool {
        let signed = |secret: &Secret| is_one_of(&sha256(secret.expose().as_bytes(), parts), offered);
        self.iter().fold(false, |found, secret| found | signed(secret))
    }
}

impl<S: Into<Secret>> From<S> for Secrets {
    fn from(secret: S) -> Self {
        Self::new(secret)
    }
}

pub(super) fn misconfigured(name: &'static str, rule: &'static str) -> Error {
    ConfigurationError::new(None, vec![Violation::new(name, rule)]).into()
}

/// More signatures than any processor sends.
pub(super) const MOST_SIGNATURES: usize = 16;

/// HMAC-SHA256 over the parts, one after another. HMAC takes keys of every length, so there is always one.
pub(super) fn sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// Whether the sum is among those that are offered, each compared in constant time.
pub(super) fn is_one_of(sum: &[u8], offered: &[Vec<u8>]) -> bool {
    !sum.is_empty() && offered.iter().fold(false, |found, offered| found | bool::from(sum.ct_eq(offered)))
}

/// How far the time of a signature may lie from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance(Option<(Duration, Duration)>);

impl Tolerance {
    /// At most this old, and at most this far ahead.
    #[must_use]
    pub const fn new(past: Duration, future: Duration) -> Self {
        Self(Some((past, future)))
    }

    /// No check: whoever has seen a webhook can send it again at any time. Drop repeats by the event's id then.
    #[must_use]
    pub const fn unchecked() -> Self {
        Self(None)
    }

    pub(super) fn check(self, signed: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), WebhookError> {
        let Some((past, future)) = self.0 else { return Ok(()) };
        let limit = |time: Duration| TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
        let age = now.signed_duration_since(signed);
        if age > limit(past) {
            Err(WebhookError::TooOld)
        } else if -age > limit(future) {
            Err(WebhookError::TooNew)
        } else {
            Ok(())
        }
    }
}

/// The text of a header that must be there.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h str, WebhookError> {
    let value = headers.get(name).ok_or(WebhookError::Missing(name))?;
    value.to_str().map_err(|_| WebhookError::Malformed(name))
}

/// `Debug` of a payload: how long it is, and nothing of it.
macro_rules! hidden_body {
    ($Verified:ident) => {
        impl std::fmt::Debug for $Verified {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Verified)).field("body", &self.body.len()).finish_non_exhaustive()
            }
        }
    };
}

pub(super) use hidden_body;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// From a public test of Adyen's SDKs, for those of its webhooks that sign the raw body; this crate reads none of them.
    #[test]
    fn the_sum_is_the_one_that_adyens_sdks_make() {
        let key = hex::decode("9064450A8892A093D9E97EFCC9639DE31B74F3A7803135555A3C96F5A57915D6").unwrap();
        for parts in [&[&b"TestPayload"[..]][..], &[b"Test", b"", b"Payload"]] {
            assert_eq!(STANDARD.encode(sha256(&key, parts)), "YA9/UDjldIO4Gq68X4ATYYoEaPYH4f4k2uzBBzEF1PA=");
        }
    }
}

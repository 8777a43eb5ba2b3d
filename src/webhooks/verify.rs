//! Secrets, time tolerance and signature checks that the processors' verifiers share.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::error::VerifyError;
use crate::error::{ConfigurationError, Error};
use crate::util::secret::Secret;
use crate::util::violation::Violation;

/// The secrets of one endpoint. A signature by any of them is accepted.
///
/// A single secret converts with `Into`; a rotation needs two:
///
/// ```
/// use chargeback::webhooks::{Secrets, checkout, stripe};
///
/// let checkout = checkout::Verifier::new("signature_key")?;
/// let stripe = stripe::Verifier::new(Secrets::new("whsec_new").or("whsec_old"))?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Secrets(Vec<Secret>);

impl Secrets {
    /// Creates a list with one secret.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self(vec![secret.into()])
    }

    /// Adds a secret, for example the previous one during a rotation.
    #[must_use]
    pub fn or(mut self, secret: impl Into<Secret>) -> Self {
        self.0.push(secret.into());
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }

    /// Returns an error if a secret is empty, because anyone can sign with an empty secret, or if it can never match.
    pub(super) fn check(self, name: &'static str) -> Result<Self, Error> {
        for secret in &self.0 {
            check_setting(name, secret.expose())?;
        }
        Ok(self)
    }

    /// Returns true if a secret gives one of the offered HMAC-SHA256 sums over the concatenated parts.
    ///
    /// Each secret is hashed once, whatever the number of offered signatures, and every comparison runs.
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

/// Returns an error if a key, secret or id from the processor's dashboard is empty or was copied with white space.
pub(super) fn check_setting(name: &'static str, value: &str) -> Result<(), Error> {
    if value.trim().is_empty() {
        return Err(misconfigured(name, "must not be empty"));
    }
    let has_control = value.chars().any(char::is_control);
    match (value.trim_start() == value, value.trim_end() == value) {
        (false, _) => Err(misconfigured(name, "has white space at its start")),
        (_, false) => Err(misconfigured(name, "has white space at its end")),
        _ if has_control => Err(misconfigured(name, "has a control character")),
        _ => Ok(()),
    }
}

pub(super) fn misconfigured(name: &'static str, rule: &'static str) -> Error {
    ConfigurationError::new(None, vec![Violation::new(name, rule)]).into()
}

/// The largest number of signatures that is accepted in one webhook. No processor sends as many.
pub(super) const MAX_SIGNATURES: usize = 16;

/// Returns the HMAC-SHA256 over the concatenated parts.
pub(super) fn sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // HMAC accepts keys of every length, so the error case is not reached.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// Returns true if the sum is one of those offered. Each comparison runs in constant time.
pub(super) fn is_one_of(sum: &[u8], offered: &[Vec<u8>]) -> bool {
    !sum.is_empty() && offered.iter().fold(false, |found, offered| found | bool::from(sum.ct_eq(offered)))
}

/// The largest accepted difference between the time of a signature and the current time.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::webhooks::{Tolerance, stripe};
///
/// let tolerance = Tolerance::new(Duration::from_secs(600), Duration::from_secs(60));
/// let verifier = stripe::Verifier::new("whsec_secret")?.tolerance(tolerance);
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance(Option<(Duration, Duration)>);

impl Tolerance {
    /// Creates a tolerance: the maximum age, and the maximum time in the future.
    #[must_use]
    pub const fn new(past: Duration, future: Duration) -> Self {
        Self(Some((past, future)))
    }

    /// Disables the check. A captured webhook can then be replayed at any time, so drop repeats by event id.
    ///
    /// ```
    /// use chargeback::webhooks::{Tolerance, stripe};
    ///
    /// // For stored deliveries, whose event ids were checked when they arrived.
    /// let verifier = stripe::Verifier::new("whsec_secret")?.tolerance(Tolerance::unchecked());
    /// # let _ = verifier;
    /// # Ok::<(), chargeback::Error>(())
    /// ```
    #[must_use]
    pub const fn unchecked() -> Self {
        Self(None)
    }

    pub(super) fn check(self, signed: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), VerifyError> {
        let Some((past, future)) = self.0 else { return Ok(()) };
        let limit = |time: Duration| TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
        let age = now.signed_duration_since(signed);
        if age > limit(past) {
            Err(VerifyError::TooOld)
        } else if -age > limit(future) {
            Err(VerifyError::TooNew)
        } else {
            Ok(())
        }
    }
}

/// Returns the text of a required header.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h str, VerifyError> {
    let value = headers.get(name).ok_or(VerifyError::Missing(name))?;
    value.to_str().map_err(|_| VerifyError::Malformed(name))
}

/// Implements `Debug` for a payload: shows the length of the body and no content.
macro_rules! redacted_debug {
    ($Payload:ident) => {
        impl std::fmt::Debug for $Payload {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Payload)).field("body", &self.body.len()).finish_non_exhaustive()
            }
        }
    };
}

pub(super) use redacted_debug;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// From a public test of Adyen's SDKs, for webhooks that sign the raw body. This crate reads none of those
    /// webhooks.
    #[test]
    fn sha256_matches_adyens_sdk_vector() {
        let key = hex::decode("9064450A8892A093D9E97EFCC9639DE31B74F3A7803135555A3C96F5A57915D6").unwrap();
        for parts in [&[&b"TestPayload"[..]][..], &[b"Test", b"", b"Payload"]] {
            assert_eq!(STANDARD.encode(sha256(&key, parts)), "YA9/UDjldIO4Gq68X4ATYYoEaPYH4f4k2uzBBzEF1PA=");
        }
    }

    #[test]
    fn an_offered_sum_must_be_equal_and_not_empty() {
        let offered = [b"abc".to_vec(), Vec::new(), b"abcd".to_vec()];
        assert!(is_one_of(b"abc", &offered));
        assert!(is_one_of(b"abcd", &offered));
        assert!(!is_one_of(b"ab", &offered));
        assert!(!is_one_of(b"", &offered), "an empty sum matches nothing");
        assert!(!is_one_of(b"abc", &[]));
    }

    #[test]
    fn tolerance_limits_are_inclusive() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let check = |seconds: i64| {
            let tolerance = Tolerance::new(Duration::from_secs(300), Duration::from_secs(60));
            tolerance.check(now + TimeDelta::seconds(seconds), now)
        };
        assert_eq!([check(-300), check(0), check(60)], [Ok(()), Ok(()), Ok(())]);
        assert_eq!((check(-301), check(61)), (Err(VerifyError::TooOld), Err(VerifyError::TooNew)));
    }
}

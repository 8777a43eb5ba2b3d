//! What an operation is given to encode one attempt.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::util::secret::Secret;

const REDACTED: &str = "[redacted]";

/// One attempt to send an operation: the time, the token, and whether secrets may be shown.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    now: DateTime<Utc>,
    token: Option<&'a Secret>,
    plan: bool,
}

impl<'a> Attempt<'a> {
    /// A real attempt at this time. Operations encode themselves afresh for each.
    #[must_use]
    pub const fn new(now: DateTime<Utc>) -> Self {
        Self { now, token: None, plan: false }
    }

    /// A dry run: secrets are replaced by `[redacted]`.
    #[must_use]
    pub const fn plan(now: DateTime<Utc>) -> Self {
        Self { now, token: None, plan: true }
    }

    /// With this token, from the vendor's [`TokenSource`].
    #[must_use]
    pub const fn with_token(mut self, token: &'a Secret) -> Self {
        self.token = Some(token);
        self
    }

    /// The time of day of this attempt, for what is sent and signed. A later attempt has a later time.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether this is a dry run. A signature is then replaced by a placeholder too.
    #[must_use]
    pub const fn is_plan(&self) -> bool {
        self.plan
    }

    /// The secret to send; in a dry run, a placeholder. Always take secrets through here.
    #[must_use]
    pub fn expose<'s>(&self, secret: &'s Secret) -> &'s str {
        if self.plan { REDACTED } else { secret.expose() }
    }

    /// The token to send; in a dry run, or without a token source, a placeholder.
    #[must_use]
    pub fn token(&self) -> &'a str {
        match self.token {
            Some(token) if !self.plan => token.expose(),
            _ => REDACTED,
        }
    }
}

/// Which token a [`TokenSource`] is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRequest {
    /// The current one; from a cache if you have one.
    Current,
    /// A new one: the vendor has just refused the current one.
    Fresh,
}

/// Where a token comes from that changes over time.
///
/// It is asked before each attempt, within the operation's deadline, so keep the token between calls. If the vendor
/// refuses it with 401, a fresh one is asked for once.
#[async_trait]
pub trait TokenSource: Debug + Send + Sync {
    /// Gives a token, in at most the time for one attempt.
    ///
    /// # Errors
    ///
    /// [`TokenError`] if there is none. The report then fails, and nothing was sent.
    async fn token(&self, ask: TokenRequest) -> Result<Secret, TokenError>;
}

/// No token could be had. A report then ends in [`Error::Authentication`](crate::Error::Authentication).
///
/// Its text is shown in error chains: put no secret into it.
#[derive(Debug, thiserror::Error)]
#[error("no token could be had")]
pub struct TokenError {
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl TokenError {
    /// Says why no token could be had. The text ends in error chains: no key, no token, no URL with either.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}

/// A source that several vendors or tasks share.
#[async_trait]
impl<T: TokenSource + ?Sized> TokenSource for Arc<T> {
    async fn token(&self, ask: TokenRequest) -> Result<Secret, TokenError> {
        (**self).token(ask).await
    }
}

/// A fixed token is a source too.
#[async_trait]
impl TokenSource for Secret {
    async fn token(&self, _: TokenRequest) -> Result<Secret, TokenError> {
        Ok(self.clone())
    }
}

//! The input for the request of one attempt, and the source of tokens.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::util::secret::Secret;

const REDACTED: &str = "[redacted]";

/// One attempt to send an operation: the time, the token, and whether the request may contain secrets.
///
/// ```
/// use chargeback::Secret;
/// use chargeback::connector::Attempt;
/// use chrono::Utc;
///
/// let key = Secret::from("k-1");
/// assert_eq!(Attempt::new(Utc::now()).expose(&key), "k-1");
/// assert_eq!(Attempt::plan(Utc::now()).expose(&key), "[redacted]");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    now: DateTime<Utc>,
    token: Option<&'a Secret>,
    plan: bool,
}

impl<'a> Attempt<'a> {
    /// Creates a real attempt at this time. An operation is encoded again for each attempt.
    #[must_use]
    pub const fn new(now: DateTime<Utc>) -> Self {
        Self { now, token: None, plan: false }
    }

    /// Creates an attempt for a plan: `[redacted]` replaces every secret.
    #[must_use]
    pub const fn plan(now: DateTime<Utc>) -> Self {
        Self { now, token: None, plan: true }
    }

    /// Sets the token from the connector's [`TokenSource`].
    #[must_use]
    pub const fn with_token(mut self, token: &'a Secret) -> Self {
        self.token = Some(token);
        self
    }

    /// Returns the time of day, for the body and the signature. A later attempt has a later time.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Returns true for a plan. Replace signatures by a placeholder too.
    #[must_use]
    pub const fn is_plan(&self) -> bool {
        self.plan
    }

    /// Returns the text of a secret, or `[redacted]` for a plan. Read every secret through this method.
    #[must_use]
    pub fn expose<'s>(&self, secret: &'s Secret) -> &'s str {
        if self.plan { REDACTED } else { secret.expose() }
    }

    /// Returns the text of the token, or `[redacted]` for a plan or without a token.
    #[must_use]
    pub fn token(&self) -> &'a str {
        match self.token {
            Some(token) if !self.plan => token.expose(),
            _ => REDACTED,
        }
    }
}

/// The kind of token that a [`TokenSource`] must return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenRequest {
    /// The current token, from a cache if possible.
    Current,
    /// A new token, because the vendor has just rejected the current one.
    Fresh,
}

/// A source of access tokens that expire.
///
/// The engine asks for a token before each attempt, within the operation's deadline, so keep the token between calls.
/// If the vendor rejects the token with HTTP 401, the engine asks once for a fresh one. A [`Secret`] is the source of
/// a token that does not change.
///
/// ```
/// use chargeback::connector::{TokenError, TokenRequest, TokenSource};
/// use chargeback::{Secret, async_trait};
/// use tokio::sync::Mutex;
///
/// #[derive(Debug, Default)]
/// struct CachedToken(Mutex<Option<Secret>>);
///
/// async fn log_in() -> std::io::Result<Secret> {
///     Ok(Secret::from("token-1")) // a request to the vendor's login API
/// }
///
/// #[async_trait]
/// impl TokenSource for CachedToken {
///     async fn token(&self, request: TokenRequest) -> Result<Secret, TokenError> {
///         let mut cached = self.0.lock().await;
///         match &*cached {
///             Some(token) if request == TokenRequest::Current => Ok(token.clone()),
///             _ => Ok(cached.insert(log_in().await.map_err(TokenError::new)?).clone()),
///         }
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let token = CachedToken::default().token(TokenRequest::Current).await?;
/// assert_eq!(token.expose(), "token-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[async_trait]
pub trait TokenSource: Debug + Send + Sync + 'static {
    /// Returns a token, within the time limit of one attempt.
    ///
    /// # Errors
    ///
    /// [`TokenError`] if no token is available. The attempt then fails, and nothing was sent.
    async fn token(&self, request: TokenRequest) -> Result<Secret, TokenError>;
}

/// A failure to get a token. The report ends in [`Error::Authentication`](crate::Error::Authentication).
///
/// Error chains show the source, so the source must contain no secret.
///
/// ```
/// use std::error::Error as _;
///
/// use chargeback::connector::TokenError;
///
/// let error = TokenError::new("the login API replied with HTTP 503");
/// assert_eq!(error.to_string(), "could not get a token");
/// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the login API replied with HTTP 503"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("could not get a token")]
pub struct TokenError {
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl TokenError {
    /// Creates an error from its cause. Error chains show the cause: no key, no token, and no URL that contains one.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}

/// Shares one source among several connectors or tasks.
#[async_trait]
impl<T: TokenSource + ?Sized> TokenSource for Arc<T> {
    async fn token(&self, request: TokenRequest) -> Result<Secret, TokenError> {
        (**self).token(request).await
    }
}

/// Returns the same token for every request.
#[async_trait]
impl TokenSource for Secret {
    async fn token(&self, _: TokenRequest) -> Result<Secret, TokenError> {
        Ok(self.clone())
    }
}

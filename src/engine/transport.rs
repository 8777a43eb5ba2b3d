//! The transport of requests.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::settings::Timeouts;
pub use crate::error::FailurePhase;

/// The largest reply that is read, in bytes.
pub(super) const REPLY_BYTES: usize = 256 * 1024;

/// Sends one HTTP request and returns the reply. Implement it for another HTTP stack, a proxy or a recorder.
///
/// The default is `HttpTransport` over reqwest. A transport must
///
/// - send the request once: no retries, no redirects (keys would follow), no decompression;
/// - verify certificates;
/// - stop reading a reply at [`RequestLimits::reply_bytes`];
/// - state in a [`TransportFailure`] whether anything may have been sent, with [`FailurePhase::MaybeSent`] if in doubt;
/// - end connecting at [`RequestLimits::connect`], with [`FailurePhase::NotSent`].
///
/// The engine stops waiting at [`RequestLimits::attempt`] by dropping the future, and checks the size of the reply
/// again. It cannot know whether the dropped future has sent anything, so the outcome of the attempt is then unknown.
///
/// ```
/// use bytes::Bytes;
/// use chargeback::async_trait;
/// use chargeback::transport::{RequestLimits, Transport, TransportFailure};
/// use http::{Request, Response};
///
/// /// Counts requests.
/// #[derive(Debug)]
/// struct Counting<T> {
///     inner: T,
///     requests: std::sync::atomic::AtomicU64,
/// }
///
/// #[async_trait]
/// impl<T: Transport> Transport for Counting<T> {
///     async fn send(
///         &self,
///         request: Request<Bytes>,
///         limits: &RequestLimits,
///     ) -> Result<Response<Bytes>, TransportFailure> {
///         self.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         self.inner.send(request, limits).await
///     }
/// }
/// ```
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends the request and reads the whole reply.
    ///
    /// # Errors
    ///
    /// [`TransportFailure`] if there is no whole reply. A reply with any HTTP status is not an error.
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure>;
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        (**self).send(request, limits).await
    }
}

/// True if the host is this machine.
pub(super) fn is_loopback(uri: &http::Uri) -> bool {
    uri.host().is_some_and(|host| host.eq_ignore_ascii_case("localhost") || crate::connector::is_loopback(host))
}

/// The limits of one exchange, in time and bytes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RequestLimits {
    /// The time to resolve, connect and negotiate TLS: [`Timeouts::connect`](crate::Timeouts::connect), at most
    /// `attempt`.
    pub connect: Duration,
    /// The time for the whole exchange, at most the time left of the operation. The engine stops waiting then.
    pub attempt: Duration,
    /// The largest reply body, in bytes: 256 KiB. A larger reply is a failure with [`FailurePhase::ReplyTooLarge`].
    pub reply_bytes: usize,
}

impl Default for RequestLimits {
    /// Returns the limits of a provider with the default [`Timeouts`]: 5 s, 15 s, 256 KiB.
    fn default() -> Self {
        let Timeouts { connect, attempt, .. } = Timeouts::default();
        Self { connect, attempt, reply_bytes: REPLY_BYTES }
    }
}

/// An exchange without a whole reply.
///
/// The source appears in error chains: it must hold no address with ids, no header and no body.
///
/// ```
/// use std::error::Error as _;
///
/// use chargeback::transport::{FailurePhase, TransportFailure};
///
/// let failure = TransportFailure::new(FailurePhase::MaybeSent).timed_out().caused_by("no reply after 15 s");
/// assert_eq!(failure.to_string(), "timed out waiting for a reply");
/// assert_eq!(failure.source().map(ToString::to_string).as_deref(), Some("no reply after 15 s"));
/// ```
#[derive(Debug)]
pub struct TransportFailure {
    phase: FailurePhase,
    timed_out: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransportFailure {
    /// Creates a failure in this phase. The phase decides whether the request may be sent again.
    #[must_use]
    pub const fn new(phase: FailurePhase) -> Self {
        Self { phase, timed_out: false, source: None }
    }

    /// Marks the failure as a timeout, so that the error is [`Error::Timeout`](crate::Error::Timeout).
    #[must_use]
    pub const fn timed_out(mut self) -> Self {
        self.timed_out = true;
        self
    }

    /// Sets the source, for error chains: no address with ids, no header, no body.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the point at which the exchange failed.
    #[must_use]
    pub const fn phase(&self) -> FailurePhase {
        self.phase
    }

    /// Returns true for a timeout.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        self.timed_out
    }
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.phase, self.timed_out) {
            (FailurePhase::NotSent, false) => "could not connect",
            (FailurePhase::NotSent, true) => "timed out connecting",
            (FailurePhase::MaybeSent, false) => "the connection was closed",
            (FailurePhase::MaybeSent, true) => "timed out waiting for a reply",
            (FailurePhase::ReplyTooLarge, _) => "the reply is too large",
        })
    }
}

impl StdError for TransportFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

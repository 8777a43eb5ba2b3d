//! Carries requests.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::attempt::REPLY_BYTES;
use super::settings::Timeouts;
pub use crate::error::FailurePhase;

/// Carries one HTTP exchange. Plug in another stack, a proxy or a recorder.
///
/// The default is [`HttpTransport`](crate::transport::HttpTransport). A transport must
///
/// - send the request once: no retries, no redirects (keys would follow), no decompression;
/// - verify certificates;
/// - stop reading a reply at [`RequestLimits::reply_bytes`];
/// - say in a [`TransportFailure`] whether anything may have been sent. [`FailurePhase::MaybeSent`] is the answer unless it knows better.
///
/// The client stops waiting at [`RequestLimits::attempt`] by dropping the future, and checks the size of the reply again.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends the request and reads the whole reply.
    ///
    /// # Errors
    ///
    /// [`TransportFailure`] if there is no whole reply. A reply of any HTTP status is not an error.
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure>;
}

/// Whether the address is on this machine.
pub(super) fn is_loopback(uri: &http::Uri) -> bool {
    uri.host().is_some_and(crate::connector::is_loopback)
}

/// What one exchange may take, in time and bytes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RequestLimits {
    /// Time to resolve, connect and agree on TLS: [`Timeouts::connect`](crate::Timeouts::connect).
    pub connect: Duration,
    /// Time for the whole exchange, the client's own deadline included. The client stops waiting then.
    pub attempt: Duration,
    /// Largest reply body, in bytes: 256 KiB. Beyond it the failure is [`FailurePhase::ReplyTooLarge`].
    pub reply_bytes: usize,
}

impl Default for RequestLimits {
    /// What a provider with the default [`Timeouts`](crate::Timeouts) gives: 5 s, 15 s, 256 KiB.
    fn default() -> Self {
        let Timeouts { connect, attempt, .. } = Timeouts::default();
        Self { connect, attempt, reply_bytes: REPLY_BYTES }
    }
}

/// Why there is no whole reply.
///
/// Its source is shown in error chains: it must hold no address with ids in it, no header and no body.
#[derive(Debug)]
pub struct TransportFailure {
    phase: FailurePhase,
    timed_out: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransportFailure {
    /// A failure in this phase, which decides whether the request may be sent again.
    #[must_use]
    pub const fn new(phase: FailurePhase) -> Self {
        Self { phase, timed_out: false, source: None }
    }

    /// Says that it was a timeout, so that the error is [`Error::Timeout`](crate::Error::Timeout).
    #[must_use]
    pub const fn timed_out(mut self) -> Self {
        self.timed_out = true;
        self
    }

    /// With what caused it, for error chains. No address with ids in it, no header, no body.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// How far the exchange came before it failed.
    #[must_use]
    pub const fn phase(&self) -> FailurePhase {
        self.phase
    }

    /// Whether it was a timeout.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        self.timed_out
    }
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.phase, self.timed_out) {
            (FailurePhase::NotSent, false) => "could not connect",
            (FailurePhase::NotSent, true) => "could not connect in time",
            (FailurePhase::MaybeSent, false) => "the connection broke",
            (FailurePhase::MaybeSent, true) => "no reply in time",
            (FailurePhase::ReplyTooLarge, _) => "the reply is too large",
        })
    }
}

impl StdError for TransportFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

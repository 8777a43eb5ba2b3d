//! Faults on demand.

use std::time::Duration;

/// What goes wrong with one request, and whether the vendor acts on the request all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(super) kind: FaultKind,
    pub(super) acts: bool,
}

impl Fault {
    /// It goes wrong, and the vendor has not acted. With [`FaultKind::Slow`] it acts all the same.
    #[must_use]
    pub const fn before_acting(kind: FaultKind) -> Self {
        Self { kind, acts: false }
    }

    /// The vendor acts, and then it goes wrong.
    #[must_use]
    pub const fn after_acting(kind: FaultKind) -> Self {
        Self { kind, acts: true }
    }
}

/// What goes wrong with a request or its reply.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// No connection. In memory only; on loopback the connection is closed without a reply.
    Unreachable,
    /// The connection is closed without a reply.
    Reset,
    /// No reply ever comes (on loopback: for ten minutes).
    Silence,
    /// The vendor acts, and its reply comes this late.
    Slow(Duration),
    /// The vendor's own refusal, with its usual status.
    ReplyError,
    /// The vendor's own refusal, in HTTP 200.
    RefusalInOk,
    /// HTTP 401 with a JSON body: a token or key that is refused.
    Unauthorized,
    /// HTTP 429, with `Retry-After` in seconds if given.
    TooManyRequests(Option<u64>),
    /// The vendor's own server error, with HTTP 500.
    ServerError,
    /// HTTP 502 with an HTML page, as of a proxy.
    BadGatewayPage,
    /// HTTP 200 with an HTML page, as of a parked host.
    ParkedPage,
    /// HTTP 200 with an empty body, which is a success at Thirdwatch alone.
    EmptyBody,
    /// HTTP 200 with JSON under other keys than the vendor documents.
    ChangedKeys,
}

//! A reply that is not a success.

use std::fmt;

use http::StatusCode;

use crate::util::redact::Presence;

/// What kind of refusal a reply is; it decides the error and whether the vendor acted.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplyErrorKind {
    /// The key or token is refused. The vendor did not act.
    Authentication,
    /// The request is refused. The vendor did not act.
    Rejected,
    /// There is no such payment or case. The vendor did not act.
    NotFound,
    /// The state of the case does not allow it. The vendor did not act.
    Conflict,
    /// Too many requests. The vendor did not act.
    RateLimited,
    /// The vendor failed. It may have acted.
    Unavailable,
    /// Not a reply that the vendor documents. It may have acted.
    Unreadable,
}

/// A reply that is not a success, classified.
#[must_use]
#[derive(Clone)]
pub struct ReplyError {
    kind: ReplyErrorKind,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    passing: bool,
}

impl ReplyError {
    /// A refusal of this kind, without code, message or id.
    pub const fn new(kind: ReplyErrorKind) -> Self {
        Self { kind, code: None, message: None, request_id: None, passing: false }
    }

    /// What no document of the vendor knows: a page, a fragment, a missing proof of success.
    pub const fn unreadable() -> Self {
        Self::new(ReplyErrorKind::Unreadable)
    }

    /// What an HTTP status says by itself, for vendors that say nothing else: 401 and 403 authentication, 404 and 410 not
    /// found, 409 conflict, 429 rate limited, 408 and 5xx unavailable, other 4xx rejected, and the rest unreadable.
    pub fn from_status(status: StatusCode) -> Self {
        Self::new(match status.as_u16() {
            401 | 403 => ReplyErrorKind::Authentication,
            404 | 410 => ReplyErrorKind::NotFound,
            409 => ReplyErrorKind::Conflict,
            429 => ReplyErrorKind::RateLimited,
            408 | 500..=599 => ReplyErrorKind::Unavailable,
            400..=499 => ReplyErrorKind::Rejected,
            _ => ReplyErrorKind::Unreadable,
        })
    }

    /// With the vendor's own error code. An error shows it if it has at most 64 of `A-Z`, `a-z`, `0-9`, `_`, `-` and
    /// `.`.
    pub fn code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// With what the vendor wrote. It stands behind [`Error::vendor_message`](crate::Error::vendor_message), not in
    /// `Display`.
    pub fn message(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }

    /// With the vendor's id of the call, for its support desk.
    pub fn request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// It will pass: the same request may be accepted later.
    pub const fn temporary(mut self) -> Self {
        self.passing = true;
        self
    }

    /// What kind of refusal it is, from which error and delivery follow.
    #[must_use]
    pub const fn kind(&self) -> ReplyErrorKind {
        self.kind
    }

    /// Whether it will pass by itself: marked so, rate limited or unavailable.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        self.passing || matches!(self.kind, ReplyErrorKind::RateLimited | ReplyErrorKind::Unavailable)
    }

    pub(crate) fn into_parts(self) -> (Option<String>, Option<String>, Option<String>) {
        (self.code, self.message, self.request_id)
    }
}

impl fmt::Debug for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyError")
            .field("kind", &self.kind)
            .field("code", &Presence::new(self.code.as_ref()))
            .field("message", &Presence::new(self.message.as_ref()))
            .finish_non_exhaustive()
    }
}

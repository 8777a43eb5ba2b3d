//! Replies that do not acknowledge a call.

use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::util::redact::Presence;

/// The kind of a reply that does not acknowledge the call. The kind decides the error and its delivery.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplyErrorKind {
    /// The key or token was rejected. The vendor did not act.
    Authentication,
    /// The request was rejected. The vendor did not act.
    Rejected,
    /// The vendor has no such payment or case, and did not act.
    NotFound,
    /// The state of the case does not allow the request. The vendor did not act.
    Conflict,
    /// There were too many requests. The vendor did not act.
    RateLimited,
    /// The vendor reported an internal error, and may have acted.
    Unavailable,
    /// The reply is not in a documented format. The vendor may have acted.
    Unreadable,
}

/// A reply that does not acknowledge the call.
///
/// ```
/// use chargeback::connector::{ReplyError, ReplyErrorKind};
/// use http::StatusCode;
///
/// let busy = ReplyError::from_status(StatusCode::SERVICE_UNAVAILABLE).request_id(Some("req-7".to_owned()));
/// assert_eq!(busy.kind(), ReplyErrorKind::Unavailable);
/// assert!(busy.is_temporary());
///
/// let closed = ReplyError::new(ReplyErrorKind::Conflict).code(Some("case_closed".to_owned()));
/// assert_eq!(closed.to_string(), "the state of the case does not allow the request");
/// assert!(!closed.is_temporary());
/// ```
#[must_use]
#[derive(Clone)]
pub struct ReplyError {
    kind: ReplyErrorKind,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    temporary: bool,
    without_body: bool,
    retry_after: Option<Duration>,
}

impl ReplyError {
    /// Creates an error of this kind, without code, message or id.
    pub const fn new(kind: ReplyErrorKind) -> Self {
        Self {
            kind,
            code: None,
            message: None,
            request_id: None,
            temporary: false,
            without_body: false,
            retry_after: None,
        }
    }

    /// Creates an error for a reply in an undocumented format: an HTML page, a fragment, a missing proof of success.
    pub const fn unreadable() -> Self {
        Self::new(ReplyErrorKind::Unreadable)
    }

    /// Creates an error from the HTTP status alone.
    ///
    /// | Status | Kind |
    /// |---|---|
    /// | 401, 403 | `Authentication` |
    /// | 404, 410 | `NotFound` |
    /// | 409 | `Conflict` |
    /// | 429 | `RateLimited` |
    /// | 408, 500 to 599 | `Unavailable` |
    /// | other 400 to 499 | `Rejected` |
    /// | any other | `Unreadable` |
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

    /// Sets the vendor's error code. An error shows the code if it has at most 64 characters from `A-Z`, `a-z`, `0-9`,
    /// `_`, `-` and `.`.
    pub fn code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// Sets the vendor's message. [`Error::vendor_message`](crate::Error::vendor_message) returns it; `Display` does
    /// not show it.
    pub fn message(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }

    /// Sets the vendor's id of the call, for its support desk.
    pub fn request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// Marks the error as temporary: the vendor may accept the same request later.
    pub const fn temporary(mut self) -> Self {
        self.temporary = true;
        self
    }

    /// Leaves the body out of the error, for a reply that repeats a key of the request.
    ///
    /// ```
    /// use chargeback::connector::{ReplyError, ReplyErrorKind};
    ///
    /// let error = ReplyError::new(ReplyErrorKind::Rejected).code(Some("51".into())).without_body();
    /// assert!(!error.keeps_body());
    /// ```
    pub const fn without_body(mut self) -> Self {
        self.without_body = true;
        self
    }

    /// Returns true if the error keeps the body of the reply, which is the default.
    #[must_use]
    pub const fn keeps_body(&self) -> bool {
        !self.without_body
    }

    /// Sets the shortest time before another attempt, as the header `Retry-After` does. A time beyond the deadline ends
    /// the report, with [`Error::retry_after`](crate::Error::retry_after).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chargeback::connector::{ReplyError, ReplyErrorKind};
    ///
    /// let error = ReplyError::new(ReplyErrorKind::Unavailable).retry_after(Duration::from_secs(600));
    /// assert_eq!(error.shortest_wait(), Some(Duration::from_secs(600)));
    /// ```
    pub const fn retry_after(mut self, time: Duration) -> Self {
        self.retry_after = Some(time);
        self
    }

    /// Returns the shortest time before another attempt, if one is set.
    #[must_use]
    pub const fn shortest_wait(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Returns the kind, which decides the error and its delivery.
    #[must_use]
    pub const fn kind(&self) -> ReplyErrorKind {
        self.kind
    }

    /// Returns true if the error was marked as temporary, or its kind is `RateLimited` or `Unavailable`.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        self.temporary || matches!(self.kind, ReplyErrorKind::RateLimited | ReplyErrorKind::Unavailable)
    }

    /// The code, the message and the id of the call.
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

/// Shows the kind. Text from the vendor may contain personal data and is left out.
impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ReplyErrorKind::Authentication => "the key or token was rejected",
            ReplyErrorKind::Rejected => "the request was rejected",
            ReplyErrorKind::NotFound => "no such payment or case",
            ReplyErrorKind::Conflict => "the state of the case does not allow the request",
            ReplyErrorKind::RateLimited => "too many requests",
            ReplyErrorKind::Unavailable => "internal error of the vendor",
            ReplyErrorKind::Unreadable => "the reply is not in a documented format",
        })
    }
}

impl std::error::Error for ReplyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_a_kind() {
        let cases = [
            (200, ReplyErrorKind::Unreadable),
            (302, ReplyErrorKind::Unreadable),
            (400, ReplyErrorKind::Rejected),
            (401, ReplyErrorKind::Authentication),
            (403, ReplyErrorKind::Authentication),
            (404, ReplyErrorKind::NotFound),
            (408, ReplyErrorKind::Unavailable),
            (409, ReplyErrorKind::Conflict),
            (410, ReplyErrorKind::NotFound),
            (422, ReplyErrorKind::Rejected),
            (429, ReplyErrorKind::RateLimited),
            (500, ReplyErrorKind::Unavailable),
            (599, ReplyErrorKind::Unavailable),
            (600, ReplyErrorKind::Unreadable),
        ];
        for (status, kind) in cases {
            assert_eq!(ReplyError::from_status(StatusCode::from_u16(status).unwrap()).kind(), kind, "{status}");
        }
    }

    #[test]
    fn display_and_debug_leave_out_the_text_of_the_vendor() {
        let planted = || Some("planted".to_owned());
        let error = ReplyError::new(ReplyErrorKind::Rejected).code(planted()).message(planted()).request_id(planted());
        assert!(!format!("{error} {error:?}").contains("planted"));
    }
}

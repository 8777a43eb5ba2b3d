//! The facts that all errors of a call share, and their one-line text.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use super::delivery::Delivery;
use super::lookup_state::LookupState;
use crate::model::{EARLIER, ProviderId};
use crate::util::redact::Presence;

type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The longest time that a vendor can ask to wait: 365 days. A longer one could overflow a clock to which it is added.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The facts of a failed call, for building an [`Error`](crate::Error) in your own provider.
///
/// ```
/// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
///
/// let details = ErrorDetails::new(ProviderId::from_static("acme"), "enqueue", Delivery::NotSent).retryable(true);
/// let error = Error::unavailable(details);
/// assert_eq!(error.to_string(), "acme enqueue: vendor error; nothing was sent; retry later");
/// ```
#[must_use]
pub struct ErrorDetails {
    pub(super) provider: ProviderId,
    pub(super) operation: &'static str,
    pub(super) delivery: Delivery,
    pub(super) retryable: bool,
    effect: Effect,
    /// The doubt is about an earlier report of the case.
    pub(super) earlier: bool,
    pub(super) lookup: Option<LookupState>,
    pub(super) retry_after: Option<Duration>,
    pub(super) status: Option<StatusCode>,
    pub(super) vendor_code: Option<String>,
    pub(super) vendor_message: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) attempts: u32,
    pub(super) reply_body: Option<Bytes>,
    pub(super) lookup_detail: Option<Cow<'static, str>>,
    pub(super) source: Option<BoxError>,
}

/// The effect that the failed operation has if the vendor acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Read,
    IdempotentWrite,
    Write,
}

impl ErrorDetails {
    /// Creates the facts of a failed operation: the vendor, the name of the operation (`create_chargeback`) and the
    /// effect on the vendor's record.
    pub const fn new(provider: ProviderId, operation: &'static str, delivery: Delivery) -> Self {
        Self {
            provider,
            operation,
            delivery,
            retryable: false,
            effect: Effect::Write,
            earlier: false,
            lookup: None,
            retry_after: None,
            status: None,
            vendor_code: None,
            vendor_message: None,
            request_id: None,
            attempts: 0,
            reply_body: None,
            lookup_detail: None,
            source: None,
        }
    }

    /// Sets whether the same call may succeed later without acting twice. Default: false.
    pub const fn retryable(mut self, retryable: bool) -> Self {
        self.retryable = retryable;
        self
    }

    /// Sets whether the call may be sent again even if the vendor has acted. Default: false.
    pub const fn idempotent(mut self, idempotent: bool) -> Self {
        self.effect = if idempotent { Effect::IdempotentWrite } else { Effect::Write };
        self
    }

    /// Notes that the operation only reads: a request may have been sent although nothing was changed.
    pub(crate) const fn read(mut self) -> Self {
        self.effect = Effect::Read;
        self
    }

    /// Sets the time that the vendor asked to wait; a longer time is reduced to 365 days.
    pub fn retry_after(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.retry_after = time.into().map(|time| time.min(MAX_RETRY_AFTER));
        self
    }

    /// Sets the HTTP status of the last reply.
    pub fn status(mut self, status: impl Into<Option<StatusCode>>) -> Self {
        self.status = status.into();
        self
    }

    /// Sets the vendor's error code. The text of the error shows the code only if it consists of letters, digits, `_`,
    /// `-` and `.`, and has at most 64 characters.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let details = |code: &str| {
    ///     let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected);
    ///     Error::rejected(details.vendor_code(code.to_owned())).to_string()
    /// };
    /// assert_eq!(details("E17"), "acme report: rejected by the vendor (code E17); the vendor did not act");
    /// assert!(details("no such user: ann@example.com").contains("(code [redacted])"));
    /// ```
    pub fn vendor_code(mut self, code: impl Into<Option<String>>) -> Self {
        self.vendor_code = code.into();
        self
    }

    /// Sets the vendor's message. Neither `Display` nor `Debug` shows it.
    pub fn vendor_message(mut self, message: impl Into<Option<String>>) -> Self {
        self.vendor_message = message.into();
        self
    }

    /// Sets the vendor's id of the call.
    pub fn request_id(mut self, id: impl Into<Option<String>>) -> Self {
        self.request_id = id.into();
        self
    }

    /// Sets the number of attempts. Default: 0.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    /// use http::StatusCode;
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected)
    ///     .status(StatusCode::BAD_REQUEST)
    ///     .attempts(1);
    /// let text = "acme report: rejected by the vendor (HTTP 400) after 1 attempt; the vendor did not act";
    /// assert_eq!(Error::rejected(details).to_string(), text);
    /// ```
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the body of the last reply. Neither `Display` nor `Debug` shows it.
    pub fn reply_body(mut self, body: impl Into<Option<Bytes>>) -> Self {
        self.reply_body = body.into();
        self
    }

    /// Sets the state of the lookup of the vendor's record, for the delivery [`Delivery::Unknown`]. Default: none.
    ///
    /// Without it, the advice for an unknown outcome is to send an [idempotent](Self::idempotent) call again, and to
    /// check with the vendor after any other call.
    ///
    /// ```
    /// use chargeback::{Advice, Delivery, Error, ErrorDetails, LookupState, ProviderId};
    ///
    /// let details = || ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Unknown);
    /// assert_eq!(Error::unavailable(details()).advice(), Advice::LookUpImpossible);
    /// let can_look_up = details().lookup(LookupState::Possible);
    /// assert_eq!(Error::unavailable(can_look_up).advice(), Advice::LookUpLater);
    /// assert_eq!(Error::unavailable(details().idempotent(true)).advice(), Advice::RetryAt { after: None });
    /// ```
    pub fn lookup(mut self, state: impl Into<Option<LookupState>>) -> Self {
        self.lookup = state.into();
        self
    }

    /// Sets the result of the lookups after an attempt that may have acted. The text is part of the error's text
    /// and must not hold data of the case.
    pub fn lookup_detail(mut self, detail: impl Into<Option<Cow<'static, str>>>) -> Self {
        self.lookup_detail = detail.into();
        self
    }

    /// Sets the source of the error. Its text appears in error chains and must not hold keys or personal data.
    ///
    /// ```
    /// use std::error::Error as _;
    ///
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "enqueue", Delivery::NotSent);
    /// let error = Error::unavailable(details.source("disk full"));
    /// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk full"));
    /// ```
    pub fn source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Notes that an earlier report of the case may have acted and that its outcome is unknown.
    pub(super) fn note_case_in_doubt(&mut self, idempotent: bool, lookup: LookupState) {
        self.earlier |= self.delivery != Delivery::Unknown;
        self.delivery = Delivery::Unknown;
        if idempotent {
            (self.effect, self.lookup) = (Effect::IdempotentWrite, None);
        } else if self.earlier {
            self.lookup = self.lookup.or(Some(lookup));
        }
    }

    /// True if the same report can be sent again although its outcome is unknown.
    ///
    /// An idempotent call does not end the doubt about an earlier call that is looked up.
    pub(super) fn may_be_repeated(&self) -> bool {
        self.effect == Effect::IdempotentWrite && !(self.earlier && self.lookup.is_some())
    }

    /// Writes `vendor operation: fact (HTTP status, code) after n attempts; effect; next step`.
    pub(super) fn write_line(&self, f: &mut fmt::Formatter<'_>, fact: &str) -> fmt::Result {
        write!(f, "{} {}: {fact}", self.provider, self.operation)?;
        match (self.status, self.vendor_code.as_deref().map(shown_code)) {
            (Some(status), Some(code)) => write!(f, " (HTTP {}, code {code})", status.as_u16())?,
            (Some(status), None) => write!(f, " (HTTP {})", status.as_u16())?,
            (None, Some(code)) => write!(f, " (code {code})")?,
            (None, None) => {}
        }
        match self.attempts {
            0 => {}
            1 => f.write_str(" after 1 attempt")?,
            n => write!(f, " after {n} attempts")?,
        }
        if self.earlier {
            f.write_str(EARLIER)?;
        } else if self.effect == Effect::Read && self.delivery == Delivery::NotSent {
            f.write_str("; nothing was changed")?;
        } else {
            write!(f, "; {}", self.delivery.description())?;
        }
        if let Some(detail) = &self.lookup_detail {
            write!(f, "; {detail}")?;
        }
        match (self.retryable, self.retry_after, self.delivery) {
            (true, Some(wait), _) => write!(f, "; retry after {} s", wait.as_secs().max(1)),
            (true, None, _) => f.write_str("; retry later"),
            (false, _, Delivery::Unknown) if self.may_be_repeated() => f.write_str("; safe to send again"),
            (false, _, Delivery::Unknown) => f.write_str("; check with the vendor, then call resolve_doubt"),
            (false, ..) => Ok(()),
        }
    }
}

/// The code if it has the form of a code. Other text may be personal data.
pub(super) fn shown_code(code: &str) -> &str {
    let is_code =
        code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if is_code { code } else { "[redacted]" }
}

impl fmt::Debug for ErrorDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorDetails")
            .field("provider", &self.provider)
            .field("operation", &self.operation)
            .field("delivery", &self.delivery)
            .field("retryable", &self.retryable)
            .field("retry_after", &self.retry_after)
            .field("status", &self.status)
            .field("vendor_code", &self.vendor_code.as_deref().map(shown_code))
            .field("vendor_message", &Presence::new(self.vendor_message.as_ref()))
            .field("request_id", &Presence::new(self.request_id.as_ref()))
            .field("attempts", &self.attempts)
            .field("reply_body", &Presence::new(self.reply_body.as_ref()))
            .field("lookup", &self.lookup)
            .field("lookup_detail", &self.lookup_detail)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

//! What can go wrong, and whether the vendor acted.

mod context;
mod kinds;

use std::time::Duration;

use http::StatusCode;

pub(crate) use self::context::Context;
pub use self::kinds::{
    ConfigurationError, ConflictError, TimeoutError, TransportError, UnreadableError, UnsupportedError, VendorError,
};
pub use crate::model::InvalidError;
use crate::model::ProviderId;

/// Whether the vendor acted: the first thing to ask of an error.
///
/// It is folded over all attempts. Once one attempt may have acted, a later refusal or failed connection does not turn
/// `Unknown` back; only an acknowledgement does, or a look at the vendor's record that finds what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Delivery {
    /// Nothing that could make the vendor act has reached it. Reporting again is safe.
    NotSent,
    /// The vendor has answered that it did not act. Reporting the same again gives the same answer, unless
    /// [`is_retryable`](Error::is_retryable) says that it may pass.
    Rejected,
    /// The vendor may have acted. Find out before you act on either belief; each vendor's page says how.
    ///
    /// An error of a later report of the case says so too, as long as nobody knows what became of the earlier one.
    Unknown,
}

impl Delivery {
    /// What two attempts together say: the worse of both, `Unknown` being the worst.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        self.max(later)
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::NotSent => "the vendor was not told",
            Self::Rejected => "the vendor did not act",
            Self::Unknown => "the vendor may have acted",
        }
    }
}

/// How far an exchange came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailurePhase {
    /// Nothing of the request has left: resolving, connecting or TLS failed.
    NotSent,
    /// Some or all of it may have left, so the vendor may have acted.
    MaybeSent,
    /// The reply began and is larger than [`RequestLimits::reply_bytes`](crate::transport::RequestLimits::reply_bytes).
    ReplyTooLarge,
}

/// What went wrong, and whether the vendor acted.
///
/// Match on the variant for the cause; ask [`delivery`](Self::delivery) what it means for the money and the record.
///
/// `Display` is one line with vendor, operation, status and code, and what to do next. It never repeats its source, and
/// neither it nor `Debug` shows a key, an id of a person, or a text that the vendor wrote. Those stand behind
/// [`vendor_message`](Self::vendor_message) and [`reply_body`](Self::reply_body).
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The provider cannot be built as configured. Nothing was sent.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The chargeback or request breaks rules of the vendor. Nothing was sent; fix the fields it names.
    #[error(transparent)]
    Invalid(#[from] InvalidError),
    /// The vendor has no way to say this. Nothing was written; do not retry.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedError),
    /// The vendor refuses the key, or no token could be had. Mend the credentials or their source, then report again.
    #[error(transparent)]
    Authentication(VendorError),
    /// The vendor refuses the request. Mend what its code or message names; the same request is refused again.
    #[error(transparent)]
    Rejected(VendorError),
    /// The vendor knows no such payment or case: an id is wrong, of the other environment, or not there yet.
    #[error(transparent)]
    NotFound(VendorError),
    /// The state of the case at the vendor does not allow it, several cases answer to one id, or the vendor's record
    /// does not tell what to do.
    #[error(transparent)]
    Conflict(ConflictError),
    /// The vendor wants fewer requests. See [`retry_after`](Self::retry_after).
    #[error(transparent)]
    RateLimited(VendorError),
    /// The vendor is down or says that it failed: HTTP 408, 5xx, or its own code for it.
    #[error(transparent)]
    Unavailable(VendorError),
    /// The connection failed; [`TransportError::phase`] says how far it came.
    #[error(transparent)]
    Transport(TransportError),
    /// No answer in time, by the limits of [`Timeouts`](crate::Timeouts).
    #[error(transparent)]
    Timeout(TimeoutError),
    /// The vendor's reply is not one that its documents know.
    #[error(transparent)]
    Unreadable(UnreadableError),
}

impl Error {
    /// Whether the vendor acted, folded over all attempts and earlier reports of the case. Ask it first.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Invalid(error) if error.is_of_case_in_doubt() => Delivery::Unknown,
            Self::Unsupported(error) => error.delivery,
            _ => self.context().map_or(Delivery::NotSent, |context| context.delivery),
        }
    }

    /// The vendor; `None` if the model itself is invalid or a transport could not be set up.
    #[must_use]
    pub fn provider(&self) -> Option<&ProviderId> {
        match self {
            Self::Configuration(error) => error.provider(),
            Self::Invalid(error) => error.provider(),
            Self::Unsupported(error) => Some(error.provider()),
            _ => self.context().map(|context| &context.provider),
        }
    }

    /// The operation that failed: `chargeback`, `create_chargeback`, `requery`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Invalid(error) => error.operation(),
            _ => self.context().map(|context| context.operation),
        }
    }

    /// Whether doing the same again later may succeed and cannot make the vendor act twice.
    ///
    /// It is `false` for an [`Unknown`](Delivery::Unknown) outcome of an operation that is not safe to repeat.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.context().is_some_and(|context| context.retryable)
    }

    /// How long the vendor asked to wait, from `Retry-After` in seconds or as a date; `None` if it did not say.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.context().and_then(|context| context.retry_after)
    }

    /// The HTTP status of the last attempt's reply; `None` if there was none.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.context().and_then(|context| context.status)
    }

    /// The vendor's own error code: RevCent's `error_code`, Pipwave's `status`, Tutelar's number.
    #[must_use]
    pub fn vendor_code(&self) -> Option<&str> {
        self.context().and_then(|context| context.vendor_code.as_deref())
    }

    /// What the vendor wrote. It may repeat what was sent, people's data included: mind where it is shown.
    #[must_use]
    pub fn vendor_message(&self) -> Option<&str> {
        self.context().and_then(|context| context.vendor_message.as_deref())
    }

    /// The vendor's id of the call, for its support desk (RevCent's `api_call_id`).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.context().and_then(|context| context.request_id.as_deref())
    }

    /// How many attempts at the failed operation were made, with those that ended before anything was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.context().map_or(0, |context| context.attempts)
    }

    /// The first 8 KiB of the last attempt's reply; `None` if there was none. It may hold people's data: mind where it
    /// is shown.
    #[must_use]
    pub fn reply_body(&self) -> Option<&[u8]> {
        self.context().and_then(|context| context.body.as_deref())
    }

    /// What was done to learn the outcome after an attempt that may have acted, in words without data.
    #[must_use]
    pub fn lookup_detail(&self) -> Option<&str> {
        self.context().and_then(|context| context.looked.as_deref())
    }

    /// The same error, of a case about which an earlier report left doubt.
    pub(crate) fn of_case_in_doubt(mut self) -> Self {
        match &mut self {
            Self::Configuration(_) => {}
            Self::Invalid(error) => error.note_case_in_doubt(),
            Self::Unsupported(error) => error.delivery = Delivery::Unknown,
            Self::Authentication(error)
            | Self::Rejected(error)
            | Self::NotFound(error)
            | Self::RateLimited(error)
            | Self::Unavailable(error) => error.context.in_doubt(),
            Self::Conflict(error) => error.context.in_doubt(),
            Self::Transport(error) => error.context.in_doubt(),
            Self::Timeout(error) => error.context.in_doubt(),
            Self::Unreadable(error) => error.context.in_doubt(),
        }
        self
    }

    /// Whether it is unknown because of an earlier report of the case, while this one has sent nothing that acts.
    pub(crate) fn is_of_earlier_report(&self) -> bool {
        matches!(self, Self::Invalid(_) | Self::Unsupported(_)) || self.context().is_some_and(|context| context.earlier)
    }

    fn context(&self) -> Option<&Context> {
        match self {
            Self::Configuration(_) | Self::Invalid(_) | Self::Unsupported(_) => None,
            Self::Authentication(error)
            | Self::Rejected(error)
            | Self::NotFound(error)
            | Self::RateLimited(error)
            | Self::Unavailable(error) => Some(&error.context),
            Self::Conflict(error) => Some(&error.context),
            Self::Transport(error) => Some(&error.context),
            Self::Timeout(error) => Some(&error.context),
            Self::Unreadable(error) => Some(&error.context),
        }
    }
}

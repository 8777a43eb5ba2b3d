//! The error of all calls.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;

use super::delivery::Delivery;
use super::details::{ErrorDetails, shown_code};
use super::kinds::{
    ConfigurationError, ConflictError, ErrorKind, InDoubtError, NotStartedError, PanickedError, TimeoutError,
    TransportError, UnreadableError, VendorError,
};
use super::lookup_state::LookupState;
use super::unsupported::UnsupportedError;
use crate::model::{InvalidError, ProviderId};

/// The cause of a failed call, and the effect of the call on the vendor's record.
///
/// | Fact | Source |
/// |---|---|
/// | the next step | [`advice`](Self::advice) |
/// | the effect on the vendor's record | [`delivery`](Self::delivery) |
/// | the cause | the variant, or [`kind`](Self::kind) |
///
/// ```
/// use chargeback::{Advice, Error};
///
/// /// Returns true if a person must act.
/// fn needs_person(error: &Error) -> bool {
///     match error.advice() {
///         Advice::RetryAt { .. } | Advice::LookUpLater | Advice::LookUpFailed | Advice::NotFoundByLookup => false,
///         Advice::UnsupportedStage => false, // skip the stage at this vendor
///         Advice::LookUpImpossible | Advice::RejectedForGood => true,
///         Advice::RefusedByPolicy | Advice::FixInput | Advice::FixConfiguration => true,
///     }
/// }
/// ```
///
/// # Text
///
/// `Display` is one line with vendor, operation, status, code and the next step, without the source. Neither
/// `Display` nor `Debug` shows keys, ids of people, or text that the vendor wrote. Use
/// [`vendor_message`](Self::vendor_message) and [`reply_body`](Self::reply_body) for the vendor's text.
///
/// # Storing
///
/// An `Error` cannot be cloned or stored. [`ErrorRecord`](crate::ErrorRecord) is a storable copy of its facts.
///
/// # Constructing
///
/// Implementations of [`ChargebackProvider`](crate::ChargebackProvider) outside this crate build errors with the
/// constructors here and [`ErrorDetails`].
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The provider cannot be built with these settings. Nothing was sent.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The chargeback or request breaks rules of the vendor. Nothing was sent; correct the listed fields.
    #[error(transparent)]
    Invalid(#[from] InvalidError),
    /// The vendor's API cannot express this value, or the [`LossPolicy`](crate::LossPolicy) refuses a loss. Nothing was
    /// sent. If the value is the stage, skip this report; otherwise change the field or the policy.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedError),
    /// The vendor does not accept the credentials, or no access token was available. Correct the credentials or their
    /// source, then report again.
    #[error(transparent)]
    Authentication(VendorError),
    /// The vendor rejected the request. Correct the cause that its code or message names; the vendor rejects the same
    /// request again. The [`delivery`](Self::delivery) is [`Delivery::Unknown`] if an earlier report of the case is in
    /// doubt.
    #[error(transparent)]
    Rejected(VendorError),
    /// The vendor does not have this payment or case: an id is wrong, belongs to another environment, or is not there
    /// yet. Correct the id, or report again later if the payment is new.
    #[error(transparent)]
    NotFound(VendorError),
    /// The state of the case at the vendor does not allow the change, or several cases match one case id. Check the
    /// case with the vendor; [`ConflictError::candidates`](crate::ConflictError::candidates) has the ids of the
    /// matching cases.
    #[error(transparent)]
    Conflict(ConflictError),
    /// The outcome of an earlier report of the case is unknown and a lookup could not determine it. This report sent no
    /// write. Check with the vendor, then call
    /// [`resolve_doubt`](crate::ChargebackProvider::resolve_doubt).
    #[error(transparent)]
    InDoubt(InDoubtError),
    /// The vendor accepts no more requests at the moment. See [`retry_after`](Self::retry_after).
    #[error(transparent)]
    RateLimited(VendorError),
    /// The vendor is down or reports an internal error: HTTP 408, 5xx, or the vendor's own code for it.
    #[error(transparent)]
    Unavailable(VendorError),
    /// The connection failed. [`TransportError::phase`] has the point of failure. Report again later.
    #[error(transparent)]
    Transport(TransportError),
    /// A time limit of [`Timeouts`](crate::Timeouts) was exceeded. Report again later.
    #[error(transparent)]
    Timeout(TimeoutError),
    /// The vendor's reply is not in a documented format. The cause may be a proxy or a changed API: report again later,
    /// and if the error remains, compare the [`reply_body`](Self::reply_body) with the vendor's documents.
    #[error(transparent)]
    Unreadable(UnreadableError),
    /// The write was not sent, because the [`WriteGate`](crate::WriteGate) did not allow it. A report
    /// returns this error only before its first write. After that, the receipt lists the failed step.
    #[error(transparent)]
    NotStarted(NotStartedError),
    /// A filter, the provider or the ledger panicked during a report of a [`Reporter`](crate::Reporter). The delivery
    /// is [`Delivery::Unknown`] if a write may have been sent.
    #[error(transparent)]
    Panicked(PanickedError),
}

impl Error {
    /// Returns the kind of the error, for metrics and storage.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Configuration(_) => ErrorKind::Configuration,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Unsupported(_) => ErrorKind::Unsupported,
            Self::Authentication(_) => ErrorKind::Authentication,
            Self::Rejected(_) => ErrorKind::Rejected,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Conflict(_) => ErrorKind::Conflict,
            Self::InDoubt(_) => ErrorKind::InDoubt,
            Self::RateLimited(_) => ErrorKind::RateLimited,
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Transport(_) => ErrorKind::Transport,
            Self::Timeout(_) => ErrorKind::Timeout,
            Self::Unreadable(_) => ErrorKind::Unreadable,
            Self::NotStarted(_) => ErrorKind::NotStarted,
            Self::Panicked(_) => ErrorKind::Panicked,
        }
    }

    /// Returns the effect on the vendor's record, over all attempts and earlier reports of the case. Check this first.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let error = Error::unavailable(ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Unknown));
    /// assert_eq!(error.delivery(), Delivery::Unknown);
    /// assert!(error.to_string().starts_with("acme report: vendor error; the vendor may have acted"));
    /// ```
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Invalid(error) if error.is_of_case_in_doubt() => Delivery::Unknown,
            Self::Unsupported(error) if error.is_of_case_in_doubt() => Delivery::Unknown,
            _ => self.details().map_or(Delivery::NotSent, |details| details.delivery),
        }
    }

    /// Returns the vendor; `None` if the model itself is invalid or a transport could not be set up.
    #[must_use]
    pub fn provider(&self) -> Option<&ProviderId> {
        match self {
            Self::Configuration(error) => error.provider(),
            Self::Invalid(error) => error.provider(),
            Self::Unsupported(error) => Some(error.provider()),
            _ => self.details().map(|details| &details.provider),
        }
    }

    /// Returns the name of the failed operation: `chargeback`, `create_chargeback`, `requery`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Invalid(error) => error.operation(),
            _ => self.details().map(|details| details.operation),
        }
    }

    /// Returns true if the same call may succeed later and cannot make the vendor act twice.
    ///
    /// Returns false for an [`Unknown`](Delivery::Unknown) outcome of an operation that is not idempotent.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let details = |delivery| ErrorDetails::new(ProviderId::from_static("acme"), "report", delivery);
    /// assert!(Error::unavailable(details(Delivery::NotSent).retryable(true)).is_retryable());
    /// assert!(!Error::rejected(details(Delivery::Rejected)).is_retryable());
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.details().is_some_and(|details| details.retryable)
    }

    /// Returns the time that the vendor asked to wait, from `Retry-After` in seconds or as a date; `None` without one.
    ///
    /// A date is relative to the `Date` of the reply. The time is at most 365 days, so that adding it to a clock does
    /// not overflow.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.details().and_then(|details| details.retry_after)
    }

    /// Returns the HTTP status of the last reply; `None` without a reply.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.details().and_then(|details| details.status)
    }

    /// Returns the vendor's error code, for example RevCent's `error_code` or Pipwave's `status`.
    #[must_use]
    pub fn vendor_code(&self) -> Option<&str> {
        self.details().and_then(|details| details.vendor_code.as_deref())
    }

    /// Returns the vendor's message. The message may repeat personal data of the request: do not log it.
    #[must_use]
    pub fn vendor_message(&self) -> Option<&str> {
        self.details().and_then(|details| details.vendor_message.as_deref())
    }

    /// Returns the vendor's id of the call, for its support desk (RevCent's `api_call_id`).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.details().and_then(|details| details.request_id.as_deref())
    }

    /// Returns the number of attempts of the failed operation, including attempts that ended before anything was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.details().map_or(0, |details| details.attempts)
    }

    /// Returns the first 8 KiB of the last reply; `None` without a reply. The reply may hold personal data: do not log
    /// it.
    #[must_use]
    pub fn reply_body(&self) -> Option<&[u8]> {
        self.details().and_then(|details| details.reply_body.as_deref())
    }

    /// Returns the result of the lookups after an attempt that may have acted, as text without data of the case.
    #[must_use]
    pub fn lookup_detail(&self) -> Option<&str> {
        self.details().and_then(|details| details.lookup_detail.as_deref())
    }

    /// Returns the state of the lookup of the vendor's record; `None` if the outcome is known, or if no lookup is
    /// needed because the call is idempotent.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, LookupState, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Unknown);
    /// let error = Error::unavailable(details.lookup(LookupState::Failed));
    /// assert_eq!(error.lookup_state(), Some(LookupState::Failed));
    /// ```
    #[must_use]
    pub fn lookup_state(&self) -> Option<LookupState> {
        self.details().filter(|details| details.delivery == Delivery::Unknown)?.lookup
    }

    /// Marks the error as one of a case whose earlier report has an unknown outcome.
    ///
    /// The other arguments describe the vendor: `idempotent` is true if every write of a report is idempotent, and
    /// `lookup` is the state of the lookup if the error does not have one.
    pub(crate) fn of_case_in_doubt(mut self, idempotent: bool, lookup: LookupState) -> Self {
        match &mut self {
            Self::Invalid(error) => error.note_case_in_doubt(),
            Self::Unsupported(error) => error.note_case_in_doubt(),
            _ => {
                if let Some(details) = self.details_mut() {
                    details.note_case_in_doubt(idempotent, lookup);
                }
            }
        }
        self
    }

    /// True if the outcome is unknown because of an earlier report of the case, while this report sent no write.
    pub(crate) fn is_of_earlier_report(&self) -> bool {
        match self {
            Self::Invalid(_) | Self::Unsupported(_) | Self::InDoubt(_) => true,
            _ => self.details().is_some_and(|details| details.earlier),
        }
    }

    fn details(&self) -> Option<&ErrorDetails> {
        match self {
            Self::Configuration(_) | Self::Invalid(_) | Self::Unsupported(_) => None,
            Self::Authentication(error)
            | Self::Rejected(error)
            | Self::NotFound(error)
            | Self::RateLimited(error)
            | Self::Unavailable(error) => Some(error.details()),
            Self::Conflict(error) => Some(error.details()),
            Self::InDoubt(error) => Some(error.details()),
            Self::Transport(error) => Some(error.details()),
            Self::Timeout(error) => Some(error.details()),
            Self::Unreadable(error) => Some(error.details()),
            Self::NotStarted(error) => Some(error.details()),
            Self::Panicked(error) => Some(error.details()),
        }
    }

    fn details_mut(&mut self) -> Option<&mut ErrorDetails> {
        match self {
            Self::Configuration(_) | Self::Invalid(_) | Self::Unsupported(_) => None,
            Self::Authentication(error)
            | Self::Rejected(error)
            | Self::NotFound(error)
            | Self::RateLimited(error)
            | Self::Unavailable(error) => Some(error.details_mut()),
            Self::Conflict(error) => Some(error.details_mut()),
            Self::InDoubt(error) => Some(error.details_mut()),
            Self::Transport(error) => Some(error.details_mut()),
            Self::Timeout(error) => Some(error.details_mut()),
            Self::Unreadable(error) => Some(error.details_mut()),
            Self::NotStarted(error) => Some(error.details_mut()),
            Self::Panicked(error) => Some(error.details_mut()),
        }
    }

    /// The vendor's code if it has the form of a code.
    pub(super) fn shown_code(&self) -> Option<Cow<'_, str>> {
        self.vendor_code().map(|code| shown_code(code).into())
    }
}

//! The next step after an error.

use std::fmt;
use std::time::Duration;

use super::core::Error;
use super::delivery::Delivery;
use super::details::ErrorDetails;
use super::lookup_state::LookupState;
use super::unsupported::UnsupportedError;
use crate::model::Field;
use crate::util::string_enum::string_enum;

/// The next step after an error, from [`Error::advice`].
///
/// The enum is closed: a `match` without a wildcard covers every error.
///
#[doc = include_str!("advice.md")]
///
/// Further facts do not change the next step:
///
/// - [`Error::kind`] is [`RateLimited`](crate::ErrorKind::RateLimited) if `RetryAt` is due to a rate limit.
/// - [`Error::delivery`] is [`Delivery::Unknown`] while an earlier report of the case is in doubt, with every variant.
///   A caller that stores the doubt keeps it then.
///
/// ```
/// use chargeback::{Advice, Delivery, Error, ErrorDetails, ProviderId};
///
/// fn is_done(advice: Advice) -> bool {
///     match advice {
///         Advice::RetryAt { .. } | Advice::LookUpLater | Advice::LookUpFailed | Advice::NotFoundByLookup => false,
///         Advice::UnsupportedStage => true,
///         Advice::LookUpImpossible
///         | Advice::RefusedByPolicy
///         | Advice::FixInput
///         | Advice::FixConfiguration
///         | Advice::RejectedForGood => false, // a person must act
///     }
/// }
///
/// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected);
/// let advice = Error::rejected(details).advice();
/// assert_eq!(advice, Advice::RejectedForGood);
/// assert!(!is_done(advice));
/// ```
///
/// [`resolve_doubt`]: crate::ChargebackProvider::resolve_doubt
#[must_use = "the advice is the next step for the report"]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Sending the same report again is safe and may succeed.
    RetryAt {
        /// The time that the vendor asked to wait; `None` if the caller chooses the wait.
        after: Option<Duration>,
    },
    /// The outcome is unknown. The vendor's record can be looked up later.
    LookUpLater,
    /// The outcome is unknown, and the lookup could not be made. Nothing was learned; this does not count as an
    /// attempt.
    LookUpFailed,
    /// The outcome is unknown, and the lookup does not show the report. The record may still appear.
    NotFoundByLookup,
    /// The outcome is unknown, and no lookup can show it. A person must check with the vendor.
    LookUpImpossible,
    /// The vendor has no value for the stage. Nothing was sent.
    UnsupportedStage,
    /// The loss policy refuses a loss. Nothing was sent.
    RefusedByPolicy,
    /// The input is invalid. Nothing was sent.
    FixInput,
    /// The settings or the credentials are invalid.
    FixConfiguration,
    /// The vendor rejected the report, and rejects the same report again.
    RejectedForGood,
}

string_enum! {
    path = "chargeback";
    /// The kind of an [`Advice`], one for each variant. The names are stable.
    pub enum AdviceKind {
        /// [`Advice::RetryAt`].
        RetryAt = "retry_at",
        /// [`Advice::LookUpLater`].
        LookUpLater = "look_up_later",
        /// [`Advice::LookUpFailed`].
        LookUpFailed = "look_up_failed",
        /// [`Advice::NotFoundByLookup`].
        NotFoundByLookup = "not_found_by_lookup",
        /// [`Advice::LookUpImpossible`].
        LookUpImpossible = "look_up_impossible",
        /// [`Advice::UnsupportedStage`].
        UnsupportedStage = "unsupported_stage",
        /// [`Advice::RefusedByPolicy`].
        RefusedByPolicy = "refused_by_policy",
        /// [`Advice::FixInput`].
        FixInput = "fix_input",
        /// [`Advice::FixConfiguration`].
        FixConfiguration = "fix_configuration",
        /// [`Advice::RejectedForGood`].
        RejectedForGood = "rejected_for_good",
    }
}

impl Advice {
    /// Returns the kind, for metrics and storage.
    ///
    /// ```
    /// use chargeback::{Advice, AdviceKind};
    ///
    /// assert_eq!(Advice::RetryAt { after: None }.kind(), AdviceKind::RetryAt);
    /// ```
    #[must_use]
    pub const fn kind(self) -> AdviceKind {
        match self {
            Self::RetryAt { .. } => AdviceKind::RetryAt,
            Self::LookUpLater => AdviceKind::LookUpLater,
            Self::LookUpFailed => AdviceKind::LookUpFailed,
            Self::NotFoundByLookup => AdviceKind::NotFoundByLookup,
            Self::LookUpImpossible => AdviceKind::LookUpImpossible,
            Self::UnsupportedStage => AdviceKind::UnsupportedStage,
            Self::RefusedByPolicy => AdviceKind::RefusedByPolicy,
            Self::FixInput => AdviceKind::FixInput,
            Self::FixConfiguration => AdviceKind::FixConfiguration,
            Self::RejectedForGood => AdviceKind::RejectedForGood,
        }
    }

    /// Returns the stable name of the kind: `retry_at`, `look_up_later` and so on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.kind().as_str()
    }
}

/// Shows the next step as one line, without data of the case.
impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RetryAt { after: Some(wait) } => {
                return write!(f, "send the report again after {} s", wait.as_secs().max(1));
            }
            Self::RetryAt { after: None } => "send the report again later",
            Self::LookUpLater => "report again later; the report starts with a lookup of the vendor's record",
            Self::LookUpFailed => "report again when the vendor is available; the lookup failed",
            Self::NotFoundByLookup => {
                "report again later; if the record is still not found, check with the vendor, then call resolve_doubt"
            }
            Self::LookUpImpossible => "check with the vendor, then call resolve_doubt",
            Self::UnsupportedStage => "skip this report; the vendor has no value for the stage",
            Self::RefusedByPolicy => "change the field or the loss policy, then report again",
            Self::FixInput => "correct the fields that the error names, then report again",
            Self::FixConfiguration => "correct the settings or the credentials, then report again",
            Self::RejectedForGood => "correct the cause; the vendor rejects the same report again",
        })
    }
}

impl Error {
    /// Returns the next step: every error has exactly one [`Advice`].
    ///
    /// The advice is for a caller that reports through a provider of this crate. Such a provider looks up the vendor's
    /// record before it sends a write that must not be sent twice, so "report again" is safe.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chargeback::{Advice, Delivery, Error, ErrorDetails, ErrorKind, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected)
    ///     .retry_after(Duration::from_secs(90));
    /// let error = Error::rate_limited(details);
    /// assert_eq!(error.advice(), Advice::RetryAt { after: Some(Duration::from_secs(90)) });
    /// assert_eq!(error.kind(), ErrorKind::RateLimited);
    /// assert_eq!(error.advice().to_string(), "send the report again after 90 s");
    /// ```
    pub fn advice(&self) -> Advice {
        match self {
            Self::Configuration(_) => Advice::FixConfiguration,
            Self::Invalid(_) => Advice::FixInput,
            Self::Unsupported(error) => unsupported(error),
            Self::InDoubt(error) => in_doubt(error.details()),
            // A person must choose one of the records, and a later lookup finds the same ones.
            Self::Conflict(error) if !error.candidates().is_empty() => Advice::RejectedForGood,
            Self::Conflict(error) => permanent(error.details(), Advice::RejectedForGood),
            Self::Rejected(error) | Self::NotFound(error) => permanent(error.details(), Advice::RejectedForGood),
            Self::Authentication(error) => permanent(error.details(), Advice::FixConfiguration),
            Self::RateLimited(error) | Self::Unavailable(error) => temporary(error.details()),
            Self::Transport(error) => temporary(error.details()),
            Self::Timeout(error) => temporary(error.details()),
            Self::Unreadable(error) => temporary(error.details()),
            Self::NotStarted(error) => temporary(error.details()),
            Self::Panicked(error) => temporary(error.details()),
        }
    }
}

fn unsupported(error: &UnsupportedError) -> Advice {
    match error.field() {
        _ if error.is_refused_by_policy() => Advice::RefusedByPolicy,
        Field::Stage => Advice::UnsupportedStage,
        _ => Advice::FixInput,
    }
}

/// The advice for an error whose cause remains, except if its details state that the same call may succeed.
fn permanent(details: &ErrorDetails, advice: Advice) -> Advice {
    if details.delivery == Delivery::Unknown || details.retryable { temporary(details) } else { advice }
}

/// The advice for an error whose cause may end.
fn temporary(details: &ErrorDetails) -> Advice {
    let is_safe = details.delivery != Delivery::Unknown
        || details.may_be_repeated()
        || (details.retryable && details.lookup.is_none());
    if is_safe { Advice::RetryAt { after: details.retry_after } } else { in_doubt(details) }
}

/// The advice for a case in doubt. Without any fact about a lookup, a person must check.
const fn in_doubt(details: &ErrorDetails) -> Advice {
    match details.lookup {
        Some(LookupState::Possible) => Advice::LookUpLater,
        Some(LookupState::Failed) => Advice::LookUpFailed,
        Some(LookupState::Unauthorized) => Advice::FixConfiguration,
        Some(LookupState::NotFound) => Advice::NotFoundByLookup,
        Some(LookupState::Impossible) | None => Advice::LookUpImpossible,
    }
}

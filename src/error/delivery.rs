//! The effect of a failed call on the vendor's record.

use serde::{Deserialize, Serialize};

/// The effect of a failed call on the vendor's record. Check this first.
///
/// The value covers all attempts of a call. If the vendor may have acted on one attempt, the value stays `Unknown`
/// after a later rejection or failed connection. It changes only after an acknowledgement, or after a lookup that
/// finds the report in the vendor's record.
///
/// | Value | Meaning | Next step |
/// |---|---|---|
/// | `NotSent` | No request that could change the record reached the vendor. | Correct the error, or report again. |
/// | `Rejected` | The vendor replied that it did not act. | Correct the error, or wait if [`is_retryable`] is true. |
/// | `Unknown` | The vendor may have acted. | Report again through the same provider, or check with the vendor. |
///
/// [`is_retryable`]: crate::Error::is_retryable
///
/// ```
/// use chargeback::{Delivery, Error};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.delivery() {
///         Delivery::NotSent => "correct the error or report again",
///         Delivery::Rejected => "correct the error, or wait if it is retryable",
///         Delivery::Unknown => "report again through the same provider, or check with the vendor",
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// No request that could change the vendor's record reached the vendor. Reporting again is safe.
    NotSent,
    /// The vendor replied that it did not act. The same report gets the same reply, unless
    /// [`is_retryable`](crate::Error::is_retryable) is true.
    Rejected,
    /// The vendor may have acted. Find out before you rely on either outcome; the docs of each vendor describe how.
    ///
    /// An error of a later report of the case is also `Unknown` until the outcome of the earlier report is known.
    Unknown,
}

impl Delivery {
    /// Returns the delivery of two attempts together: the worse of both, where `Unknown` is the worst.
    ///
    /// ```
    /// use chargeback::Delivery;
    ///
    /// assert_eq!(Delivery::Unknown.and(Delivery::Rejected), Delivery::Unknown);
    /// ```
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        self.max(later)
    }

    /// Returns the stable name: `not_sent`, `rejected` or `unknown`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }

    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::NotSent => "nothing was sent",
            Self::Rejected => "the vendor did not act",
            Self::Unknown => "the vendor may have acted",
        }
    }
}

/// The point at which an exchange failed.
///
/// ```
/// use chargeback::transport::{FailurePhase, TransportFailure};
///
/// let failure = TransportFailure::new(FailurePhase::NotSent).timed_out();
/// assert_eq!((failure.phase(), failure.is_timeout()), (FailurePhase::NotSent, true));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailurePhase {
    /// No byte of the request was sent: resolving, connecting or TLS failed.
    NotSent,
    /// Some or all of the request may have been sent, so the vendor may have acted.
    MaybeSent,
    /// The reply is larger than
    /// [`RequestLimits::reply_bytes`](crate::transport::RequestLimits::reply_bytes).
    ReplyTooLarge,
}

//! The constructors of [`Error`].

use super::core::Error;
use super::delivery::{Delivery, FailurePhase};
use super::details::ErrorDetails;
use super::kinds::{
    ConflictError, InDoubtError, NotStartedError, PanickedError, TimeLimit, TimeoutError, TransportError,
    UnreadableError, VendorError,
};

/// Constructors for implementations of [`ChargebackProvider`](crate::ChargebackProvider) outside this crate.
impl Error {
    /// Creates [`Error::Authentication`] for credentials that the vendor does not accept.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    /// use http::StatusCode;
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected)
    ///     .status(StatusCode::UNAUTHORIZED);
    /// let error = Error::authentication(details);
    /// assert_eq!(error.to_string(), "acme report: invalid credentials (HTTP 401); the vendor did not act");
    /// ```
    #[must_use]
    pub fn authentication(details: ErrorDetails) -> Self {
        Self::Authentication(VendorError::new("invalid credentials", details))
    }

    /// Creates [`Error::Authentication`] for an access token that could not be obtained.
    #[must_use]
    pub fn no_token(details: ErrorDetails) -> Self {
        Self::Authentication(VendorError::new("could not get an access token", details))
    }

    /// Creates [`Error::Rejected`].
    #[must_use]
    pub fn rejected(details: ErrorDetails) -> Self {
        Self::Rejected(VendorError::new("rejected by the vendor", details))
    }

    /// Creates [`Error::NotFound`].
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ErrorKind, ProviderId};
    ///
    /// let error = Error::not_found(ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected));
    /// assert_eq!(error.kind(), ErrorKind::NotFound);
    /// ```
    #[must_use]
    pub fn not_found(details: ErrorDetails) -> Self {
        Self::NotFound(VendorError::new("payment or case not found", details))
    }

    /// Creates [`Error::Conflict`]. `candidates` are the vendor's ids of the cases that match; empty for another
    /// kind of conflict.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::NotSent);
    /// let error = Error::conflict(vec!["A-17".into(), "A-18".into()], details);
    /// let Error::Conflict(conflict) = &error else { unreachable!() };
    /// assert_eq!(conflict.candidates(), ["A-17", "A-18"]);
    /// ```
    #[must_use]
    pub fn conflict(candidates: Vec<String>, details: ErrorDetails) -> Self {
        Self::Conflict(ConflictError::new(candidates, details))
    }

    /// Creates [`Error::InDoubt`]. The delivery becomes [`Delivery::Unknown`].
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let error = Error::in_doubt(ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::NotSent));
    /// assert_eq!(error.delivery(), Delivery::Unknown);
    /// ```
    #[must_use]
    pub fn in_doubt(mut details: ErrorDetails) -> Self {
        details.delivery = Delivery::Unknown;
        Self::InDoubt(InDoubtError::new(details))
    }

    /// Creates [`Error::RateLimited`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected)
    ///     .retryable(true)
    ///     .retry_after(Duration::from_secs(90));
    /// assert_eq!(Error::rate_limited(details).retry_after(), Some(Duration::from_secs(90)));
    /// ```
    #[must_use]
    pub fn rate_limited(details: ErrorDetails) -> Self {
        Self::RateLimited(VendorError::new("rate limited by the vendor", details))
    }

    /// Creates [`Error::Unavailable`].
    #[must_use]
    pub fn unavailable(details: ErrorDetails) -> Self {
        Self::Unavailable(VendorError::new("vendor error", details))
    }

    /// Creates [`Error::Transport`].
    ///
    /// ```
    /// use chargeback::transport::FailurePhase;
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Unknown);
    /// let error = Error::transport(FailurePhase::MaybeSent, details);
    /// assert!(matches!(&error, Error::Transport(error) if error.phase() == FailurePhase::MaybeSent));
    /// ```
    #[must_use]
    pub fn transport(phase: FailurePhase, details: ErrorDetails) -> Self {
        Self::Transport(TransportError::new(phase, details))
    }

    /// Creates [`Error::Timeout`].
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId, TimeLimit};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Unknown);
    /// let error = Error::timeout(TimeLimit::Attempt, details);
    /// assert!(matches!(&error, Error::Timeout(error) if !error.is_deadline()));
    /// ```
    #[must_use]
    pub fn timeout(limit: TimeLimit, details: ErrorDetails) -> Self {
        Self::Timeout(TimeoutError::new(limit, details))
    }

    /// Creates [`Error::Unreadable`].
    #[must_use]
    pub fn unreadable(details: ErrorDetails) -> Self {
        Self::Unreadable(UnreadableError::new(details))
    }

    /// Creates [`Error::NotStarted`]. The source of the details should be the
    /// [`GateError`](crate::GateError).
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, GateError, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::NotSent)
    ///     .source(GateError::new("the lease expired"));
    /// assert_eq!(Error::not_started(details).delivery(), Delivery::NotSent);
    /// ```
    #[must_use]
    pub fn not_started(details: ErrorDetails) -> Self {
        Self::NotStarted(NotStartedError::new(details))
    }

    /// Creates [`Error::Panicked`].
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ErrorKind, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Unknown);
    /// let error = Error::panicked(details);
    /// assert_eq!(error.kind(), ErrorKind::Panicked);
    /// ```
    #[must_use]
    pub fn panicked(details: ErrorDetails) -> Self {
        Self::Panicked(PanickedError::new(details))
    }
}

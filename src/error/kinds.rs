//! The kinds of errors, and one struct for each kind.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::delivery::FailurePhase;
use super::details::ErrorDetails;
use crate::model::ProviderId;
use crate::util::string_enum::string_enum;
use crate::util::violation::{self, Violation};

string_enum! {
    path = "chargeback";
    /// The kind of an [`Error`](crate::Error), one for each variant. The names are stable.
    pub enum ErrorKind {
        /// [`Error::Configuration`](crate::Error::Configuration).
        Configuration = "configuration",
        /// [`Error::Invalid`](crate::Error::Invalid).
        Invalid = "invalid",
        /// [`Error::Unsupported`](crate::Error::Unsupported).
        Unsupported = "unsupported",
        /// [`Error::Authentication`](crate::Error::Authentication).
        Authentication = "authentication",
        /// [`Error::Rejected`](crate::Error::Rejected).
        Rejected = "rejected",
        /// [`Error::NotFound`](crate::Error::NotFound).
        NotFound = "not_found",
        /// [`Error::Conflict`](crate::Error::Conflict).
        Conflict = "conflict",
        /// [`Error::InDoubt`](crate::Error::InDoubt).
        InDoubt = "in_doubt",
        /// [`Error::RateLimited`](crate::Error::RateLimited).
        RateLimited = "rate_limited",
        /// [`Error::Unavailable`](crate::Error::Unavailable).
        Unavailable = "unavailable",
        /// [`Error::Transport`](crate::Error::Transport).
        Transport = "transport",
        /// [`Error::Timeout`](crate::Error::Timeout).
        Timeout = "timeout",
        /// [`Error::Unreadable`](crate::Error::Unreadable).
        Unreadable = "unreadable",
        /// [`Error::NotStarted`](crate::Error::NotStarted).
        NotStarted = "not_started",
        /// [`Error::Panicked`](crate::Error::Panicked).
        Panicked = "panicked",
    }
}

/// Invalid settings. Names settings and rules, never values.
///
/// ```
/// use chargeback::Error;
/// use chargeback::spade::Spade;
///
/// let Err(Error::Configuration(error)) = Spade::from_vars(|_| None) else { unreachable!() };
/// let missing: Vec<&str> = error.problems().iter().map(|problem| problem.field()).collect();
/// assert_eq!(missing, ["SPADE_API_KEY", "SPADE_ENVIRONMENT", "SPADE_WON_MEANS"]);
/// ```
#[derive(Debug)]
pub struct ConfigurationError {
    provider: Option<ProviderId>,
    problems: Vec<Violation>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ConfigurationError {
    /// Creates an error that lists all invalid settings of a provider; `None` for settings that belong to no provider.
    #[must_use]
    pub const fn new(provider: Option<ProviderId>, problems: Vec<Violation>) -> Self {
        Self { provider, problems, source: None }
    }

    #[cfg(any(feature = "reqwest", feature = "hyper"))]
    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns all problems, for example every missing environment variable.
    #[must_use]
    pub fn problems(&self) -> &[Violation] {
        &self.problems
    }

    /// Returns the vendor whose configuration is invalid; `None` for settings that belong to no vendor.
    #[must_use]
    pub const fn provider(&self) -> Option<&ProviderId> {
        self.provider.as_ref()
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.provider {
            Some(provider) => write!(f, "{provider} configuration: ")?,
            None => f.write_str("configuration: ")?,
        }
        f.write_str(&violation::join(&self.problems))
    }
}

impl StdError for ConfigurationError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Defines an error struct around [`ErrorDetails`] whose source is that of the details.
macro_rules! detailed_error {
    ($(#[$meta:meta])* $Name:ident { $( $field:ident: $Type:ty, )* }, |$error:ident| $text:expr) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $Name {
            $( $field: $Type, )*
            details: Box<ErrorDetails>,
        }

        impl $Name {
            pub(super) fn new($( $field: $Type, )* details: ErrorDetails) -> Self {
                Self { $( $field, )* details: Box::new(details) }
            }

            pub(super) const fn details(&self) -> &ErrorDetails {
                &self.details
            }

            pub(super) fn details_mut(&mut self) -> &mut ErrorDetails {
                &mut self.details
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $error = self;
                self.details.write_line(f, &$text)
            }
        }

        impl StdError for $Name {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                self.details.source.as_deref().map(|source| source as _)
            }
        }
    };
}

detailed_error! {
    /// An error that the vendor reported.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected)
    ///     .vendor_code("E17".to_owned())
    ///     .vendor_message("amount too high".to_owned());
    /// let Error::Rejected(error) = Error::rejected(details) else { unreachable!() };
    /// assert_eq!((error.code(), error.message()), (Some("E17"), Some("amount too high")));
    /// ```
    VendorError { fact: &'static str, },
    |error| error.fact
}

impl VendorError {
    /// Returns the vendor's error code exactly as received; `None` if the reply has none.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.details.vendor_code.as_deref()
    }

    /// Returns the vendor's message. The message may repeat personal data of the request: do not log it.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.details.vendor_message.as_deref()
    }
}

detailed_error! {
    /// A conflict with the vendor's record of the case: the state of the case does not allow the change, or several
    /// cases match one case id.
    ///
    /// ```
    /// use chargeback::Error;
    ///
    /// /// Returns the vendor's ids of the cases from which a person must choose.
    /// fn candidates(error: &Error) -> &[String] {
    ///     match error {
    ///         Error::Conflict(conflict) => conflict.candidates(),
    ///         _ => &[],
    ///     }
    /// }
    /// ```
    ConflictError { candidates: Vec<String>, },
    |error| match error.candidates.len() {
        0 => Cow::Borrowed("conflicts with the state of the case at the vendor"),
        n => Cow::Owned(format!("{n} cases at the vendor match this case id")),
    }
}

impl ConflictError {
    /// Returns the vendor's ids of the cases that match; empty for another kind of conflict.
    #[must_use]
    pub fn candidates(&self) -> &[String] {
        &self.candidates
    }
}

detailed_error! {
    /// A report that was not sent because the outcome of an earlier report of the case is unknown, and a lookup could
    /// not determine it. [`Error::lookup_detail`](crate::Error::lookup_detail) has the result of the lookup.
    InDoubtError {},
    |_error| "the outcome of an earlier report of this case is unknown"
}

detailed_error! {
    /// A write that was not sent, because the [`WriteGate`](crate::WriteGate) did not allow it. The source is the
    /// gate's error. A plain report also returns this error, without a source, if too many cases are
    /// in doubt.
    NotStartedError {},
    |_error| "the write was not started"
}

detailed_error! {
    /// A report that panicked: a fault in a filter, in a provider or in a ledger. The error does not hold the message
    /// of the panic, which the panic hook prints.
    PanickedError {},
    |_error| "panicked"
}

detailed_error! {
    /// A failed connection, or a reply that is not HTTP.
    TransportError { phase: FailurePhase, },
    |_error| "the connection failed"
}

impl TransportError {
    /// Returns the point at which the last attempt failed. [`Error::delivery`](crate::Error::delivery) covers all
    /// attempts.
    #[must_use]
    pub const fn phase(&self) -> FailurePhase {
        self.phase
    }
}

/// The time limit that a [`TimeoutError`] is about.
///
/// ```
/// use chargeback::{Error, TimeLimit};
///
/// /// Returns true if the report waited too long for another report of the same case, and sent nothing.
/// fn waited_for_turn(error: &Error) -> bool {
///     matches!(error, Error::Timeout(timeout) if timeout.limit() == TimeLimit::Turn)
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeLimit {
    /// The time to resolve, connect and negotiate TLS: [`Timeouts::connect`](crate::Timeouts::connect).
    Connect,
    /// The time to get an access token: [`Timeouts::attempt`](crate::Timeouts::attempt).
    Token,
    /// The time for one request and its reply: [`Timeouts::attempt`](crate::Timeouts::attempt).
    Attempt,
    /// The time for the whole operation: [`Timeouts::operation`](crate::Timeouts::operation).
    Operation,
    /// The time for the whole operation, which passed while the operation waited for another report of the same case.
    Turn,
}

detailed_error! {
    /// An exceeded time limit.
    TimeoutError { limit: TimeLimit, },
    |error| match error.limit {
        TimeLimit::Connect => "timed out connecting",
        TimeLimit::Token => "timed out waiting for an access token",
        TimeLimit::Attempt => "timed out waiting for a reply",
        TimeLimit::Operation => "the deadline passed",
        TimeLimit::Turn => "timed out waiting for another report of the same case",
    }
}

impl TimeoutError {
    /// Returns the exceeded time limit.
    #[must_use]
    pub const fn limit(&self) -> TimeLimit {
        self.limit
    }

    /// Returns true if the time limit of the whole operation was exceeded, not that of one attempt.
    #[must_use]
    pub const fn is_deadline(&self) -> bool {
        matches!(self.limit, TimeLimit::Operation | TimeLimit::Turn)
    }
}

detailed_error! {
    /// A reply that is not in a documented format: an HTML page, a fragment, or a reply without proof of success.
    ///
    /// ```
    /// use chargeback::Error;
    ///
    /// /// Returns true if a page of HTML was received in place of the vendor's reply, for example from a proxy.
    /// fn is_html(error: &Error) -> bool {
    ///     matches!(error, Error::Unreadable(reply) if reply.body().starts_with(b"<"))
    /// }
    /// ```
    UnreadableError {},
    |_error| "unexpected reply"
}

impl UnreadableError {
    /// Returns the first 8 KiB of the reply; empty if the reply was too large to read. The reply may hold personal
    /// data: do not log it.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.details.reply_body.as_deref().unwrap_or_default()
    }
}

//! The state of a case that a caller passes to a report, and the gate before the first write.

use std::fmt;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::model::{InvalidError, is_blank_id};
use crate::util::redact::Presence;
use crate::util::violation::Violation;

/// The largest length of a vendor's case id, in bytes.
pub(crate) const VENDOR_CASE_BYTES: usize = 255;

/// Returns the rule that a vendor's case id breaks.
pub(crate) fn vendor_case_rule(id: &str) -> Option<&'static str> {
    if is_blank_id(id) {
        Some("must not be empty")
    } else if id.len() > VENDOR_CASE_BYTES {
        Some("must not be longer than 255 bytes")
    } else {
        None
    }
}

/// The state of a case and the limits of one report, for
/// [`report_with`](crate::ChargebackProvider::report_with).
///
/// A caller that keeps the state of its cases, for example in a [`Ledger`](crate::lifecycle::Ledger), passes it
/// here. The provider then neither reads nor changes its own memory of the case. So several processes can report
/// the same case, each through its own provider.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::{Chargeback, ChargebackProvider, Error, OpenGate, Receipt, ReportContext};
/// use tokio::time::Instant;
///
/// async fn update(provider: &dyn ChargebackProvider, chargeback: &Chargeback) -> Result<Receipt, Error> {
///     let context = ReportContext::new(&OpenGate)
///         .vendor_case("RC-4711")
///         .deadline(Instant::now() + Duration::from_secs(20));
///     let _turn = provider.turn(chargeback.case_id()).await;
///     provider.report_with(chargeback, &context).await
/// }
/// ```
#[derive(Clone, Copy)]
#[must_use]
pub struct ReportContext<'a> {
    gate: &'a dyn WriteGate,
    in_doubt: bool,
    acknowledged_before: bool,
    vendor_case: Option<&'a str>,
    deadline: Option<Instant>,
    max_attempts: Option<u32>,
}

impl<'a> ReportContext<'a> {
    /// Creates the context of a case without doubt, without a vendor's case id and with the limits of the provider.
    pub const fn new(gate: &'a dyn WriteGate) -> Self {
        Self {
            gate,
            in_doubt: false,
            acknowledged_before: false,
            vendor_case: None,
            deadline: None,
            max_attempts: None,
        }
    }

    /// Sets whether the outcome of an earlier report of the case is unknown. Default: false.
    ///
    /// If true, the provider looks up the vendor's record before it sends a write that is not idempotent.
    pub const fn in_doubt(mut self, in_doubt: bool) -> Self {
        self.in_doubt = in_doubt;
        self
    }

    /// Sets whether the vendor has acknowledged an earlier report of the case. Default: false.
    ///
    /// ```
    /// use chargeback::lifecycle::LedgerEntry;
    /// use chargeback::{OpenGate, ReportContext};
    ///
    /// fn context(entry: &LedgerEntry) -> ReportContext<'_> {
    ///     ReportContext::new(&OpenGate)
    ///         .in_doubt(entry.in_flight.is_some())
    ///         .acknowledged_before(entry.acknowledged.is_some())
    ///         .vendor_case(entry.vendor_case.as_deref())
    /// }
    /// assert!(!context(&LedgerEntry::default()).was_acknowledged_before());
    /// ```
    pub const fn acknowledged_before(mut self, acknowledged: bool) -> Self {
        self.acknowledged_before = acknowledged;
        self
    }

    /// Sets the vendor's id of the case. Default: none. An id in the chargeback takes precedence.
    pub fn vendor_case(mut self, vendor_case: impl Into<Option<&'a str>>) -> Self {
        self.vendor_case = vendor_case.into();
        self
    }

    /// Sets the time at which the report ends at the latest. Default: none. The time limits of the provider also apply.
    pub fn deadline(mut self, deadline: impl Into<Option<Instant>>) -> Self {
        self.deadline = deadline.into();
        self
    }

    /// Sets the largest number of attempts of each operation. Default: none. The limit of the provider also applies.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chargeback::{OpenGate, ReportContext};
    /// use tokio::time::Instant;
    ///
    /// let end = Instant::now() + Duration::from_secs(10);
    /// let context = ReportContext::new(&OpenGate).deadline(end).max_attempts(1);
    /// assert_eq!((context.ends_at(), context.attempt_limit()), (Some(end), Some(1)));
    /// ```
    pub fn max_attempts(mut self, attempts: impl Into<Option<u32>>) -> Self {
        self.max_attempts = attempts.into();
        self
    }

    /// Returns the gate before the first write.
    #[must_use]
    pub const fn gate(&self) -> &'a dyn WriteGate {
        self.gate
    }

    /// Returns true if the outcome of an earlier report of the case is unknown.
    #[must_use]
    pub const fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// Returns true if the vendor has acknowledged an earlier report of the case.
    #[must_use]
    pub const fn was_acknowledged_before(&self) -> bool {
        self.acknowledged_before
    }

    /// Returns the vendor's id of the case, if the caller knows it.
    #[must_use]
    pub const fn known_vendor_case(&self) -> Option<&'a str> {
        self.vendor_case
    }

    /// Returns the time at which the report ends at the latest.
    #[must_use]
    pub const fn ends_at(&self) -> Option<Instant> {
        self.deadline
    }

    /// Returns the largest number of attempts of each operation.
    #[must_use]
    pub const fn attempt_limit(&self) -> Option<u32> {
        self.max_attempts
    }
}

impl fmt::Debug for ReportContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportContext")
            .field("gate", &self.gate)
            .field("in_doubt", &self.in_doubt)
            .field("acknowledged_before", &self.acknowledged_before)
            .field("vendor_case", &Presence::new(self.vendor_case.as_ref()))
            .field("deadline", &self.deadline)
            .field("max_attempts", &self.max_attempts)
            .finish()
    }
}

/// A hook before the first request of a report that may change the vendor's record.
///
/// A caller that must know after a crash whether a write was possible stores a mark in
/// [`before_first_write`](Self::before_first_write). Searches and other reads come before the mark.
///
/// ```
/// use chargeback::{GateError, WriteGate, async_trait};
///
/// /// Stores a mark before the first write, and allows writes until a lease ends.
/// #[derive(Debug)]
/// struct Lease {
///     ends: std::time::Instant,
/// }
///
/// #[async_trait]
/// impl WriteGate for Lease {
///     async fn before_first_write(&self) -> Result<(), GateError> {
///         // UPDATE cases SET in_flight = true WHERE ...
///         Ok(())
///     }
///
///     fn may_send(&self) -> bool {
///         std::time::Instant::now() < self.ends
///     }
/// }
/// ```
#[async_trait]
pub trait WriteGate: fmt::Debug + Send + Sync {
    /// Runs right before the first request that may change the vendor's record. The request is sent after it returns
    /// `Ok`.
    ///
    /// The provider does not limit the time of this call.
    ///
    /// # Errors
    ///
    /// [`GateError`] if the write must not be sent. The report then ends with
    /// [`Error::NotStarted`](crate::Error::NotStarted).
    async fn before_first_write(&self) -> Result<(), GateError>;

    /// Returns false if no more requests may be sent that change the vendor's record, for example after a lease
    /// expired.
    ///
    /// Checked before each attempt of such a request. If it is false before the first write, the report ends with
    /// [`Error::NotStarted`](crate::Error::NotStarted); later, with the error of the last attempt.
    fn may_send(&self) -> bool;
}

/// A [`WriteGate`] that allows every write.
///
/// ```
/// use chargeback::{OpenGate, ReportContext};
///
/// let context = ReportContext::new(&OpenGate).in_doubt(true);
/// assert!(context.is_in_doubt() && context.gate().may_send());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenGate;

#[async_trait]
impl WriteGate for OpenGate {
    async fn before_first_write(&self) -> Result<(), GateError> {
        Ok(())
    }

    fn may_send(&self) -> bool {
        true
    }
}

/// The reason of a [`WriteGate`] to refuse a write. The text appears in error chains and must not hold keys or personal
/// data.
///
/// ```
/// use std::error::Error as _;
///
/// use chargeback::GateError;
///
/// let error = GateError::new("the lease expired");
/// assert_eq!(error.to_string(), "the write gate did not allow the write");
/// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the lease expired"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the write gate did not allow the write")]
pub struct GateError {
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl GateError {
    /// Creates an error with its cause.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}

/// The result of a check with the vendor, for a case whose outcome is unknown.
///
/// See [`resolve_doubt`](crate::ChargebackProvider::resolve_doubt).
///
/// ```
/// use chargeback::{ChargebackProvider, InvalidError, Resolution};
///
/// fn resolve(provider: &dyn ChargebackProvider, case_id: &str, found: Option<String>) -> Result<(), InvalidError> {
///     provider.resolve_doubt(case_id, found.map_or(Resolution::NotFound, Resolution::Found))
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution {
    /// The vendor has the case under this id. The next report updates it. 1 to 255 bytes, not only white space.
    Found(String),
    /// The vendor has the report but gives cases no ids. The report counts as sent.
    Applied,
    /// The vendor does not have the report. The next report is sent as if nothing were in doubt. Pass this only if
    /// it is certain; otherwise the vendor may end up with two records.
    NotFound,
}

impl Resolution {
    /// Checks the vendor's id of [`Found`](Self::Found).
    ///
    /// ```
    /// use chargeback::Resolution;
    ///
    /// assert!(Resolution::Found("RC-17".into()).validate().is_ok());
    /// let error = Resolution::Found(String::new()).validate().unwrap_err();
    /// assert_eq!(error.to_string(), "invalid: resolution.found: must not be empty");
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidError`] if the id is empty, only white space, or longer than 255 bytes.
    pub fn validate(&self) -> Result<(), InvalidError> {
        let rule = match self {
            Self::Found(id) => vendor_case_rule(id),
            Self::Applied | Self::NotFound => None,
        };
        rule.map_or(Ok(()), |rule| Err(InvalidError::new(vec![Violation::new("resolution.found", rule)])))
    }
}

impl fmt::Debug for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Found(_) => "Found([redacted])",
            Self::Applied => "Applied",
            Self::NotFound => "NotFound",
        })
    }
}

//! The outcome of a report at each vendor.

use std::fmt;
use std::time::Duration;

use crate::error::{Delivery, Error};
use crate::lifecycle::{LedgerError, Transition};
use crate::model::ProviderId;
use crate::provider::Receipt;
use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback";
    /// The importance of a vendor for [`Outcomes::required_settled`].
    pub enum Requirement {
        /// A report is settled only when this vendor is.
        Required = "required",
        /// The outcome at this vendor does not matter for the report as a whole.
        BestEffort = "best_effort",
    }
}

string_enum! {
    path = "chargeback";
    /// The kind of an [`Outcome`], one for each variant. The names are stable.
    pub enum OutcomeKind {
        /// [`Outcome::Acknowledged`].
        Acknowledged = "acknowledged",
        /// [`Outcome::Unsupported`].
        Unsupported = "unsupported",
        /// [`Outcome::Failed`].
        Failed = "failed",
        /// [`Outcome::Unknown`].
        Unknown = "unknown",
        /// [`Outcome::Skipped`].
        Skipped = "skipped",
        /// [`Outcome::Blocked`].
        Blocked = "blocked",
    }
}

/// The outcome of a report at one vendor.
///
/// `Display` is one line without data of the case. [`OutcomeRecord`](crate::OutcomeRecord) is a storable copy.
///
/// ```
/// use chargeback::Outcome;
///
/// fn log(outcome: &Outcome) {
///     match outcome {
///         Outcome::Acknowledged(receipt) => println!("sent as {}", receipt.stage_value()),
///         Outcome::Unknown(error) => eprintln!("check with the vendor: {error}"),
///         other => println!("{}: {other}", other.kind()),
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The vendor acknowledged the report.
    Acknowledged(Receipt),
    /// The vendor cannot express the stage ([`Error::Unsupported`]), or the loss policy refuses a loss. Nothing was
    /// sent.
    Unsupported(Error),
    /// The report was not sent, or the vendor did not act. A panic before the first write is [`Error::Panicked`].
    Failed(Error),
    /// The vendor may have acted. A panic after a write may have been sent is [`Error::Panicked`].
    Unknown(Error),
    /// Not sent on purpose.
    Skipped(Skipped),
    /// Not sent; a person should check.
    Blocked(Blocked),
}

/// The reason for [`Outcome::Skipped`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Skipped {
    /// The filter of the target excludes the chargeback.
    NotRouted,
    /// The [`Lifecycle`](crate::lifecycle::Lifecycle) skips this transition: a [`Refresh`](Transition::Refresh) or a
    /// [`Stale`](Transition::Stale) stage.
    Step(Transition),
}

/// The reason for [`Outcome::Blocked`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Blocked {
    /// The [`Lifecycle`](crate::lifecycle::Lifecycle) blocks this transition: [`Illegal`](Transition::Illegal).
    Step(Transition),
    /// The ledger could not be read, or not be written before the first request that may change the vendor's record.
    Ledger(LedgerError),
}

impl From<Result<Receipt, Error>> for Outcome {
    fn from(result: Result<Receipt, Error>) -> Self {
        match result {
            Ok(receipt) => Self::Acknowledged(receipt),
            Err(error) if error.delivery() == Delivery::Unknown => Self::Unknown(error),
            Err(error @ Error::Unsupported(_)) => Self::Unsupported(error),
            Err(error) => Self::Failed(error),
        }
    }
}

impl Outcome {
    /// Returns true if nothing is left to do: acknowledged, skipped on purpose, or not supported by the vendor.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Acknowledged(_) | Self::Skipped(_) | Self::Unsupported(_))
    }

    /// Returns the receipt of an acknowledged report.
    #[must_use]
    pub const fn receipt(&self) -> Option<&Receipt> {
        if let Self::Acknowledged(receipt) = self { Some(receipt) } else { None }
    }

    /// Returns the error of an unsupported, failed or unknown report.
    #[must_use]
    pub const fn error(&self) -> Option<&Error> {
        match self {
            Self::Unsupported(error) | Self::Failed(error) | Self::Unknown(error) => Some(error),
            Self::Acknowledged(_) | Self::Skipped(_) | Self::Blocked(_) => None,
        }
    }

    /// Returns the kind, for metrics and storage.
    #[must_use]
    pub const fn kind(&self) -> OutcomeKind {
        match self {
            Self::Acknowledged(_) => OutcomeKind::Acknowledged,
            Self::Unsupported(_) => OutcomeKind::Unsupported,
            Self::Failed(_) => OutcomeKind::Failed,
            Self::Unknown(_) => OutcomeKind::Unknown,
            Self::Skipped(_) => OutcomeKind::Skipped,
            Self::Blocked(_) => OutcomeKind::Blocked,
        }
    }

    /// Returns the stable name of the kind: `acknowledged`, `unsupported`, `failed`, `unknown`, `skipped`, `blocked`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        self.kind().as_str()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged(receipt) if receipt.is_complete() => f.write_str("acknowledged"),
            Self::Acknowledged(_) => f.write_str("acknowledged, but a later step failed"),
            Self::Unsupported(error) | Self::Failed(error) | Self::Unknown(error) => error.fmt(f),
            Self::Skipped(Skipped::NotRouted) => f.write_str("skipped: excluded by the filter"),
            Self::Skipped(Skipped::Step(step)) => write!(f, "skipped: {step}"),
            Self::Blocked(Blocked::Step(step)) => write!(f, "blocked: {step}; nothing was sent"),
            Self::Blocked(Blocked::Ledger(error)) => write!(f, "blocked: {error}; nothing was sent"),
        }
    }
}

/// One vendor and the outcome of its report.
///
/// ```
/// use chargeback::{Chargeback, ProviderOutcome, Reporter, Requirement, UnknownProvider, spade};
///
/// async fn send(reporter: &Reporter, chargeback: &Chargeback) -> Result<ProviderOutcome, UnknownProvider> {
///     let result = reporter.report_to(&spade::ID, chargeback).await?;
///     if result.requirement() == Requirement::Required && result.may_be_retried() {
///         eprintln!("{}: report again later", result.provider());
///     }
///     Ok(result)
/// }
/// ```
#[derive(Debug)]
pub struct ProviderOutcome {
    pub(super) provider: ProviderId,
    pub(super) requirement: Requirement,
    pub(super) outcome: Outcome,
    pub(super) ledger_error: Option<LedgerError>,
}

impl ProviderOutcome {
    /// Returns the vendor.
    #[must_use]
    pub const fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// Returns the importance of the vendor.
    #[must_use]
    pub const fn requirement(&self) -> Requirement {
        self.requirement
    }

    /// Returns the outcome of the report.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Returns the error if the outcome could not be stored in the ledger. After a report, the entry then shows the
    /// report as in flight, so the next report of the same stage is sent again instead of skipped.
    ///
    /// ```
    /// use chargeback::ProviderOutcome;
    ///
    /// fn warn(result: &ProviderOutcome) {
    ///     if let Some(error) = result.ledger_error() {
    ///         eprintln!("{}: the outcome was not stored: {error}", result.provider());
    ///     }
    /// }
    /// ```
    #[must_use]
    pub const fn ledger_error(&self) -> Option<&LedgerError> {
        self.ledger_error.as_ref()
    }

    /// Returns the outcome by value, to store its receipt or return its error.
    #[must_use]
    pub fn into_outcome(self) -> Outcome {
        self.outcome
    }

    /// Returns true if another report through the same provider is safe and may succeed: after a temporary failure, a
    /// ledger error or an unknown outcome. After an unknown outcome, the provider looks up the record before a write
    /// that is not idempotent.
    #[must_use]
    pub fn may_be_retried(&self) -> bool {
        match &self.outcome {
            // An invalid or unsupported report never succeeds; the unknown outcome is that of an earlier report.
            Outcome::Unknown(error) => !matches!(error, Error::Invalid(_) | Error::Unsupported(_)),
            Outcome::Blocked(Blocked::Ledger(_)) => true,
            Outcome::Failed(error) => error.is_retryable(),
            Outcome::Acknowledged(_)
            | Outcome::Unsupported(_)
            | Outcome::Skipped(_)
            | Outcome::Blocked(Blocked::Step(_)) => false,
        }
    }
}

/// The outcomes at all vendors, in the order in which the vendors were added.
///
/// ```
/// use chargeback::{Outcomes, spade};
///
/// fn check(outcomes: &Outcomes) {
///     for result in outcomes.required_unsettled() {
///         eprintln!("{}: {}", result.provider(), result.outcome());
///     }
///     if let Some(receipt) = outcomes.get(&spade::ID).and_then(|result| result.outcome().receipt()) {
///         println!("spade: {} losses", receipt.losses().len());
///     }
/// }
/// ```
#[must_use = "the report may have failed at some vendors"]
#[derive(Debug)]
pub struct Outcomes {
    pub(super) all: Vec<ProviderOutcome>,
}

impl Outcomes {
    /// Returns an iterator over the outcomes.
    pub fn iter(&self) -> std::slice::Iter<'_, ProviderOutcome> {
        self.all.iter()
    }

    /// Returns the outcome at this vendor; `None` if the reporter has no provider with this id.
    #[must_use]
    pub fn get(&self, provider: &ProviderId) -> Option<&ProviderOutcome> {
        self.all.iter().find(|result| result.provider == *provider)
    }

    /// Returns true if every required vendor is settled: acknowledged, skipped on purpose, or not supported by the
    /// vendor.
    #[must_use]
    pub fn required_settled(&self) -> bool {
        self.required_unsettled().next().is_none()
    }

    /// Returns the required vendors that are not settled.
    pub fn required_unsettled(&self) -> impl Iterator<Item = &ProviderOutcome> {
        self.all.iter().filter(|result| result.requirement == Requirement::Required && !result.outcome.is_settled())
    }

    /// Returns the time to wait before [`retry_failed`](super::Reporter::retry_failed): the longest time that a vendor
    /// asked for.
    ///
    /// If it is `None`, wait some seconds, longer each time, and stop after some rounds. If an outcome
    /// remains unknown, a person must check with the vendor and call
    /// [`resolve_doubt`](super::Reporter::resolve_doubt).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chargeback::{Chargeback, Outcomes, Reporter};
    ///
    /// async fn retry(reporter: &Reporter, chargeback: &Chargeback, outcomes: Outcomes) -> Outcomes {
    ///     let wait = outcomes.retry_after().unwrap_or(Duration::from_secs(5));
    ///     tokio::time::sleep(wait).await;
    ///     reporter.retry_failed(chargeback, outcomes).await
    /// }
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let retried = self.all.iter().filter(|result| result.may_be_retried());
        retried.filter_map(|result| result.outcome.error()?.retry_after()).max()
    }
}

impl<'a> IntoIterator for &'a Outcomes {
    type Item = &'a ProviderOutcome;
    type IntoIter = std::slice::Iter<'a, ProviderOutcome>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Outcomes {
    type Item = ProviderOutcome;
    type IntoIter = std::vec::IntoIter<ProviderOutcome>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

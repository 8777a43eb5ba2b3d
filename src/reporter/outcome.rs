//! What became of each vendor's report.

use std::fmt;
use std::time::Duration;

use super::Requirement;
use crate::error::{Delivery, Error};
use crate::lifecycle::{LedgerError, Transition};
use crate::model::ProviderId;
use crate::provider::Receipt;

/// What became of one vendor's report.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The vendor was told.
    Acknowledged(Receipt),
    /// The vendor has no way to say it ([`Error::Unsupported`]), or what would be lost is not taken. No accident.
    Unsupported(Error),
    /// The vendor was not told, or did not act.
    Failed(Error),
    /// The vendor may have acted.
    Unknown(Error),
    /// Left out on purpose.
    Skipped(Skipped),
    /// Held back; nothing was sent, and somebody should look.
    Blocked(Blocked),
}

/// Why a vendor was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Skipped {
    /// The chargeback is not routed to it.
    NotRouted,
    /// The kind of step is one that is left out: a [`Refresh`](Transition::Refresh), a [`Stale`](Transition::Stale)
    /// report.
    Step(Transition),
}

/// Why a report was held back.
#[derive(Debug)]
#[non_exhaustive]
pub enum Blocked {
    /// The kind of step is one that is refused: [`Illegal`](Transition::Illegal).
    Step(Transition),
    /// The ledger could not be read, or not written before sending.
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
    /// Whether there is nothing left to do: acknowledged, or left out on purpose.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Acknowledged(_) | Self::Skipped(_))
    }

    /// The receipt, if the vendor was told.
    #[must_use]
    pub const fn receipt(&self) -> Option<&Receipt> {
        if let Self::Acknowledged(receipt) = self { Some(receipt) } else { None }
    }

    /// The error, if there is one.
    #[must_use]
    pub const fn error(&self) -> Option<&Error> {
        match self {
            Self::Unsupported(error) | Self::Failed(error) | Self::Unknown(error) => Some(error),
            Self::Acknowledged(_) | Self::Skipped(_) | Self::Blocked(_) => None,
        }
    }

    /// One word for logs and counts: `acknowledged`, `unsupported`, `failed`, `unknown`, `skipped`, `blocked`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Acknowledged(_) => "acknowledged",
            Self::Unsupported(_) => "unsupported",
            Self::Failed(_) => "failed",
            Self::Unknown(_) => "unknown",
            Self::Skipped(_) => "skipped",
            Self::Blocked(_) => "blocked",
        }
    }
}

/// One line, without data of the case.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged(receipt) if receipt.is_complete() => f.write_str("acknowledged"),
            Self::Acknowledged(_) => f.write_str("acknowledged, but a later step failed"),
            Self::Unsupported(error) | Self::Failed(error) | Self::Unknown(error) => error.fmt(f),
            Self::Skipped(Skipped::NotRouted) => f.write_str("skipped: not routed here"),
            Self::Skipped(Skipped::Step(step)) => write!(f, "skipped: {step}"),
            Self::Blocked(Blocked::Step(step)) => write!(f, "blocked: {step}; nothing was sent"),
            Self::Blocked(Blocked::Ledger(error)) => write!(f, "blocked: {error}; nothing was sent"),
        }
    }
}

/// A vendor, and what became of its report.
#[derive(Debug)]
pub struct ProviderOutcome {
    pub(super) provider: ProviderId,
    pub(super) need: Requirement,
    pub(super) outcome: Outcome,
    pub(super) ledger_error: Option<LedgerError>,
}

impl ProviderOutcome {
    /// The vendor's name.
    #[must_use]
    pub const fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// Whether it must be told.
    #[must_use]
    pub const fn requirement(&self) -> Requirement {
        self.need
    }

    /// What became of its report.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The ledger could not keep the outcome. It holds that a report is under way, so the next one of the same stage is
    /// sent again rather than left out.
    #[must_use]
    pub const fn ledger_error(&self) -> Option<&LedgerError> {
        self.ledger_error.as_ref()
    }

    /// The outcome by value, to keep its receipt or pass on its error.
    #[must_use]
    pub fn into_outcome(self) -> Outcome {
        self.outcome
    }

    /// Whether reporting again, through the same provider, is safe and may help: what may pass, what the ledger held
    /// back, and what is unknown, which a provider looks up before it writes anything that must not be written twice.
    #[must_use]
    pub fn may_be_retried(&self) -> bool {
        match &self.outcome {
            // One that is invalid or has no word can never be made; what is unknown then is an earlier one.
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

/// What became of each vendor's report, in the order in which the vendors were added.
#[must_use = "some vendors may not have been told"]
#[derive(Debug)]
pub struct Outcomes {
    pub(super) all: Vec<ProviderOutcome>,
}

impl Outcomes {
    /// Goes through them.
    pub fn iter(&self) -> std::slice::Iter<'_, ProviderOutcome> {
        self.all.iter()
    }

    /// What became of this vendor's report; `None` if the reporter has no such vendor.
    #[must_use]
    pub fn get(&self, provider: &ProviderId) -> Option<&ProviderOutcome> {
        self.all.iter().find(|told| told.provider == *provider)
    }

    /// Whether every vendor that must be told is settled: acknowledged, or left out on purpose.
    #[must_use]
    pub fn required_settled(&self) -> bool {
        self.required_unsettled().next().is_none()
    }

    /// The vendors that must be told, and are not settled.
    pub fn required_unsettled(&self) -> impl Iterator<Item = &ProviderOutcome> {
        self.all.iter().filter(|told| told.need == Requirement::Required && !told.outcome.is_settled())
    }

    /// How long to wait before [`retry_failed`](super::Reporter::retry_failed), as far as vendors said: the longest of
    /// their times.
    ///
    /// Where it is `None`, wait some seconds, longer each time, and give up after some rounds: what is unclear may never
    /// settle itself, and then a person does, by [`resolve_doubt`](super::Reporter::resolve_doubt).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let retried = self.all.iter().filter(|told| told.may_be_retried());
        retried.filter_map(|told| told.outcome.error()?.retry_after()).max()
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

//! What became of each vendor's report.

use std::fmt;
use std::time::Duration;

use super::Need;
use crate::error::{Delivery, Error};
use crate::id::ProviderId;
use crate::lifecycle::{LedgerError, Transition};
use crate::provider::Receipt;

/// What became of one vendor's report.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The vendor was told.
    Acknowledged(Receipt),
    /// The vendor has no way to say it ([`Error::Unsupported`]), or what would be lost is not taken. No accident.
    CannotExpress(Error),
    /// The vendor was not told, or did not act.
    Refused(Error),
    /// The vendor may have acted.
    Unknown(Error),
    /// Left out on purpose.
    Skipped(Skipped),
    /// Held back; nothing was sent, and somebody should look.
    Stopped(Stopped),
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
pub enum Stopped {
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
            Err(error @ Error::Unsupported(_)) => Self::CannotExpress(error),
            Err(error) => Self::Refused(error),
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
            Self::CannotExpress(error) | Self::Refused(error) | Self::Unknown(error) => Some(error),
            Self::Acknowledged(_) | Self::Skipped(_) | Self::Stopped(_) => None,
        }
    }

    /// One word for logs and counts: `acknowledged`, `cannot_express`, `refused`, `unknown`, `skipped`, `stopped`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Acknowledged(_) => "acknowledged",
            Self::CannotExpress(_) => "cannot_express",
            Self::Refused(_) => "refused",
            Self::Unknown(_) => "unknown",
            Self::Skipped(_) => "skipped",
            Self::Stopped(_) => "stopped",
        }
    }
}

/// One line, without data of the case.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged(receipt) if receipt.is_complete() => f.write_str("acknowledged"),
            Self::Acknowledged(_) => f.write_str("acknowledged, but a later step failed"),
            Self::CannotExpress(error) | Self::Refused(error) | Self::Unknown(error) => error.fmt(f),
            Self::Skipped(Skipped::NotRouted) => f.write_str("skipped: not routed here"),
            Self::Skipped(Skipped::Step(step)) => write!(f, "skipped: {step}"),
            Self::Stopped(Stopped::Step(step)) => write!(f, "stopped: {step}; nothing was sent"),
            Self::Stopped(Stopped::Ledger(error)) => write!(f, "stopped: {error}; nothing was sent"),
        }
    }
}

/// A vendor, and what became of its report.
#[derive(Debug)]
pub struct ProviderOutcome {
    pub(super) provider: ProviderId,
    pub(super) need: Need,
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
    pub const fn need(&self) -> Need {
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
            Outcome::Stopped(Stopped::Ledger(_)) => true,
            Outcome::Refused(error) => error.is_retryable(),
            Outcome::Acknowledged(_)
            | Outcome::CannotExpress(_)
            | Outcome::Skipped(_)
            | Outcome::Stopped(Stopped::Step(_)) => false,
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
    pub fn of(&self, provider: &ProviderId) -> Option<&ProviderOutcome> {
        self.all.iter().find(|told| told.provider == *provider)
    }

    /// Whether every vendor that must be told is settled: acknowledged, or left out on purpose.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.unmet().next().is_none()
    }

    /// The vendors that must be told, and are not settled.
    pub fn unmet(&self) -> impl Iterator<Item = &ProviderOutcome> {
        self.all.iter().filter(|told| told.need == Need::Required && !told.outcome.is_settled())
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

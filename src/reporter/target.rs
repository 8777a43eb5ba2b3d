//! One vendor of a reporter.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "bulk")]
use super::gate::Gate;
use super::outcome::{Outcome, ProviderOutcome, Requirement};
#[cfg(feature = "bulk")]
use super::rate_limit::RateLimit;
use crate::lifecycle::LedgerError;
use crate::model::Chargeback;
use crate::provider::Throttled;

type Filter = dyn Fn(&Chargeback) -> bool + Send + Sync;

/// One vendor of a [`Reporter`](super::Reporter): its importance, the cases that are sent to it, and its rate limit.
///
/// ```
/// use chargeback::{Target, Throttled};
///
/// fn with_amount(spade: impl Throttled) -> Target {
///     Target::best_effort(spade).filter(|chargeback| chargeback.amount().is_some())
/// }
/// ```
pub struct Target {
    pub(super) provider: Arc<dyn Throttled>,
    pub(super) requirement: Requirement,
    /// Belongs to the target, not to a bulk, so that several bulks share one rate limit.
    #[cfg(feature = "bulk")]
    pub(super) gate: Arc<Gate>,
    filter: Option<Box<Filter>>,
}

impl Target {
    /// Creates a target whose outcome decides whether a report is settled.
    pub fn required(provider: impl Throttled) -> Self {
        Self::new(provider, Requirement::Required)
    }

    /// Creates a target whose outcome does not matter for the report as a whole.
    pub fn best_effort(provider: impl Throttled) -> Self {
        Self::new(provider, Requirement::BestEffort)
    }

    fn new(provider: impl Throttled, requirement: Requirement) -> Self {
        Self {
            provider: Arc::new(provider),
            requirement,
            #[cfg(feature = "bulk")]
            gate: Arc::new(Gate::new(None)),
            filter: None,
        }
    }

    /// Sends only chargebacks for which the filter returns true. With several filters, all must return true.
    ///
    /// ```
    /// use chargeback::{Target, Throttled};
    ///
    /// // A chargeback that came from Pipwave is not reported to Pipwave.
    /// fn not_from_pipwave(pipwave: impl Throttled) -> Target {
    ///     Target::required(pipwave)
    ///         .filter(|chargeback| chargeback.processor().is_none_or(|processor| processor.name != "pipwave"))
    /// }
    /// ```
    #[must_use]
    pub fn filter(mut self, filter: impl Fn(&Chargeback) -> bool + Send + Sync + 'static) -> Self {
        self.filter = Some(match self.filter.take() {
            None => Box::new(filter),
            Some(before) => Box::new(move |chargeback| before(chargeback) && filter(chargeback)),
        });
        self
    }

    /// Sets the rate limit for all calls of [`Reporter::report_all`](super::Reporter::report_all) together. Single
    /// reports are not limited. Default: no limit.
    #[cfg(feature = "bulk")]
    #[cfg_attr(docsrs, doc(cfg(feature = "bulk")))]
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.gate = Arc::new(Gate::new(Some(limit)));
        self
    }

    pub(super) fn accepts(&self, chargeback: &Chargeback) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter(chargeback))
    }

    pub(super) fn outcome(&self, outcome: Outcome, ledger_error: Option<LedgerError>) -> ProviderOutcome {
        ProviderOutcome { provider: self.provider.id(), requirement: self.requirement, outcome, ledger_error }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("provider", &self.provider)
            .field("requirement", &self.requirement)
            .field("filtered", &self.filter.is_some())
            .finish_non_exhaustive()
    }
}

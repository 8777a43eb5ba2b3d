//! A vendor among others.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "bulk")]
use super::rate_limit::Gate;
use super::{Outcome, ProviderOutcome};
use crate::engine::{LossPolicy, Turns};
use crate::error::Error;
use crate::lifecycle::LedgerError;
use crate::model::Chargeback;
use crate::provider::{ChargebackProvider, Plan, Receipt};

/// Whether a report is met without this vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Requirement {
    /// It must be told, or the report is not met.
    Required,
    /// It is told if it can be.
    BestEffort,
}

type Route = dyn Fn(&Chargeback) -> bool + Send + Sync;

/// A vendor among others: whether it must be told, of which cases, and which losses are taken.
pub struct Target {
    pub(super) provider: Arc<dyn ChargebackProvider>,
    pub(super) need: Requirement,
    pub(super) turns: Turns,
    /// Of the member, and not of a bulk, so that several bulks keep to one pace.
    #[cfg(feature = "bulk")]
    pub(super) gate: Arc<Gate>,
    losses: LossPolicy,
    route: Option<Box<Route>>,
}

impl Target {
    /// A vendor that must be told.
    pub fn required(provider: impl ChargebackProvider) -> Self {
        Self::new(provider, Requirement::Required)
    }

    /// A vendor that is told if it can be.
    pub fn best_effort(provider: impl ChargebackProvider) -> Self {
        Self::new(provider, Requirement::BestEffort)
    }

    fn new(provider: impl ChargebackProvider, need: Requirement) -> Self {
        Self {
            provider: Arc::new(provider),
            need,
            turns: Turns::default(),
            #[cfg(feature = "bulk")]
            gate: Arc::new(Gate::new(None)),
            losses: LossPolicy::Accept,
            route: None,
        }
    }

    /// Tells it only of chargebacks of which this is true. Several calls must all be true.
    #[must_use]
    pub fn filter(mut self, route: impl Fn(&Chargeback) -> bool + Send + Sync + 'static) -> Self {
        self.route = Some(match self.route.take() {
            None => Box::new(route),
            Some(before) => Box::new(move |chargeback| before(chargeback) && route(chargeback)),
        });
        self
    }

    /// Refuses what would be lost, beside what the provider itself refuses. Default: every loss is taken, and listed.
    #[must_use]
    pub fn losses(mut self, losses: LossPolicy) -> Self {
        self.losses = losses;
        self
    }

    /// How many reports it is sent in a time, by all calls of [`Reporter::report_all`](super::Reporter::report_all)
    /// together; single reports are not paced. Default: as many as run.
    #[cfg(feature = "bulk")]
    #[cfg_attr(docsrs, doc(cfg(feature = "bulk")))]
    #[must_use]
    pub fn pace(mut self, pace: super::RateLimit) -> Self {
        self.gate = Arc::new(Gate::new(Some(pace)));
        self
    }

    pub(super) fn is_routed(&self, chargeback: &Chargeback) -> bool {
        self.route.as_ref().is_none_or(|route| route(chargeback))
    }

    pub(super) fn outcome(&self, outcome: Outcome, ledger_error: Option<LedgerError>) -> ProviderOutcome {
        ProviderOutcome { provider: self.provider.id(), need: self.need, outcome, ledger_error }
    }

    /// The plan, or why its losses are not taken.
    pub(super) fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        let plan = self.provider.plan(chargeback)?;
        self.losses.check(&self.provider.id(), plan.losses())?;
        Ok(plan)
    }

    pub(super) async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        if self.losses != LossPolicy::Accept {
            let _ = self.plan(chargeback)?;
        }
        self.provider.report(chargeback).await
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("provider", &self.provider)
            .field("need", &self.need)
            .field("losses", &self.losses)
            .field("routed", &self.route.is_some())
            .finish_non_exhaustive()
    }
}

//! The builder of a reporter.

use std::sync::Arc;

use super::core::Reporter;
use super::target::Target;
use crate::error::{ConfigurationError, Error};
use crate::lifecycle::{Ledger, Lifecycle};
use crate::provider::{ChargebackProvider as _, Throttled};
use crate::util::violation::Violation;

/// Builds a [`Reporter`].
///
/// ```
/// use chargeback::lifecycle::MemoryLedger;
/// use chargeback::{Error, Reporter, Throttled};
///
/// fn build(revcent: impl Throttled, spade: impl Throttled) -> Result<Reporter, Error> {
///     Reporter::builder().required(revcent).best_effort(spade).ledger(MemoryLedger::new()).build()
/// }
/// ```
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct ReporterBuilder {
    targets: Vec<Target>,
    ledger: Option<Arc<dyn Ledger>>,
    lifecycle: Lifecycle,
}

impl Reporter {
    /// Creates a builder without vendors.
    ///
    /// ```
    /// use chargeback::{Error, Reporter};
    ///
    /// let error = Reporter::builder().build().unwrap_err();
    /// assert!(matches!(error, Error::Configuration(_)));
    /// ```
    pub fn builder() -> ReporterBuilder {
        ReporterBuilder::default()
    }
}

impl ReporterBuilder {
    /// Adds a vendor whose outcome decides whether a report is settled.
    pub fn required(self, provider: impl Throttled) -> Self {
        self.target(Target::required(provider))
    }

    /// Adds a vendor whose outcome does not matter for the report as a whole.
    pub fn best_effort(self, provider: impl Throttled) -> Self {
        self.target(Target::best_effort(provider))
    }

    /// Adds a vendor with a filter or a rate limit.
    pub fn target(mut self, target: Target) -> Self {
        self.targets.push(target);
        self
    }

    /// Sets the ledger that stores the last reported stage of each case. Default: none, and every report is sent.
    pub fn ledger(mut self, ledger: impl Ledger) -> Self {
        self.ledger = Some(Arc::new(ledger));
        self
    }

    /// Sets the action for each kind of transition. The setting has an effect only with a [`ledger`](Self::ledger).
    ///
    /// ```
    /// use chargeback::lifecycle::{Action, Lifecycle, MemoryLedger};
    /// use chargeback::{Error, Reporter, Throttled};
    ///
    /// fn build(spade: impl Throttled) -> Result<Reporter, Error> {
    ///     let lifecycle = Lifecycle::default().refresh(Action::Report);
    ///     Reporter::builder().required(spade).ledger(MemoryLedger::new()).lifecycle(lifecycle).build()
    /// }
    /// ```
    pub const fn lifecycle(mut self, lifecycle: Lifecycle) -> Self {
        self.lifecycle = lifecycle;
        self
    }

    /// Builds the reporter.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] without vendors, or with two vendors of the same id.
    pub fn build(self) -> Result<Reporter, Error> {
        let mut problems = Vec::new();
        if self.targets.is_empty() {
            problems.push(Violation::new(
                "targets",
                "must not be empty; add a provider with required, best_effort or target",
            ));
        }
        for (index, target) in self.targets.iter().enumerate() {
            let id = target.provider.id();
            if self.targets[..index].iter().any(|before| before.provider.id() == id) {
                problems.push(Violation::new(
                    "targets",
                    format!("two providers have the id `{id}`; add each provider once"),
                ));
            }
        }
        if !problems.is_empty() {
            return Err(ConfigurationError::new(None, problems).into());
        }
        Ok(Reporter::new(self.targets, self.ledger, self.lifecycle))
    }
}

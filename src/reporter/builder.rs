//! Puts a reporter together.

use std::sync::Arc;

use super::{Inner, Reporter, Target};
use crate::error::{ConfigurationError, Error};
use crate::lifecycle::{Ledger, Lifecycle};
use crate::provider::ChargebackProvider;
use crate::util::violation::Violation;

/// Builds a [`Reporter`].
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct ReporterBuilder {
    members: Vec<Target>,
    ledger: Option<Arc<dyn Ledger>>,
    lifecycle: Lifecycle,
}

impl ReporterBuilder {
    /// Adds a vendor that must be told.
    pub fn required(self, provider: impl ChargebackProvider) -> Self {
        self.target(Target::required(provider))
    }

    /// Adds a vendor that is told if it can be.
    pub fn best_effort(self, provider: impl ChargebackProvider) -> Self {
        self.target(Target::best_effort(provider))
    }

    /// Adds a vendor with a route or a loss policy of its own.
    pub fn target(mut self, member: Target) -> Self {
        self.members.push(member);
        self
    }

    /// Keeps what each vendor was told, and holds back by it. Without a ledger every report is sent.
    pub fn ledger(self, ledger: impl Ledger) -> Self {
        self.shared_ledger(Arc::new(ledger))
    }

    /// As [`ledger`](Self::ledger), with one that others use too.
    pub fn shared_ledger(mut self, ledger: Arc<dyn Ledger>) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// What is done with each kind of step; it takes a ledger to tell them apart.
    pub const fn lifecycle(mut self, lifecycle: Lifecycle) -> Self {
        self.lifecycle = lifecycle;
        self
    }

    /// Builds the reporter.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if there is no vendor, or two of one name: ledger and outcomes go by names.
    pub fn build(self) -> Result<Reporter, Error> {
        let mut problems = Vec::new();
        if self.members.is_empty() {
            problems.push(Violation::new("members", "there is no vendor to tell"));
        }
        for (place, member) in self.members.iter().enumerate() {
            let id = member.provider.id();
            if self.members[..place].iter().any(|before| before.provider.id() == id) {
                problems.push(Violation::new("members", format!("two providers are named `{id}`")));
            }
        }
        if !problems.is_empty() {
            return Err(ConfigurationError::new(None, problems).into());
        }
        let Self { members, ledger, lifecycle } = self;
        Ok(Reporter { inner: Arc::new(Inner { members, ledger, lifecycle }) })
    }
}

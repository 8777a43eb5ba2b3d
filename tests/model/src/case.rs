//! A case: one variant of a protocol with a budget of faults and the expected verdict.

use crate::breaker::{Breaker, BreakerRules};
use crate::outbox::Outbox;
use crate::outbox::rules::Rules;
use crate::violation::Violation;

/// The rules of a case.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    /// The outbox with a create-once vendor B.
    Outbox(Rules),
    /// The outbox with a status vendor B, which shows a set of stages.
    Status(Rules, u8),
    Breaker(BreakerRules),
}

/// The model of a case.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Built {
    Outbox(Outbox),
    Breaker(Breaker),
}

/// The purpose of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The rules of the outbox. A violation is a stated limit.
    Rules,
    /// Weaker rules, for comparison.
    Comparison,
    /// One rule is dropped.
    Mutation,
}

/// A set of faults that is enough for a violation.
pub(crate) type Expected = (Violation, &'static str);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) role: Role,
    protocol: Protocol,
    vendors: &'static [u8],
    reports: u8,
    persons: u8,
    pub(crate) faults: &'static str,
    pub(crate) has_liveness: bool,
    pub(crate) is_quick: bool,
    pub(crate) expected: &'static [Expected],
}

impl Case {
    /// Creates a case of the rules of the outbox.
    pub(crate) const fn new(id: &'static str, title: &'static str, protocol: Protocol) -> Self {
        Self {
            id,
            title,
            role: Role::Rules,
            protocol,
            vendors: &[],
            reports: 2,
            persons: 0,
            faults: "",
            has_liveness: false,
            is_quick: false,
            expected: &[],
        }
    }

    pub(crate) const fn compares(mut self) -> Self {
        self.role = Role::Comparison;
        self
    }

    /// Makes the case a mutation. Mutations are part of the quick run, which ends at their first violation.
    pub(crate) const fn mutates(mut self) -> Self {
        (self.role, self.is_quick) = (Role::Mutation, true);
        self
    }

    /// Sets the vendor sets of reports, the number of reports and the number of persons.
    pub(crate) const fn size(mut self, vendors: &'static [u8], reports: u8, persons: u8) -> Self {
        (self.vendors, self.reports, self.persons) = (vendors, reports, persons);
        self
    }

    /// Sets the budget of faults, a letter for each.
    pub(crate) const fn faults(mut self, letters: &'static str) -> Self {
        self.faults = letters;
        self
    }

    /// Checks that quiet is reachable.
    pub(crate) const fn live(mut self) -> Self {
        self.has_liveness = true;
        self
    }

    /// Adds the case to the quick run.
    pub(crate) const fn quick(mut self) -> Self {
        self.is_quick = true;
        self
    }

    /// Sets the expected violations. Default: none.
    pub(crate) const fn expects(mut self, expected: &'static [Expected]) -> Self {
        self.expected = expected;
        self
    }

    /// Builds the model.
    pub(crate) fn build(&self) -> Built {
        self.build_with(self.protocol)
    }

    /// Builds the model with the rules of the outbox instead of those of the case.
    pub(crate) fn build_corrected(&self) -> Built {
        self.build_with(match self.protocol {
            Protocol::Outbox(_) => Protocol::Outbox(Rules::corrected()),
            Protocol::Status(_, visible) => Protocol::Status(Rules::corrected(), visible),
            Protocol::Breaker(_) => Protocol::Breaker(BreakerRules::corrected()),
        })
    }

    fn build_with(&self, protocol: Protocol) -> Built {
        let outbox = |rules| Outbox::new(rules, self.vendors, self.reports, self.persons, self.faults);
        match protocol {
            Protocol::Outbox(rules) => Built::Outbox(outbox(rules)),
            Protocol::Status(rules, visible) => Built::Outbox(outbox(rules).with_status(visible)),
            Protocol::Breaker(rules) => Built::Breaker(Breaker::new(rules, self.faults)),
        }
    }
}

//! The model of the outbox: lanes, workers, persons, the store and two vendors.

mod claim;
mod environment;
mod finish;
mod invariants;
mod lane;
mod ops;
mod person;
pub(crate) mod rules;
pub(crate) mod state;
mod store;
mod trace;
mod worker;

use crate::fault::{Counts, Fault, counts};
use crate::search::Model;
use crate::step::Step;
use crate::violation::Violation;
use rules::Rules;
use state::State;

/// The kind of vendor B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VendorB {
    /// Creates a record once. A search by the case may lag, an edit by id sets the stage.
    CreateOnce,
    /// Sets a status. A lookup shows the stages in this set, and no others.
    Status {
        /// The set of visible stages.
        visible: u8,
    },
}

/// The size of a case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The sets of vendors for which reports are accepted.
    pub(crate) vendors: &'static [u8],
    pub(crate) reports: u8,
    pub(crate) persons: u8,
    pub(crate) budget: Counts,
}

/// One variant of the model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outbox {
    pub(crate) rules: Rules,
    pub(crate) limits: Limits,
    pub(crate) vendor_b: VendorB,
}

impl Outbox {
    /// Creates a model with a create-once vendor B.
    pub(crate) fn new(rules: Rules, vendors: &'static [u8], reports: u8, persons: u8, faults: &str) -> Self {
        let limits = Limits { vendors, reports, persons, budget: counts(faults) };
        Self { rules, limits, vendor_b: VendorB::CreateOnce }
    }

    /// Makes B a vendor whose status shows some stages.
    pub(crate) fn with_status(mut self, visible: u8) -> Self {
        self.vendor_b = VendorB::Status { visible };
        self
    }

    fn has_replace(&self) -> bool {
        self.limits.budget[Fault::Replace as usize] > 0
    }

    /// Returns true if a lookup at the status vendor shows the stage.
    fn is_visible(&self, stage: u8) -> bool {
        matches!(self.vendor_b, VendorB::Status { visible } if visible & 1 << stage != 0)
    }
}

impl Model for Outbox {
    type State = State;

    fn first(&self) -> State {
        State::first(self.limits.budget)
    }

    fn successors(&self, state: &State, out: &mut Vec<(Step, State)>) {
        self.accept(state, out);
        for worker in 0..2 {
            self.worker(state, worker, out);
        }
        for lane in 0..2 {
            Self::lease_ends(state, lane, out);
            self.doubt_ages(state, lane, out);
        }
        Self::other_system(state, out);
        self.requests(state, out);
        for person in 0..self.limits.persons {
            self.person(state, person, out);
        }
        self.store(state, out);
    }

    fn violations(&self, state: &State) -> Vec<Violation> {
        self.broken(state)
    }

    fn is_quiet(&self, state: &State) -> bool {
        invariants::is_quiet(state)
    }

    fn left(&self, state: &State) -> Counts {
        state.left
    }

    fn lanes(&self) -> &'static [&'static str] {
        &["A", "B"]
    }
}

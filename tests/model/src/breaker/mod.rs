//! The model of a vendor's circuit breaker, which all workers share.
//!
//! The lanes belong to an idempotent vendor, and each has one report. The model is separate from that of the outbox:
//! the breaker needs several lanes of one vendor, and the product of both models is too large.

mod ops;
mod state;
mod steps;
mod trace;
mod vendor;

use crate::fault::{Counts, counts};
use crate::search::Model;
use crate::step::Step;
use crate::violation::Violation;
use state::{Circuit, LaneState, Phase, State, broken};

/// The rules of the breaker that a case can drop.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each bool is an independent rule")]
pub(crate) struct BreakerRules {
    /// A claim reads the vendor's row in its own transaction.
    pub(crate) claim_reads_row: bool,
    /// The start of a probe is a compare-and-set of the vendor's row.
    pub(crate) probe_compares: bool,
    /// The phase of a probe ends after a time, also if the worker is dead.
    pub(crate) probe_expires: bool,
    /// A probe sends only before the end of its phase.
    pub(crate) probe_deadline: bool,
    /// Only the failure of the current probe ends the phase of the probe.
    pub(crate) only_probe_fails: bool,
    /// A failed probe is not an attempt of its report.
    pub(crate) probe_is_no_attempt: bool,
}

impl BreakerRules {
    /// Returns the rules of the outbox.
    pub(crate) const fn corrected() -> Self {
        Self {
            claim_reads_row: true,
            probe_compares: true,
            probe_expires: true,
            probe_deadline: true,
            only_probe_fails: true,
            probe_is_no_attempt: true,
        }
    }
}

/// One variant of the model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Breaker {
    pub(crate) rules: BreakerRules,
    budget: Counts,
}

impl Breaker {
    /// Creates a model with a budget of faults.
    pub(crate) fn new(rules: BreakerRules, faults: &str) -> Self {
        Self { rules, budget: counts(faults) }
    }
}

impl Model for Breaker {
    type State = State;

    fn first(&self) -> State {
        State { left: self.budget, ..State::default() }
    }

    fn successors(&self, state: &State, out: &mut Vec<(Step, State)>) {
        for worker in 0..2 {
            self.worker(state, worker, out);
        }
        self.time(state, out);
    }

    fn violations(&self, state: &State) -> Vec<Violation> {
        let at_once = [
            (broken::SENT_WHILE_OPEN, Violation::SentWhileOpen),
            (broken::TWO_PROBES, Violation::TwoProbes),
            (broken::GIVEN_UP, Violation::GivenUp),
        ];
        let shown = at_once.iter().filter(|(flag, _)| state.broken & flag != 0).map(|(_, kind)| *kind);
        let is_lost = state.lanes.iter().any(|lane| lane.state == LaneState::Idle && !lane.is_applied);
        shown.chain(is_lost.then_some(Violation::ReportLost)).collect()
    }

    fn is_quiet(&self, state: &State) -> bool {
        state.workers.iter().all(|worker| worker.phase == Phase::Free)
            && state.lanes.iter().all(|lane| lane.state == LaneState::Idle)
    }

    fn left(&self, state: &State) -> Counts {
        state.left
    }

    fn lanes(&self) -> &'static [&'static str] {
        &["1", "2"]
    }
}

impl Circuit {
    /// Returns the name in a trace.
    fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Probing => "probing",
        }
    }
}

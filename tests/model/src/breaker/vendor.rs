//! Time and the vendor.

use super::state::{Circuit, LANES, LaneState, Phase, State, Worker};
use super::{Breaker, ops};
use crate::fault::Fault;
use crate::step::{NONE, Step};

/// The number of failures that open the breaker.
pub(super) const FAILURES_TO_OPEN: u8 = 2;

impl Breaker {
    pub(super) fn time(&self, state: &State, out: &mut Vec<(Step, State)>) {
        for lane in 0..LANES {
            lease_ends(state, lane, out);
        }
        self.hold_ends(state, out);
        let mut next = *state;
        next.is_down = !state.is_down;
        if state.is_down {
            out.push((Step::event(&ops::COMES_UP, NONE, 0), next));
        } else if let Some(next) = next.spend(Fault::Outage) {
            out.push((Step::event(&ops::GOES_DOWN, NONE, 0), next));
        }
    }

    /// Ends the phase of an open breaker or of a probe.
    fn hold_ends(&self, state: &State, out: &mut Vec<(Step, State)>) {
        if !state.row.is_held {
            return;
        }
        let mut next = *state;
        next.row.is_held = false;
        // The time of a phase is part of the row, so the row that a worker has read stays the latest one.
        let probe = state.workers.iter().find(|worker| worker.is_current_probe).map(|worker| worker.phase);
        let (op, next) = match probe {
            _ if state.row.circuit == Circuit::Open => (&ops::HOLD_ENDS, Some(next)),
            _ if !self.rules.probe_expires => return,
            // The deadline of a probe is the end of its phase.
            Some(Phase::Waiting) if self.rules.probe_deadline => return,
            Some(Phase::Checked) if self.rules.probe_deadline => (&ops::HOLD_ENDS_FREEZE, next.spend(Fault::Freeze)),
            _ => (&ops::HOLD_ENDS, Some(next)),
        };
        if let Some(next) = next {
            out.push((Step::event(op, NONE, 0), next));
        }
    }
}

fn lease_ends(state: &State, lane: u8, out: &mut Vec<(Step, State)>) {
    let row = state.lane(lane);
    if row.state != LaneState::Leased || !row.live {
        return;
    }
    let mut next = *state;
    next.lane_mut(lane).live = false;
    let holds = |worker: &&Worker| worker.is_current && worker.lane == lane;
    match state.workers.iter().find(holds).map(|worker| worker.phase) {
        // A request is settled before the lease ends.
        Some(Phase::Waiting) => (),
        Some(Phase::Checked) => {
            if let Some(next) = next.spend(Fault::Freeze) {
                out.push((Step::event(&ops::LEASE_ENDS_FREEZE, lane, 0), next));
            }
        }
        _ => out.push((Step::event(&ops::LEASE_ENDS, lane, 0), next)),
    }
}

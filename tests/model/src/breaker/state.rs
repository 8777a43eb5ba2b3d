//! The state of the breaker model: one vendor row, three lanes, two workers.

use crate::fault::{Counts, Fault};

pub(crate) const LANES: u8 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Circuit {
    #[default]
    Closed,
    Open,
    Probing,
}

/// The row of the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Row {
    pub(crate) circuit: Circuit,
    /// The time of the phase has not ended.
    pub(crate) is_held: bool,
    pub(crate) failures: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum LaneState {
    #[default]
    Ready,
    Leased,
    Idle,
    Blocked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Lane {
    pub(crate) state: LaneState,
    pub(crate) live: bool,
    /// The attempts that probes used.
    pub(crate) attempts: u8,
    /// The vendor has the report.
    pub(crate) is_applied: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Phase {
    #[default]
    Free,
    /// Read that the breaker is closed, or started a probe.
    Admitted,
    /// Read that a probe may start.
    MayProbe,
    Claimed,
    Checked,
    Waiting,
    Done,
    /// Before the event for the vendor's row.
    Noting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Outcome {
    #[default]
    NotSent,
    Success,
    Failure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each bool is a fact that a worker remembers")]
pub(crate) struct Worker {
    pub(crate) phase: Phase,
    pub(crate) lane: u8,
    /// The claim is the latest one of its lane.
    pub(crate) is_current: bool,
    /// The vendor's row has not changed since the worker read it.
    pub(crate) has_latest_row: bool,
    pub(crate) is_probe: bool,
    /// The row is in the phase of this probe.
    pub(crate) is_current_probe: bool,
    /// The breaker was closed at or after the claim.
    pub(crate) saw_closed: bool,
    pub(crate) outcome: Outcome,
}

/// A fault of the protocol that a step shows.
pub(crate) mod broken {
    pub(crate) const SENT_WHILE_OPEN: u8 = 1;
    pub(crate) const TWO_PROBES: u8 = 2;
    pub(crate) const GIVEN_UP: u8 = 4;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct State {
    pub(crate) row: Row,
    pub(crate) lanes: [Lane; LANES as usize],
    pub(crate) workers: [Worker; 2],
    pub(crate) is_down: bool,
    pub(crate) left: Counts,
    pub(crate) broken: u8,
}

impl State {
    /// Uses one fault of the budget; `None` without one.
    pub(crate) fn spend(mut self, fault: Fault) -> Option<Self> {
        let left = &mut self.left[fault as usize];
        *left = left.checked_sub(1)?;
        Some(self)
    }

    pub(crate) fn lane(&self, lane: u8) -> &Lane {
        &self.lanes[usize::from(lane)]
    }

    pub(crate) fn lane_mut(&mut self, lane: u8) -> &mut Lane {
        &mut self.lanes[usize::from(lane)]
    }

    pub(crate) fn worker(&self, worker: u8) -> &Worker {
        &self.workers[usize::from(worker)]
    }

    pub(crate) fn worker_mut(&mut self, worker: u8) -> &mut Worker {
        &mut self.workers[usize::from(worker)]
    }

    /// Stores another row.
    pub(crate) fn set_row(&mut self, row: Row) {
        if self.row == row {
            return;
        }
        for worker in &mut self.workers {
            worker.has_latest_row = false;
            worker.is_current_probe &= row.circuit == Circuit::Probing;
            let is_on_lane = !matches!(worker.phase, Phase::Free | Phase::MayProbe);
            worker.saw_closed |= is_on_lane && row.circuit == Circuit::Closed;
        }
        self.row = row;
    }
}

//! The steps of a worker.

use super::state::{Circuit, LANES, LaneState, Outcome, Phase, Row, State, Worker, broken};
use super::{Breaker, BreakerRules, ops};
use crate::fault::Fault;
use crate::step::{NONE, Op, Step};

/// The number of probes that use up the attempts of a report, if they count.
const MAX_ATTEMPTS: u8 = 2;

struct Steps<'a> {
    rules: BreakerRules,
    state: &'a State,
    id: u8,
    worker: Worker,
    out: &'a mut Vec<(Step, State)>,
}

impl Breaker {
    pub(super) fn worker(&self, state: &State, id: u8, out: &mut Vec<(Step, State)>) {
        let mut steps = Steps { rules: self.rules, state, id, worker: *state.worker(id), out };
        match steps.worker.phase {
            Phase::Free => return steps.read(),
            Phase::Admitted => steps.claim(),
            Phase::MayProbe => steps.start_probe(),
            Phase::Claimed => steps.check(),
            Phase::Checked => steps.send(),
            Phase::Waiting => steps.reply(),
            Phase::Done => steps.finish(),
            Phase::Noting => steps.note(),
        }
        if let Some(mut next) = state.spend(Fault::Crash) {
            *next.worker_mut(id) = Worker::default();
            steps.push(&ops::CRASH, next);
        }
    }
}

impl Steps<'_> {
    fn push(&mut self, op: &'static Op, next: State) {
        let has_lane = !matches!(self.worker.phase, Phase::Free | Phase::Admitted | Phase::MayProbe);
        let lane = if has_lane { self.worker.lane } else { NONE };
        self.out.push((Step::new(op, self.id, lane, 0), next));
    }

    fn go_on(&mut self, op: &'static Op, change: impl FnOnce(&mut Worker)) {
        let mut next = *self.state;
        change(next.worker_mut(self.id));
        self.push(op, next);
    }

    fn read(&mut self) {
        let row = self.state.row;
        if self.state.lanes.iter().all(|lane| lane.state == LaneState::Idle) {
            return;
        }
        let (op, phase) = match row.circuit {
            Circuit::Closed => (&ops::READ_CLOSED, Phase::Admitted),
            Circuit::Open | Circuit::Probing if !row.is_held => (&ops::READ_PROBE, Phase::MayProbe),
            Circuit::Open | Circuit::Probing => return,
        };
        self.go_on(op, |worker| *worker = Worker { phase, has_latest_row: true, ..Worker::default() });
    }

    fn start_probe(&mut self) {
        if self.rules.probe_compares && !self.worker.has_latest_row {
            return self.go_on(&ops::PROBE_CHANGED, |worker| *worker = Worker::default());
        }
        let mut next = *self.state;
        next.set_row(Row { circuit: Circuit::Probing, is_held: true, ..next.row });
        for worker in &mut next.workers {
            worker.is_current_probe = false;
        }
        let worker = next.worker_mut(self.id);
        (worker.phase, worker.is_probe, worker.is_current_probe) = (Phase::Admitted, true, true);
        self.push(&ops::PROBE, next);
    }

    fn claim(&mut self) {
        let is_admitted = match self.state.row.circuit {
            Circuit::Closed => true,
            Circuit::Open => false,
            Circuit::Probing => self.worker.is_current_probe && self.state.row.is_held,
        };
        if self.rules.claim_reads_row && !is_admitted {
            return self.go_on(&ops::CLAIM_HELD, |worker| *worker = Worker::default());
        }
        let is_due = |lane: u8| {
            let row = self.state.lane(lane);
            row.state == LaneState::Ready || row.state == LaneState::Leased && !row.live
        };
        let due: Vec<u8> = (0..LANES).filter(|lane| is_due(*lane)).collect();
        for lane in due.iter().copied() {
            let mut next = *self.state;
            for worker in next.workers.iter_mut().filter(|worker| worker.lane == lane) {
                worker.is_current = false;
            }
            let row = next.lane_mut(lane);
            (row.state, row.live) = (LaneState::Leased, true);
            let worker = next.worker_mut(self.id);
            (worker.phase, worker.lane, worker.is_current) = (Phase::Claimed, lane, true);
            worker.saw_closed = self.state.row.circuit == Circuit::Closed;
            self.out.push((Step::new(&ops::CLAIM, self.id, lane, 0), next));
        }
        if due.is_empty() && self.worker.is_probe {
            let mut next = *self.state;
            if self.worker.is_current_probe {
                next.set_row(Row { circuit: Circuit::Open, is_held: false, ..next.row });
            }
            *next.worker_mut(self.id) = Worker::default();
            self.push(&ops::PROBE_UNUSED, next);
        } else if due.is_empty() {
            self.go_on(&ops::CLAIM_NONE, |worker| *worker = Worker::default());
        }
    }

    fn check(&mut self) {
        let is_held = self.worker.is_current && self.state.lane(self.worker.lane).live;
        let is_probing = self.worker.is_current_probe && self.state.row.is_held;
        let is_in_time = !self.worker.is_probe || is_probing || self.worker.saw_closed || !self.rules.probe_deadline;
        if is_held && is_in_time {
            self.go_on(&ops::MAY_SEND, |worker| worker.phase = Phase::Checked);
        } else {
            self.go_on(&ops::MAY_NOT_SEND, |worker| worker.phase = Phase::Done);
        }
    }

    fn send(&mut self) {
        let mut next = *self.state;
        let worker = self.worker;
        let is_open = self.state.row.circuit != Circuit::Closed;
        if is_open && !worker.saw_closed && !worker.is_probe {
            next.broken |= broken::SENT_WHILE_OPEN;
        }
        let other = self.state.worker(1 - self.id);
        let is_other_probe = other.is_probe && other.phase == Phase::Waiting && !other.saw_closed;
        if worker.is_probe && !worker.saw_closed && is_other_probe {
            next.broken |= broken::TWO_PROBES;
        }
        next.worker_mut(self.id).phase = Phase::Waiting;
        self.push(&ops::WRITE, next);
    }

    fn reply(&mut self) {
        let mut next = *self.state;
        let (op, outcome) =
            if next.is_down { (&ops::FAILURE, Outcome::Failure) } else { (&ops::REPLY, Outcome::Success) };
        next.lane_mut(self.worker.lane).is_applied |= outcome == Outcome::Success;
        let worker = next.worker_mut(self.id);
        (worker.phase, worker.outcome) = (Phase::Done, outcome);
        self.push(op, next);
    }

    fn finish(&mut self) {
        let mut next = *self.state;
        let worker = next.worker_mut(self.id);
        worker.phase = if worker.outcome == Outcome::NotSent { Phase::Free } else { Phase::Noting };
        if worker.phase == Phase::Free {
            *worker = Worker::default();
        }
        if !self.worker.is_current || self.state.lane(self.worker.lane).state != LaneState::Leased {
            return self.push(&ops::FINISH_FENCED, next);
        }
        let lane = next.lane_mut(self.worker.lane);
        (lane.state, lane.live) = (LaneState::Ready, false);
        let op = match self.worker.outcome {
            Outcome::Success => {
                lane.state = LaneState::Idle;
                &ops::FINISH_ACKNOWLEDGED
            }
            Outcome::NotSent => &ops::FINISH_NOT_SENT,
            Outcome::Failure => {
                lane.attempts += u8::from(self.worker.is_probe && !self.rules.probe_is_no_attempt);
                if lane.attempts >= MAX_ATTEMPTS {
                    lane.state = LaneState::Blocked;
                    next.broken |= broken::GIVEN_UP;
                    &ops::FINISH_GIVEN_UP
                } else {
                    &ops::FINISH_FAILED
                }
            }
        };
        self.push(op, next);
    }

    /// The event for the vendor's row, after the lane.
    fn note(&mut self) {
        let mut next = *self.state;
        let is_success = self.worker.outcome == Outcome::Success;
        let row = if is_success { Row::default() } else { self.row_after_failure() };
        next.set_row(row);
        *next.worker_mut(self.id) = Worker::default();
        self.push(if is_success { &ops::EVENT_SUCCESS } else { &ops::EVENT_FAILURE }, next);
    }

    fn row_after_failure(&self) -> Row {
        let row = self.state.row;
        let open = Row { circuit: Circuit::Open, is_held: true, failures: 0 };
        match row.circuit {
            Circuit::Closed if row.failures + 1 >= super::vendor::FAILURES_TO_OPEN => open,
            Circuit::Closed => Row { failures: row.failures + 1, ..row },
            Circuit::Probing if self.worker.is_current_probe || !self.rules.only_probe_fails => open,
            // A report that was sent before the breaker opened.
            Circuit::Open | Circuit::Probing => row,
        }
    }
}

//! The end of a report: `finish` with its fence.

use super::rules::{Resend, Rules, Several};
use super::state::{Known, LANE_A, LANE_B, LaneState, Outcome, Phase, State, Token, Worker, Write, broken};
use super::worker::Steps;
use super::{Outbox, VendorB, ops};
use crate::fault::Fault;
use crate::step::Op;

/// The number of lookups without a result that block a lane.
const MAX_LOOKUPS: u8 = 2;

impl Steps<'_> {
    pub(super) fn finish(&mut self) {
        self.look_up_after();
        let (lane, rules) = (self.worker.lane, self.outbox.rules);
        let mut next = *self.state;
        if self.worker.is_direct {
            next.free(self.id);
            return self.push(&ops::DIRECT_END, next);
        }
        if !self.is_valid(&rules) {
            return self.fenced();
        }
        let row = self.state.lane(lane);
        let is_mine = row.holder == self.id && row.head == self.worker.head && row.payload() == self.worker.payload;
        if !is_mine || row.again != self.worker.again {
            next.broken |= broken::FOREIGN_FINISH;
        }
        let op = self.outbox.apply(&mut next, self.id);
        let mut repeated = next;
        next.free(self.id);
        next.forget_mark(lane, self.id);
        self.push(op, next);
        // The holder took the next head with the same call, and repeats the call with its token.
        let takes_next = repeated.lane(lane).state == LaneState::Ready && !repeated.lane(lane).again;
        if self.worker.outcome == Outcome::Acknowledged
            && takes_next
            && let Some(mut lost) = repeated.spend(Fault::LostReply)
        {
            let row = lost.lane_mut(lane);
            (row.state, row.live, row.holder) = (LaneState::Leased, true, self.id);
            lost.worker_mut(self.id).token = Token::Current;
            repeated = lost;
            self.push(&ops::FINISH_REPLY_LOST, repeated);
        }
    }

    /// The engine looks up the record after an attempt with an unknown outcome.
    fn look_up_after(&mut self) {
        let vendors = &self.state.vendors;
        let is_unknown = self.worker.outcome == Outcome::Unknown && self.worker.known == Known::No;
        let is_create_once = self.worker.lane == LANE_B && self.outbox.vendor_b == VendorB::CreateOnce;
        if is_create_once && is_unknown && vendors.other && vendors.records > 0 {
            let mut next = *self.state;
            next.worker_mut(self.id).outcome = Outcome::Several;
            self.push(&ops::SEVERAL_AFTER, next);
        }
    }

    fn is_valid(&self, rules: &Rules) -> bool {
        let row = self.state.lane(self.worker.lane);
        if !rules.finish_fence {
            return matches!(row.state, LaneState::Leased | LaneState::Ready);
        }
        self.worker.token == Token::Current
            && row.state == LaneState::Leased
            && (row.live || !rules.finish_live)
            && (row.holder == self.id || !rules.fence_owner)
            && (row.head == self.worker.head || !rules.finish_head)
    }

    fn fenced(&mut self) {
        let lane = self.worker.lane;
        let mut next = *self.state;
        next.free(self.id);
        next.forget_mark(lane, self.id);
        if lane == LANE_A && self.worker.has_sent {
            let acknowledged = self.state.lane(LANE_A).acknowledged;
            match self.outbox.rules.resend {
                Resend::ByFencedHolder if acknowledged > 0 && self.state.report(acknowledged).has_payload => {
                    *next.worker_mut(self.id) = Worker {
                        phase: Phase::Checked,
                        head: acknowledged,
                        payload: acknowledged,
                        write: Write::Set,
                        is_direct: true,
                        ..Worker::default()
                    };
                }
                Resend::AfterFencedFinish | Resend::AfterDoubt => next.want_resend(LANE_A, &self.outbox.rules),
                Resend::Never | Resend::ByFencedHolder => (),
            }
        }
        self.push(&ops::FINISH_FENCED, next);
    }
}

impl Outbox {
    /// Applies a valid finish. Returns the operation.
    fn apply(&self, next: &mut State, id: u8) -> &'static Op {
        let worker = *next.worker(id);
        let (lane, rules) = (worker.lane, &self.rules);
        if worker.known.is_known() {
            next.lane_mut(lane).known = worker.known;
        }
        let is_own = next.lane(lane).marked_by == id;
        match worker.outcome {
            Outcome::Acknowledged => {
                self.check_acknowledged(next, &worker);
                next.pass(lane, true, rules);
                &ops::FINISH_ACKNOWLEDGED
            }
            Outcome::NotSent => {
                clear_own(next, lane, is_own, rules);
                next.release(lane, LaneState::Ready);
                next.resend_unserved(lane);
                &ops::FINISH_NOT_SENT
            }
            Outcome::Rejected => {
                clear_own(next, lane, is_own, rules);
                next.release(lane, LaneState::Blocked);
                &ops::FINISH_REJECTED
            }
            Outcome::Unknown => self.apply_unknown(next, &worker),
            Outcome::NotFound => apply_not_found(next, lane),
            Outcome::LookupFailed => {
                if !rules.clear_guard {
                    next.clear_mark(lane);
                }
                next.release(lane, LaneState::Ready);
                next.resend_unserved(lane);
                &ops::FINISH_LOOKUP_FAILED
            }
            Outcome::Several => {
                if is_own && rules.several == Several::ClearsMark {
                    next.clear_mark(lane);
                }
                next.release(lane, LaneState::Blocked);
                &ops::FINISH_SEVERAL
            }
            Outcome::Invisible => {
                next.release(lane, LaneState::Blocked);
                &ops::FINISH_INVISIBLE
            }
            Outcome::Skipped | Outcome::None => {
                next.pass(lane, false, rules);
                &ops::FINISH_PASSED
            }
        }
    }

    /// Checks that the vendor has an acknowledged report.
    fn check_acknowledged(&self, next: &mut State, worker: &Worker) {
        if worker.lane != LANE_B {
            return;
        }
        let vendors = next.vendors;
        let exists = match self.vendor_b {
            VendorB::CreateOnce => {
                let row = next.lane_mut(LANE_B);
                row.known = if row.known.is_known() { row.known } else { Known::Own };
                vendors.records > 0 || vendors.other
            }
            VendorB::Status { .. } => vendors.applied[1] & 1 << worker.payload != 0,
        };
        if !exists {
            next.broken |= broken::NO_RECORD;
        }
    }

    fn apply_unknown(&self, next: &mut State, worker: &Worker) -> &'static Op {
        let is_visible = worker.write != Write::Tag || self.is_visible(worker.head);
        if !is_visible {
            next.release(worker.lane, LaneState::Blocked);
            return &ops::FINISH_UNKNOWN_BLOCKED;
        }
        next.release(worker.lane, LaneState::Ready);
        next.resend_unserved(worker.lane);
        if self.rules.resend == Resend::AfterDoubt {
            next.want_resend(worker.lane, &self.rules);
        }
        &ops::FINISH_UNKNOWN
    }
}

/// Clears the mark if this holder set it.
fn clear_own(next: &mut State, lane: u8, is_own: bool, rules: &Rules) {
    if is_own || !rules.clear_guard {
        next.clear_mark(lane);
    }
}

fn apply_not_found(next: &mut State, lane: u8) -> &'static Op {
    next.lane_mut(lane).lookups += 1;
    if next.lane(lane).lookups >= MAX_LOOKUPS {
        next.lane_mut(lane).lookups = 0;
        next.release(lane, LaneState::Blocked);
        return &ops::FINISH_NOT_FOUND_BLOCKED;
    }
    next.release(lane, LaneState::Ready);
    next.resend_unserved(lane);
    &ops::FINISH_NOT_FOUND
}

//! The claim of a lane.

use super::Outbox;
use super::ops;
use super::rules::Resend;
use super::state::{FORMER, Known, LaneState, NOBODY, Phase, ResendMark, State, Token, Worker, broken};
use crate::fault::Fault;
use crate::step::Step;

/// The number of lost leases that block a lane.
const MAX_CRASHES: u8 = 2;

impl Outbox {
    pub(super) fn claim(&self, state: &State, worker: u8, lane: u8, out: &mut Vec<(Step, State)>) {
        let row = *state.lane(lane);
        let is_expired = row.state == LaneState::Leased && !row.live;
        if row.state != LaneState::Ready && !is_expired {
            return;
        }
        let mut next = *state;
        let settles = self.rules.resend == Resend::AfterDoubt && row.again;
        if settles && is_busy(state, lane) {
            let Some(frozen) = next.spend(Fault::Long) else { return };
            next = frozen;
        }
        if is_expired && row.crashes + 1 >= MAX_CRASHES {
            self.block_crashed(&mut next, lane);
            out.push((Step::new(&ops::CLAIM_BLOCKS, worker, lane, row.head), next));
            return;
        }
        self.take(&mut next, worker, lane, is_expired, state.backup.is_some());
        let op = match (is_expired, row.again) {
            (true, _) => &ops::CLAIM_EXPIRED,
            (false, true) => &ops::CLAIM_RESEND,
            (false, false) => &ops::CLAIM,
        };
        out.push((Step::new(op, worker, lane, row.head), next));
        // After a restore, a token that was given before may come up again.
        let other = 1 - worker;
        if state.worker(other).token == Token::Future && state.worker(other).is_on(lane) {
            next.worker_mut(other).token = Token::Current;
            out.push((Step::new(&ops::CLAIM_OLD_TOKEN, worker, lane, row.head), next));
        }
    }

    fn take(&self, next: &mut State, worker: u8, lane: u8, is_expired: bool, after_backup: bool) {
        let row = next.lane_mut(lane);
        let in_doubt = row.in_flight;
        row.crashes += u8::from(is_expired);
        (row.state, row.live, row.holder) = (LaneState::Leased, true, worker);
        if row.marked_by == worker {
            row.marked_by = FORMER;
        }
        let (known, again, head, payload) = (row.known, row.again, row.head, row.payload());
        if is_expired {
            next.note_lost_lease(lane, &self.rules);
        }
        let row = next.lane_mut(lane);
        let serves = if self.rules.resend == Resend::AfterDoubt { again } else { row.resend == ResendMark::Wanted };
        if serves {
            row.resend = ResendMark::Serving;
        }
        if !next.report(payload).has_payload {
            next.broken |= broken::NO_PAYLOAD;
        }
        next.fence_persons(lane);
        next.fence_workers(lane);
        *next.worker_mut(worker) = Worker {
            phase: Phase::Claimed,
            lane,
            token: Token::Current,
            head,
            payload,
            in_doubt,
            known,
            again,
            after_backup,
            ..Worker::default()
        };
    }

    fn block_crashed(&self, next: &mut State, lane: u8) {
        let row = next.lane_mut(lane);
        (row.state, row.crashes, row.holder, row.live) = (LaneState::Blocked, 0, NOBODY, false);
        next.resend_unserved(lane);
        next.fence_persons(lane);
        next.fence_workers(lane);
        next.note_lost_lease(lane, &self.rules);
    }
}

/// Returns true if a request of the lane may still arrive.
pub(super) fn is_busy(state: &State, lane: u8) -> bool {
    let may_send = |worker: &Worker| {
        worker.lane == lane
            && (worker.phase == Phase::Checked
                || worker.is_blind && worker.phase != Phase::Free && worker.phase < Phase::Checked)
    };
    state.wires_of(lane).next().is_some() || state.workers.iter().any(may_send)
}

impl Known {
    /// Returns true if the vendor's id is known.
    pub(super) fn is_known(self) -> bool {
        self != Self::No
    }
}

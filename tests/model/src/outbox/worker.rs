//! The steps of a worker between its claim and the reply of the vendor.

use super::rules::{Several, StatusLookup};
use super::state::{Known, LANE_A, LaneState, NOBODY, Outcome, Phase, State, Token, Wire, Worker, Write, broken};
use super::{Outbox, VendorB, claim, ops};
use crate::fault::Fault;
use crate::step::{Op, Step};

/// The steps of one worker from one state.
pub(super) struct Steps<'a> {
    pub(super) outbox: &'a Outbox,
    pub(super) state: &'a State,
    pub(super) id: u8,
    pub(super) worker: Worker,
    pub(super) out: &'a mut Vec<(Step, State)>,
}

impl Outbox {
    pub(super) fn worker(&self, state: &State, id: u8, out: &mut Vec<(Step, State)>) {
        let worker = *state.worker(id);
        if worker.phase == Phase::Free {
            for lane in 0..2 {
                self.claim(state, id, lane, out);
            }
            return;
        }
        let mut steps = Steps { outbox: self, state, id, worker, out };
        steps.stop();
        match worker.phase {
            Phase::Claimed => steps.begin(),
            Phase::Marking => steps.mark(),
            Phase::Marked => steps.check(),
            Phase::Checked => steps.send(),
            Phase::Done => steps.finish(),
            Phase::Free | Phase::Waiting => (),
        }
    }
}

impl Steps<'_> {
    pub(super) fn push(&mut self, op: &'static Op, next: State) {
        self.out.push((Step::new(op, self.id, self.worker.lane, self.worker.head), next));
    }

    /// Adds a step that only changes the worker.
    fn change(&mut self, op: &'static Op, change: impl FnOnce(&mut Worker)) {
        let mut next = *self.state;
        change(next.worker_mut(self.id));
        self.push(op, next);
    }

    fn end(&mut self, op: &'static Op, outcome: Outcome) {
        self.change(op, |worker| (worker.phase, worker.outcome) = (Phase::Done, outcome));
    }

    fn go_on(&mut self, op: &'static Op, phase: Phase, write: Write) {
        self.change(op, |worker| (worker.phase, worker.write) = (phase, write));
    }

    /// A crash, or a shutdown that drops the report.
    fn stop(&mut self) {
        let lane = self.worker.lane;
        if let Some(mut next) = self.state.spend(Fault::Crash) {
            next.free(self.id);
            next.forget_mark(lane, self.id);
            if next.lane(lane).holder == self.id && !self.outbox.rules.fence_owner {
                next.lane_mut(lane).holder = NOBODY;
            }
            self.push(&ops::CRASH, next);
        }
        let is_held = self.worker.token == Token::Current && self.state.lane(lane).state == LaneState::Leased;
        if is_held
            && self.worker.phase != Phase::Done
            && let Some(mut next) = self.state.spend(Fault::ShutdownDrop)
        {
            next.free(self.id);
            next.forget_mark(lane, self.id);
            if self.worker.phase != Phase::Waiting || self.outbox.rules.shutdown_ready {
                next.release(lane, LaneState::Ready);
                next.resend_unserved(lane);
            }
            self.push(&ops::DROP, next);
        }
    }

    /// The judge of the lifecycle, and the lookup before the first write.
    fn begin(&mut self) {
        match self.outbox.vendor_b {
            _ if self.worker.lane == LANE_A => self.begin_idempotent(),
            VendorB::CreateOnce => self.begin_create_once(),
            VendorB::Status { .. } => self.begin_status(),
        }
        if !self.worker.again
            && let Some(mut next) = self.state.spend(Fault::Skip)
        {
            let worker = next.worker_mut(self.id);
            (worker.phase, worker.outcome) = (Phase::Done, Outcome::Skipped);
            self.push(&ops::SKIP_OTHER, next);
        }
    }

    fn begin_idempotent(&mut self) {
        if self.worker.again && self.outbox.rules.resend_judged {
            self.end(&ops::SKIP_REFRESH, Outcome::Skipped);
        } else if !self.worker.again && self.worker.head < self.state.lane(LANE_A).acknowledged {
            self.end(&ops::SKIP_STALE, Outcome::Skipped);
        } else {
            self.go_on(&ops::SEND, Phase::Marked, Write::Set);
        }
    }

    fn begin_create_once(&mut self) {
        let (own, other) = (self.state.vendors.records > 0, self.state.vendors.other);
        match self.worker.known {
            Known::Own if own => self.found(&ops::GET, Known::Own),
            Known::Other => self.found(&ops::GET, Known::Other),
            Known::Own => (),
            Known::No => {
                if own {
                    self.found(&ops::FOUND, Known::Own);
                }
                if other {
                    self.found(&ops::FOUND_OTHER, Known::Other);
                }
                if own && other {
                    self.found_several();
                }
                // The index may lag without a bound.
                if self.worker.in_doubt {
                    self.end(&ops::NOT_FOUND, Outcome::NotFound);
                } else {
                    self.go_on(&ops::NOT_FOUND, Phase::Marking, Write::Create);
                }
            }
        }
        self.lookup_failed();
    }

    /// A record was found: it has the stage, or it is edited.
    fn found(&mut self, op: &'static Op, record: Known) {
        let vendors = &self.state.vendors;
        let (payload, write) = match record {
            Known::Other => (vendors.other_payload, Write::EditOther),
            Known::Own | Known::No => (vendors.b, Write::Edit),
        };
        let stage = self.state.stage(payload);
        let has_values = payload == self.worker.payload || !self.outbox.rules.lookup_compares;
        let has_stage = stage > self.worker.head || stage == self.worker.head && has_values;
        self.change(op, |worker| {
            worker.known = record;
            if has_stage {
                (worker.phase, worker.outcome) = (Phase::Done, Outcome::Acknowledged);
            } else {
                (worker.phase, worker.write) = (Phase::Marking, write);
            }
        });
    }

    fn found_several(&mut self) {
        if self.outbox.rules.several != Several::TakesOne {
            self.end(&ops::FOUND_SEVERAL, Outcome::Several);
            return;
        }
        let mut next = *self.state;
        next.broken |= broken::AMBIGUOUS_WRITE;
        let worker = next.worker_mut(self.id);
        (worker.phase, worker.write, worker.known) = (Phase::Marking, Write::Edit, Known::Own);
        self.push(&ops::TAKES_ONE, next);
    }

    fn begin_status(&mut self) {
        let (head, lookup) = (self.worker.head, self.outbox.rules.status_lookup);
        if head < self.state.lane(self.worker.lane).acknowledged {
            return self.end(&ops::SKIP_STALE, Outcome::Skipped);
        }
        if !self.worker.in_doubt || lookup == StatusLookup::Skipped {
            return self.go_on(&ops::SEND, Phase::Marking, Write::Tag);
        }
        let shown = self.state.vendors.shown;
        let is_visible = self.outbox.is_visible(head);
        if is_visible && shown == head {
            self.end(&ops::SHOWS_STAGE, Outcome::Acknowledged);
        } else if is_visible && shown < head || lookup == StatusLookup::Guessed {
            let is_busy = lookup != StatusLookup::AtOnce && claim::is_busy(self.state, self.worker.lane);
            let settled = if is_busy { self.state.spend(Fault::Long) } else { Some(*self.state) };
            if let Some(mut next) = settled {
                let worker = next.worker_mut(self.id);
                (worker.phase, worker.write) = (Phase::Marking, Write::Tag);
                self.push(&ops::SHOWS_BEFORE, next);
            }
        } else {
            self.end(&ops::SHOWS_NOTHING, Outcome::Invisible);
        }
        self.lookup_failed();
    }

    fn lookup_failed(&mut self) {
        let outcome = if self.worker.in_doubt { Outcome::LookupFailed } else { Outcome::NotSent };
        self.end(&ops::LOOKUP_FAILED, outcome);
    }

    /// The compare-and-set of `in_flight`.
    fn mark(&mut self) {
        let (lane, rules) = (self.worker.lane, &self.outbox.rules);
        let row = self.state.lane(lane);
        let is_owner = !rules.fence_owner || row.holder == self.id;
        let is_held = self.worker.token == Token::Current && row.live && row.state == LaneState::Leased && is_owner;
        // Empty, own, or set already at the claim.
        let is_free = !row.in_flight || row.marked_by == self.id || self.worker.in_doubt;
        let mut next = *self.state;
        if rules.mark_compares && !(is_held && is_free) {
            next.free(self.id);
            return self.push(&ops::MARK_FENCED, next);
        }
        let row = next.lane_mut(lane);
        if !row.in_flight {
            (row.in_flight, row.marked_by, row.is_old) = (true, self.id, false);
        }
        if self.worker.write == Write::Tag && rules.mark_renews_age {
            row.is_old = false;
        }
        next.worker_mut(self.id).phase = Phase::Marked;
        self.push(&ops::MARK, next);
        if let Some(mut next) = next.spend(Fault::LostReply) {
            next.free(self.id);
            next.forget_mark(lane, self.id);
            self.push(&ops::MARK_REPLY_LOST, next);
        }
    }

    fn check(&mut self) {
        let is_held = self.worker.token == Token::Current && self.state.lane(self.worker.lane).live;
        if is_held || self.worker.is_blind {
            self.change(&ops::MAY_SEND, |worker| worker.phase = Phase::Checked);
        } else {
            self.end(&ops::MAY_NOT_SEND, Outcome::NotSent);
        }
    }

    fn send(&mut self) {
        let Worker { lane, payload, write, .. } = self.worker;
        let mut next = *self.state;
        let worker = next.worker_mut(self.id);
        (worker.phase, worker.has_sent) = (Phase::Waiting, true);
        if self.is_replaced_at_vendor() {
            next.broken |= broken::REPLACED_SENT;
        }
        if next.push_wire(Wire { write, payload, lane, sender: self.id, is_late: false }) {
            self.push(&ops::WRITE, next);
        }
        if !self.worker.has_sent && !self.worker.is_direct {
            self.end(&ops::NO_CONNECTION, Outcome::NotSent);
        }
    }

    /// Returns true if the vendor has applied a replacement of the payload.
    fn is_replaced_at_vendor(&self) -> bool {
        let Worker { lane, payload, .. } = self.worker;
        let stage = self.state.stage(payload);
        let applied = self.state.vendors.applied[usize::from(lane)];
        (payload + 1..=3).any(|other| applied & 1 << other != 0 && self.state.report(other).replaces == stage)
    }
}

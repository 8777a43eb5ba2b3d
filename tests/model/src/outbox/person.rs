//! Persons, who check a blocked lane with the vendor and then act.

use super::rules::{ReplaceInDoubt, Rules};
use super::state::{Known, LANE_B, Lane, LaneState, Person, Report, ResendMark, State, bit, broken};
use super::{Outbox, VendorB, ops};
use crate::fault::Fault;
use crate::step::{Op, PERSON, Step};

/// The acts of one person on the lane that the person checked.
struct Acts<'a> {
    outbox: &'a Outbox,
    id: u8,
    seen: Person,
    row: Lane,
    /// The state after the person left.
    left: State,
    out: &'a mut Vec<(Step, State)>,
}

impl Outbox {
    pub(super) fn person(&self, state: &State, id: u8, out: &mut Vec<(Step, State)>) {
        let seen = state.persons[usize::from(id)];
        if !seen.is_present {
            for lane in 0..2 {
                self.checks(state, id, lane, out);
            }
            return;
        }
        let mut left = *state;
        left.persons[usize::from(id)] = Person::default();
        let mut acts = Acts { outbox: self, id, seen, row: *state.lane(seen.lane), left, out };
        acts.push(&ops::GIVES_UP, left);
        if seen.is_current {
            acts.act();
        }
    }

    /// The person reads the lane and checks with the vendor.
    fn checks(&self, state: &State, id: u8, lane: u8, out: &mut Vec<(Step, State)>) {
        let row = state.lane(lane);
        if row.state != LaneState::Blocked {
            return;
        }
        let mut push = |op: &'static Op, mut next: State, found: Known| {
            next.persons[usize::from(id)] = Person {
                is_present: true,
                lane,
                head: row.head,
                payload: row.payload(),
                is_current: true,
                found,
                was_old: row.is_old,
            };
            out.push((Step::new(op, PERSON + id, lane, row.head), next));
        };
        let records = self.visible_records(state, lane);
        for record in &records {
            let op = if *record == Known::Other { &ops::SEES_OTHER } else { &ops::SEES_FOUND };
            push(op, *state, *record);
        }
        if records.is_empty() {
            push(&ops::SEES_NOTHING, *state, Known::No);
        } else if let Some(next) = state.spend(Fault::HastyPerson) {
            push(&ops::OVERLOOKS, next, Known::No);
        }
    }
}

impl Acts<'_> {
    fn push(&mut self, op: &'static Op, next: State) {
        self.out.push((Step::new(op, PERSON + self.id, self.seen.lane, self.seen.head), next));
    }

    /// Adds an act on the lane, which raises the token.
    fn push_act(&mut self, op: &'static Op, mut next: State) {
        if self.outbox.rules.act_raises {
            next.fence_persons(self.seen.lane);
        }
        self.push(op, next);
    }

    fn act(&mut self) {
        let lane = self.seen.lane;
        let is_blocked = self.row.state == LaneState::Blocked;
        let mut next = self.left;
        if self.row.head != self.seen.head || self.row.payload() != self.seen.payload {
            next.broken |= broken::NOT_SEEN;
        }
        if is_blocked || self.row.state == LaneState::Ready && !self.row.again {
            let mut skipped = next;
            let is_resend = self.row.again && self.row.resend == ResendMark::Serving;
            // A skip leaves the mark.
            skipped.pass(lane, false, &Rules { pass_clears: false, ..self.outbox.rules });
            if is_resend && self.outbox.rules.skip_shows_resend {
                skipped.lane_mut(lane).resend = ResendMark::Impossible;
            }
            self.push_act(&ops::SKIP, skipped);
        }
        if !is_blocked {
            return;
        }
        self.replace(next);
        let mut ready = self.left;
        ready.release(lane, LaneState::Ready);
        self.push_act(&ops::RETRY, ready);
        if self.row.in_flight {
            self.resolve(ready);
        }
    }

    /// Ends the doubt.
    fn resolve(&mut self, mut ready: State) {
        let lane = self.seen.lane;
        ready.clear_mark(lane);
        if self.seen.found != Known::No {
            if matches!(self.outbox.vendor_b, VendorB::Status { .. }) {
                ready.pass(lane, true, &self.outbox.rules);
                return self.push_act(&ops::RESOLVE_APPLIED, ready);
            }
            ready.lane_mut(lane).known = self.seen.found;
            return self.push_act(&ops::RESOLVE_FOUND, ready);
        }
        let is_old = self.row.is_old && (self.seen.was_old || !self.outbox.rules.look_after);
        if is_old {
            self.push_act(&ops::RESOLVE_NOT_FOUND, ready);
        } else if let Some(forced) = ready.spend(Fault::HastyPerson) {
            self.push_act(&ops::RESOLVE_FORCED, forced);
        }
    }

    /// Stores another payload for the head.
    fn replace(&mut self, next: State) {
        let (lane, rules) = (self.seen.lane, self.outbox.rules);
        let is_refused = self.row.in_flight && rules.replace_in_doubt == ReplaceInDoubt::Refused;
        let free = (1..=3).find(|report| !next.report(*report).is_accepted);
        let (Some(report), false, false) = (free, is_refused, self.row.again) else { return };
        let Some(mut next) = next.spend(Fault::Replace) else { return };
        // The replacement is accepted for no vendor, so the head keeps its place in the order.
        *next.report_mut(report) =
            Report { is_accepted: true, vendors: 0, open: bit(lane), has_payload: true, replaces: self.row.head };
        if self.row.replacement > 0 {
            next.close(self.row.replacement, lane, &rules);
        }
        let row = next.lane_mut(lane);
        (row.replacement, row.lookups, row.crashes) = (report, 0, 0);
        next.release(lane, LaneState::Ready);
        if lane == LANE_B && rules.replace_in_doubt == ReplaceInDoubt::ClearsMark {
            next.clear_mark(lane);
        }
        self.push_act(&ops::REPLACE, next);
    }
}

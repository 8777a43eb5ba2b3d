//! Time and the vendors: leases end, doubts age, requests arrive.

use super::state::{
    Known, LANE_A, LANE_B, LaneState, NOBODY, Outcome, Phase, State, Token, Wire, Worker, Write, broken,
};
use super::{Outbox, VendorB, ops};
use crate::fault::Fault;
use crate::step::{Op, Step};

impl Outbox {
    pub(super) fn lease_ends(state: &State, lane: u8, out: &mut Vec<(Step, State)>) {
        let row = state.lane(lane);
        if row.state != LaneState::Leased || !row.live {
            return;
        }
        let mut next = *state;
        next.lane_mut(lane).live = false;
        let holds = |worker: &Worker| worker.is_on(lane) && worker.token == Token::Current;
        let holder = (0..2).find(|id| holds(state.worker(*id)));
        // A request is settled before the lease ends, unless it is late.
        let is_settled = state.wires_of(lane).all(|wire| wire.is_late);
        let phase = holder.map_or(Phase::Free, |id| state.worker(id).phase);
        let mut push = |op: &'static Op, next: State| out.push((Step::event(op, lane, 0), next));
        if is_settled && phase == Phase::Checked {
            if let Some(next) = next.spend(Fault::Freeze) {
                push(&ops::LEASE_ENDS_FREEZE, next);
            }
        } else if is_settled && phase != Phase::Waiting {
            push(&ops::LEASE_ENDS, next);
        }
        if let (Some(id), Some(mut next)) = (holder, next.spend(Fault::BlindPause)) {
            if phase == Phase::Waiting {
                push(&ops::LEASE_ENDS_WIRE, next);
            } else if phase < Phase::Checked {
                next.worker_mut(id).is_blind = true;
                push(&ops::LEASE_ENDS_BLIND, next);
            }
        }
    }

    pub(super) fn doubt_ages(&self, state: &State, lane: u8, out: &mut Vec<(Step, State)>) {
        let row = state.lane(lane);
        if !row.in_flight || row.is_old || self.limits.persons == 0 {
            return;
        }
        let once = |write| matches!(write, Write::Create | Write::Tag);
        let may_send = |worker: &Worker| {
            let is_held = worker.is_blind || worker.token == Token::Current && row.live;
            let is_after_check = matches!(worker.phase, Phase::Checked | Phase::Waiting);
            worker.is_on(lane) && once(worker.write) && (is_after_check || worker.phase == Phase::Marked && is_held)
        };
        let is_open = state.wires_of(lane).any(|wire| once(wire.write)) || state.workers.iter().any(may_send);
        let mut next = *state;
        next.lane_mut(lane).is_old = true;
        if !is_open {
            out.push((Step::event(&ops::DOUBT_AGES, lane, 0), next));
        } else if let Some(next) = next.spend(Fault::Long) {
            out.push((Step::event(&ops::DOUBT_AGES_LONG, lane, 0), next));
        }
    }

    /// Another system creates a record of the case at vendor B.
    pub(super) fn other_system(state: &State, out: &mut Vec<(Step, State)>) {
        if let (false, Some(mut next)) = (state.vendors.other, state.spend(Fault::OtherRecord)) {
            next.vendors.other = true;
            out.push((Step::event(&ops::OTHER_SYSTEM, LANE_B, 0), next));
        }
    }

    pub(super) fn requests(&self, state: &State, out: &mut Vec<(Step, State)>) {
        for (index, wire) in state.wires.iter().enumerate() {
            let is_same = index > 0 && state.wires[index - 1] == *wire;
            if wire.write != Write::None && !is_same {
                self.request(state, index, *wire, out);
            }
        }
    }

    /// The events of one request.
    fn request(&self, state: &State, index: usize, wire: Wire, out: &mut Vec<(Step, State)>) {
        let mut gone = *state;
        gone.wires[index] = Wire::default();
        gone.wires.sort_unstable();
        let is_waiting = wire.sender < 2 && state.worker(wire.sender).phase == Phase::Waiting;
        let mut push = |op: &'static Op, mut next: State, outcome: Outcome| {
            if is_waiting {
                let worker = next.worker_mut(wire.sender);
                (worker.phase, worker.outcome) = (Phase::Done, outcome);
            }
            out.push((Step::event(op, wire.lane, wire.payload), next));
        };
        let mut here = gone;
        self.arrive(&mut here, wire);
        let op = match (wire.is_late, is_waiting) {
            (true, _) => &ops::ARRIVES_LATE,
            (false, true) => &ops::ARRIVES,
            (false, false) => &ops::ARRIVES_ORPHAN,
        };
        push(op, here, Outcome::Acknowledged);
        if is_waiting {
            push(&ops::REPLY_LOST, here, Outcome::Unknown);
        }
        if is_waiting && (wire.lane == LANE_B || self.has_replace()) {
            push(&ops::REJECTS, gone, Outcome::Rejected);
        }
        push(&ops::REQUEST_LOST, gone, Outcome::Unknown);
        if !wire.is_late
            && let Some(mut next) = state.spend(Fault::LateRequest)
        {
            (next.wires[index].is_late, next.wires[index].sender) = (true, NOBODY);
            next.wires.sort_unstable();
            push(&ops::HELD_UP, next, Outcome::Unknown);
        }
    }

    /// Applies a request at the vendor.
    fn arrive(&self, next: &mut State, wire: Wire) {
        let (payload, stage) = (wire.payload, next.stage(wire.payload));
        let (own, other) = (next.stage(next.vendors.b), next.stage(next.vendors.other_payload));
        let is_seen = next.vendors.applied[usize::from(wire.lane)] & 1 << payload != 0;
        let vendors = &mut next.vendors;
        match wire.write {
            Write::Set => vendors.a = payload,
            Write::Create => {
                vendors.records += 1;
                if vendors.records == 1 {
                    vendors.b = payload;
                }
            }
            // The vendor does not go back to an older stage.
            Write::Edit if stage >= own => vendors.b = payload,
            Write::EditOther if stage >= other => vendors.other_payload = payload,
            Write::Edit | Write::EditOther | Write::None => return,
            Write::Tag => {
                vendors.b = payload;
                if self.is_visible(stage) {
                    vendors.shown = stage;
                }
                if is_seen {
                    next.broken |= broken::SENT_TWICE;
                }
            }
        }
        if self.has_replace() || matches!(self.vendor_b, VendorB::Status { .. }) {
            next.vendors.applied[usize::from(wire.lane)] |= 1 << payload;
        }
    }

    /// Returns the records that a person finds, for the head of a lane.
    pub(super) fn visible_records(&self, state: &State, lane: u8) -> Vec<Known> {
        let vendors = &state.vendors;
        match self.vendor_b {
            _ if lane == LANE_A => Vec::new(),
            VendorB::CreateOnce => {
                let own = (vendors.records > 0).then_some(Known::Own);
                own.into_iter().chain(vendors.other.then_some(Known::Other)).collect()
            }
            VendorB::Status { .. } => {
                let is_applied = vendors.applied[1] & 1 << state.lane(lane).payload() != 0;
                is_applied.then_some(Known::Own).into_iter().collect()
            }
        }
    }
}

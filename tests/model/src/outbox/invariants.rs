//! The invariants of the outbox model.

use super::state::{LANE_A, LANE_B, LaneState, Phase, ResendMark, State, Write, bit, broken};
use super::{Outbox, VendorB};
use crate::violation::Violation;

/// The invariants that a step breaks at once.
const AT_ONCE: [(u16, Violation); 8] = [
    (broken::WRONG_VENDOR, Violation::WrongVendor),
    (broken::NO_PAYLOAD, Violation::NoPayload),
    (broken::FOREIGN_FINISH, Violation::ForeignFinish),
    (broken::NO_RECORD, Violation::NoRecord),
    (broken::NOT_SEEN, Violation::NotSeen),
    (broken::REPLACED_SENT, Violation::ReplacedSent),
    (broken::AMBIGUOUS_WRITE, Violation::AmbiguousWrite),
    (broken::SENT_TWICE, Violation::SentTwice),
];

/// Returns true if nothing is under way: no worker, no request, no report that is due.
pub(super) fn is_quiet(state: &State) -> bool {
    let is_settled = |state| matches!(state, LaneState::Absent | LaneState::Idle | LaneState::Blocked);
    state.workers.iter().all(|worker| worker.phase == Phase::Free)
        && state.wires.iter().all(|wire| wire.write == Write::None)
        && state.db.lanes.iter().all(|lane| is_settled(lane.state))
}

impl Outbox {
    pub(super) fn broken(&self, state: &State) -> Vec<Violation> {
        let mut found = Vec::new();
        if state.vendors.records >= 2 {
            found.push(Violation::TwoRecords);
        }
        found.extend(AT_ONCE.iter().filter(|(flag, _)| state.broken & flag != 0).map(|(_, kind)| *kind));
        for lane in 0..2 {
            self.lost(state, lane, &mut found);
        }
        if self.has_unmarked_create(state) {
            found.push(Violation::UnmarkedCreate);
        }
        if is_quiet(state) {
            self.ends_wrong(state, &mut found);
        }
        found
    }

    /// Every accepted report is passed, or due with its payload, or blocked with its payload.
    fn lost(&self, state: &State, lane: u8, found: &mut Vec<Violation>) {
        let row = state.lane(lane);
        for number in 1..=self.limits.reports {
            let report = state.report(number);
            let is_passed = row.passed & 1 << number != 0;
            if !report.is_accepted || report.vendors & bit(lane) == 0 || is_passed {
                continue;
            }
            if matches!(row.state, LaneState::Idle | LaneState::Absent) || row.head > number {
                found.push(Violation::ReportLost);
            }
            if !report.has_payload {
                found.push(Violation::PayloadLost);
            }
        }
    }

    fn has_unmarked_create(&self, state: &State) -> bool {
        let row = state.lane(LANE_B);
        let once = |write| matches!(write, Write::Create | Write::Tag);
        let is_exempt = row.in_flight || row.state == LaneState::Absent && state.db.distrust;

        !is_exempt
            && self.vendor_b == VendorB::CreateOnce
            && (state.wires_of(LANE_B).any(|wire| once(wire.write))
                || state
                    .workers
                    .iter()
                    .any(|worker| worker.phase == Phase::Checked && worker.lane == LANE_B && once(worker.write)))
    }

    /// The vendors have the last acknowledged stage, with the values that were acknowledged.
    fn ends_wrong(&self, state: &State, found: &mut Vec<Violation>) {
        let (row, vendors) = (state.lane(LANE_A), &state.vendors);
        let is_settled = |state, acknowledged| state == LaneState::Idle && acknowledged > 0;
        if is_settled(row.state, row.acknowledged) && vendors.a != row.acknowledged_payload {
            let is_shown = row.resend == ResendMark::Impossible;
            found.push(if is_shown { Violation::OtherStageShown } else { Violation::OtherStage });
        }
        let row = state.lane(LANE_B);
        if !is_settled(row.state, row.acknowledged) {
            return;
        }
        match self.vendor_b {
            // The mark shows that a skipped stage may have arrived.
            VendorB::Status { .. } if row.in_flight || state.stage(vendors.b) == row.acknowledged => (),
            VendorB::Status { .. } => found.push(Violation::OtherStage),
            VendorB::CreateOnce => {
                let (exists, payload) = match row.known {
                    super::state::Known::Other => (vendors.other, vendors.other_payload),
                    _ => (vendors.records > 0, vendors.b),
                };
                let shown = state.stage(payload);
                if exists && shown < row.acknowledged {
                    found.push(Violation::OlderStage);
                } else if exists && shown == row.acknowledged && payload != row.acknowledged_payload {
                    found.push(Violation::OldValues);
                }
            }
        }
    }
}

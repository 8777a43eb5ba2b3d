//! The rules of one lane: the next head, the pass of a head, the mark, the resend.

use super::rules::{Resend, Rules};
use super::state::{LANE_A, LaneState, NOBODY, ResendMark, State, bit, broken};

impl State {
    /// Returns the smallest report above the head that was accepted for the vendor and is open for it.
    fn next_head(&self, lane: u8, head: u8, rules: &Rules) -> Option<u8> {
        (head + 1..=3).find(|next| {
            let report = self.report(*next);
            let is_for_vendor = report.vendors & bit(lane) != 0;
            let is_open = rules.open_number || report.open & bit(lane) != 0;
            report.is_accepted && (rules.next_any || is_for_vendor && is_open)
        })
    }

    pub(super) fn close(&mut self, report: u8, lane: u8, rules: &Rules) {
        let report = self.report_mut(report);
        if rules.open_number {
            report.open = report.open.saturating_sub(1);
        } else {
            report.open &= !bit(lane);
        }
    }

    pub(super) fn open(&mut self, report: u8, lane: u8, rules: &Rules) {
        if !rules.open_number {
            self.report_mut(report).open |= bit(lane);
        }
    }

    pub(super) fn clear_mark(&mut self, lane: u8) {
        let lane = self.lane_mut(lane);
        (lane.in_flight, lane.marked_by, lane.is_old, lane.lookups) = (false, NOBODY, false, 0);
    }

    /// Passes the head, and makes the next report the head.
    pub(super) fn pass(&mut self, lane: u8, is_acknowledged: bool, rules: &Rules) {
        let (head, payload, was_again) = (self.lane(lane).head, self.lane(lane).payload(), self.lane(lane).again);
        if self.report(head).vendors & bit(lane) == 0 {
            self.broken |= broken::WRONG_VENDOR;
        }
        self.close(head, lane, rules);
        if payload != head {
            self.close(payload, lane, rules);
        }
        let row = self.lane_mut(lane);
        row.passed |= 1 << head;
        if is_acknowledged && head >= row.acknowledged {
            (row.acknowledged, row.acknowledged_payload) = (head, payload);
        }
        if row.resend == ResendMark::Serving {
            let is_done = is_acknowledged || was_again;
            row.resend = if is_done { ResendMark::No } else { ResendMark::Wanted };
        }
        (row.again, row.lookups, row.crashes, row.replacement) = (false, 0, 0, 0);
        if is_acknowledged || rules.pass_clears {
            self.clear_mark(lane);
        }
        let next = self.next_head(lane, head, rules);
        let row = self.lane_mut(lane);
        row.live = false;
        if let Some(next) = next {
            (row.state, row.head) = (LaneState::Ready, next);
        } else {
            row.state = LaneState::Idle;
            self.start_resend(lane, rules);
        }
    }

    /// Makes the last acknowledged report the head of an idle lane whose resend is wanted.
    fn start_resend(&mut self, lane: u8, rules: &Rules) {
        let row = *self.lane(lane);
        let is_due = row.state == LaneState::Idle && row.resend == ResendMark::Wanted;
        // Without an acknowledged report, the mark stays.
        if !is_due || row.acknowledged == 0 {
            return;
        }
        let payload = if rules.resend_replacement { row.acknowledged_payload } else { row.acknowledged };
        if !self.report(payload).has_payload {
            self.lane_mut(lane).resend = ResendMark::Impossible;
            return;
        }
        let row = self.lane_mut(lane);
        (row.state, row.head, row.again, row.live) = (LaneState::Ready, row.acknowledged, true, false);
        row.replacement = if payload == row.acknowledged { 0 } else { payload };
        self.open(payload, lane, rules);
    }

    /// Marks the lane of the idempotent vendor for a resend.
    pub(super) fn want_resend(&mut self, lane: u8, rules: &Rules) {
        if lane == LANE_A && self.lane(lane).resend != ResendMark::Impossible {
            self.lane_mut(lane).resend = ResendMark::Wanted;
            self.start_resend(lane, rules);
        }
    }

    /// Sets the mark for a resend after a lost lease or an unknown outcome. An idle lane is not started.
    pub(super) fn note_lost_lease(&mut self, lane: u8, rules: &Rules) {
        let row = self.lane_mut(lane);
        if rules.resend == Resend::AfterDoubt && lane == LANE_A && row.resend != ResendMark::Impossible {
            row.resend = ResendMark::Wanted;
        }
    }

    /// Makes the head ready again, or blocks it.
    pub(super) fn release(&mut self, lane: u8, state: LaneState) {
        let row = self.lane_mut(lane);
        (row.state, row.live) = (state, false);
    }

    /// Ends the service of a resend without an acknowledgement.
    pub(super) fn resend_unserved(&mut self, lane: u8) {
        let row = self.lane_mut(lane);
        if row.resend == ResendMark::Serving {
            row.resend = ResendMark::Wanted;
        }
    }
}

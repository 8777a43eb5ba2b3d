//! Accepting reports, and the upkeep of the store: sweep, replay, erase, backup and restore.

use super::state::{Db, FORMER, LANE_B, Lane, LaneState, NOBODY, Report, State, Token, Worker, Write, bit};
use super::{Outbox, ops};
use crate::fault::Fault;
use crate::step::{Op, PERSON, Step};

impl Outbox {
    pub(super) fn accept(&self, state: &State, out: &mut Vec<(Step, State)>) {
        let Some(report) = (1..=self.limits.reports).find(|report| !state.report(*report).is_accepted) else { return };
        for vendors in self.limits.vendors.iter().copied() {
            let mut next = *state;
            *next.report_mut(report) =
                Report { is_accepted: true, vendors, open: vendors, has_payload: true, replaces: 0 };
            for lane in (0..2).filter(|lane| vendors & bit(*lane) != 0) {
                let distrust = next.db.distrust;
                let row = next.lane_mut(lane);
                if row.state == LaneState::Absent && distrust && lane == LANE_B {
                    (row.in_flight, row.marked_by) = (true, FORMER);
                }
                if matches!(row.state, LaneState::Absent | LaneState::Idle) {
                    (row.state, row.head, row.live) = (LaneState::Ready, report, false);
                }
            }
            out.push((Step::event(&ops::ACCEPT[usize::from(vendors) - 1], lane_of(vendors), report), next));
        }
    }

    pub(super) fn store(&self, state: &State, out: &mut Vec<(Step, State)>) {
        for report in 1..=3 {
            sweep(state, report, out);
            self.replay(state, report, out);
        }
        self.erase(state, out);
        self.restore(state, out);
    }

    fn replay(&self, state: &State, report: u8, out: &mut Vec<(Step, State)>) {
        for lane in 0..2 {
            let row = state.lane(lane);
            let is_passed = row.passed & 1 << report != 0;
            if row.state == LaneState::Idle
                && state.report(report).has_payload
                && is_passed
                && let Some(mut next) = state.spend(Fault::Replay)
            {
                let row = next.lane_mut(lane);
                (row.state, row.head, row.live) = (LaneState::Ready, report, false);
                if self.rules.replay_opens {
                    next.open(report, lane, &self.rules);
                }
                out.push((Step::new(&ops::REPLAY, PERSON, lane, report), next));
            }
        }
    }

    /// Erases the case. The lane stays in doubt if a report of it was begun.
    fn erase(&self, state: &State, out: &mut Vec<(Step, State)>) {
        for lane in 0..2 {
            let row = *state.lane(lane);
            let is_free = matches!(row.state, LaneState::Idle | LaneState::Ready | LaneState::Blocked);
            let Some(mut next) = state.spend(Fault::Erase).filter(|_| is_free) else { continue };
            let mut erased = Lane { holder: NOBODY, marked_by: NOBODY, passed: row.passed, ..Lane::default() };
            for report in (1..=3).filter(|report| state.report(*report).is_accepted) {
                erased.passed |= 1 << report;
                next.close(report, lane, &self.rules);
            }
            let was_begun = row.in_flight || row.acknowledged > 0 || row.known.is_known();
            if self.rules.erase_keeps && was_begun {
                (erased.state, erased.in_flight, erased.marked_by) = (LaneState::Idle, true, FORMER);
            }
            *next.lane_mut(lane) = erased;
            next.fence_workers(lane);
            next.fence_persons(lane);
            out.push((Step::new(&ops::ERASE, PERSON, lane, 0), next));
        }
    }

    fn restore(&self, state: &State, out: &mut Vec<(Step, State)>) {
        let may_restore = [Fault::Restore, Fault::Failover].iter().any(|fault| state.left[*fault as usize] > 0);
        let Some(backup) = state.backup else {
            if may_restore {
                let mut next = *state;
                next.backup = Some(state.db);
                for worker in next.workers.iter_mut().filter(|worker| worker.token == Token::Current) {
                    worker.in_backup = true;
                }
                out.push((Step::event(&ops::BACKUP, crate::step::NONE, 0), next));
            }
            return;
        };
        for (op, fault) in [(&ops::RESTORE, Fault::Restore), (&ops::FAILOVER, Fault::Failover)] {
            if let Some(next) = state.spend(fault) {
                let is_distrusted = fault == Fault::Restore || self.rules.failover_distrust;
                self.put_back(state, next, backup, is_distrusted, op, out);
            }
        }
    }

    fn put_back(
        &self,
        state: &State,
        mut next: State,
        backup: Db,
        is_distrusted: bool,
        op: &'static Op,
        out: &mut Vec<(Step, State)>,
    ) {
        (next.db, next.backup) = (backup, None);
        let raises = is_distrusted && self.rules.distrust_raises;
        let is_same = |worker: &Worker| worker.in_backup && !worker.after_backup && !raises;
        for worker in next.workers.iter_mut().filter(|worker| worker.phase != super::state::Phase::Free) {
            worker.token = match (is_same(worker), worker.after_backup) {
                (true, _) => Token::Current,
                (false, true) if !raises => Token::Future,
                (false, _) => Token::Fenced,
            };
            worker.in_backup = false;
        }
        for lane in 0..2 {
            let holder = (0..2).find(|id| state.worker(*id).is_on(lane) && is_same(state.worker(*id)));
            if raises {
                next.fence_persons(lane);
            }
            let row = next.lane_mut(lane);
            row.holder = holder.unwrap_or(NOBODY);
            if row.marked_by < 2 && holder != Some(row.marked_by) {
                row.marked_by = FORMER;
            }
        }
        if is_distrusted {
            next.db.distrust |= self.rules.distrust_new;
            let row = next.lane_mut(LANE_B);
            if row.state != LaneState::Absent && !row.in_flight {
                (row.in_flight, row.marked_by, row.is_old) = (true, FORMER, false);
            }
            row.is_old &= !self.rules.distrust_renews_age;
        }
        out.push((Step::event(op, crate::step::NONE, 0), next));
    }
}

/// Deletes the payload of a report that every vendor has passed.
fn sweep(state: &State, report: u8, out: &mut Vec<(Step, State)>) {
    let row = state.report(report);
    if !row.is_accepted || !row.has_payload || row.open != 0 {
        return;
    }
    // Without a freeze, no operation of this report takes longer than the settling time.
    let may_send = |worker: &Worker| worker.phase != super::state::Phase::Free && worker.head <= report;
    let is_busy = state.wires.iter().any(|wire| wire.write != Write::None) || state.workers.iter().any(may_send);
    let mut next = *state;
    next.report_mut(report).has_payload = false;
    if !is_busy {
        out.push((Step::event(&ops::SWEEP, crate::step::NONE, report), next));
    } else if let Some(next) = next.spend(Fault::Long) {
        out.push((Step::event(&ops::SWEEP_FREEZE, crate::step::NONE, report), next));
    }
}

/// Returns the lane of a set of vendors; none for both.
fn lane_of(vendors: u8) -> u8 {
    if vendors == 3 { crate::step::NONE } else { vendors - 1 }
}

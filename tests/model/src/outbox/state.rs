//! The state of the model: two lanes of one case, three reports, two workers, two vendors.

use crate::fault::{Counts, Fault};

/// The lane of vendor A, where a write sets the state.
pub(crate) const LANE_A: u8 = 0;
/// The lane of vendor B, where a write creates a record once or sets a status.
pub(crate) const LANE_B: u8 = 1;

/// No holder.
pub(crate) const NOBODY: u8 = 9;
/// A holder that no longer runs, or an earlier claim of a running worker.
pub(crate) const FORMER: u8 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum LaneState {
    #[default]
    Absent,
    Idle,
    Ready,
    Leased,
    Blocked,
}

/// The second send of the last acknowledged report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum ResendMark {
    #[default]
    No,
    Wanted,
    Serving,
    /// Wanted, but the payload is deleted. An operator sees the mark.
    Impossible,
}

/// The vendor's id of a record, if it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Known {
    #[default]
    No,
    /// The record that a worker created.
    Own,
    /// The record of another system.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each bool is a column")]
pub(crate) struct Lane {
    pub(crate) state: LaneState,
    pub(crate) head: u8,
    /// The report whose payload is sent for the head; zero for the head itself.
    pub(crate) replacement: u8,
    /// The lease has not ended.
    pub(crate) live: bool,
    pub(crate) holder: u8,
    pub(crate) in_flight: bool,
    /// The holder that set `in_flight`.
    pub(crate) marked_by: u8,
    /// The doubt is older than lease, operation and 10 minutes.
    pub(crate) is_old: bool,
    pub(crate) known: Known,
    pub(crate) acknowledged: u8,
    /// The report whose payload was acknowledged.
    pub(crate) acknowledged_payload: u8,
    pub(crate) lookups: u8,
    pub(crate) crashes: u8,
    /// The set of passed reports.
    pub(crate) passed: u8,
    pub(crate) resend: ResendMark,
    /// The head is sent again on purpose.
    pub(crate) again: bool,
}

impl Lane {
    /// Returns the report whose payload is sent for the head.
    pub(crate) fn payload(&self) -> u8 {
        if self.replacement == 0 { self.head } else { self.replacement }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Report {
    pub(crate) is_accepted: bool,
    pub(crate) vendors: u8,
    pub(crate) open: u8,
    pub(crate) has_payload: bool,
    /// The head that this report replaces; zero for an accepted report.
    pub(crate) replaces: u8,
}

/// The rows of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Db {
    pub(crate) lanes: [Lane; 2],
    pub(crate) reports: [Report; 3],
    pub(crate) distrust: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) enum Phase {
    #[default]
    Free,
    Claimed,
    /// Before the call of `mark`.
    Marking,
    /// Before `may_send`.
    Marked,
    /// Between `may_send` and the socket.
    Checked,
    Waiting,
    Done,
}

/// The token of a worker, compared with that of its lane. Tokens only rise, so more is not needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Token {
    #[default]
    Fenced,
    Current,
    /// Above the token of the lane, after a restore.
    Future,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) enum Write {
    #[default]
    None,
    /// Sets the state at vendor A.
    Set,
    Create,
    Edit,
    /// Edits the record of another system.
    EditOther,
    /// Sets the status at the status vendor.
    Tag,
}

/// The result of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Outcome {
    #[default]
    None,
    Acknowledged,
    NotSent,
    Rejected,
    Unknown,
    NotFound,
    LookupFailed,
    Skipped,
    /// The lookup found several records.
    Several,
    /// The lookup cannot show the stage.
    Invisible,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each bool is a fact that a worker remembers")]
pub(crate) struct Worker {
    pub(crate) phase: Phase,
    pub(crate) lane: u8,
    pub(crate) token: Token,
    pub(crate) head: u8,
    pub(crate) payload: u8,
    pub(crate) in_doubt: bool,
    pub(crate) known: Known,
    /// A pause that no clock shows: the end of the lease is not noticed.
    pub(crate) is_blind: bool,
    /// The worker sends without a claim.
    pub(crate) is_direct: bool,
    pub(crate) has_sent: bool,
    pub(crate) again: bool,
    pub(crate) write: Write,
    pub(crate) outcome: Outcome,
    /// The claim was current at the backup.
    pub(crate) in_backup: bool,
    /// The claim was made after the backup.
    pub(crate) after_backup: bool,
}

impl Worker {
    /// Returns true if the worker has a claim of this lane, valid or not.
    pub(crate) fn is_on(&self, lane: u8) -> bool {
        self.phase != Phase::Free && self.lane == lane
    }
}

/// A request between a worker and a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Wire {
    pub(crate) write: Write,
    pub(crate) payload: u8,
    pub(crate) lane: u8,
    pub(crate) sender: u8,
    pub(crate) is_late: bool,
}

/// A person who checked a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Person {
    pub(crate) is_present: bool,
    pub(crate) lane: u8,
    pub(crate) head: u8,
    pub(crate) payload: u8,
    /// The lane has not changed since the check.
    pub(crate) is_current: bool,
    pub(crate) found: Known,
    /// The doubt was old at the check.
    pub(crate) was_old: bool,
}

/// The vendors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Vendors {
    /// The payload that vendor A has.
    pub(crate) a: u8,
    /// The number of records that workers created at vendor B.
    pub(crate) records: u8,
    /// The payload of the first record, or the last one that the status vendor applied.
    pub(crate) b: u8,
    /// A record of another system exists.
    pub(crate) other: bool,
    /// The payload of the record of another system.
    pub(crate) other_payload: u8,
    /// The status that the status vendor shows.
    pub(crate) shown: u8,
    /// The sets of payloads that vendors A and B have applied; kept if a case needs them.
    pub(crate) applied: [u8; 2],
}

/// A fault of the protocol that a step shows.
pub(crate) mod broken {
    pub(crate) const WRONG_VENDOR: u16 = 1;
    pub(crate) const NO_PAYLOAD: u16 = 2;
    pub(crate) const FOREIGN_FINISH: u16 = 4;
    pub(crate) const NO_RECORD: u16 = 8;
    pub(crate) const NOT_SEEN: u16 = 16;
    pub(crate) const REPLACED_SENT: u16 = 32;
    pub(crate) const AMBIGUOUS_WRITE: u16 = 64;
    pub(crate) const SENT_TWICE: u16 = 128;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct State {
    pub(crate) db: Db,
    pub(crate) backup: Option<Db>,
    pub(crate) workers: [Worker; 2],
    pub(crate) wires: [Wire; 3],
    pub(crate) persons: [Person; 2],
    pub(crate) vendors: Vendors,
    /// The faults that may still happen.
    pub(crate) left: Counts,
    /// The invariants that the last steps broke, from [`broken`].
    pub(crate) broken: u16,
}

/// Returns the set with one lane.
pub(crate) fn bit(lane: u8) -> u8 {
    1 << lane
}

impl State {
    /// Returns the state before the first step.
    pub(crate) fn first(left: Counts) -> Self {
        let mut state = Self { left, ..Self::default() };
        for lane in &mut state.db.lanes {
            (lane.holder, lane.marked_by) = (NOBODY, NOBODY);
        }
        state
    }

    /// Uses one fault of the budget; `None` without one.
    pub(crate) fn spend(mut self, fault: Fault) -> Option<Self> {
        let left = &mut self.left[fault as usize];
        *left = left.checked_sub(1)?;
        Some(self)
    }

    pub(crate) fn lane(&self, lane: u8) -> &Lane {
        &self.db.lanes[usize::from(lane)]
    }

    pub(crate) fn lane_mut(&mut self, lane: u8) -> &mut Lane {
        &mut self.db.lanes[usize::from(lane)]
    }

    pub(crate) fn worker(&self, worker: u8) -> &Worker {
        &self.workers[usize::from(worker)]
    }

    pub(crate) fn worker_mut(&mut self, worker: u8) -> &mut Worker {
        &mut self.workers[usize::from(worker)]
    }

    /// Returns a report. Numbers start at 1.
    pub(crate) fn report(&self, report: u8) -> &Report {
        &self.db.reports[usize::from(report) - 1]
    }

    pub(crate) fn report_mut(&mut self, report: u8) -> &mut Report {
        &mut self.db.reports[usize::from(report) - 1]
    }

    /// Returns the stage of a payload: the number of its head. Zero for no payload.
    pub(crate) fn stage(&self, payload: u8) -> u8 {
        match payload {
            0 => 0,
            _ if self.report(payload).replaces > 0 => self.report(payload).replaces,
            _ => payload,
        }
    }

    pub(crate) fn wires_of(&self, lane: u8) -> impl Iterator<Item = &Wire> {
        self.wires.iter().filter(move |wire| wire.write != Write::None && wire.lane == lane)
    }

    /// Adds a request. Returns false if too many are on the way.
    pub(crate) fn push_wire(&mut self, wire: Wire) -> bool {
        let Some(slot) = self.wires.iter_mut().find(|wire| wire.write == Write::None) else { return false };
        *slot = wire;
        self.wires.sort_unstable();
        true
    }

    /// Ends the claim of a worker. Its requests stay on the way.
    pub(crate) fn free(&mut self, worker: u8) {
        for wire in &mut self.wires {
            if wire.write != Write::None && wire.sender == worker {
                wire.sender = NOBODY;
            }
        }
        self.wires.sort_unstable();
        *self.worker_mut(worker) = Worker::default();
    }

    /// Notes that a later claim of a worker is another holder than the one that set the mark.
    pub(crate) fn forget_mark(&mut self, lane: u8, worker: u8) {
        let lane = self.lane_mut(lane);
        if lane.marked_by == worker {
            lane.marked_by = FORMER;
        }
    }

    /// Fences the persons who checked a lane before it changed.
    pub(crate) fn fence_persons(&mut self, lane: u8) {
        for person in self.persons.iter_mut().filter(|person| person.lane == lane) {
            person.is_current = false;
        }
    }

    /// Fences the workers with a claim of a lane.
    pub(crate) fn fence_workers(&mut self, lane: u8) {
        for worker in self.workers.iter_mut().filter(|worker| worker.is_on(lane) && worker.token == Token::Current) {
            worker.token = Token::Fenced;
        }
    }
}

//! The row of a lane.

use std::fmt;

use super::ids::{LaneId, Owner, ReportSeq};
use super::state::{LaneState, Resend, WaitReason};
use crate::lifecycle::{LedgerEntry, ReportedStage};
use crate::model::ProviderId;
use crate::util::redact::Presence;

/// One case at one vendor: the ledger entry, the lease, and the report to send next.
///
/// Times are milliseconds since 1970 by the clock of the store.
#[derive(Clone, PartialEq, Eq)]
pub struct Lane {
    /// The id that the store assigned.
    pub id: LaneId,
    /// The vendor.
    pub vendor: ProviderId,
    /// The merchant's id of the case.
    pub case_id: String,
    /// The state.
    pub state: LaneState,
    /// The report to send, or the last one of an idle lane.
    pub head: ReportSeq,
    /// The time of the next attempt of a ready lane; the end of the lease of a leased one.
    pub due: i64,
    /// Raised by every claim and by every act of an operator; never falls.
    pub token: i64,
    /// The holder of the lease.
    pub owner: Option<Owner>,
    /// Attempts of the head that count for its schedule.
    pub attempts: u32,
    /// Leases of the head that expired.
    pub crashes: u32,
    /// Lookups of the head that did not find the record.
    pub lookups: u32,
    /// The sum of the waits between counted attempts of the head, in milliseconds.
    pub waited: i64,
    /// The time since which the head waits or is blocked for its reason.
    pub since: i64,
    /// The reason for which the head waits or is blocked.
    pub reason: Option<WaitReason>,
    /// The state of the case at the vendor.
    pub entry: LedgerEntry,
    /// The token of the holder who set the mark `in_flight`; none after an act of an operator.
    pub in_flight_token: Option<i64>,
    /// The time at which the mark was set, or of the last request.
    pub in_flight_since: Option<i64>,
    /// The report whose stage is in flight.
    pub in_flight_seq: Option<ReportSeq>,
    /// The last acknowledged report.
    pub acknowledged_seq: Option<ReportSeq>,
    /// The state of the second send of the last acknowledged report.
    pub resend: Resend,
    /// The head is sent again on purpose: a resend or a replay.
    pub again: bool,
    /// The report whose payload replaces the head's.
    pub replacement: Option<ReportSeq>,
    /// A skipped stage may have reached the vendor after the acknowledged one.
    pub may_hold_skipped: bool,
}

impl Lane {
    /// Creates the lane of a new case. The store assigns the id.
    #[must_use]
    pub fn new(vendor: ProviderId, case_id: &str, head: ReportSeq, now: i64) -> Self {
        Self {
            id: LaneId::new(0),
            vendor,
            case_id: case_id.to_owned(),
            state: LaneState::Ready,
            head,
            due: now,
            token: 0,
            owner: None,
            attempts: 0,
            crashes: 0,
            lookups: 0,
            waited: 0,
            since: now,
            reason: None,
            entry: LedgerEntry::default(),
            in_flight_token: None,
            in_flight_since: None,
            in_flight_seq: None,
            acknowledged_seq: None,
            resend: Resend::None,
            again: false,
            replacement: None,
            may_hold_skipped: false,
        }
    }

    /// The report whose payload is sent for the head.
    #[must_use]
    pub fn payload_seq(&self) -> ReportSeq {
        self.replacement.unwrap_or(self.head)
    }

    /// Makes another report the head, due at once.
    pub fn start(&mut self, head: ReportSeq, now: i64) {
        self.state = LaneState::Ready;
        self.head = head;
        self.again = false;
        self.replacement = None;
        self.reset(now);
    }

    /// Forgets the attempts of the head, and makes the lane due at once.
    pub fn reset(&mut self, now: i64) {
        (self.attempts, self.crashes, self.lookups, self.waited) = (0, 0, 0, 0);
        (self.due, self.since, self.reason, self.owner) = (now, now, None, None);
    }

    /// Ends the lease.
    pub fn wait(&mut self, state: LaneState, reason: Option<WaitReason>, due: i64, now: i64) {
        (self.state, self.due, self.owner) = (state, due, None);
        if self.reason != reason {
            (self.reason, self.since) = (reason, now);
        }
    }

    /// Marks the stage as in flight. `token` is that of the holder.
    pub fn mark(&mut self, stage: ReportedStage, token: Option<i64>, now: i64) {
        self.entry.in_flight = Some(stage);
        (self.in_flight_token, self.in_flight_since) = (token, Some(now));
        self.in_flight_seq = Some(self.payload_seq());
    }

    /// Clears the mark `in_flight`.
    pub fn clear_mark(&mut self) {
        self.entry.in_flight = None;
        (self.in_flight_token, self.in_flight_since, self.in_flight_seq) = (None, None, None);
        self.lookups = 0;
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane")
            .field("id", &self.id)
            .field("vendor", &self.vendor)
            .field("case_id", &Presence(true))
            .field("state", &self.state)
            .field("head", &self.head)
            .field("token", &self.token)
            .field("reason", &self.reason)
            .field("entry", &self.entry)
            .field("resend", &self.resend)
            .finish_non_exhaustive()
    }
}

//! A claimed lane, and the result of its report.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::ids::{LaneId, Owner, ReportSeq};
use super::state::{PassedAs, WaitReason};
use crate::lifecycle::{LedgerEntry, ReportedStage};
use crate::model::ProviderId;
use crate::util::redact::Presence;

/// The request for a lease.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::outbox::{Lease, Owner};
///
/// let owner = Owner::random();
/// let lease = Lease::new(&owner, Duration::from_secs(30)).idempotent(true);
/// assert!(lease.is_idempotent());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    owner: &'a Owner,
    time: Duration,
    settling: Duration,
    idempotent: bool,
    probe: bool,
}

impl<'a> Lease<'a> {
    /// Creates a request for a lease of this length. The settling time is the lease and 80 seconds.
    #[must_use]
    pub const fn new(owner: &'a Owner, time: Duration) -> Self {
        let settling = time.saturating_add(Duration::from_secs(80));
        Self { owner, time, settling, idempotent: false, probe: false }
    }

    /// Sets whether every write of the vendor is idempotent. Default: false.
    ///
    /// At such a vendor, a lane whose lease expired sends its last acknowledged report again: the request of the
    /// earlier holder may arrive after a newer one.
    #[must_use]
    pub const fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sets the time after which no request of an earlier holder can arrive. Default: the lease and 80 seconds, which
    /// is the lease, an operation of 20 seconds and one minute.
    #[must_use]
    pub const fn settling(mut self, time: Duration) -> Self {
        self.settling = time;
        self
    }

    /// Sets whether the claim is the probe of an open circuit breaker. Default: false.
    ///
    /// A probe is claimed only while the vendor is [`Probing`](super::VendorPhase::Probing), and all other claims only
    /// while the circuit breaker is closed.
    #[must_use]
    pub const fn probe(mut self, probe: bool) -> Self {
        self.probe = probe;
        self
    }

    /// Returns true if the claim is a probe.
    #[must_use]
    pub const fn is_probe(&self) -> bool {
        self.probe
    }

    /// Returns the name of the worker.
    #[must_use]
    pub const fn owner(&self) -> &'a Owner {
        self.owner
    }

    /// Returns the length of the lease, counted from the claim by the clock of the store.
    #[must_use]
    pub const fn time(&self) -> Duration {
        self.time
    }

    /// Returns the settling time.
    #[must_use]
    pub const fn settling_time(&self) -> Duration {
        self.settling
    }

    /// Returns true if every write of the vendor is idempotent.
    #[must_use]
    pub const fn is_idempotent(&self) -> bool {
        self.idempotent
    }
}

/// A lease that a task or thread can own.
#[derive(Debug, Clone)]
pub struct OwnedLease {
    owner: Owner,
    time: Duration,
    settling: Duration,
    idempotent: bool,
    probe: bool,
}

impl OwnedLease {
    /// Copies a lease.
    #[must_use]
    pub fn new(lease: Lease<'_>) -> Self {
        let Lease { owner, time, settling, idempotent, probe } = lease;
        Self { owner: owner.clone(), time, settling, idempotent, probe }
    }

    /// Returns the lease.
    #[must_use]
    pub const fn get(&self) -> Lease<'_> {
        let Self { owner, time, settling, idempotent, probe } = self;
        Lease { owner, time: *time, settling: *settling, idempotent: *idempotent, probe: *probe }
    }
}

/// A lane that a worker holds, with the report to send. `Debug` shows no case id and no payload.
#[derive(Clone)]
#[non_exhaustive]
pub struct LeasedLane {
    /// The id of the lane.
    pub id: LaneId,
    /// The vendor.
    pub vendor: ProviderId,
    /// The merchant's id of the case.
    pub case_id: String,
    /// The report to send.
    pub head: ReportSeq,
    /// The fencing token of this claim. Every later claim has a higher one.
    pub token: i64,
    /// The holder.
    pub owner: Owner,
    /// The payload as it was stored, sealed if the outbox has a [`Sealer`](super::Sealer).
    pub payload: Vec<u8>,
    /// The state of the case at the vendor.
    pub entry: LedgerEntry,
    /// True if the entry was in doubt when the lane was claimed.
    pub was_in_doubt: bool,
    /// The number of earlier attempts of this report that count for its schedule.
    pub attempts: u32,
    /// The number of lookups of this report that did not find the record.
    pub lookups: u32,
    /// The sum of the waits between counted attempts of this report.
    pub waited: Duration,
    /// True if the report is sent again on purpose. The lifecycle does not judge it then.
    pub again: bool,
    /// The time at which the report was accepted.
    pub accepted_at: DateTime<Utc>,
}

impl fmt::Debug for LeasedLane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeasedLane")
            .field("id", &self.id)
            .field("vendor", &self.vendor)
            .field("case_id", &Presence(true))
            .field("head", &self.head)
            .field("token", &self.token)
            .field("entry", &self.entry)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// The next state of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// The head is passed, and the next report becomes the head.
    Passed(PassedAs),
    /// The head is sent again after this time.
    Wait {
        /// The reason.
        reason: WaitReason,
        /// The time until the next attempt.
        after: Duration,
    },
    /// A person must act.
    Blocked(WaitReason),
    /// The head is sent again at once. No attempt was made.
    Released,
}

/// The change of the mark `in_flight`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MarkChange {
    /// The mark stays.
    #[default]
    Keep,
    /// The mark is cleared if this holder set it: the vendor did not act.
    ClearOwn,
}

/// The counter of the head that a report raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Nothing,
    Attempt,
    /// An attempt whose lookup did not find the record.
    Lookup,
}

/// The result of a report, for [`OutboxStore::finish`](super::OutboxStore::finish).
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::outbox::{Finished, MarkChange, WaitReason};
///
/// let finished = Finished::wait(WaitReason::Retry, Duration::from_secs(10)).attempt().mark(MarkChange::ClearOwn);
/// assert!(finished.is_attempt());
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Finished {
    pub(super) next: Next,
    pub(super) acknowledged: Option<ReportedStage>,
    pub(super) vendor_case: Option<String>,
    pub(super) mark: MarkChange,
    pub(super) counted: Counted,
    pub(super) may_have_sent: bool,
    pub(super) resend: bool,
    pub(super) detail: FinishDetail,
}

/// Facts of a report for the history. Ids of the call and names only.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FinishDetail {
    /// The losses as `field:kind`, separated by commas.
    pub losses: String,
    /// The vendor's id of the call.
    pub request_id: Option<String>,
}

impl FinishDetail {
    /// Creates the facts.
    #[must_use]
    pub const fn new(losses: String, request_id: Option<String>) -> Self {
        Self { losses, request_id }
    }
}

impl fmt::Debug for FinishDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinishDetail")
            .field("losses", &self.losses)
            .field("request_id", &Presence::new(self.request_id.as_ref()))
            .finish()
    }
}

impl Finished {
    const fn new(next: Next) -> Self {
        Self {
            next,
            acknowledged: None,
            vendor_case: None,
            mark: MarkChange::Keep,
            counted: Counted::Nothing,
            may_have_sent: false,
            resend: false,
            detail: FinishDetail { losses: String::new(), request_id: None },
        }
    }

    /// Creates the result of an acknowledged report: the head is passed, the stage is stored, and the mark is cleared.
    pub const fn acknowledged(stage: ReportedStage) -> Self {
        let mut finished = Self::new(Next::Passed(PassedAs::Acknowledged));
        finished.acknowledged = Some(stage);
        finished
    }

    /// Creates the result of a head that is passed without an acknowledgement. The mark stays.
    pub const fn passed(passed: PassedAs) -> Self {
        Self::new(Next::Passed(passed))
    }

    /// Creates the result of a head that is sent again after this time.
    pub const fn wait(reason: WaitReason, after: Duration) -> Self {
        Self::new(Next::Wait { reason, after })
    }

    /// Creates the result of a head that needs a person.
    pub const fn blocked(reason: WaitReason) -> Self {
        Self::new(Next::Blocked(reason))
    }

    /// Creates the result of a head for which no attempt was made.
    pub const fn released() -> Self {
        Self::new(Next::Released)
    }

    /// Sets the way in which the head was passed, after an acknowledgement.
    pub const fn passed_as(mut self, passed: PassedAs) -> Self {
        self.next = Next::Passed(passed);
        self
    }

    /// Blocks the lane after an acknowledgement whose later step failed.
    pub const fn then_blocked(mut self, reason: WaitReason) -> Self {
        self.next = Next::Blocked(reason);
        self
    }

    /// Sets the stage that the vendor has, for a refresh with a later time.
    pub const fn stage(mut self, stage: ReportedStage) -> Self {
        self.acknowledged = Some(stage);
        self
    }

    /// Sets the vendor's id of the case, also if only a lookup found it.
    pub fn vendor_case(mut self, vendor_case: Option<String>) -> Self {
        self.vendor_case = vendor_case;
        self
    }

    /// Sets the change of the mark. Default: it stays.
    pub const fn mark(mut self, mark: MarkChange) -> Self {
        self.mark = mark;
        self
    }

    /// Counts the report as an attempt of the head's schedule.
    pub const fn attempt(mut self) -> Self {
        self.counted = Counted::Attempt;
        self
    }

    /// Counts the report as an attempt whose lookup did not find the record.
    pub const fn lookup(mut self) -> Self {
        self.counted = Counted::Lookup;
        self
    }

    /// Sets whether this report may have sent a request that changes the vendor's record. Default: false.
    pub const fn may_have_sent(mut self, sent: bool) -> Self {
        self.may_have_sent = sent;
        self
    }

    /// Sets whether the last acknowledged report must be sent again when the lane is idle. Default: false.
    pub const fn resend(mut self, resend: bool) -> Self {
        self.resend = resend;
        self
    }

    /// Sets the facts for the history.
    pub fn detail(mut self, detail: FinishDetail) -> Self {
        self.detail = detail;
        self
    }

    /// Returns the next state of the head.
    #[must_use]
    pub const fn next(&self) -> Next {
        self.next
    }

    /// Returns true if the report counts as an attempt of the head's schedule.
    #[must_use]
    pub const fn is_attempt(&self) -> bool {
        !matches!(self.counted, Counted::Nothing)
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished")
            .field("next", &self.next)
            .field("acknowledged", &self.acknowledged)
            .field("vendor_case", &Presence::new(self.vendor_case.as_ref()))
            .field("mark", &self.mark)
            .field("counted", &self.counted)
            .field("may_have_sent", &self.may_have_sent)
            .field("resend", &self.resend)
            .finish_non_exhaustive()
    }
}

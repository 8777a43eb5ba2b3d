//! The acts of an operator, and the values that show the state of an outbox.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

use super::ids::{LaneId, ReportSeq};
use super::report::NewReport;
use super::state::{LaneState, PassedAs, Resend, WaitReason};
use super::vendor_state::VendorState;
use crate::lifecycle::ReportedStage;
use crate::model::{ProviderId, Stage};
use crate::provider::Resolution;
use crate::util::redact::Presence;

/// The state of a lane that an operator saw. An act on a lane that changed since then is refused.
///
/// ```
/// use chargeback::outbox::{LaneSummary, Seen};
///
/// fn seen(lane: &LaneSummary) -> Seen {
///     lane.seen()
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub(super) token: i64,
    pub(super) head: ReportSeq,
}

impl Seen {
    /// Creates the value from a lane's token and head.
    #[must_use]
    pub const fn new(token: i64, head: ReportSeq) -> Self {
        Self { token, head }
    }
}

/// An act of an operator on a lane.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Act<'a> {
    /// Sends the head again at once.
    Retry,
    /// Passes the head without sending it.
    Skip {
        /// The reason, without personal data.
        reason: &'a str,
    },
    /// Ends the doubt.
    Resolve {
        /// The result of the check with the vendor.
        resolution: Resolution,
        /// The time of the check.
        checked_at: DateTime<Utc>,
    },
    /// Sends a passed report again.
    Replay {
        /// The report; the last acknowledged one if `None`.
        seq: Option<ReportSeq>,
    },
    /// Sends another chargeback in place of the head.
    Replace {
        /// The new report.
        report: NewReport<'a>,
        /// The reason, without personal data.
        reason: &'a str,
    },
}

/// The lanes that a list contains. All conditions must hold.
///
/// ```
/// use chargeback::outbox::{LaneFilter, WaitReason};
/// use chargeback::revcent;
///
/// let filter = LaneFilter::needs_attention().vendor(revcent::ID).reason(WaitReason::InDoubt).limit(100);
/// ```
#[derive(Clone, Default)]
#[must_use]
#[non_exhaustive]
pub struct LaneFilter {
    /// The states; all states if empty.
    pub states: Vec<LaneState>,
    /// The vendor.
    pub vendor: Option<ProviderId>,
    /// The reason.
    pub reason: Option<WaitReason>,
    /// The merchant's id of the case.
    pub case_id: Option<String>,
    /// Lanes with a higher id only, to continue a list.
    pub after: Option<LaneId>,
    /// The largest number of lanes. Default: 1,000.
    pub limit: Option<usize>,
}

impl fmt::Debug for LaneFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaneFilter")
            .field("states", &self.states)
            .field("vendor", &self.vendor)
            .field("reason", &self.reason)
            .field("case_id", &Presence::new(self.case_id.as_ref()))
            .field("after", &self.after)
            .field("limit", &self.limit)
            .finish()
    }
}

impl LaneFilter {
    /// Creates a filter for all lanes.
    pub fn all() -> Self {
        Self::default()
    }

    /// Creates a filter for the lanes that a person must look at: blocked ones.
    pub fn needs_attention() -> Self {
        Self { states: vec![LaneState::Blocked], ..Self::default() }
    }

    /// Sets the vendor.
    pub fn vendor(mut self, vendor: ProviderId) -> Self {
        self.vendor = Some(vendor);
        self
    }

    /// Sets the reason.
    pub const fn reason(mut self, reason: WaitReason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Sets the merchant's id of the case.
    pub fn case_id(mut self, case_id: impl Into<String>) -> Self {
        self.case_id = Some(case_id.into());
        self
    }

    /// Continues a list after this lane.
    pub const fn after(mut self, lane: LaneId) -> Self {
        self.after = Some(lane);
        self
    }

    /// Sets the largest number of lanes.
    pub const fn limit(mut self, lanes: usize) -> Self {
        self.limit = Some(lanes);
        self
    }
}

/// A lane, as an operator sees it. `Debug` and `Display` show no case id.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaneSummary {
    /// The id of the lane.
    pub id: LaneId,
    /// The vendor.
    pub vendor: ProviderId,
    /// The state.
    pub state: LaneState,
    /// The reason for which the head waits or is blocked.
    pub reason: Option<WaitReason>,
    /// The time since which the reason holds.
    pub since: DateTime<Utc>,
    /// The time of the next attempt of a ready lane; the end of the lease of a leased one.
    pub due: DateTime<Utc>,
    /// The report to send, or the last one of an idle lane.
    pub head: ReportSeq,
    /// The stage of the head.
    pub head_stage: Option<Stage>,
    /// The fencing token.
    pub token: i64,
    /// The number of attempts of the head.
    pub attempts: u32,
    /// The number of expired leases of the head.
    pub crashes: u32,
    /// The number of reports that wait behind the head.
    pub behind: u64,
    /// The last stage that the vendor acknowledged.
    pub acknowledged: Option<ReportedStage>,
    /// The stage whose outcome is unknown.
    pub in_flight: Option<ReportedStage>,
    /// The time from which a check may show that the vendor does not have the report.
    pub check_not_before: Option<DateTime<Utc>>,
    /// The state of the second send of the last acknowledged report.
    pub resend: Resend,
    /// True if a skipped stage may have reached the vendor after the acknowledged one.
    pub may_hold_skipped: bool,
    pub(super) case_id: String,
    pub(super) vendor_case: Option<String>,
}

impl LaneSummary {
    /// Returns the merchant's id of the case. Do not log it.
    #[must_use]
    pub fn case_id(&self) -> &str {
        &self.case_id
    }

    /// Returns the vendor's id of the case, if it is known.
    #[must_use]
    pub fn vendor_case(&self) -> Option<&str> {
        self.vendor_case.as_deref()
    }

    /// Returns the state for an act of an operator.
    #[must_use]
    pub const fn seen(&self) -> Seen {
        Seen { token: self.token, head: self.head }
    }
}

impl fmt::Display for LaneSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lane {}: {} {}", self.id, self.vendor, self.state)?;
        if let Some(reason) = self.reason {
            write!(f, " ({reason})")?;
        }
        write!(f, ", {} attempts, {} behind", self.attempts, self.behind)
    }
}

impl fmt::Debug for LaneSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaneSummary")
            .field("id", &self.id)
            .field("vendor", &self.vendor)
            .field("case_id", &Presence(true))
            .field("state", &self.state)
            .field("reason", &self.reason)
            .field("head", &self.head)
            .field("token", &self.token)
            .field("acknowledged", &self.acknowledged)
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}

/// A passed report of a lane.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// The report.
    pub seq: ReportSeq,
    /// The vendor.
    pub vendor: ProviderId,
    /// The stage and its time.
    pub stage: ReportedStage,
    /// The way in which the report was passed.
    pub passed: PassedAs,
    /// The losses as `field:kind`, separated by commas.
    pub losses: String,
    /// The time at which the report was passed.
    pub at: DateTime<Utc>,
    /// The number of attempts.
    pub attempts: u32,
    /// The vendor's id of the call.
    pub request_id: Option<String>,
    /// The operator's reason.
    pub note: Option<String>,
}

impl fmt::Debug for HistoryEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryEntry")
            .field("seq", &self.seq)
            .field("vendor", &self.vendor)
            .field("stage", &self.stage)
            .field("passed", &self.passed)
            .field("losses", &self.losses)
            .field("at", &self.at)
            .field("request_id", &Presence::new(self.request_id.as_ref()))
            .finish_non_exhaustive()
    }
}

/// An accepted report that a lane has not passed, or whose payload is still kept.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcceptedReport {
    /// The number of the report.
    pub seq: ReportSeq,
    /// The stage and its time.
    pub stage: ReportedStage,
    /// The vendors that have not passed the report.
    pub open: Vec<ProviderId>,
    /// The time at which the report was accepted.
    pub accepted_at: DateTime<Utc>,
    /// The payload, sealed if the outbox has a [`Sealer`](super::Sealer); none after the sweep.
    pub payload: Option<Vec<u8>>,
}

impl fmt::Debug for AcceptedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptedReport")
            .field("seq", &self.seq)
            .field("stage", &self.stage)
            .field("open", &self.open)
            .field("payload", &Presence::new(self.payload.as_ref()))
            .finish_non_exhaustive()
    }
}

/// All data about a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CaseExport {
    /// The lanes.
    pub lanes: Vec<LaneSummary>,
    /// The accepted reports.
    pub reports: Vec<AcceptedReport>,
    /// The passed reports.
    pub history: Vec<HistoryEntry>,
}

/// The number of lanes of one vendor, by state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct VendorCounts {
    /// Lanes whose head is due.
    pub ready: u64,
    /// Lanes whose head is due later.
    pub waiting: u64,
    /// Lanes that a worker holds.
    pub leased: u64,
    /// Lanes that need a person, by reason.
    pub blocked: BTreeMap<&'static str, u64>,
    /// Lanes in doubt.
    pub doubts: u64,
    /// Lanes whose payload has fields of a newer version.
    pub newer_payload: u64,
    /// Lanes for which the vendor may hold an older stage than the acknowledged one, or a skipped one.
    pub vendor_may_differ: u64,
    /// The due time of the head that is overdue for the longest time.
    pub oldest_due: Option<DateTime<Utc>>,
    /// The state of the vendor.
    pub state: VendorState,
}

/// The number of lanes by vendor, including vendors that no worker has any more.
pub type Counts = BTreeMap<ProviderId, VendorCounts>;

/// The result of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Swept {
    /// Deleted payloads.
    pub payloads: u64,
    /// Deleted rows of the history.
    pub history: u64,
}

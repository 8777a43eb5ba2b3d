//! The rows of an outbox, as the rules read and write them.

use std::fmt;

use super::ids::{LaneId, Owner, ReportSeq};
use super::lane::Lane;
use super::operate::LaneFilter;
use super::report::StoredReport;
use super::state::PassedAs;
use super::store_error::StoreError;
use crate::lifecycle::ReportedStage;
use crate::model::ProviderId;

/// The rows of an outbox within one transaction. The rules of [`super::rules`] are written once for all stores that
/// implement it.
pub(super) trait Tables {
    fn lane(&mut self, id: LaneId) -> Result<Option<Lane>, StoreError>;
    fn lanes_of_case(&mut self, case_id: &str) -> Result<Vec<Lane>, StoreError>;
    /// Inserts a lane, and returns its id.
    fn insert_lane(&mut self, lane: &Lane) -> Result<LaneId, StoreError>;
    fn update_lane(&mut self, lane: &Lane) -> Result<(), StoreError>;
    /// Returns ready lanes that are due and leased lanes whose lease has expired, the earliest first.
    fn due_lanes(&mut self, vendor: &ProviderId, now: i64, limit: usize) -> Result<Vec<Lane>, StoreError>;

    fn report(&mut self, seq: ReportSeq) -> Result<Option<StoredReport>, StoreError>;
    fn report_by_key(&mut self, key: &str) -> Result<Option<StoredReport>, StoreError>;
    fn reports_of_case(&mut self, case_id: &str) -> Result<Vec<StoredReport>, StoreError>;
    /// Inserts a report with the next number, which the call returns.
    fn insert_report(&mut self, report: &StoredReport) -> Result<ReportSeq, StoreError>;
    /// Stores `open`, `keep_until`, `payload`, `key` and `case_id` of a report.
    fn update_report(&mut self, report: &StoredReport) -> Result<(), StoreError>;
    /// Returns the lowest number above `after` that is open for the vendor.
    fn next_open(
        &mut self,
        case_id: &str,
        vendor: &ProviderId,
        after: ReportSeq,
    ) -> Result<Option<ReportSeq>, StoreError>;

    fn add_history(&mut self, row: &HistoryRow) -> Result<(), StoreError>;
    fn history_of_case(&mut self, case_id: &str) -> Result<Vec<HistoryRow>, StoreError>;
    /// Moves the history of a case to another case id, and forgets the ids of calls.
    fn rename_history(&mut self, case_id: &str, renamed: &str) -> Result<(), StoreError>;

    /// Returns true if the key's hash belongs to an erased event.
    fn is_erased(&mut self, key_hash: &str) -> Result<bool, StoreError>;
    fn add_erased(&mut self, key_hash: &str, now: i64) -> Result<(), StoreError>;
    /// Returns the time since which the store is distrusted, if it is.
    fn distrusted_since(&mut self) -> Result<Option<i64>, StoreError>;
    fn set_distrusted_since(&mut self, time: i64) -> Result<(), StoreError>;

    /// Returns lanes by ascending id.
    fn lanes(&mut self, filter: &LaneFilter) -> Result<Vec<Lane>, StoreError>;
    /// Returns reports with a payload, an empty `open` and a `keep_until` of at most this time.
    fn reports_to_sweep(&mut self, keep_until: i64, limit: usize) -> Result<Vec<StoredReport>, StoreError>;
    /// Deletes history older than this time, and returns the number of rows.
    fn delete_history(&mut self, before: i64) -> Result<u64, StoreError>;

    fn vendor_row(&mut self, vendor: &ProviderId) -> Result<Option<VendorRow>, StoreError>;
    fn put_vendor_row(&mut self, vendor: &ProviderId, row: &VendorRow) -> Result<(), StoreError>;
    /// Stores the time at which a worker was seen.
    fn touch_worker(&mut self, owner: &Owner, vendors: &[ProviderId], now: i64) -> Result<(), StoreError>;
    /// Returns the number of other workers that were seen since this time.
    fn other_workers(&mut self, owner: &Owner, since: i64) -> Result<u64, StoreError>;
}

/// The state of a vendor as JSON, and the end of its phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorRow {
    /// The state as JSON.
    pub state: String,
    /// The end of the phase.
    pub until: i64,
    /// The version, which each write raises.
    pub version: i64,
}

/// A passed report of one vendor.
#[derive(Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The vendor.
    pub vendor: ProviderId,
    /// The number of the report.
    pub seq: ReportSeq,
    /// The merchant's id of the case.
    pub case_id: String,
    /// The stage and its time.
    pub stage: ReportedStage,
    /// The way in which the report was passed.
    pub passed: PassedAs,
    /// The losses, as text.
    pub losses: String,
    /// The time at which the report was passed.
    pub at: i64,
    /// The attempts that were counted.
    pub attempts: u32,
    /// The vendor's id of the request.
    pub request_id: Option<String>,
    /// The operator's reason. No personal data.
    pub note: Option<String>,
}

impl fmt::Debug for HistoryRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryRow")
            .field("vendor", &self.vendor)
            .field("seq", &self.seq)
            .field("passed", &self.passed)
            .finish_non_exhaustive()
    }
}

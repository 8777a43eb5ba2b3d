//! The trait of stores.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::ids::{LaneId, Owner};
use super::leased::{Finished, Lease, LeasedLane};
use super::operate::{Act, CaseExport, Counts, LaneFilter, LaneSummary, Seen, Swept};
use super::report::{Enqueued, NewReport};
use super::store_error::StoreError;
use super::vendor_state::VendorState;
use crate::lifecycle::ReportedStage;
use crate::model::ProviderId;

/// Keeps the lanes and reports of an outbox.
///
/// Every method is one transaction: when it returns `Ok`, the change is durable; after an error, nothing changed. The
/// two exceptions are stated at [`StoreError::Unavailable`] and [`StoreError::Fenced`]. All times are by the clock of
/// the store; callers pass durations.
///
/// [`MemoryStore`](super::MemoryStore) is for tests.
#[async_trait]
pub trait OutboxStore: fmt::Debug + Send + Sync + 'static {
    /// Accepts a report once, and makes it the head of every lane of its case that has nothing to send.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; call again with the same key.
    async fn enqueue(&self, report: NewReport<'_>) -> Result<Enqueued, StoreError>;

    /// Claims up to `limit` lanes of a vendor that are due, or whose lease has expired, and raises their tokens.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] and [`StoreError::Corrupt`].
    async fn claim(&self, vendor: &ProviderId, limit: usize, lease: Lease<'_>) -> Result<Vec<LeasedLane>, StoreError>;

    /// Claims one lane if it is due; `None` if it is not.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim), and [`StoreError::NotFound`].
    async fn claim_lane(&self, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, StoreError>;

    /// Extends the lease of a lane to this time from now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] if the lane belongs to another holder.
    async fn extend(&self, lane: &LeasedLane, time: Duration) -> Result<(), StoreError>;

    /// Marks the stage as in flight, right before the first request that may change the vendor's record, and extends
    /// the lease to this time from now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] if the lane belongs to another holder, if its lease has ended, or if the mark was set
    /// since the claim. The request must not be sent.
    async fn mark_in_flight(&self, lane: &LeasedLane, stage: ReportedStage, time: Duration) -> Result<(), StoreError>;

    /// Stores the result of a report. With `take_next`, claims the next head of the same lane.
    ///
    /// The call is fenced by token, owner and head, so a repeated call is refused.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] if the lane belongs to another holder. If a request may have been sent to an idempotent
    /// vendor, the store then notes that the last acknowledged report must be sent again.
    async fn finish(
        &self,
        lane: &LeasedLane,
        finished: Finished,
        lease: Lease<'_>,
        take_next: bool,
    ) -> Result<Option<LeasedLane>, StoreError>;

    /// Waits until a lane of these vendors may be due. May return too early.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn wait_until_due(&self, vendors: &[ProviderId]) -> Result<(), StoreError>;

    /// Registers a worker for 60 seconds, and returns the number of other workers that are registered.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn register(&self, owner: &Owner, vendors: &[ProviderId]) -> Result<u64, StoreError>;

    /// Returns the state of a vendor; the default state if none is stored.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn vendor(&self, vendor: &ProviderId) -> Result<VendorState, StoreError>;

    /// Stores the state of a vendor, whose `version` names the state that it replaces.
    ///
    /// # Errors
    ///
    /// [`StoreError::Changed`] if another state is stored.
    async fn set_vendor(&self, vendor: &ProviderId, state: &VendorState) -> Result<(), StoreError>;

    /// Returns lanes by ascending id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn list(&self, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError>;

    /// Carries out an act of an operator on the lane that was seen, and raises its token.
    ///
    /// # Errors
    ///
    /// [`StoreError::Changed`] if the lane changed since then, [`StoreError::Refused`] if its state does not allow
    /// the act, and [`StoreError::PayloadGone`].
    async fn act(&self, lane: LaneId, seen: Seen, act: Act<'_>) -> Result<(), StoreError>;

    /// Returns the number of lanes by vendor and state.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn counts(&self) -> Result<Counts, StoreError>;

    /// Deletes payloads that every vendor has passed, and history older than `keep_history`.
    ///
    /// A payload is kept for the settling time after it was passed and for `keep_payload`, a dead letter for 30 days.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn sweep(&self, keep_payload: Duration, keep_history: Duration) -> Result<Swept, StoreError>;

    /// Erases the data of a case. Returns false if the store does not know the case.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] while a worker sends a report of the case.
    async fn erase(&self, case_id: &str) -> Result<bool, StoreError>;

    /// Returns all data about a case.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn export(&self, case_id: &str) -> Result<CaseExport, StoreError>;

    /// Puts every lane in doubt once, after a backup was restored, and raises all tokens by 2^32. Returns the number
    /// of lanes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn distrust(&self) -> Result<u64, StoreError>;

    /// Checks the integrity of the store, and returns the problems as text without case ids.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn check(&self) -> Result<Vec<String>, StoreError>;
}

/// Forwards every method to the value behind the pointer.
macro_rules! forward {
    ($( fn $name:ident(&self $(, $arg:ident: $Arg:ty)*) -> $Output:ty; )+) => {
        #[async_trait]
        impl<S: OutboxStore + ?Sized> OutboxStore for Arc<S> {
            $( async fn $name(&self $(, $arg: $Arg)*) -> $Output { (**self).$name($($arg),*).await } )+
        }
    };
}

forward! {
    fn enqueue(&self, report: NewReport<'_>) -> Result<Enqueued, StoreError>;
    fn claim(&self, vendor: &ProviderId, limit: usize, lease: Lease<'_>) -> Result<Vec<LeasedLane>, StoreError>;
    fn claim_lane(&self, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, StoreError>;
    fn extend(&self, lane: &LeasedLane, time: Duration) -> Result<(), StoreError>;
    fn mark_in_flight(&self, lane: &LeasedLane, stage: ReportedStage, time: Duration) -> Result<(), StoreError>;
    fn finish(&self, lane: &LeasedLane, finished: Finished, lease: Lease<'_>, take_next: bool)
        -> Result<Option<LeasedLane>, StoreError>;
    fn wait_until_due(&self, vendors: &[ProviderId]) -> Result<(), StoreError>;
    fn register(&self, owner: &Owner, vendors: &[ProviderId]) -> Result<u64, StoreError>;
    fn vendor(&self, vendor: &ProviderId) -> Result<VendorState, StoreError>;
    fn set_vendor(&self, vendor: &ProviderId, state: &VendorState) -> Result<(), StoreError>;
    fn list(&self, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError>;
    fn act(&self, lane: LaneId, seen: Seen, act: Act<'_>) -> Result<(), StoreError>;
    fn counts(&self) -> Result<Counts, StoreError>;
    fn sweep(&self, keep_payload: Duration, keep_history: Duration) -> Result<Swept, StoreError>;
    fn erase(&self, case_id: &str) -> Result<bool, StoreError>;
    fn export(&self, case_id: &str) -> Result<CaseExport, StoreError>;
    fn distrust(&self) -> Result<u64, StoreError>;
    fn check(&self) -> Result<Vec<String>, StoreError>;
}

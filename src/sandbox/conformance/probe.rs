//! Helpers of the checks.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::test_clock::TestClock;
use super::factory::StoreFactory;
use crate::engine::Clock as _;
use crate::lifecycle::ReportedStage;
use crate::model::{Chargeback, ProviderId, Reason, Stage};
use crate::outbox::{
    Enqueued, EventKey, Finished, LaneFilter, LaneSummary, Lease, LeasedLane, NewReport, OutboxStore as _, Owner,
    StoreError,
};

/// The length of a lease in the checks.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// The vendors of the checks.
pub(super) const A: ProviderId = ProviderId::from_static("a");
pub(super) const B: ProviderId = ProviderId::from_static("b");

/// The result of a check: the text of the difference.
pub(super) type Checked = Result<(), String>;

/// Fails with a text if a condition does not hold.
macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err(format!($($text)+));
        }
    };
}
pub(super) use ensure;

/// A store under test.
pub(super) struct Probe<'f, F: StoreFactory> {
    factory: &'f F,
    pub(super) store: F::Store,
    pub(super) clock: TestClock,
    keys: u32,
}

impl<F: StoreFactory> fmt::Debug for Probe<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").field("store", &self.store).finish_non_exhaustive()
    }
}

impl<'f, F: StoreFactory> Probe<'f, F> {
    pub(super) fn new(factory: &'f F, store: F::Store, clock: TestClock) -> Self {
        Self { factory, store, clock, keys: 0 }
    }

    /// Closes the store and opens it again.
    pub(super) async fn reopen(&mut self) {
        self.store = self.factory.reopen(self.store.clone(), self.clock.clone()).await;
    }

    /// Accepts a stage of a case for these vendors.
    pub(super) async fn accept(
        &mut self,
        case_id: &str,
        stage: Stage,
        vendors: &[ProviderId],
    ) -> Result<Enqueued, String> {
        self.keys += 1;
        let key = key(&self.keys.to_string())?;
        enqueue(&self.store, &key, &chargeback(case_id, stage)?, vendors).await.map_err(text)
    }

    /// Claims the only due lane of a vendor.
    pub(super) async fn claim(&self, vendor: &ProviderId, owner: &Owner) -> Result<LeasedLane, String> {
        let lanes = self.store.claim(vendor, 10, Lease::new(owner, LEASE)).await.map_err(text)?;
        ensure!(lanes.len() == 1, "expected one due lane of {vendor}, got {}", lanes.len());
        lanes.into_iter().next().ok_or_else(|| "no lane".to_owned())
    }

    /// Claims at an idempotent vendor.
    pub(super) async fn claim_idempotent(&self, owner: &Owner) -> Result<LeasedLane, String> {
        let lease = Lease::new(owner, LEASE).idempotent(true);
        let lanes = self.store.claim(&A, 10, lease).await.map_err(text)?;
        lanes.into_iter().next().ok_or_else(|| "no due lane".to_owned())
    }

    /// Acknowledges the head of a lane.
    pub(super) async fn acknowledge(&self, lane: &LeasedLane) -> Result<Option<LeasedLane>, StoreError> {
        self.finish(lane, Finished::acknowledged(stage_of(lane))).await
    }

    pub(super) async fn finish(&self, lane: &LeasedLane, finished: Finished) -> Result<Option<LeasedLane>, StoreError> {
        self.store.finish(lane, finished, Lease::new(&lane.owner, LEASE), false).await
    }

    /// Returns the lane of a case at a vendor.
    pub(super) async fn lane(&self, case_id: &str, vendor: &ProviderId) -> Result<LaneSummary, String> {
        let filter = LaneFilter::all().case_id(case_id).vendor(vendor.clone());
        let lanes = self.store.list(&filter).await.map_err(text)?;
        lanes.into_iter().next().ok_or_else(|| format!("no lane of {vendor}"))
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Fails unless nothing of this vendor is due.
    pub(super) async fn nothing_due(&self, vendor: &ProviderId) -> Checked {
        let owner = Owner::random();
        let lanes = self.store.claim(vendor, 10, Lease::new(&owner, LEASE)).await.map_err(text)?;
        ensure!(lanes.is_empty(), "{} lanes of {vendor} are due too early", lanes.len());
        Ok(())
    }
}

pub(super) fn key(id: &str) -> Result<EventKey, String> {
    EventKey::new("conformance", "", id).map_err(text)
}

pub(super) async fn enqueue(
    store: &impl crate::outbox::OutboxStore,
    key: &EventKey,
    chargeback: &Chargeback,
    vendors: &[ProviderId],
) -> Result<Enqueued, StoreError> {
    let json = serde_json::to_vec(chargeback).map_err(StoreError::unavailable)?;
    store.enqueue(NewReport::new(key, chargeback, &json, vendors)).await
}

/// A chargeback whose time is that of its stage.
pub(super) fn chargeback(case_id: &str, stage: Stage) -> Result<Chargeback, String> {
    let day = Stage::ALL.iter().position(|other| *other == stage).and_then(|day| i64::try_from(day).ok()).unwrap_or(0);
    let at = DateTime::from_timestamp(1_788_000_000 + day * 86_400, 0).unwrap_or_default();
    Chargeback::builder(case_id, stage, Reason::Other, at).order_id("planted-order").build().map_err(text)
}

/// The stage of a claimed payload.
pub(super) fn stage_of(lane: &LeasedLane) -> ReportedStage {
    let chargeback = serde_json::from_slice::<Chargeback>(&lane.payload);
    chargeback.map_or(ReportedStage::new(Stage::Received, DateTime::UNIX_EPOCH), |chargeback| {
        ReportedStage::for_chargeback(&chargeback)
    })
}

pub(super) fn text(error: impl fmt::Display) -> String {
    error.to_string()
}

/// Fails unless the call was fenced.
pub(super) fn fenced<T>(what: &str, result: &Result<T, StoreError>) -> Checked {
    ensure!(matches!(result, Err(StoreError::Fenced)), "{what} was not fenced");
    Ok(())
}

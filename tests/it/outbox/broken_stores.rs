//! Stores with one fault each: the conformance suite must find every one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::{
    Act, CaseExport, Counts, Enqueued, Finished, LaneFilter, LaneId, LaneSummary, Lease, LeasedLane, MemoryStore,
    NewReport, OutboxStore, Owner, Seen, StoreError, Swept, VendorState,
};
use chargeback::sandbox::TestClock;
use chargeback::sandbox::conformance::{self, CHECKS, StoreFactory};
use chargeback::{ProviderId, async_trait};

/// A fault of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    ForgetsReports,
    ClaimsNothing,
    LeasesTwice,
    IgnoresTheLimitOfAClaim,
    ClaimsNoSingleLane,
    DoesNotExtend,
    DoesNotMark,
    MarksForAStaleHolder,
    DoesNotFinish,
    FinishesForAStaleHolder,
    TakesNoNextHead,
    TakesANextHeadUnasked,
    NeverWakes,
    ForgetsVendorStates,
    OverwritesVendorStates,
    ListsNothing,
    IgnoresFilters,
    DoesNotAct,
    ActsOnAChangedLane,
    ActsWhereItIsRefused,
    CountsNothing,
    SweepsNothing,
    SweepsAtOnce,
    ErasesNothing,
    ExportsNothing,
    DistrustsNothing,
}

const FAULTS: [Fault; 26] = [
    Fault::ForgetsReports,
    Fault::ClaimsNothing,
    Fault::LeasesTwice,
    Fault::IgnoresTheLimitOfAClaim,
    Fault::ClaimsNoSingleLane,
    Fault::DoesNotExtend,
    Fault::DoesNotMark,
    Fault::MarksForAStaleHolder,
    Fault::DoesNotFinish,
    Fault::FinishesForAStaleHolder,
    Fault::TakesNoNextHead,
    Fault::TakesANextHeadUnasked,
    Fault::NeverWakes,
    Fault::ForgetsVendorStates,
    Fault::OverwritesVendorStates,
    Fault::ListsNothing,
    Fault::IgnoresFilters,
    Fault::DoesNotAct,
    Fault::ActsOnAChangedLane,
    Fault::ActsWhereItIsRefused,
    Fault::CountsNothing,
    Fault::SweepsNothing,
    Fault::SweepsAtOnce,
    Fault::ErasesNothing,
    Fault::ExportsNothing,
    Fault::DistrustsNothing,
];

/// A store in memory with a fault.
#[derive(Debug, Clone)]
struct Broken {
    fault: Fault,
    store: MemoryStore,
    /// Answers in place of the store, so that a lost report has a plausible answer.
    elsewhere: MemoryStore,
    leased: Arc<Mutex<Vec<LeasedLane>>>,
}

impl Broken {
    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }
}

#[async_trait]
impl OutboxStore for Broken {
    async fn enqueue(&self, report: NewReport<'_>) -> Result<Enqueued, StoreError> {
        let store = if self.has(Fault::ForgetsReports) { &self.elsewhere } else { &self.store };
        store.enqueue(report).await
    }

    async fn claim(&self, vendor: &ProviderId, limit: usize, lease: Lease<'_>) -> Result<Vec<LeasedLane>, StoreError> {
        if self.has(Fault::ClaimsNothing) {
            return Ok(Vec::new());
        }
        let limit = if self.has(Fault::IgnoresTheLimitOfAClaim) { limit + 5 } else { limit };
        let mut lanes = self.store.claim(vendor, limit, lease).await?;
        if self.has(Fault::LeasesTwice) {
            let mut leased = self.leased.lock().unwrap();
            if lanes.is_empty() {
                lanes.clone_from(&leased);
            } else {
                leased.clone_from(&lanes);
            }
        }
        Ok(lanes)
    }

    async fn claim_lane(&self, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, StoreError> {
        if self.has(Fault::ClaimsNoSingleLane) { Ok(None) } else { self.store.claim_lane(lane, lease).await }
    }

    async fn extend(&self, lane: &LeasedLane, time: Duration) -> Result<(), StoreError> {
        if self.has(Fault::DoesNotExtend) { Ok(()) } else { self.store.extend(lane, time).await }
    }

    async fn mark_in_flight(&self, lane: &LeasedLane, stage: ReportedStage, time: Duration) -> Result<(), StoreError> {
        if self.has(Fault::DoesNotMark) {
            return Ok(());
        }
        match self.store.mark_in_flight(lane, stage, time).await {
            Err(StoreError::Fenced) if self.has(Fault::MarksForAStaleHolder) => Ok(()),
            result => result,
        }
    }

    async fn finish(
        &self,
        lane: &LeasedLane,
        finished: Finished,
        lease: Lease<'_>,
        take_next: bool,
    ) -> Result<Option<LeasedLane>, StoreError> {
        if self.has(Fault::DoesNotFinish) {
            return Ok(None);
        }
        let take_next = match self.fault {
            Fault::TakesNoNextHead => false,
            Fault::TakesANextHeadUnasked => true,
            _ => take_next,
        };
        match self.store.finish(lane, finished, lease, take_next).await {
            Err(StoreError::Fenced) if self.has(Fault::FinishesForAStaleHolder) => Ok(None),
            result => result,
        }
    }

    async fn wait_until_due(&self, vendors: &[ProviderId]) -> Result<(), StoreError> {
        if self.has(Fault::NeverWakes) {
            std::future::pending::<()>().await;
        }
        self.store.wait_until_due(vendors).await
    }

    async fn register(&self, owner: &Owner, vendors: &[ProviderId]) -> Result<u64, StoreError> {
        self.store.register(owner, vendors).await
    }

    async fn vendor(&self, vendor: &ProviderId) -> Result<VendorState, StoreError> {
        let store = if self.has(Fault::ForgetsVendorStates) { &self.elsewhere } else { &self.store };
        store.vendor(vendor).await
    }

    async fn set_vendor(&self, vendor: &ProviderId, state: &VendorState) -> Result<(), StoreError> {
        match self.store.set_vendor(vendor, state).await {
            Err(StoreError::Changed) if self.has(Fault::OverwritesVendorStates) => Ok(()),
            result => result,
        }
    }

    async fn list(&self, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError> {
        match self.fault {
            Fault::ListsNothing => Ok(Vec::new()),
            Fault::IgnoresFilters => self.store.list(&LaneFilter::all()).await,
            _ => self.store.list(filter).await,
        }
    }

    async fn act(&self, lane: LaneId, seen: Seen, act: Act<'_>) -> Result<(), StoreError> {
        if self.has(Fault::DoesNotAct) {
            return Ok(());
        }
        match self.store.act(lane, seen, act).await {
            Err(StoreError::Changed) if self.has(Fault::ActsOnAChangedLane) => Ok(()),
            Err(StoreError::Refused(_)) if self.has(Fault::ActsWhereItIsRefused) => Ok(()),
            result => result,
        }
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        if self.has(Fault::CountsNothing) { self.elsewhere.counts().await } else { self.store.counts().await }
    }

    async fn sweep(&self, keep_payload: Duration, keep_history: Duration) -> Result<Swept, StoreError> {
        match self.fault {
            Fault::SweepsNothing => Ok(Swept::default()),
            Fault::SweepsAtOnce => self.store.sweep(Duration::ZERO, Duration::ZERO).await,
            _ => self.store.sweep(keep_payload, keep_history).await,
        }
    }

    async fn erase(&self, case_id: &str) -> Result<bool, StoreError> {
        if self.has(Fault::ErasesNothing) { Ok(true) } else { self.store.erase(case_id).await }
    }

    async fn export(&self, case_id: &str) -> Result<CaseExport, StoreError> {
        if self.has(Fault::ExportsNothing) { Ok(CaseExport::default()) } else { self.store.export(case_id).await }
    }

    async fn distrust(&self) -> Result<u64, StoreError> {
        if self.has(Fault::DistrustsNothing) { Ok(0) } else { self.store.distrust().await }
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.store.check().await
    }
}

#[derive(Debug)]
struct With(Fault);

#[async_trait]
impl StoreFactory for With {
    type Store = Broken;

    async fn create(&self, clock: TestClock) -> Broken {
        let (store, elsewhere) = (MemoryStore::with_clock(clock.clone()), MemoryStore::with_clock(clock));
        Broken { fault: self.0, store, elsewhere, leased: Arc::default() }
    }
}

#[tokio::test]
async fn store_without_a_fault_conforms() {
    conformance::run(&With(Fault::None)).await.assert();
}

/// Returns true if a check fails. The clock is paused, so that a store that never wakes takes no real time.
async fn is_noticed(fault: Fault) -> bool {
    for name in CHECKS {
        if conformance::run_one(&With(fault), name).await.problem.is_some() {
            return true;
        }
    }
    false
}

#[tokio::test(start_paused = true)]
async fn suite_finds_every_fault() {
    let mut unnoticed = Vec::new();
    for fault in FAULTS {
        if !is_noticed(fault).await {
            unnoticed.push(fault);
        }
    }
    assert!(unnoticed.is_empty(), "the suite accepts stores with these faults: {unnoticed:?}");
}

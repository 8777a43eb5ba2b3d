//! The reports of one claimed lane.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::decide::{Decision, Event, Facts, decide};
use super::gate::{LaneGate, LeaseEnd, Sent};
use super::ids::{LaneId, Owner};
use super::leased::{Finished, Lease, LeasedLane, Next};
use super::observe::{LaneStep, Observer, OutboxEvent, StoreOperation};
use super::seal::Sealer;
use super::settings::WorkerSettings;
use super::state::WaitReason;
use super::store::OutboxStore;
use super::store_error::StoreError;
use super::trace;
use super::vendor_state::VendorEvent;
use super::vendor_view::VendorView;
use crate::engine::Jitter;
use crate::lifecycle::ReportedStage;
use crate::model::{Chargeback, ProviderId};
use crate::provider::ReportContext;
use crate::reporter::{OutcomeKind, Reporter, Requirement};

/// The wait before a payload is read again that this process cannot read.
const UNREADABLE: Duration = Duration::from_secs(60);

/// The waits before a failed call of the store is repeated.
const STORE_RETRY: [Duration; 3] = [Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(3)];

/// The parts that all reports of a worker share.
pub(super) struct Shared {
    pub(super) store: Arc<dyn OutboxStore>,
    pub(super) reporter: Reporter,
    pub(super) sealer: Option<Arc<dyn Sealer>>,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) jitter: Arc<dyn Jitter>,
    pub(super) owner: Owner,
    pub(super) settings: WorkerSettings,
    /// No further lanes are claimed.
    pub(super) stopping: AtomicBool,
    /// The lanes whose reports run, for the shutdown.
    pub(super) open: Mutex<HashMap<LaneId, Open>>,
}

/// A lane whose report runs.
pub(super) struct Open {
    pub(super) lane: LeasedLane,
    pub(super) sent: Arc<Sent>,
    pub(super) idempotent: bool,
}

/// A vendor of a worker.
pub(super) struct Vendor {
    pub(super) view: VendorView,
    pub(super) requirement: Requirement,
    pub(super) idempotent: bool,
}

/// A claimed lane and the end of its lease.
pub(super) struct Claimed {
    pub(super) lane: LeasedLane,
    pub(super) end: LeaseEnd,
    pub(super) at: Instant,
}

impl Shared {
    pub(super) fn lease(&self, idempotent: bool) -> Lease<'_> {
        let settings = &self.settings;
        Lease::new(&self.owner, settings.lease).idempotent(idempotent).settling(settings.settling())
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// The lock protects single operations of a map.
    pub(super) fn open(&self) -> MutexGuard<'_, HashMap<LaneId, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn throttled_for(&self, vendor: &ProviderId) -> Duration {
        let found = self.reporter.vendors().find(|(provider, _)| provider.id() == *vendor);
        found.map(|(provider, _)| provider.throttled_for()).unwrap_or_default()
    }
}

/// Sends the head of a lane, and the heads behind it while they are due. Never panics: after a panic of a provider or
/// store, the lease expires.
pub(super) async fn deliver(shared: &Shared, vendor: &Vendor, claimed: Claimed, is_probe: bool) {
    let id = claimed.lane.id;
    let heads = AssertUnwindSafe(async {
        let mut next = Some(claimed);
        while let Some(claimed) = next.take() {
            next = head(shared, vendor, claimed, is_probe).await;
        }
    });
    if heads.catch_unwind().await.is_err() {
        tracing::warn!(vendor = vendor.view.id.as_str(), lane = id.get(), "the delivery of a report panicked");
    }
    shared.open().remove(&id);
}

/// Sends one head. Returns the next head of the lane if it was claimed.
async fn head(shared: &Shared, vendor: &Vendor, mut claimed: Claimed, is_probe: bool) -> Option<Claimed> {
    let sent = Arc::new(Sent::default());
    let open = Open { lane: claimed.lane.clone(), sent: Arc::clone(&sent), idempotent: vendor.idempotent };
    shared.open().insert(claimed.lane.id, open);
    // A lane that waited after its claim has less time left than an operation may take.
    if !is_probe && claimed.end.left() < shared.settings.lease.saturating_sub(Duration::from_secs(1)) {
        claimed.end = renew(shared, &claimed.lane).await?;
    }
    let (start, span) = (Instant::now(), trace::delivery(&vendor.view.id, claimed.lane.id));
    let (outcome, decision) = match read(shared, &claimed.lane) {
        Ok(chargeback) => {
            let report = report(shared, vendor, &claimed, &chargeback, &sent, is_probe);
            let (outcome, decision) = report.instrument(span.clone()).await;
            (Some(outcome), decision)
        }
        Err(finished) => (None, Decision { finished: Some(finished), event: Event::None }),
    };
    let step = decision.finished.as_ref().map_or(LaneStep::Abandoned, |finished| step(finished.next()));
    let (lane, elapsed) = (claimed.lane.id, start.elapsed());
    trace::delivered(&span, outcome, step);
    let take_next = !is_probe && !shared.is_stopping() && matches!(decision.event, Event::None | SUCCESS);
    let next = match decision.finished {
        Some(finished) => finish(shared, vendor, &claimed, finished, take_next).await,
        None => None,
    };
    shared.observer.observe(&OutboxEvent::Delivered { vendor: &vendor.view.id, lane, outcome, step, elapsed });
    note_event(shared, vendor, decision.event, is_probe).await;
    next
}

const SUCCESS: Event = Event::Vendor(VendorEvent::Success);

const fn step(next: Next) -> LaneStep {
    match next {
        Next::Passed(passed) => LaneStep::Passed(passed),
        Next::Wait { reason, .. } => LaneStep::Waits(reason),
        Next::Blocked(reason) => LaneStep::Blocked(reason),
        Next::Released => LaneStep::Released,
    }
}

async fn renew(shared: &Shared, lane: &LeasedLane) -> Option<LeaseEnd> {
    let end = LeaseEnd::after(shared.settings.lease);
    match shared.store.extend(lane, shared.settings.lease).await {
        Ok(()) => Some(end),
        Err(error) => {
            note_failure(shared, lane, &error, StoreOperation::Extend);
            None
        }
    }
}

/// Reads the payload. Returns the result for the lane if this process cannot read it.
fn read(shared: &Shared, lane: &LeasedLane) -> Result<Chargeback, Finished> {
    let opened = shared.sealer.as_ref().map(|sealer| sealer.open(&lane.case_id, &lane.payload)).transpose();
    let opened = opened.map_err(|_| Finished::wait(WaitReason::AnotherKey, UNREADABLE))?;
    let json = opened.as_deref().unwrap_or(&lane.payload);
    serde_json::from_slice(json).map_err(|_| match serde_json::from_slice::<serde::de::IgnoredAny>(json) {
        // Fields or values of a newer version: a process of that version sends it.
        Ok(_) => Finished::wait(WaitReason::NewerPayload, UNREADABLE),
        Err(_) => Finished::blocked(WaitReason::UnreadablePayload),
    })
}

async fn report(
    shared: &Shared,
    vendor: &Vendor,
    claimed: &Claimed,
    chargeback: &Chargeback,
    sent: &Sent,
    is_probe: bool,
) -> (OutcomeKind, Decision) {
    let (lane, settings) = (&claimed.lane, &shared.settings);
    let stage = ReportedStage::for_chargeback(chargeback);
    let gate = LaneGate {
        store: &*shared.store,
        lane,
        stage,
        lease: settings.lease,
        idempotent: vendor.idempotent,
        end: Mutex::new(claimed.end),
        end_is_fixed: is_probe,
        sent,
    };
    let deadline = Instant::now() + settings.operation.min(claimed.end.left());
    let context = ReportContext::new(&gate).deadline(deadline).max_attempts(is_probe.then_some(1));
    let entry = lane.entry.clone();
    let delivered = if lane.again {
        shared.reporter.deliver_again(&lane.vendor, chargeback, entry, &context).await
    } else {
        shared.reporter.deliver(&lane.vendor, chargeback, entry, &context).await
    };
    // The worker claims only lanes of vendors that its reporter has.
    let Ok((result, entry)) = delivered else {
        return (OutcomeKind::Blocked, Decision { finished: None, event: Event::None });
    };
    let facts = Facts {
        lane,
        stage,
        acknowledged: entry.acknowledged,
        requirement: vendor.requirement,
        sent: sent.get(),
        idempotent: vendor.idempotent,
        throttled: shared.throttled_for(&lane.vendor),
        schedule: &settings.schedule,
        gaps: settings.gaps,
        is_probe,
        jitter: shared.jitter.sample(),
    };
    (result.outcome().kind(), decide(result.outcome(), &facts))
}

/// Stores the result. Repeats the call while the store is not available and the lease lasts.
async fn finish(
    shared: &Shared,
    vendor: &Vendor,
    claimed: &Claimed,
    finished: Finished,
    take_next: bool,
) -> Option<Claimed> {
    let lease = shared.lease(vendor.idempotent);
    let mut waits = STORE_RETRY.into_iter();
    loop {
        let end = LeaseEnd::after(shared.settings.lease);
        match shared.store.finish(&claimed.lane, finished.clone(), lease, take_next).await {
            Ok(next) => return next.map(|lane| Claimed { lane, end, at: Instant::now() }),
            Err(error) => {
                note_failure(shared, &claimed.lane, &error, StoreOperation::Finish);
                let wait = waits.next().filter(|_| matches!(error, StoreError::Unavailable(_)))?;
                tokio::time::sleep(wait).await;
            }
        }
    }
}

fn note_failure(shared: &Shared, lane: &LeasedLane, error: &StoreError, operation: StoreOperation) {
    let event = if matches!(error, StoreError::Fenced) {
        OutboxEvent::Fenced { vendor: &lane.vendor, lane: lane.id }
    } else {
        OutboxEvent::StoreFailed { operation }
    };
    let (vendor, operation_name) = (lane.vendor.as_str(), operation.as_str());
    tracing::warn!(vendor, lane = lane.id.get(), operation = operation_name, %error, "a call of the store failed");
    shared.observer.observe(&event);
}

/// Changes the state of the vendor for all workers.
async fn note_event(shared: &Shared, vendor: &Vendor, event: Event, is_probe: bool) {
    let (store, observer) = (&*shared.store, &*shared.observer);
    let event = if is_probe { of_probe(event) } else { event };
    let stored = match event {
        Event::None => return,
        Event::Vendor(event) => vendor.view.observe(store, observer, &event).await.map(|_| ()),
        Event::KeyRefused => vendor.view.refuse_key(store, observer, &shared.owner).await,
    };
    if stored.is_err() {
        observer.observe(&OutboxEvent::StoreFailed { operation: StoreOperation::SetVendor });
    }
}

/// The event of a probe. Only a probe ends the phase of a probe.
fn of_probe(event: Event) -> Event {
    Event::Vendor(match event {
        Event::None => VendorEvent::ProbeUnused,
        Event::Vendor(VendorEvent::RateLimited(wait)) => VendorEvent::ProbeFailed(wait),
        Event::Vendor(VendorEvent::Failure) | Event::KeyRefused => VendorEvent::ProbeFailed(Duration::ZERO),
        Event::Vendor(other) => other,
    })
}

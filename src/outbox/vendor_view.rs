//! The state of a vendor as one worker sees it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::ids::Owner;
use super::observe::{Observer, OutboxEvent, StoreOperation};
use super::store::OutboxStore;
use super::store_error::StoreError;
use super::vendor_state::{Admission, VendorEvent, VendorState};
use crate::model::ProviderId;

/// The time for which a read state is used.
const FRESH: Duration = Duration::from_millis(250);

/// The time for which a worker sends nothing to a vendor that refused its key.
const KEY_REFUSED: Duration = Duration::from_secs(300);

/// The number of attempts to store a state that other workers change too.
const MAX_RACES: usize = 8;

/// A vendor's state, read from the store from time to time.
#[derive(Debug)]
pub(super) struct VendorView {
    pub(super) id: ProviderId,
    concurrency: usize,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    state: VendorState,
    at: Option<Instant>,
    key_refused_until: Option<Instant>,
}

impl Seen {
    /// The state with the time that is left of its phase now.
    fn current(&self) -> Option<VendorState> {
        let passed = self.at?.elapsed();
        let hold = self.state.hold.saturating_sub(passed);
        Some(VendorState { hold, ..self.state.clone() })
    }
}

impl VendorView {
    pub(super) fn new(id: ProviderId, concurrency: usize) -> Self {
        Self { id, concurrency, seen: Mutex::default() }
    }

    /// The lock protects single assignments.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the permission to claim lanes.
    pub(super) async fn admission(&self, store: &dyn OutboxStore) -> Result<Admission, StoreError> {
        let (is_fresh, key_refused) = {
            let seen = self.seen();
            let left = seen.key_refused_until.map(|until| until.saturating_duration_since(Instant::now()));
            (seen.at.is_some_and(|at| at.elapsed() < FRESH), left.unwrap_or_default())
        };
        if !key_refused.is_zero() {
            return Ok(Admission::Wait(key_refused));
        }
        if !is_fresh {
            self.refresh(store).await?;
        }
        let state = self.seen().current().unwrap_or_default();
        Ok(state.admission(self.concurrency))
    }

    /// Returns false if a claimed lane must wait, by the state that was read or written last.
    pub(super) fn may_send(&self) -> bool {
        let seen = self.seen();
        let key_refused = seen.key_refused_until.is_some_and(|until| until > Instant::now());
        let admission = seen.current().unwrap_or_default().admission(self.concurrency);
        !key_refused && matches!(admission, Admission::Claim(_))
    }

    async fn refresh(&self, store: &dyn OutboxStore) -> Result<VendorState, StoreError> {
        let state = store.vendor(&self.id).await?;
        let mut seen = self.seen();
        seen.state = state.clone();
        seen.at = Some(Instant::now());
        Ok(state)
    }

    /// Stores the state after an event. Returns false if the event no longer changes the state of another worker.
    pub(super) async fn observe(
        &self,
        store: &dyn OutboxStore,
        observer: &dyn Observer,
        event: &VendorEvent,
    ) -> Result<bool, StoreError> {
        let mut state = self.seen().current();
        for _ in 0..MAX_RACES {
            let before = match state.take() {
                Some(state) => state,
                None => self.refresh(store).await?,
            };
            let Some(mut after) = before.after(event, self.concurrency) else { return Ok(false) };
            match store.set_vendor(&self.id, &after).await {
                Ok(()) => {
                    after.version = before.version + 1;
                    if after.phase != before.phase {
                        observer.observe(&OutboxEvent::Vendor { vendor: &self.id, phase: after.phase });
                    }
                    let mut seen = self.seen();
                    seen.state = after;
                    seen.at = Some(Instant::now());
                    return Ok(true);
                }
                Err(StoreError::Changed) if matches!(event, VendorEvent::ProbeStarted(_)) => {
                    // Another worker probes.
                    self.refresh(store).await?;
                    return Ok(false);
                }
                Err(StoreError::Changed) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Changed)
    }

    /// Stops this worker's reports to the vendor, and counts the refused key for all workers.
    pub(super) async fn refuse_key(
        &self,
        store: &dyn OutboxStore,
        observer: &dyn Observer,
        owner: &Owner,
    ) -> Result<(), StoreError> {
        self.seen().key_refused_until = Some(Instant::now() + KEY_REFUSED);
        let alone = match store.register(owner, std::slice::from_ref(&self.id)).await {
            Ok(others) => others == 0,
            Err(error) => {
                observer.observe(&OutboxEvent::StoreFailed { operation: StoreOperation::Register });
                return Err(error);
            }
        };
        let event = VendorEvent::KeyRefused { owner: owner.clone(), alone };
        self.observe(store, observer, &event).await?;
        if alone {
            // The circuit breaker of the vendor sends the probes.
            self.seen().key_refused_until = None;
        }
        Ok(())
    }
}

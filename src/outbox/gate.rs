//! The gate before the first write of a report from an outbox.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::time::Instant;

use super::leased::LeasedLane;
use super::store::OutboxStore;
use crate::lifecycle::ReportedStage;
use crate::provider::{GateError, WriteGate};

/// The end of a lease by two clocks, since a suspended machine stops one of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeaseEnd {
    pub(super) monotonic: Instant,
    pub(super) wall: SystemTime,
}

impl LeaseEnd {
    /// The end of a lease that is requested now.
    pub(super) fn after(time: Duration) -> Self {
        Self { monotonic: Instant::now() + time, wall: SystemTime::now() + time }
    }

    /// The time that is left by the clock that shows less.
    pub(super) fn left(self) -> Duration {
        let wall = self.wall.duration_since(SystemTime::now()).unwrap_or_default();
        self.monotonic.saturating_duration_since(Instant::now()).min(wall)
    }
}

/// True if a request that may change the vendor's record may have been sent. Shared with the shutdown.
#[derive(Debug, Default)]
pub(super) struct Sent(AtomicBool);

impl Sent {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Marks the lane in flight before the first write, and allows writes until the lease ends.
pub(super) struct LaneGate<'g> {
    pub(super) store: &'g dyn OutboxStore,
    pub(super) lane: &'g LeasedLane,
    pub(super) stage: ReportedStage,
    pub(super) lease: Duration,
    /// Every write is idempotent, so that no mark is needed.
    pub(super) idempotent: bool,
    pub(super) end: Mutex<LeaseEnd>,
    /// A probe ends with its phase, also if its lease is extended.
    pub(super) end_is_fixed: bool,
    pub(super) sent: &'g Sent,
}

impl LaneGate<'_> {
    fn end(&self) -> LeaseEnd {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl WriteGate for LaneGate<'_> {
    async fn before_first_write(&self) -> Result<(), GateError> {
        if self.idempotent {
            return Ok(());
        }
        // The lease counts from before the call.
        let end = LeaseEnd::after(self.lease);
        self.store.mark_in_flight(self.lane, self.stage, self.lease).await.map_err(GateError::new)?;
        if !self.end_is_fixed {
            *self.end.lock().unwrap_or_else(PoisonError::into_inner) = end;
        }
        Ok(())
    }

    fn may_send(&self) -> bool {
        let is_held = !self.end().left().is_zero();
        if is_held {
            self.sent.0.store(true, Ordering::SeqCst);
        }
        is_held
    }
}

impl fmt::Debug for LaneGate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaneGate").field("lane", &self.lane.id).finish_non_exhaustive()
    }
}

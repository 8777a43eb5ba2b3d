//! Events for metrics and logs.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use super::ids::LaneId;
use super::state::{PassedAs, WaitReason};
use super::vendor_state::VendorPhase;
use crate::model::ProviderId;
use crate::reporter::OutcomeKind;
use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::outbox";
    /// A call of a store.
    pub enum StoreOperation {
        /// [`OutboxStore::claim`](super::OutboxStore::claim).
        Claim = "claim",
        /// [`OutboxStore::finish`](super::OutboxStore::finish).
        Finish = "finish",
        /// [`OutboxStore::extend`](super::OutboxStore::extend).
        Extend = "extend",
        /// [`OutboxStore::set_vendor`](super::OutboxStore::set_vendor).
        SetVendor = "set_vendor",
        /// [`OutboxStore::register`](super::OutboxStore::register).
        Register = "register",
        /// [`OutboxStore::sweep`](super::OutboxStore::sweep).
        Sweep = "sweep",
    }
}

/// The next state of a lane after a report, for labels of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LaneStep {
    /// The head was passed.
    Passed(PassedAs),
    /// The head waits.
    Waits(WaitReason),
    /// A person must act.
    Blocked(WaitReason),
    /// The head was returned without an attempt.
    Released,
    /// The lease is left to expire.
    Abandoned,
}

impl LaneStep {
    /// Returns the stable name: `acknowledged`, `waits`, `blocked`, `released`, `abandoned` and so on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed(passed) => passed.as_str(),
            Self::Waits(_) => "waits",
            Self::Blocked(_) => "blocked",
            Self::Released => "released",
            Self::Abandoned => "abandoned",
        }
    }

    /// Returns the reason for which the head waits or is blocked.
    #[must_use]
    pub const fn reason(self) -> Option<WaitReason> {
        match self {
            Self::Waits(reason) | Self::Blocked(reason) => Some(reason),
            Self::Passed(_) | Self::Released | Self::Abandoned => None,
        }
    }
}

/// An event of a worker. Holds no case id.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum OutboxEvent<'a> {
    /// Lanes were claimed.
    Claimed {
        /// The vendor.
        vendor: &'a ProviderId,
        /// The number of lanes.
        lanes: usize,
    },
    /// A report ended.
    Delivered {
        /// The vendor.
        vendor: &'a ProviderId,
        /// The lane.
        lane: LaneId,
        /// The outcome; `None` if the payload could not be read.
        outcome: Option<OutcomeKind>,
        /// The next state of the lane.
        step: LaneStep,
        /// The time of the report.
        elapsed: Duration,
    },
    /// A result was refused, because the lane belongs to another holder.
    Fenced {
        /// The vendor.
        vendor: &'a ProviderId,
        /// The lane.
        lane: LaneId,
    },
    /// The state of a vendor changed.
    Vendor {
        /// The vendor.
        vendor: &'a ProviderId,
        /// The phase of the circuit breaker.
        phase: VendorPhase,
    },
    /// A call of the store failed.
    StoreFailed {
        /// The call.
        operation: StoreOperation,
    },
}

/// Receives the events of a worker, for example to count them. Calls must return quickly.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use chargeback::outbox::{Observer, OutboxEvent};
///
/// #[derive(Debug, Default)]
/// struct Delivered(AtomicU64);
///
/// impl Observer for Delivered {
///     fn observe(&self, event: &OutboxEvent<'_>) {
///         if let OutboxEvent::Delivered { .. } = event {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Debug + Send + Sync + 'static {
    /// Receives an event.
    fn observe(&self, event: &OutboxEvent<'_>);
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn observe(&self, event: &OutboxEvent<'_>) {
        (**self).observe(event);
    }
}

/// Ignores all events.
#[derive(Debug)]
pub(super) struct NoObserver;

impl Observer for NoObserver {
    fn observe(&self, _: &OutboxEvent<'_>) {}
}

//! The handle that ends a bulk early.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

/// Ends a bulk early: nothing more is read or started. Reports that are being sent are finished, with the attempts
/// of their provider, which takes at most the
/// time of [`Timeouts::operation`](crate::Timeouts::operation) and the time of the ledger.
///
/// ```
/// use chargeback::Stop;
///
/// fn on_signal(stop: &Stop) {
///     stop.stop();
///     assert!(stop.is_stopped());
/// }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop {
    inner: Arc<StopInner>,
}

#[derive(Debug, Default)]
struct StopInner {
    stopped: AtomicBool,
    /// The task of the stream.
    waker: AtomicWaker,
    /// Reports that wait for the rate limit.
    waiting: Notify,
}

impl Stop {
    /// Ends the bulk. A second call has no effect.
    pub fn stop(&self) {
        self.inner.stopped.store(true, Ordering::Release);
        self.inner.waker.wake();
        self.inner.waiting.notify_waiters();
    }

    /// Returns true if the bulk was ended by this handle or a clone.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.inner.stopped.load(Ordering::Acquire)
    }

    /// Sets the task that a stop wakes.
    pub(super) fn wakes(&self, waker: &Waker) {
        self.inner.waker.register(waker);
    }

    /// Waits until the bulk is ended.
    pub(super) async fn stopped(&self) {
        let mut called = pin!(self.inner.waiting.notified());
        // Registered before the check, so that a call between the two is not missed.
        called.as_mut().enable();
        if !self.is_stopped() {
            called.await;
        }
    }
}

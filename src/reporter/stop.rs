//! The end of a bulk before its time.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

/// Ends a bulk early: nothing more is read or begun, and what was being sent is finished, with the attempts that its provider
/// makes; it takes as long as a report's deadline at most.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    inner: Arc<StopInner>,
}

#[derive(Debug, Default)]
struct StopInner {
    stopped: AtomicBool,
    /// The stream.
    waker: AtomicWaker,
    /// Reports that wait for the vendor's pace.
    waiting: Notify,
}

impl Stop {
    /// Ends the bulk; calling it again does nothing.
    pub fn stop(&self) {
        self.inner.stopped.store(true, Ordering::Release);
        self.inner.waker.wake();
        self.inner.waiting.notify_waiters();
    }

    /// Whether it was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.inner.stopped.load(Ordering::Acquire)
    }

    /// Whom it wakes: the stream.
    pub(super) fn wakes(&self, waker: &Waker) {
        self.inner.waker.register(waker);
    }

    /// Ends when it was called.
    pub(super) async fn stopped(&self) {
        let mut called = pin!(self.inner.waiting.notified());
        // First listen, then look: a call between the two is not missed.
        called.as_mut().enable();
        if !self.is_stopped() {
            called.await;
        }
    }
}

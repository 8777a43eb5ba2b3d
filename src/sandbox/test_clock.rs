//! A clock that a test moves.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::engine::Clock;

/// A clock that a test moves. Clones share the time.
///
/// The time of day starts at 2026-10-01 00:00 UTC. Waits end when the clock has been moved far enough.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::sandbox::TestClock;
/// use chargeback::transport::Clock as _;
///
/// let clock = TestClock::new();
/// let start = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!((clock.now() - start).num_seconds(), 60);
/// ```
#[derive(Debug, Clone)]
pub struct TestClock {
    elapsed: Arc<watch::Sender<Duration>>,
    step_back: Arc<Mutex<Duration>>,
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl TestClock {
    /// Creates a clock.
    #[must_use]
    pub fn new() -> Self {
        Self { elapsed: Arc::new(watch::Sender::new(Duration::ZERO)), step_back: Arc::default() }
    }

    /// Moves the clock forward, and wakes the waits that have ended.
    pub fn advance(&self, time: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += time);
    }

    /// Moves the time of day back, as a correction of a machine's clock does. The elapsed time does not change.
    pub fn step_back(&self, time: Duration) {
        *self.step_back.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        let start = DateTime::from_timestamp(1_790_812_800, 0).unwrap_or_default();
        let back = *self.step_back.lock().unwrap_or_else(PoisonError::into_inner);
        let moved = TimeDelta::from_std(self.elapsed()).unwrap_or_default();
        start + moved - TimeDelta::from_std(back).unwrap_or_default()
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.borrow()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let end = self.elapsed().saturating_add(time);
        let mut elapsed = self.elapsed.subscribe();
        Box::pin(async move {
            // The sender lives as long as the clock.
            let _ = elapsed.wait_for(|elapsed| *elapsed >= end).await;
        })
    }
}

//! A store whose time of day follows tokio's paused clock.

use std::pin::Pin;
use std::time::Duration;

use chargeback::outbox::MemoryStore;
use chargeback::transport::{Clock, TokioClock};
use chrono::{DateTime, Utc};

use crate::support::at;

#[derive(Debug, Default)]
struct PausedClock(TokioClock);

impl Clock for PausedClock {
    fn now(&self) -> DateTime<Utc> {
        at(1, 0) + self.0.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.0.sleep(time)
    }
}

pub fn store() -> MemoryStore {
    MemoryStore::with_clock(PausedClock::default())
}

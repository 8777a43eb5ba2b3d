//! A clock for tests.

use std::pin::Pin;
use std::time::Duration;

use chargeback::transport::{Clock, Jitter, TokioClock};
use chrono::{DateTime, Utc};

use crate::support::cases::at;

/// A clock with a fixed time of day.
#[derive(Debug, Default)]
pub struct FixedClock(TokioClock);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        at(3, 9)
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.0.sleep(time)
    }
}

/// Jitter that always takes half of the back-off.
#[derive(Debug)]
pub struct HalfJitter;

impl Jitter for HalfJitter {
    fn sample(&self) -> f64 {
        0.5
    }
}

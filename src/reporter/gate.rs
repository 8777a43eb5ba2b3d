//! The gate of a vendor in `report_all`.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::rate_limit::RateLimit;
use crate::provider::Throttled;

fn quota(limit: RateLimit) -> Option<Quota> {
    Some(Quota::with_period(limit.interval())?.allow_burst(NonZeroU32::new(limit.burst())?))
}

/// tokio's clock, so that a paused clock applies to rate limits too.
#[derive(Debug, Clone, Copy)]
struct PausableClock;

impl Clock for PausableClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

/// The gate of a vendor: its rate limit, and the back-off that it asked for.
#[derive(Debug)]
pub(super) struct Gate {
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, PausableClock>>,
    /// Reports pass in the order in which they came.
    queue: Mutex<()>,
}

impl Gate {
    pub(super) fn new(limit: Option<RateLimit>) -> Self {
        let limiter = limit.and_then(quota).map(|quota| RateLimiter::direct_with_clock(quota, PausableClock));
        Self { limiter, queue: Mutex::default() }
    }

    /// True if passing takes time, or counts against the rate limit.
    pub(super) fn delays(&self, provider: &dyn Throttled) -> bool {
        self.limiter.is_some() || !provider.throttled_for().is_zero()
    }

    /// Waits until one more report may be sent.
    pub(super) async fn pass(&self, provider: &dyn Throttled) {
        let _first = self.queue.lock().await;
        while let Some(wait) = self.wait(provider) {
            tokio::time::sleep(wait).await;
        }
    }

    /// The time to wait before the next report; `None` if one may be sent now, which is then counted.
    fn wait(&self, provider: &dyn Throttled) -> Option<Duration> {
        let left = provider.throttled_for();
        if !left.is_zero() {
            return Some(left.min(MAX_BACKOFF));
        }
        let not_until: NotUntil<_> = self.limiter.as_ref()?.check().err()?;
        Some(not_until.wait_time_from(PausableClock.now()).max(Duration::from_millis(1)))
    }
}

/// The longest wait before the provider is asked again for its back-off.
pub(super) const MAX_BACKOFF: Duration = Duration::from_secs(3_600);

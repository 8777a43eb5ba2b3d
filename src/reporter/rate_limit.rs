//! The rate limit of a vendor.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::provider::Throttled;

/// The largest number of reports in any period of a given length.
///
/// The limit counts reports. A report may take several requests: a first report to RevCent takes three.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::{RateLimit, Target, Throttled};
///
/// // Spade allows 1000 requests in five minutes for each address.
/// fn limited(spade: impl Throttled) -> Target {
///     Target::required(spade).rate_limit(RateLimit::new(900, Duration::from_secs(300)))
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    reports: u32,
    period: Duration,
}

impl RateLimit {
    /// Creates a limit of this many reports in any period of this length: at least one report, in at least a
    /// microsecond and at most a hundred years.
    ///
    /// A tenth of the reports may be sent at once; the rest are spread over the period.
    #[must_use]
    pub fn new(reports: u32, period: Duration) -> Self {
        Self { reports: reports.max(1), period: period.clamp(Duration::from_micros(1), MAX_PERIOD) }
    }

    /// A burst and a rate that together never exceed the limit in any period.
    fn quota(self) -> Option<Quota> {
        let burst = (self.reports / 10).max(1);
        // With one report in a period, the second report waits for a whole period.
        let spread = (self.reports - burst).max(1);
        let each = self.period.checked_div(spread)?.max(Duration::from_nanos(1));
        Some(Quota::with_period(each)?.allow_burst(NonZeroU32::new(burst)?))
    }
}

/// A hundred years. governor panics at about six times as many.
const MAX_PERIOD: Duration = Duration::from_secs(100 * 365 * 86_400);

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
        let limiter =
            limit.and_then(RateLimit::quota).map(|quota| RateLimiter::direct_with_clock(quota, PausableClock));
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

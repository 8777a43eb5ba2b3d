//! How many reports a vendor is sent in a time.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

use crate::provider::ChargebackProvider;

/// So many reports in such a time, and never more, whichever moment the time is counted from.
///
/// It counts reports. One may take several requests: at RevCent a first report takes three.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::{ChargebackProvider, Target, RateLimit};
///
/// // Spade allows 1000 requests in five minutes for each address.
/// fn paced(spade: impl ChargebackProvider) -> Target {
///     Target::required(spade).pace(RateLimit::new(900, Duration::from_secs(300)))
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    reports: u32,
    period: Duration,
}

impl RateLimit {
    /// At most so many reports in any period of this length. At least one is allowed, in at least a microsecond and at most
    /// a hundred years.
    ///
    /// A tenth of them may go at once; the rest are spread over the period.
    #[must_use]
    pub fn new(reports: u32, period: Duration) -> Self {
        Self { reports: reports.max(1), period: period.clamp(Duration::from_micros(1), LONGEST_PERIOD) }
    }

    /// The quota: a burst and a rate that together never exceed it in any window.
    fn quota(self) -> Option<Quota> {
        let burst = (self.reports / 10).max(1);
        // Of one report in a period, the second waits for a whole one.
        let spread = (self.reports - burst).max(1);
        let each = self.period.checked_div(spread)?.max(Duration::from_nanos(1));
        Some(Quota::with_period(each)?.allow_burst(NonZeroU32::new(burst)?))
    }
}

/// A hundred years; governor panics at some six times as many.
const LONGEST_PERIOD: Duration = Duration::from_secs(100 * 365 * 86_400);

/// tokio's clock, so that a paused clock paces too.
#[derive(Debug, Clone, Copy)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

/// The pause after the first "too many requests" without a time, doubled with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause that is taken without the vendor asking for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The longest pause that a vendor is given, whatever it asks for; then it is asked again.
const LONGEST_ASKED: Duration = Duration::from_secs(3_600);

/// The gate before a vendor: its pace, and a pause that the vendor has asked for.
#[derive(Debug)]
pub(super) struct Gate {
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, TokioClock>>,
    /// Who waits, waits in a row.
    row: AsyncMutex<()>,
    pause: Mutex<Pause>,
}

#[derive(Debug, Default)]
struct Pause {
    until: Option<Instant>,
    /// How many pauses in a row the vendor has wanted.
    wanted: u32,
}

impl Gate {
    pub(super) fn new(pace: Option<RateLimit>) -> Self {
        let limiter = pace.and_then(RateLimit::quota).map(|quota| RateLimiter::direct_with_clock(quota, TokioClock));
        Self { limiter, row: AsyncMutex::default(), pause: Mutex::default() }
    }

    /// Whether passing it takes time, or takes something away from those that come after.
    pub(super) fn holds_up(&self, provider: &dyn ChargebackProvider) -> bool {
        self.limiter.is_some() || !self.pause_left(provider).is_zero()
    }

    /// Waits until one report more may be sent.
    pub(super) async fn pass(&self, provider: &dyn ChargebackProvider) {
        let _row = self.row.lock().await;
        while let Some(wait) = self.wait(provider) {
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait before the next report; `None` if it has just been let through.
    fn wait(&self, provider: &dyn ChargebackProvider) -> Option<Duration> {
        let left = self.pause_left(provider);
        if !left.is_zero() {
            return Some(left);
        }
        let refused: NotUntil<_> = self.limiter.as_ref()?.check().err()?;
        Some(refused.wait_time_from(TokioClock.now()).max(Duration::from_millis(1)))
    }

    /// How long the vendor is still to be left alone. The provider knows of a 429 as soon as it comes, while the report may
    /// wait for its next attempt; the gate learns of it when the report has ended so, and lengthens each pause in a row.
    fn pause_left(&self, provider: &dyn ChargebackProvider) -> Duration {
        let until = self.paused().until;
        let left = until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        left.max(provider.throttled_for().min(LONGEST_ASKED))
    }

    /// The vendor wants fewer: nothing passes for this long. Of several reports that were under way at once, the first
    /// begins the pause and the others can only make it longer by asking for it.
    pub(super) fn throttle(&self, asked: Option<Duration>) {
        let (mut pause, now) = (self.paused(), Instant::now());
        let under_way = pause.until.is_some_and(|until| until > now);
        let time = match asked {
            Some(asked) => asked.min(LONGEST_ASKED),
            None if under_way => Duration::ZERO,
            None => FIRST_PAUSE.saturating_mul(1 << pause.wanted.min(6)).min(LONGEST_PAUSE),
        };
        if !under_way {
            pause.wanted = pause.wanted.saturating_add(1);
        }
        pause.until = pause.until.max(Some(now + time));
    }

    /// The vendor has acknowledged a report.
    pub(super) fn ease(&self) {
        self.paused().wanted = 0;
    }

    /// The lock is held for a few assignments that do not panic; if one ever did, a pause is still a pause.
    fn paused(&self) -> MutexGuard<'_, Pause> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

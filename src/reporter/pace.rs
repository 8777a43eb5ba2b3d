//! How many reports a vendor is sent in a time.

use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use governor::clock::Clock;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};
use tokio::time::{Instant, Sleep};

/// So many reports in such a time, and never more, whichever moment the time is counted from.
///
/// It counts reports. One may take several requests: at RevCent a first report takes three.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::{ChargebackProvider, Member, Pace};
///
/// // Spade allows 1000 requests in five minutes for each address.
/// fn paced(spade: impl ChargebackProvider) -> Member {
///     Member::required(spade).pace(Pace::of(900, Duration::from_secs(300)))
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    reports: u32,
    period: Duration,
}

impl Pace {
    /// At most so many reports in any period of this length. At least one is allowed, in at least a microsecond.
    ///
    /// A tenth of them may go at once; the rest are spread over the period.
    #[must_use]
    pub fn of(reports: u32, period: Duration) -> Self {
        Self { reports: reports.max(1), period: period.max(Duration::from_micros(1)) }
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

/// tokio's clock, so that a paused clock paces too.
#[derive(Debug, Clone, Copy)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

/// The gate before a vendor: its pace, and a pause that the vendor has asked for.
#[derive(Debug)]
pub(super) struct Gate {
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, TokioClock>>,
    sleep: Option<Pin<Box<Sleep>>>,
    paused_until: Option<Instant>,
    /// How often in a row the vendor has asked for fewer.
    throttled: u32,
}

/// The pause after the first "too many requests" without a time, doubled with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause that is taken without the vendor asking for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Gate {
    pub(super) fn new(pace: Option<Pace>) -> Self {
        let limiter = pace.and_then(Pace::quota).map(|quota| RateLimiter::direct_with_clock(quota, TokioClock));
        Self { limiter, sleep: None, paused_until: None, throttled: 0 }
    }

    /// Lets one report through, or wakes the task when it may ask again.
    pub(super) fn poll_pass(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some(sleep) = &mut self.sleep {
                match sleep.as_mut().poll(context) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(()) => self.sleep = None,
                }
            }
            match self.wait() {
                None => return Poll::Ready(()),
                Some(wait) => self.sleep = Some(Box::pin(tokio::time::sleep(wait))),
            }
        }
    }

    /// How long to wait before the next report; `None` if it has just been let through.
    fn wait(&mut self) -> Option<Duration> {
        if let Some(until) = self.paused_until {
            let left = until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Some(left);
            }
            self.paused_until = None;
        }
        let refused: NotUntil<_> = self.limiter.as_ref()?.check().err()?;
        Some(refused.wait_time_from(TokioClock.now()).max(Duration::from_millis(1)))
    }

    /// The vendor wants fewer: nothing passes for this long.
    pub(super) fn throttle(&mut self, asked: Option<Duration>) {
        let doubled = FIRST_PAUSE.saturating_mul(1 << self.throttled.min(6)).min(LONGEST_PAUSE);
        self.throttled = self.throttled.saturating_add(1);
        let until = Instant::now() + asked.unwrap_or(doubled);
        self.paused_until = Some(self.paused_until.map_or(until, |before| before.max(until)));
    }

    /// The vendor has taken a report.
    pub(super) const fn ease(&mut self) {
        self.throttled = 0;
    }
}

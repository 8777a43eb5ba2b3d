//! The times of retries and lookups.

use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The times at which a report is sent again.
///
/// | Value | Default |
/// |---|---|
/// | wait after the first attempt | 10 s, doubled after each attempt |
/// | longest wait | 30 min |
/// | total of the waits after which a person must act | 14 days, not counting an open circuit breaker |
/// | lookups after an unknown outcome | after 1 min, 10 min, 1 h and 6 h |
///
/// Each wait is shortened by up to half, at random, so that many lanes do not return at the same time.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::outbox::Schedule;
///
/// let schedule = Schedule::default().initial_backoff(Duration::from_secs(5));
/// assert_eq!(schedule.backoff(0, 0.0), Duration::from_secs(5));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Schedule {
    initial: Duration,
    max: Duration,
    give_up: Duration,
    lookups: Vec<Duration>,
}

impl Default for Schedule {
    fn default() -> Self {
        let lookups = [60, 600, 3600, 6 * 3600].map(Duration::from_secs).to_vec();
        Self { initial: Duration::from_secs(10), max: Duration::from_secs(1800), give_up: DAY * 14, lookups }
    }
}

impl Schedule {
    /// Sets the wait after the first attempt. Default: 10 s.
    pub const fn initial_backoff(mut self, time: Duration) -> Self {
        self.initial = time;
        self
    }

    /// Sets the longest wait. Default: 30 min.
    pub const fn max_backoff(mut self, time: Duration) -> Self {
        self.max = time;
        self
    }

    /// Sets the total of the waits after which a person must act. Default: 14 days.
    pub const fn give_up_after(mut self, time: Duration) -> Self {
        self.give_up = time;
        self
    }

    /// Sets the waits before the lookups after an unknown outcome. Default: 1 min, 10 min, 1 h, 6 h. After the last
    /// lookup, the lane is in doubt and a person must act.
    pub fn lookups(mut self, waits: impl IntoIterator<Item = Duration>) -> Self {
        self.lookups = waits.into_iter().collect();
        self
    }

    /// Returns the wait after this many earlier attempts. `jitter` is a number from 0 to 1.
    #[must_use]
    pub fn backoff(&self, attempts: u32, jitter: f64) -> Duration {
        let doubled = self.initial.saturating_mul(1_u32 << attempts.min(20)).min(self.max);
        doubled.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
    }

    /// Returns the wait before the next lookup, after this many lookups; `None` if no lookup is left.
    #[must_use]
    pub fn lookup(&self, lookups: u32) -> Option<Duration> {
        self.lookups.get(usize::try_from(lookups).ok()?).copied()
    }

    /// Returns true if a report that has waited this long needs a person.
    #[must_use]
    pub fn is_over(&self, waited: Duration) -> bool {
        waited >= self.give_up
    }
}

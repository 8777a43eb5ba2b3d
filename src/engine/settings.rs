//! Time limits, retries, and the policy for losses.

use std::time::Duration;

use crate::error::{Error, UnsupportedError};
use crate::model::{Field, ProviderId};
use crate::provider::{Loss, LossKind};

/// Time limits.
///
/// | Limit | Default | Applies to |
/// |---|---|---|
/// | `connect` | 5 s | resolving, connecting and TLS of the default transport |
/// | `attempt` | 15 s | one request and its reply; getting a token has the same limit |
/// | `operation` | 45 s | a whole report or call: the wait for its turn, all steps, retries and lookups |
///
/// Connecting also ends with the attempt and the operation. An attempt that never connected has sent nothing, so its
/// outcome is never unknown.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::Timeouts;
///
/// let timeouts = Timeouts::default().attempt(Duration::from_secs(5)).operation(Duration::from_secs(20));
/// assert_eq!(timeouts.connect, Duration::from_secs(5));
/// ```
///
/// # Shutdown
///
/// A report takes at most the time of `operation`. A [`Reporter`](crate::Reporter) with a ledger adds the time of the
/// ledger and the wait for a running report of the same case. To stop a process without reports of unknown outcome:
///
/// 1. Stop: take no more work, and end bulks with `Stop`.
/// 2. Drain: wait for the running reports.
/// 3. Exit after the longest `operation` of all providers, before the platform kills the process.
///
/// The default of 45 s is longer than the grace period of 30 s that Kubernetes gives. With that period, use 20 s, which
/// leaves 10 s for the other steps:
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::Timeouts;
///
/// let timeouts = Timeouts::default().attempt(Duration::from_secs(8)).operation(Duration::from_secs(20));
/// # let _ = timeouts;
/// ```
///
/// A report that is killed or dropped after its first write has an unknown outcome. With a
/// [`Ledger`](crate::lifecycle::Ledger), the next report of the case continues from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// The time to resolve, connect and negotiate TLS. Default: 5 s.
    pub connect: Duration,
    /// The time for one request and its reply. Default: 15 s.
    pub attempt: Duration,
    /// The time for a whole report or call. Default: 45 s.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        // A hanging attempt leaves time for two more, or for lookups.
        Self { connect: Duration::from_secs(5), attempt: Duration::from_secs(15), operation: Duration::from_secs(45) }
    }
}

impl Timeouts {
    /// Sets the time to connect. The provider cannot be built with zero.
    #[must_use]
    pub const fn connect(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }

    /// Sets the time for one request and its reply. The provider cannot be built with zero.
    #[must_use]
    pub const fn attempt(mut self, time: Duration) -> Self {
        self.attempt = time;
        self
    }

    /// Sets the time for a whole report or call. The provider cannot be built with zero. Allow for several attempts.
    #[must_use]
    pub const fn operation(mut self, time: Duration) -> Self {
        self.operation = time;
        self
    }
}

/// Retry limits and back-off.
///
/// The back-off doubles from `initial_backoff` to `max_backoff`, and each wait is a random part of it ("full
/// jitter"). A `Retry-After` of the vendor is used if it fits the deadline. Otherwise the error is returned at
/// once, with [`retry_after`](crate::Error::retry_after).
///
/// The next action after an attempt depends on the retry safety of the operation:
///
#[doc = include_str!("retry.md")]
///
/// A rejection that follows an attempt which may have acted is looked up too.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::RetryPolicy;
///
/// let retry = RetryPolicy::default().max_attempts(2).backoff(Duration::from_secs(1), Duration::from_secs(4));
/// assert_eq!((retry.max_attempts, retry.max_lookups), (2, 3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The largest number of attempts of one operation, including the first. Default: 4.
    pub max_attempts: u32,
    /// The largest number of lookups of a change that the vendor's record does not show yet. Default: 3.
    pub max_lookups: u32,
    /// The upper limit of the first wait. Default: 500 ms.
    pub initial_backoff: Duration,
    /// The upper limit of every wait. Default: 8 s.
    pub max_backoff: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            max_lookups: 3,
            initial_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy with one attempt. An attempt that may have acted is still looked up, and a token that the
    /// vendor rejects with HTTP 401 is still renewed once.
    ///
    /// ```
    /// use chargeback::RetryPolicy;
    ///
    /// assert_eq!(RetryPolicy::never().max_attempts, 1);
    /// ```
    #[must_use]
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Sets the largest number of attempts of one operation, including the first. At least one attempt is made.
    #[must_use]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the largest number of lookups. With 0, every unknown outcome remains unknown.
    #[must_use]
    pub const fn max_lookups(mut self, lookups: u32) -> Self {
        self.max_lookups = lookups;
        self
    }

    /// Sets the upper limits of the first wait and of every wait, between attempts and between lookups.
    #[must_use]
    pub const fn backoff(mut self, initial: Duration, max: Duration) -> Self {
        self.initial_backoff = initial;
        self.max_backoff = max;
        self
    }

    /// The wait before the attempt that follows `done` attempts.
    pub(super) fn wait(&self, done: u32, random: f64) -> Duration {
        let doublings = done.saturating_sub(1).min(31);
        let ceiling = self.initial_backoff.saturating_mul(1 << doublings).min(self.max_backoff);
        // Fails for a sample that is not a number, and for the product of the longest time and 1.
        Duration::try_from_secs_f64(ceiling.as_secs_f64() * random.clamp(0.0, 1.0)).unwrap_or(ceiling)
    }
}

/// The losses that make a report fail.
///
/// The receipt lists all losses, and the plan lists those that do not depend on a reply, whatever the policy. A loss
/// that only the vendor's reply shows is refused as well, if nothing was written yet.
///
/// ```
/// use chargeback::{Field, LossPolicy};
///
/// // A report fails if the amount or its currency would not reach the vendor exactly.
/// let policy = LossPolicy::Refuse(vec![Field::Amount, Field::Currency]);
/// # let _ = policy;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LossPolicy {
    /// Reports, and lists the losses. The default.
    #[default]
    Accept,
    /// Refuses a report that the vendor would misunderstand: a stage or reason that is [`Merged`](LossKind::Merged)
    /// with others, [`Assumed`](LossKind::Assumed) or [`Truncated`](LossKind::Truncated). A stage or reason that is
    /// sent as text ([`Noted`](LossKind::Noted)) or not at all ([`Dropped`](LossKind::Dropped)) does not mislead
    /// the vendor and is accepted.
    RefuseMeaning,
    /// Refuses any loss of these fields, of any kind.
    Refuse(Vec<Field>),
}

impl LossPolicy {
    /// Fails for the first loss that the policy refuses.
    pub(super) fn check(&self, provider: &ProviderId, losses: &[Loss]) -> Result<(), Error> {
        let Some(loss) = self.first_refused(losses) else { return Ok(()) };
        let detail = format!("{loss}; the loss policy refuses this loss");
        Err(UnsupportedError::refused_loss(provider.clone(), loss.field(), detail).into())
    }

    fn first_refused<'l>(&self, losses: &'l [Loss]) -> Option<&'l Loss> {
        losses.iter().find(|loss| match self {
            Self::Accept => false,
            Self::RefuseMeaning => {
                matches!(loss.field(), Field::Stage | Field::Reason)
                    && matches!(loss.kind(), LossKind::Merged | LossKind::Assumed | LossKind::Truncated)
            }
            Self::Refuse(fields) => fields.contains(&loss.field()),
        })
    }
}

//! Time limits, retry, and how strictly losses are taken.

use std::time::Duration;

use crate::error::{Error, UnsupportedError};
use crate::model::{Field, ProviderId};
use crate::provider::{Loss, LossKind};

/// How long things may take.
///
/// | limit | default | what it bounds |
/// |---|---|---|
/// | `connect` | 5 s | resolving, connecting and TLS; a transport of your own keeps its own |
/// | `attempt` | 15 s | one request and its reply |
/// | `operation` | 45 s | a whole report or call: waiting for its turn, all steps, retries and looks |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Time to resolve, connect and agree on TLS. Default 5 s.
    pub connect: Duration,
    /// Time for one request and its reply; asking for a token has as much again. Default 15 s.
    pub attempt: Duration,
    /// Time for a whole report or call. Default 45 s.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        // An attempt that hangs leaves time for two more, or for looking at the vendor's record.
        Self { connect: Duration::from_secs(5), attempt: Duration::from_secs(15), operation: Duration::from_secs(45) }
    }
}

impl Timeouts {
    /// Sets the time to connect; zero is refused when the provider is built.
    #[must_use]
    pub const fn connect(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }

    /// Sets the time for one request and its reply; zero is refused when the provider is built.
    #[must_use]
    pub const fn attempt(mut self, time: Duration) -> Self {
        self.attempt = time;
        self
    }

    /// Sets the time for a whole report or call; zero is refused when the provider is built. Leave room for several
    /// attempts.
    #[must_use]
    pub const fn operation(mut self, time: Duration) -> Self {
        self.operation = time;
        self
    }
}

/// How often, and how long between attempts.
///
/// Waits grow from `initial_backoff` by doubling up to `max_backoff`, and each is drawn evenly between nothing and that
/// ("full jitter"). A `Retry-After` of the vendor is obeyed if it fits the deadline; if not, the error comes at once, with
/// [`retry_after`](crate::Error::retry_after).
///
/// What is done after an attempt, by how safe the operation is to repeat:
///
#[doc = include_str!("retry.md")]
///
/// A request that was refused after an earlier attempt may have acted is looked up as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many attempts at one operation, the first included. Default 4.
    pub max_attempts: u32,
    /// How many times to look at the vendor's record for what has not appeared in it yet. Default 3.
    pub max_lookups: u32,
    /// The ceiling of the first wait. Default 500 ms.
    pub initial_backoff: Duration,
    /// The ceiling of every wait. Default 8 s.
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
    /// One attempt, and no second. What may have acted is still looked up, and a token that is refused with 401 is still
    /// renewed once.
    #[must_use]
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Sets how many attempts at one operation, the first included; at least one is made.
    #[must_use]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets how many looks at the vendor's record; 0 leaves every unclear outcome unclear.
    #[must_use]
    pub const fn max_lookups(mut self, lookups: u32) -> Self {
        self.max_lookups = lookups;
        self
    }

    /// Sets the ceilings of the first wait and of every wait; between looks they hold too.
    #[must_use]
    pub const fn backoff(mut self, initial: Duration, max: Duration) -> Self {
        self.initial_backoff = initial;
        self.max_backoff = max;
        self
    }

    /// The wait before the attempt that follows `done` attempts.
    pub(crate) fn wait(&self, done: u32, random: f64) -> Duration {
        let doublings = done.saturating_sub(1).min(31);
        let ceiling = self.initial_backoff.saturating_mul(1 << doublings).min(self.max_backoff);
        ceiling.mul_f64(random.clamp(0.0, 1.0))
    }
}

/// Which losses a caller takes, and which refuse the report.
///
/// Losses are listed on plan and receipt whatever the policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LossPolicy {
    /// Report, and list the losses. The default.
    #[default]
    Accept,
    /// Refuse what the vendor would understand wrongly: a stage or reason that is [`Merged`](LossKind::Merged) with
    /// others, [`Assumed`](LossKind::Assumed) or [`Truncated`](LossKind::Truncated). One that is sent in words
    /// ([`Noted`](LossKind::Noted)) or not at all ([`Dropped`](LossKind::Dropped)) misleads nobody, and is taken.
    RefuseMeaning,
    /// Refuse any loss of these fields, of whatever kind, so that a field which the vendor has no place for refuses the
    /// report.
    Refuse(Vec<Field>),
}

impl LossPolicy {
    /// Refuses losses that are not taken.
    pub(crate) fn check(&self, provider: &ProviderId, losses: &[Loss]) -> Result<(), Error> {
        let Some(loss) = self.objects_to(losses) else { return Ok(()) };
        let why = format!("it would be lost ({loss}), and the provider is set to refuse that");
        Err(UnsupportedError::new(provider.clone(), loss.field(), String::new(), why.into()).into())
    }

    /// The first loss that is not taken.
    fn objects_to<'l>(&self, losses: &'l [Loss]) -> Option<&'l Loss> {
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

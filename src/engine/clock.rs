//! Time and randomness.

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::{Either, select};
use tokio::time::Instant;

/// The source of time, so that tests can control it.
///
/// ```
/// use std::pin::Pin;
/// use std::time::Duration;
///
/// use chargeback::transport::{Clock, TokioClock};
/// use chrono::{DateTime, Utc};
///
/// /// A clock whose time of day is fixed.
/// #[derive(Debug, Default)]
/// struct Fixed(TokioClock);
///
/// impl Clock for Fixed {
///     fn now(&self) -> DateTime<Utc> {
///         DateTime::UNIX_EPOCH
///     }
///
///     fn elapsed(&self) -> Duration {
///         self.0.elapsed()
///     }
///
///     fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
///         self.0.sleep(time)
///     }
/// }
/// ```
pub trait Clock: Debug + Send + Sync + 'static {
    /// Returns the time of day, which is sent to vendors and signed.
    fn now(&self) -> DateTime<Utc>;

    /// Returns the time since a fixed moment, for deadlines. The value never decreases.
    fn elapsed(&self) -> Duration;

    /// Waits for this long, measured by [`elapsed`](Self::elapsed).
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The source of randomness for back-off.
///
/// ```
/// use chargeback::transport::Jitter;
///
/// /// Always waits half of the back-off.
/// #[derive(Debug)]
/// struct Half;
///
/// impl Jitter for Half {
///     fn sample(&self) -> f64 {
///         0.5
///     }
/// }
/// ```
pub trait Jitter: Debug + Send + Sync + 'static {
    /// Returns a number from 0 (inclusive) to 1 (exclusive).
    fn sample(&self) -> f64;
}

/// The default [`Clock`]: the system's time of day and tokio's timers.
///
/// With tokio's paused clock, deadlines and waits follow that clock. The time of day does not.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::transport::{Clock as _, TokioClock};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let clock = TokioClock::new();
/// clock.sleep(Duration::from_secs(60)).await; // returns at once with tokio's paused clock
/// assert!(clock.elapsed() >= Duration::from_secs(60));
/// # }
/// ```
#[derive(Debug)]
pub struct TokioClock {
    start: Instant,
}

impl TokioClock {
    /// Creates a clock that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// The default [`Jitter`]: uniform random numbers.
///
/// ```
/// use chargeback::transport::{Jitter as _, RandomJitter};
///
/// assert!((0.0..1.0).contains(&RandomJitter.sample()));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomJitter;

impl Jitter for RandomJitter {
    fn sample(&self) -> f64 {
        fastrand::f64()
    }
}

impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }

    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        (**self).sleep(time)
    }
}

impl<T: Jitter + ?Sized> Jitter for Arc<T> {
    fn sample(&self) -> f64 {
        (**self).sample()
    }
}

/// The time at which an operation ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    end: Duration,
}

impl Deadline {
    pub(crate) fn after(clock: &dyn Clock, time: Duration) -> Self {
        Self { end: clock.elapsed().saturating_add(time) }
    }

    pub(crate) fn remaining(self, clock: &dyn Clock) -> Duration {
        self.end.saturating_sub(clock.elapsed())
    }
}

/// Runs a future for at most this long; `None` if it did not finish.
pub(crate) async fn within<F: Future>(clock: &dyn Clock, time: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    // Most turns are free at once and need no timer.
    if let Poll::Ready(output) = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await {
        return Some(output);
    }
    match select(future, clock.sleep(time)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(((), _)) => None,
    }
}

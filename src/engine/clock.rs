//! Clock, sleep and randomness.

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::{Either, select};
use tokio::time::Instant;

/// Clock, sleep and randomness, so that tests can hold time still and choose the dice.
pub trait Runtime: Debug + Send + Sync + 'static {
    /// The time of day, for what is sent and signed.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some fixed moment, never going back: for deadlines.
    fn elapsed(&self) -> Duration;

    /// Waits this long, by the clock of [`elapsed`](Self::elapsed).
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// A number from 0 up to and without 1, for jitter.
    fn random(&self) -> f64;
}

/// The default [`Runtime`]: the system's clock, tokio's timers.
///
/// Under tokio's paused clock, deadlines and waits follow that clock; the time of day does not.
#[derive(Debug)]
pub struct TokioRuntime {
    start: Instant,
}

impl TokioRuntime {
    /// A runtime whose time counts from now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for TokioRuntime {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }
}

/// The moment at which an operation ends, whatever it is doing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    end: Duration,
}

impl Deadline {
    pub(crate) fn after(runtime: &dyn Runtime, time: Duration) -> Self {
        Self { end: runtime.elapsed().saturating_add(time) }
    }

    pub(crate) fn remaining(self, runtime: &dyn Runtime) -> Duration {
        self.end.saturating_sub(runtime.elapsed())
    }
}

/// Runs a future for at most so long; `None` if it did not finish.
pub(crate) async fn within<F: Future>(runtime: &dyn Runtime, time: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    // Most turns are free at once, and need no timer.
    if let Poll::Ready(output) = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await {
        return Some(output);
    }
    match select(future, runtime.sleep(time)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(((), _)) => None,
    }
}

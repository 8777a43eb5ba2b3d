//! The back-off that a vendor asked for with HTTP 429.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;

/// The longest back-off.
const MAX: Duration = Duration::from_secs(3_600);

/// The shortest back-off after a 429 without `Retry-After`. Each consecutive 429 doubles the back-off.
const FIRST: Duration = Duration::from_secs(1);

/// The longest back-off without `Retry-After`.
const MAX_WITHOUT_TIME: Duration = Duration::from_secs(60);

/// The back-off after the last HTTP 429.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The end of the back-off on the clock; `None` if there was no 429.
    until: Option<Duration>,
    /// The number of consecutive back-offs.
    consecutive: u32,
}

impl Throttle {
    /// Begins a back-off, or extends the current one.
    ///
    /// Several requests may be in flight when the vendor starts to throttle. The first 429 begins the back-off; the
    /// others can only extend it with a `Retry-After`. An acknowledgement resets the doubling.
    pub(super) fn begin(&self, clock: &dyn Clock, retry_after: Option<Duration>, backoff: Duration) {
        let (mut state, now) = (self.state(), clock.elapsed());
        let running = state.until.is_some_and(|until| until > now);
        let time = match retry_after {
            Some(time) => time,
            None if running => Duration::ZERO,
            None => FIRST.saturating_mul(1 << state.consecutive.min(6)).min(MAX_WITHOUT_TIME),
        };
        let time = time.max(backoff).min(MAX);
        if !running {
            state.consecutive = state.consecutive.saturating_add(1);
        }
        state.until = state.until.max(Some(now.saturating_add(time)));
    }

    /// Notes an acknowledgement.
    pub(super) fn ease(&self) {
        self.state().consecutive = 0;
    }

    /// The remaining time.
    pub(super) fn left(&self, clock: &dyn Clock) -> Duration {
        let until = self.state().until;
        until.map_or(Duration::ZERO, |until| until.saturating_sub(clock.elapsed()))
    }

    /// The lock protects a few assignments that do not panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

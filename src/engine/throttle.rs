//! The time for which a vendor wants to be left alone.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::clock::Runtime;

/// The longest that is believed.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Until when the vendor wants no more, since it has said "too many requests".
#[derive(Debug, Default)]
pub(crate) struct Pause {
    /// Nanoseconds on the runtime's clock; 0 as long as there was none.
    until: AtomicU64,
}

impl Pause {
    /// Begins one of this length, an hour at most, or makes one longer that is under way.
    pub(crate) fn begin(&self, runtime: &dyn Runtime, length: Duration) {
        let until = runtime.elapsed().saturating_add(length.min(LONGEST));
        self.until.fetch_max(u64::try_from(until.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }

    /// How long it still lasts.
    pub(crate) fn left(&self, runtime: &dyn Runtime) -> Duration {
        match self.until.load(Relaxed) {
            // Most vendors never want one, and then the clock need not be asked.
            0 => Duration::ZERO,
            until => Duration::from_nanos(until).saturating_sub(runtime.elapsed()),
        }
    }
}

//! The rate limit of a vendor.

use std::time::Duration;

/// The largest number of reports in any period of a given length.
///
/// The limit counts reports. A report may take several requests: a first report to RevCent takes three.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::RateLimit;
///
/// // Spade allows 1000 requests in five minutes for each address.
/// let limit = RateLimit::new(900, Duration::from_secs(300));
/// assert_eq!((limit.burst(), limit.interval()), (90, Duration::from_secs(300) / 810));
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

    /// Returns the number of reports that may be sent at once: a tenth of the limit, at least one.
    #[must_use]
    pub fn burst(&self) -> u32 {
        (self.reports / 10).max(1)
    }

    /// Returns the time between two reports after the burst. Burst and rate together never exceed the limit in any
    /// period.
    #[must_use]
    pub fn interval(&self) -> Duration {
        // With one report in a period, the second report waits for a whole period.
        let spread = (self.reports - self.burst()).max(1);
        (self.period / spread).max(Duration::from_nanos(1))
    }
}

/// A hundred years. The rate limiter of `bulk` panics at about six times as many.
const MAX_PERIOD: Duration = Duration::from_secs(100 * 365 * 86_400);

//! Rate limits for all workers.

use std::time::Duration;

use chargeback::{ProviderId, RateLimit};
use chrono::{DateTime, TimeDelta, Utc};

/// The workers that share a rate limit.
///
/// ```
/// use chargeback_postgres::RateScope;
///
/// // Two data centres with an address of their own each.
/// let scope = RateScope::named("eu-west");
/// assert_ne!(scope, RateScope::cluster());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RateScope(String);

impl RateScope {
    /// All workers of the outbox.
    #[must_use]
    pub const fn cluster() -> Self {
        Self(String::new())
    }

    /// All workers with the same name, for example those behind one address: Spade counts requests by address.
    pub fn named(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The rate limit of a vendor, and the workers that share it.
#[derive(Debug, Clone)]
pub(crate) struct VendorRate {
    pub(crate) vendor: ProviderId,
    pub(crate) limit: RateLimit,
    pub(crate) scope: RateScope,
}

impl VendorRate {
    /// The largest distance of `free_at` from now at which a report may be sent.
    fn slack(&self) -> Duration {
        self.limit.interval().saturating_mul(self.limit.burst() - 1)
    }

    /// Returns the number of reports that may be sent now, at most `wanted`. `free_at` is the time at which the limit
    /// is unused again.
    pub(crate) fn available(&self, free_at: DateTime<Utc>, now: DateTime<Utc>, wanted: usize) -> usize {
        let limit = now + delta(self.slack());
        let Ok(left) = (limit - free_at.max(now)).to_std() else { return 0 };
        let more = left.as_nanos() / self.limit.interval().as_nanos().max(1);
        wanted.min(usize::try_from(more).unwrap_or(usize::MAX).saturating_add(1))
    }

    /// Returns `free_at` after these reports.
    pub(crate) fn after(&self, free_at: DateTime<Utc>, now: DateTime<Utc>, reports: usize) -> DateTime<Utc> {
        let reports = u32::try_from(reports).unwrap_or(u32::MAX);
        free_at.max(now) + delta(self.limit.interval().saturating_mul(reports))
    }

    /// Returns the time until one more report may be sent.
    pub(crate) fn wait(&self, free_at: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
        (free_at - now - delta(self.slack())).to_std().unwrap_or_default()
    }
}

fn delta(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::days(36_500))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports that are sent as early as possible never exceed the limit in any period.
    #[test]
    fn no_period_has_more_reports_than_the_limit() {
        for (reports, seconds) in [(1, 10), (2, 10), (10, 60), (100, 1), (900, 300)] {
            let period = Duration::from_secs(seconds);
            let rate = VendorRate {
                vendor: chargeback::spade::ID,
                limit: RateLimit::new(reports, period),
                scope: RateScope::cluster(),
            };
            let (mut now, mut free_at) = (DateTime::from_timestamp(1_000_000, 0).unwrap(), DateTime::default());
            let mut sent = Vec::new();
            while sent.len() < 2_500 {
                let available = rate.available(free_at, now, 16);
                free_at = if available > 0 { rate.after(free_at, now, available) } else { free_at };
                sent.extend(std::iter::repeat_n(now, available));
                now += delta(rate.wait(free_at, now).max(Duration::from_millis(1)));
            }
            for (first, time) in sent.iter().enumerate() {
                let within = sent[first..].iter().take_while(|other| **other - *time < delta(period)).count();
                assert!(within <= reports as usize, "{within} reports of {reports} in {period:?}");
            }
        }
    }
}

//! The options of a bulk, and its outcomes.

use std::sync::Arc;

use super::outcome::ProviderOutcome;
use crate::model::Chargeback;

/// The options of [`Reporter::report_all`](crate::Reporter::report_all).
///
/// ```
/// use chargeback::BulkOptions;
///
/// let options = BulkOptions::default().concurrency(32).max_backlog(10_000);
/// assert_eq!((options.concurrency, options.max_throttle_retries), (32, 8));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkOptions {
    /// The number of reports that run at once at each vendor. Default: 16.
    pub concurrency: usize,
    /// The largest number of chargebacks by which a vendor may be behind the stream. Default: 1,024. The value
    /// bounds the memory and the lead of the other vendors over a slow one.
    pub max_backlog: usize,
    /// The number of times that a throttled report is sent again, after the back-off that the vendor asked for.
    /// Default: 8.
    pub max_throttle_retries: u32,
}

impl Default for BulkOptions {
    fn default() -> Self {
        Self { concurrency: 16, max_backlog: 1_024, max_throttle_retries: 8 }
    }
}

impl BulkOptions {
    /// Sets the number of reports that run at once at each vendor; at least one.
    #[must_use]
    pub const fn concurrency(mut self, reports: usize) -> Self {
        self.concurrency = reports;
        self
    }

    /// Sets the largest number of chargebacks by which a vendor may be behind the stream; at least the concurrency.
    #[must_use]
    pub const fn max_backlog(mut self, chargebacks: usize) -> Self {
        self.max_backlog = chargebacks;
        self
    }

    /// Sets the number of times that a throttled report is sent again.
    #[must_use]
    pub const fn max_throttle_retries(mut self, times: u32) -> Self {
        self.max_throttle_retries = times;
        self
    }
}

/// The outcome of one chargeback at one vendor.
///
/// ```
/// use chargeback::{BulkOutcome, OutcomeKind};
///
/// /// Returns true if the chargeback should be in the next run.
/// fn must_repeat(done: &BulkOutcome) -> bool {
///     done.result.may_be_retried() || done.result.outcome().kind() == OutcomeKind::Unknown
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct BulkOutcome {
    /// The position of the chargeback in the stream, counted from 0.
    pub index: u64,
    /// The chargeback.
    pub chargeback: Arc<Chargeback>,
    /// The vendor and the outcome.
    pub result: ProviderOutcome,
}

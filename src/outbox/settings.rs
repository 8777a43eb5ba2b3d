//! The settings of a worker.

use std::time::Duration;

use super::decide::Gaps;
use super::schedule::Schedule;

/// The shortest time between the longest operation and the end of the lease.
pub(super) const LEASE_MARGIN: Duration = Duration::from_secs(10);

/// The settings of a worker. The defaults fit together and into a grace period of 30 s.
#[derive(Debug, Clone)]
pub(super) struct WorkerSettings {
    /// Reports at a time for each vendor.
    pub(super) concurrency: usize,
    /// The longest time of one report.
    pub(super) operation: Duration,
    pub(super) lease: Duration,
    pub(super) schedule: Schedule,
    pub(super) gaps: Gaps,
    pub(super) keep_payload: Duration,
    pub(super) keep_history: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            concurrency: 16,
            operation: Duration::from_secs(20),
            lease: Duration::from_secs(30),
            schedule: Schedule::default(),
            gaps: Gaps::default(),
            keep_payload: Duration::ZERO,
            keep_history: Duration::from_secs(400 * 24 * 60 * 60),
        }
    }
}

impl WorkerSettings {
    /// The time after which no request of an earlier holder can arrive.
    pub(super) fn settling(&self) -> Duration {
        self.lease + self.operation + Duration::from_secs(60)
    }
}

//! Metrics of an outbox through the facade `metrics`.

use chrono::{DateTime, Utc};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::observe::{Observer, OutboxEvent};
use super::operate::{Counts, VendorCounts};
use super::state::WaitReason;
use super::vendor_state::VendorPhase;
use crate::model::ProviderId;

const CLAIMED: &str = "chargeback_outbox_claimed_total";
const REPORTS: &str = "chargeback_outbox_reports_total";
const DURATION: &str = "chargeback_outbox_report_duration_seconds";
const FENCED: &str = "chargeback_outbox_fenced_total";
const PHASE_CHANGES: &str = "chargeback_outbox_vendor_phase_changes_total";
const STORE_FAILURES: &str = "chargeback_outbox_store_failures_total";
const LANES: &str = "chargeback_outbox_lanes";
const BLOCKED: &str = "chargeback_outbox_blocked_lanes";
const DOUBTS: &str = "chargeback_outbox_lanes_in_doubt";
const NEWER: &str = "chargeback_outbox_newer_payload_lanes";
const MAY_DIFFER: &str = "chargeback_outbox_vendor_may_differ_lanes";
const OVERDUE: &str = "chargeback_outbox_oldest_due_age_seconds";
const PHASE: &str = "chargeback_outbox_vendor_phase";
const PAUSED: &str = "chargeback_outbox_vendor_paused";

/// The value of a label that does not apply.
const NONE: &str = "none";

/// Counts the events of a worker with the facade [`metrics`](https://docs.rs/metrics).
///
/// Counters and the histogram follow the events of the worker that has this observer. Gauges have the values of the
/// last [`record_counts`](Self::record_counts).
///
/// | Name | Kind | Unit | Labels |
/// |---|---|---|---|
/// | `chargeback_outbox_claimed_total` | counter | lanes | `vendor` |
/// | `chargeback_outbox_reports_total` | counter | reports | `vendor`, `outcome`, `step`, `reason` |
/// | `chargeback_outbox_report_duration_seconds` | histogram | seconds | `vendor`, `outcome` |
/// | `chargeback_outbox_fenced_total` | counter | results | `vendor` |
/// | `chargeback_outbox_vendor_phase_changes_total` | counter | changes | `vendor`, `phase` |
/// | `chargeback_outbox_store_failures_total` | counter | calls | `operation` |
/// | `chargeback_outbox_lanes` | gauge | lanes | `vendor`, `state` |
/// | `chargeback_outbox_blocked_lanes` | gauge | lanes | `vendor`, `reason` |
/// | `chargeback_outbox_lanes_in_doubt` | gauge | lanes | `vendor` |
/// | `chargeback_outbox_newer_payload_lanes` | gauge | lanes | `vendor` |
/// | `chargeback_outbox_vendor_may_differ_lanes` | gauge | lanes | `vendor` |
/// | `chargeback_outbox_oldest_due_age_seconds` | gauge | seconds | `vendor` |
/// | `chargeback_outbox_vendor_phase` | gauge | 1 for the current phase, otherwise 0 | `vendor`, `phase` |
/// | `chargeback_outbox_vendor_paused` | gauge | 1 if paused, otherwise 0 | `vendor` |
///
/// | Label | Values |
/// |---|---|
/// | `vendor` | the [`ProviderId`] of a vendor of the outbox |
/// | `outcome` | a name of [`OutcomeKind`](crate::OutcomeKind); `none` if the payload could not be read |
/// | `step` | a name of [`LaneStep`](super::LaneStep) |
/// | `reason` | a name of [`WaitReason`]; `none` if the report neither waits nor is blocked |
/// | `phase` | a name of [`VendorPhase`] |
/// | `operation` | a name of [`StoreOperation`](super::StoreOperation) |
/// | `state` | `ready`, `waiting`, `leased` or `blocked` |
///
/// All label values are names from closed sets, so the number of time series is bounded by the number of vendors. No
/// label holds a case id, a lane id or personal data.
///
/// Alert a person if `chargeback_outbox_blocked_lanes` is above zero, or if `chargeback_outbox_oldest_due_age_seconds`
/// grows.
///
/// ```
/// use chargeback::Reporter;
/// use chargeback::outbox::{MemoryStore, MetricsObserver, Outbox};
///
/// async fn serve(reporter: Reporter) -> Result<(), Box<dyn std::error::Error>> {
///     // Install a recorder first, for example an exporter for Prometheus.
///     let observer = MetricsObserver::new();
///     let outbox = Outbox::new(MemoryStore::new(), reporter)?;
///     let worker = outbox.worker().observer(observer).start()?;
///
///     // Every 15 seconds, in one process:
///     observer.record_counts(&outbox.counts().await?);
///
///     worker.shutdown(std::time::Duration::from_secs(25)).await;
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct MetricsObserver;

impl MetricsObserver {
    /// Creates an observer, and describes the metrics to the installed recorder.
    ///
    /// ```
    /// use chargeback::outbox::MetricsObserver;
    ///
    /// let observer = MetricsObserver::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        describe_counters();
        describe_gauges();
        Self
    }

    /// Sets the gauges of every vendor in these counts.
    ///
    /// Call it every 15 to 60 seconds in one process: the counts are those of the whole store. The age of the oldest
    /// due lane is measured with the clock of this machine.
    ///
    /// ```
    /// use chargeback::outbox::{MetricsObserver, Operator, StoreError};
    ///
    /// async fn record(observer: &MetricsObserver, operator: &Operator) -> Result<(), StoreError> {
    ///     observer.record_counts(&operator.counts().await?);
    ///     Ok(())
    /// }
    /// ```
    pub fn record_counts(&self, counts: &Counts) {
        let now = Utc::now();
        for (vendor, counts) in counts {
            record(vendor, counts, now);
        }
    }
}

impl Observer for MetricsObserver {
    fn observe(&self, event: &OutboxEvent<'_>) {
        match event {
            OutboxEvent::Claimed { vendor, lanes } => {
                counter!(CLAIMED, "vendor" => name(vendor)).increment(u64::try_from(*lanes).unwrap_or(u64::MAX));
            }
            OutboxEvent::Delivered { vendor, outcome, step, elapsed, .. } => {
                let outcome = outcome.map_or(NONE, |outcome| outcome.as_str());
                let reason = step.reason().map_or(NONE, WaitReason::as_str);
                counter!(
                    REPORTS,
                    "vendor" => name(vendor), "outcome" => outcome, "step" => step.as_str(), "reason" => reason
                )
                .increment(1);
                histogram!(DURATION, "vendor" => name(vendor), "outcome" => outcome).record(elapsed.as_secs_f64());
            }
            OutboxEvent::Fenced { vendor, .. } => counter!(FENCED, "vendor" => name(vendor)).increment(1),
            OutboxEvent::Vendor { vendor, phase } => {
                counter!(PHASE_CHANGES, "vendor" => name(vendor), "phase" => phase.as_str()).increment(1);
            }
            OutboxEvent::StoreFailed { operation } => {
                counter!(STORE_FAILURES, "operation" => operation.as_str()).increment(1);
            }
        }
    }
}

fn name(vendor: &ProviderId) -> String {
    vendor.as_str().to_owned()
}

fn record(vendor: &ProviderId, counts: &VendorCounts, now: DateTime<Utc>) {
    let blocked = counts.blocked.values().sum();
    let states =
        [("ready", counts.ready), ("waiting", counts.waiting), ("leased", counts.leased), ("blocked", blocked)];
    for (state, lanes) in states {
        gauge!(LANES, "vendor" => name(vendor), "state" => state).set(value(lanes));
    }
    // A reason without lanes is set to zero, because a gauge keeps its last value.
    for reason in WaitReason::ALL.iter().filter(|reason| needs_person(**reason)).map(|reason| reason.as_str()) {
        let lanes = counts.blocked.get(reason).copied().unwrap_or(0);
        gauge!(BLOCKED, "vendor" => name(vendor), "reason" => reason).set(value(lanes));
    }
    for (metric, lanes) in
        [(DOUBTS, counts.doubts), (NEWER, counts.newer_payload), (MAY_DIFFER, counts.vendor_may_differ)]
    {
        gauge!(metric, "vendor" => name(vendor)).set(value(lanes));
    }
    let age = counts.oldest_due.and_then(|due| (now - due).to_std().ok()).unwrap_or_default();
    gauge!(OVERDUE, "vendor" => name(vendor)).set(age.as_secs_f64());
    for phase in VendorPhase::ALL {
        let is_current = counts.state.phase == *phase;
        gauge!(PHASE, "vendor" => name(vendor), "phase" => phase.as_str()).set(f64::from(u8::from(is_current)));
    }
    let is_paused = counts.state.paused.is_some();
    gauge!(PAUSED, "vendor" => name(vendor)).set(f64::from(u8::from(is_paused)));
}

/// Converts a number of lanes. A store has fewer than 2^32 lanes of one vendor.
fn value(lanes: u64) -> f64 {
    f64::from(u32::try_from(lanes).unwrap_or(u32::MAX))
}

/// Returns true for the reasons that block a lane.
const fn needs_person(reason: WaitReason) -> bool {
    match reason {
        WaitReason::RateLimited
        | WaitReason::Retry
        | WaitReason::KeyRefused
        | WaitReason::LookUp
        | WaitReason::NewerPayload
        | WaitReason::Settling
        | WaitReason::AnotherKey => false,
        WaitReason::InDoubt
        | WaitReason::Conflict
        | WaitReason::Rejected
        | WaitReason::Invalid
        | WaitReason::RefusedByPolicy
        | WaitReason::IllegalTransition
        | WaitReason::Unsupported
        | WaitReason::Incomplete
        | WaitReason::Crashed
        | WaitReason::UnreadablePayload
        | WaitReason::Expired => true,
    }
}

fn describe_counters() {
    for (name, about) in [
        (CLAIMED, "Claimed lanes."),
        (REPORTS, "Reports that ended, by the outcome and the next step of the lane."),
        (FENCED, "Results that were refused, because the lane belongs to another holder."),
        (PHASE_CHANGES, "Changes of the phase of a vendor's circuit breaker by this worker."),
        (STORE_FAILURES, "Failed calls of the store."),
    ] {
        describe_counter!(name, Unit::Count, about);
    }
    describe_histogram!(DURATION, Unit::Seconds, "The time of a report.");
}

fn describe_gauges() {
    for (name, about) in [
        (LANES, "Lanes with a report to send, by state."),
        (BLOCKED, "Lanes that need a person, by reason."),
        (DOUBTS, "Lanes whose last report has an unknown outcome."),
        (NEWER, "Lanes whose payload has fields of a newer version."),
        (MAY_DIFFER, "Lanes for which the vendor may hold another stage than the acknowledged one."),
        (PHASE, "1 for the current phase of the vendor's circuit breaker."),
        (PAUSED, "1 if an operator has paused the vendor."),
    ] {
        describe_gauge!(name, Unit::Count, about);
    }
    describe_gauge!(OVERDUE, Unit::Seconds, "The time since which the oldest due lane is due.");
}

//! Names, labels and values of the metrics.

use std::time::Duration;

use chargeback::outbox::{
    Counts, EventKey, LaneId, LaneStep, MemoryStore, MetricsObserver, Observer as _, Outbox, OutboxEvent, PassedAs,
    StoreOperation, VendorCounts, VendorPhase, WaitReason,
};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{OutcomeKind, Reason, Reporter, RetryPolicy, Stage, revcent, spade};
use metrics_util::MetricKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use super::fixtures::PausedClock;
use crate::support::full;

/// Records the metrics of this thread.
fn recorder() -> (Snapshotter, metrics::LocalRecorderGuard<'static>) {
    let recorder: &'static DebuggingRecorder = Box::leak(Box::default());
    (recorder.snapshotter(), metrics::set_default_local_recorder(recorder))
}

/// The metrics as sorted lines: `counter name{label=value} 1`.
fn lines(snapshotter: &Snapshotter) -> Vec<String> {
    let mut lines: Vec<String> = snapshotter.snapshot().into_vec().into_iter().map(line).collect();
    lines.sort();
    lines
}

type Metric = (metrics_util::CompositeKey, Option<metrics::Unit>, Option<metrics::SharedString>, DebugValue);

fn line((key, unit, about, value): Metric) -> String {
    let (kind, key) = key.into_parts();
    let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
    let (kind, value) = match (kind, value) {
        (MetricKind::Counter, DebugValue::Counter(value)) => ("counter", value.to_string()),
        (MetricKind::Gauge, DebugValue::Gauge(value)) => ("gauge", value.to_string()),
        (MetricKind::Histogram, DebugValue::Histogram(values)) => {
            ("histogram", values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        }
        other => panic!("{other:?}"),
    };
    assert!(about.is_some_and(|about| about.ends_with('.')), "{} has no description", key.name());
    let is_time = key.name().ends_with("_seconds");
    assert_eq!(unit, Some(if is_time { metrics::Unit::Seconds } else { metrics::Unit::Count }), "{}", key.name());
    format!("{kind} {}{{{}}} {value}", key.name().strip_prefix("chargeback_outbox_").unwrap(), labels.join(","))
}

#[test]
fn every_event_is_counted_with_exact_names_labels_and_values() {
    let (snapshotter, _guard) = recorder();
    let (vendor, lane) = (&spade::ID, LaneId::new(7));
    let observer = MetricsObserver::new();
    let delivered = |outcome, step, millis| OutboxEvent::Delivered {
        vendor,
        lane,
        outcome,
        step,
        elapsed: Duration::from_millis(millis),
    };
    for event in [
        OutboxEvent::Claimed { vendor, lanes: 3 },
        OutboxEvent::Claimed { vendor: &revcent::ID, lanes: 2 },
        delivered(Some(OutcomeKind::Acknowledged), LaneStep::Passed(PassedAs::Acknowledged), 250),
        delivered(Some(OutcomeKind::Acknowledged), LaneStep::Passed(PassedAs::Acknowledged), 500),
        delivered(Some(OutcomeKind::Unknown), LaneStep::Waits(WaitReason::LookUp), 1_000),
        delivered(Some(OutcomeKind::Failed), LaneStep::Blocked(WaitReason::Rejected), 2_000),
        delivered(None, LaneStep::Waits(WaitReason::AnotherKey), 0),
        OutboxEvent::Fenced { vendor, lane },
        OutboxEvent::Vendor { vendor, phase: VendorPhase::Open },
        OutboxEvent::StoreFailed { operation: StoreOperation::Finish },
    ] {
        observer.observe(&event);
    }
    let expected = [
        "counter claimed_total{vendor=revcent} 2",
        "counter claimed_total{vendor=spade} 3",
        "counter fenced_total{vendor=spade} 1",
        "counter reports_total{vendor=spade,outcome=acknowledged,step=acknowledged,reason=none} 2",
        "counter reports_total{vendor=spade,outcome=failed,step=blocked,reason=rejected} 1",
        "counter reports_total{vendor=spade,outcome=none,step=waits,reason=another_key} 1",
        "counter reports_total{vendor=spade,outcome=unknown,step=waits,reason=look_up} 1",
        "counter store_failures_total{operation=finish} 1",
        "counter vendor_phase_changes_total{vendor=spade,phase=open} 1",
        "histogram report_duration_seconds{vendor=spade,outcome=acknowledged} 0.25 0.5",
        "histogram report_duration_seconds{vendor=spade,outcome=failed} 2",
        "histogram report_duration_seconds{vendor=spade,outcome=none} 0",
        "histogram report_duration_seconds{vendor=spade,outcome=unknown} 1",
    ];
    assert_eq!(lines(&snapshotter), expected);
}

#[test]
fn counts_become_gauges_and_a_reason_without_lanes_returns_to_zero() {
    let (snapshotter, _guard) = recorder();
    let observer = MetricsObserver::new();
    let mut counts = VendorCounts::default();
    (counts.ready, counts.waiting, counts.leased, counts.doubts) = (1, 2, 3, 4);
    (counts.newer_payload, counts.vendor_may_differ) = (5, 6);
    counts.blocked.extend([("in_doubt", 7), ("rejected", 8)]);
    counts.oldest_due = Some(chrono::Utc::now() - chrono::TimeDelta::seconds(90));
    counts.state.phase = VendorPhase::Throttled;
    counts.state.paused = Some("planted-note".to_owned());
    observer.record_counts(&Counts::from([(spade::ID, counts.clone())]));
    let mut found = lines(&snapshotter);
    let age = found.iter().position(|line| line.starts_with("gauge oldest_due_age_seconds{vendor=spade} ")).unwrap();
    let age: f64 = found.remove(age).rsplit_once(' ').unwrap().1.parse().unwrap();
    assert!((90.0..100.0).contains(&age), "{age}");
    found.retain(|line| !line.ends_with(" 0"));
    let expected = [
        "gauge blocked_lanes{vendor=spade,reason=in_doubt} 7",
        "gauge blocked_lanes{vendor=spade,reason=rejected} 8",
        "gauge lanes_in_doubt{vendor=spade} 4",
        "gauge lanes{vendor=spade,state=blocked} 15",
        "gauge lanes{vendor=spade,state=leased} 3",
        "gauge lanes{vendor=spade,state=ready} 1",
        "gauge lanes{vendor=spade,state=waiting} 2",
        "gauge newer_payload_lanes{vendor=spade} 5",
        "gauge vendor_may_differ_lanes{vendor=spade} 6",
        "gauge vendor_paused{vendor=spade} 1",
        "gauge vendor_phase{vendor=spade,phase=throttled} 1",
    ];
    assert_eq!(found, expected);

    observer.record_counts(&Counts::from([(spade::ID, VendorCounts::default())]));
    let left: Vec<_> = lines(&snapshotter).into_iter().filter(|line| !line.ends_with(" 0")).collect();
    assert_eq!(left, ["gauge vendor_phase{vendor=spade,phase=closed} 1"]);
}

/// The documentation lists the metrics that exist, with their labels.
#[test]
fn the_table_of_the_docs_is_complete() {
    let source = include_str!("../../../src/outbox/metrics.rs");
    let (code, docs): (Vec<&str>, Vec<&str>) = source.lines().partition(|line| !line.starts_with("///"));
    let code = code.join(" ");
    let names: Vec<_> =
        code.split("\"chargeback_outbox_").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(names.len(), 14);
    for name in names {
        let rows = docs.iter().filter(|line| line.starts_with(&format!("/// | `chargeback_outbox_{name}` |")));
        assert_eq!(rows.count(), 1, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_metrics_of_a_delivery_hold_no_case_id_and_no_personal_data() {
    let (snapshotter, _guard) = recorder();
    let sandbox = Sandbox::in_memory();
    let reporter = Reporter::builder()
        .required(sandbox.connect(sandbox.revcent_connector()).retry(RetryPolicy::never()).build().unwrap())
        .required(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap())
        .build()
        .unwrap();
    sandbox.revcent().lag_index(1_000);
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let outbox = Outbox::new(MemoryStore::with_clock(PausedClock::default()), reporter).unwrap();
    let observer = MetricsObserver::new();
    let case = full(Stage::Received, Reason::NotReceived).build().unwrap();
    let key = EventKey::new("canary-source", "canary-account", "canary-event").unwrap();
    let _ = outbox.enqueue(&key, &case).await.unwrap();
    let worker = outbox.worker().observer(observer).start().unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    observer.record_counts(&outbox.counts().await.unwrap());
    worker.shutdown(Duration::from_secs(5)).await;
    let found = lines(&snapshotter);
    for start in ["counter claimed_total{vendor=revcent} 1", "counter claimed_total{vendor=spade} 1"] {
        assert!(found.iter().any(|line| line == start), "{found:#?}");
    }
    assert!(found.iter().any(|line| line.starts_with("counter reports_total{vendor=revcent,outcome=unknown,")));
    for line in &found {
        assert!(!line.contains("canary") && !line.contains("lane="), "{line}");
    }
}

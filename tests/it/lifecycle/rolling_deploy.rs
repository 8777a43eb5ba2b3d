//! Processes of two versions share a ledger: the older one keeps the fields of the newer one.

use std::sync::Arc;

use chargeback::lifecycle::{Ledger, LedgerEntry, MemoryLedger, ReportedStage};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::{Chargeback, Reporter, Resolution, Stage, revcent};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::case_at;

/// The entry of a newer version, with fields that this version does not have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Newer {
    #[serde(default)]
    acknowledged: Option<ReportedStage>,
    #[serde(default)]
    in_flight: Option<ReportedStage>,
    #[serde(default)]
    vendor_case: Option<String>,
    lease: Lease,
    attempts: Vec<u64>,
    note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Lease {
    owner: String,
    until: f64,
}

fn newer(stage: Option<Stage>) -> Newer {
    Newer {
        acknowledged: stage.map(|stage| ReportedStage::for_chargeback(&case_at(stage, 1))),
        in_flight: None,
        vendor_case: None,
        lease: Lease { owner: "canary-owner".into(), until: 1.5 },
        attempts: vec![1, u64::MAX],
        note: None,
    }
}

/// Reads as the other version does.
fn convert<A: Serialize, B: for<'de> Deserialize<'de>>(entry: &A) -> B {
    serde_json::from_str(&serde_json::to_string(entry).unwrap()).unwrap()
}

/// A ledger with an entry that the newer version wrote, and a process of this version.
struct Process {
    sandbox: Sandbox,
    ledger: Arc<dyn Ledger>,
    reporter: Reporter,
}

impl Process {
    async fn start(entry: &Newer) -> Self {
        let sandbox = Sandbox::in_memory();
        let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
        ledger.write(&revcent::ID, "case-1", &convert(entry), None).await.unwrap();
        let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
        let reporter = Reporter::builder().required(revcent).ledger(Arc::clone(&ledger)).build().unwrap();
        Self { sandbox, ledger, reporter }
    }

    async fn report(&self, chargeback: &Chargeback) {
        let _ = self.reporter.report(chargeback).await;
    }

    /// The entry as the newer version reads it. Its own fields must be as they were.
    async fn entry(&self) -> Newer {
        let entry = self.ledger.read(&revcent::ID, "case-1").await.unwrap().unwrap().value;
        assert!(!format!("{entry:?}").contains("canary"), "{entry:?}");
        let (read, before) = (convert::<_, Newer>(&entry), newer(None));
        assert_eq!((&read.lease, &read.attempts, &read.note), (&before.lease, &before.attempts, &before.note));
        read
    }
}

#[tokio::test(start_paused = true)]
async fn older_version_keeps_the_fields_of_a_newer_one() {
    // Acknowledged, skipped, failed, and in flight.
    let process = Process::start(&newer(None)).await;
    process.report(&case_at(Stage::Received, 1)).await;
    let entry = process.entry().await;
    assert_eq!(entry.acknowledged.unwrap().stage, Stage::Received);
    assert!(entry.vendor_case.is_some());
    process.report(&case_at(Stage::Received, 1)).await;
    assert_eq!(process.entry().await, entry);
    process.sandbox.revcent().fail_always(Fault::before_acting(FaultKind::Unreachable));
    process.report(&case_at(Stage::Contested, 2)).await;
    process.entry().await;
    process.sandbox.revcent().recover();
    process.sandbox.revcent().fail_always(Fault::after_acting(FaultKind::Reset));
    process.report(&case_at(Stage::Contested, 3)).await;
    process.entry().await;
    process.sandbox.revcent().recover();
    process.report(&case_at(Stage::Contested, 3)).await;
    assert_eq!(process.entry().await.acknowledged.unwrap().stage, Stage::Contested);
}

#[tokio::test(start_paused = true)]
async fn resolved_doubt_keeps_the_fields_of_a_newer_version() {
    let found = Resolution::Found("chargeback0000000001".into());
    for resolution in [found, Resolution::Applied, Resolution::NotFound] {
        let mut entry = newer(None);
        entry.in_flight = Some(ReportedStage::for_chargeback(&case_at(Stage::Received, 1)));
        let process = Process::start(&entry).await;
        process.reporter.resolve_doubt(&revcent::ID, "case-1", resolution).await.unwrap();
        assert_eq!(process.entry().await.in_flight, None);
    }
}

#[test]
fn entry_of_an_older_version_is_read() {
    let entry: LedgerEntry = serde_json::from_str("{}").unwrap();
    assert_eq!(entry, LedgerEntry::default());
    assert_eq!(serde_json::to_value(entry).unwrap(), json!({}));
}

/// Any JSON.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1.0e9_f64..1.0e9).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_unknown_field_is_kept(fields in proptest::collection::btree_map("[a-z_]{0,12}", values(), 0..5)) {
        let mut json: serde_json::Map<_, _> = fields.into_iter().collect();
        json.insert("vendor_case".into(), json!("RC-1"));
        json.remove("acknowledged");
        json.insert("in_flight".into(), json!({ "stage": "won", "occurred_at": "2026-10-03T09:12:00.123456789Z" }));
        let entry: LedgerEntry = serde_json::from_value(Value::Object(json.clone())).unwrap();
        prop_assert_eq!(serde_json::to_value(&entry).unwrap(), Value::Object(json.clone()));
        let text: LedgerEntry = serde_json::from_str(&Value::Object(json).to_string()).unwrap();
        prop_assert_eq!(text, entry);
    }
}

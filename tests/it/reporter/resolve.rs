//! Resolutions of doubts in the ledger.

use std::sync::Arc;

use chargeback::lifecycle::{Ledger as _, LedgerEntry, MemoryLedger, ReportedStage};
use chargeback::sandbox::Sandbox;
use chargeback::{ChargebackProvider as _, Reporter, Resolution, Stage, revcent};

use crate::support::{Events, LoggedLedger, at};

fn reporter(events: &Events) -> (Reporter, Arc<LoggedLedger<MemoryLedger>>) {
    let ledger = Arc::new(LoggedLedger { inner: MemoryLedger::new(), events: events.clone() });
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    assert_eq!(revcent.id(), revcent::ID);
    (Reporter::builder().required(revcent).ledger(Arc::clone(&ledger)).build().unwrap(), ledger)
}

#[tokio::test]
async fn resolution_that_changes_nothing_writes_nothing() {
    let events = Events::default();
    let (reporter, ledger) = reporter(&events);
    for resolution in [Resolution::NotFound, Resolution::Applied] {
        reporter.resolve_doubt(&revcent::ID, "case-1", resolution).await.unwrap();
        assert!(events.take().iter().all(|event| !event.starts_with("ledger write")));
        assert!(ledger.inner.read(&revcent::ID, "case-1").await.unwrap().is_none());
    }
}

/// Every order of the acknowledged stage and the stage in flight.
#[tokio::test]
async fn applied_keeps_the_later_stage() {
    let (reporter, ledger) = reporter(&Events::default());
    let stages = [ReportedStage::new(Stage::Received, at(1, 9)), ReportedStage::new(Stage::Won, at(5, 9))];
    for (acknowledged, in_flight) in [(0, 1), (1, 0)] {
        let mut entry = LedgerEntry::default();
        entry.acknowledged = Some(stages[acknowledged]);
        entry.in_flight = Some(stages[in_flight]);
        assert_eq!(entry.last(), Some(&stages[1]));
        let case_id = format!("case-{acknowledged}");
        ledger.inner.write(&revcent::ID, &case_id, &entry, None).await.unwrap();
        reporter.resolve_doubt(&revcent::ID, &case_id, Resolution::Applied).await.unwrap();
        let stored = ledger.inner.read(&revcent::ID, &case_id).await.unwrap().unwrap().value;
        assert_eq!((stored.acknowledged, stored.in_flight), (Some(stages[1]), None));
    }
}

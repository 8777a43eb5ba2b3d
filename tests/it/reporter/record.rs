//! Storable records of receipts and outcomes.

use std::time::Duration;

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, MemoryLedger, Transition, Version, Versioned};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::{
    Delivery, Error, ErrorDetails, Field, Loss, LossKind, Outcome, OutcomeKind, OutcomeRecord, ProviderId,
    ProviderOutcome, Reason, Receipt, ReceiptRecord, Reporter, Requirement, Stage, StepReport, Target, async_trait,
};
use serde_json::{Value, json};

use super::all_vendors;
use crate::provider::outside::{MOCK, Mock};
use crate::support::{Events, at, full};

fn details() -> ErrorDetails {
    ErrorDetails::new(MOCK, "tag", Delivery::Rejected)
        .vendor_message("planted message".to_owned())
        .vendor_code("planted@example.com".to_owned())
        .attempts(2)
}

/// A receipt with every fact set.
fn receipt() -> Receipt {
    Receipt::new(MOCK)
        .with_stage_value("lost")
        .with_reason_value("4837")
        .with_losses([
            Loss::new(Field::Notes, LossKind::Truncated, "500 characters"),
            Loss::new(Field::Arn, LossKind::Dropped, ""),
        ])
        .with_step(
            StepReport::acknowledged("report")
                .with_attempts(3)
                .with_reconciled(true)
                .with_request_id("planted-call-id".to_owned())
                .with_message("planted message".to_owned()),
        )
        .with_step(StepReport::failed("tag", Error::rejected(details())))
        .with_vendor_case("planted-case-id".to_owned())
        .with_wrote(true)
        .with_elapsed(Duration::from_micros(1_234_567))
}

/// Adds a field that a newer version might have to every object.
fn with_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(with_unknown_fields);
            object.insert("a_field_of_a_newer_version".into(), json!([{}]));
        }
        Value::Array(values) => values.iter_mut().for_each(with_unknown_fields),
        _ => {}
    }
}

#[test]
fn record_of_a_receipt_survives_json() {
    for receipt in [receipt(), Receipt::new(MOCK), Receipt::new(MOCK).with_elapsed(Duration::MAX)] {
        let record = ReceiptRecord::from(&receipt);
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<ReceiptRecord>(&json).unwrap(), record, "{json}");
        let mut newer = serde_json::to_value(&record).unwrap();
        with_unknown_fields(&mut newer);
        assert_eq!(serde_json::from_value::<ReceiptRecord>(newer).unwrap(), record);
    }
    let record = ReceiptRecord::from(&receipt());
    assert_eq!((record.stage_value.as_str(), record.reason_value.as_str()), ("lost", "4837"));
    assert_eq!((record.losses, record.vendor_case.as_deref()), (receipt().losses().to_vec(), Some("planted-case-id")));
    assert_eq!((record.wrote, record.elapsed_ms, record.steps.len()), (true, 1_234, 2));
    let [report, tag] = &record.steps[..] else { panic!("{:?}", record.steps) };
    assert_eq!((report.operation.as_str(), report.attempts, report.reconciled), ("report", 3, true));
    assert_eq!((report.request_id.as_deref(), &report.error), (Some("planted-call-id"), &None));
    assert_eq!((tag.attempts, tag.error.as_ref().unwrap().kind.as_str()), (2, "rejected"));
}

#[test]
fn record_of_a_receipt_holds_ids_and_no_text_of_the_vendor() {
    let record = ReceiptRecord::from(&receipt());
    let json = serde_json::to_string(&record).unwrap();
    let json = json.replace("planted-call-id", "").replace("planted-case-id", "");
    assert!(!json.contains("planted"), "{json}");
    assert!(!format!("{record:?}{record:#?}").contains("planted"), "{record:?}");
}

/// A reporter whose mock returns this result.
fn with_mock(result: Result<Receipt, Error>) -> Reporter {
    Reporter::builder().required(Mock::new(&Events::default(), [result])).build().unwrap()
}

/// Outcomes of every kind.
async fn every_outcome() -> Vec<ProviderOutcome> {
    let received = super::case_at(Stage::Received);
    let mut outcomes = Vec::new();
    let with_delivery = |delivery| Error::rejected(ErrorDetails::new(MOCK, "report", delivery));
    let unsupported = chargeback::UnsupportedError::new(MOCK, Field::Stage, "received", "supported: lost");
    for result in [
        Ok(receipt()),
        Err(unsupported.into()),
        Err(with_delivery(Delivery::Rejected)),
        Err(with_delivery(Delivery::Unknown)),
    ] {
        outcomes.extend(with_mock(result).report(&received).await);
    }
    let mock = || Mock::new(&Events::default(), []);
    let skips = Target::best_effort(mock()).filter(|_| false);
    outcomes.extend(Reporter::builder().target(skips).build().unwrap().report(&received).await);
    let reporter = Reporter::builder().required(mock()).ledger(MemoryLedger::new()).build().unwrap();
    let expired = received.moved_to(Stage::Expired, at(9, 1)).unwrap();
    let won = received.moved_to(Stage::Won, at(5, 1)).unwrap();
    for chargeback in [&won, &won, &received, &expired] {
        outcomes.extend(reporter.report(chargeback).await);
    }
    let without_ledger = Reporter::builder().required(mock()).ledger(Down).build().unwrap();
    outcomes.extend(without_ledger.report(&received).await);
    outcomes
}

#[tokio::test(start_paused = true)]
async fn record_of_every_outcome_survives_json() {
    let outcomes = every_outcome().await;
    let records: Vec<OutcomeRecord> = outcomes.iter().map(OutcomeRecord::from).collect();
    for (record, result) in records.iter().zip(&outcomes) {
        let json = serde_json::to_string(record).unwrap();
        assert_eq!(serde_json::from_str::<OutcomeRecord>(&json).unwrap(), *record, "{json}");
        let mut newer = serde_json::to_value(record).unwrap();
        with_unknown_fields(&mut newer);
        assert_eq!(serde_json::from_value::<OutcomeRecord>(newer).unwrap(), *record);
        assert_eq!((record.kind, &record.message), (result.outcome().kind(), &result.outcome().to_string()));
        assert_eq!(record.kind.as_str(), result.outcome().as_str());
        assert_eq!(record.receipt.is_some(), result.outcome().receipt().is_some());
        assert_eq!(record.error.is_some(), result.outcome().error().is_some());
        assert!(!format!("{record:?}").contains("planted"), "{record:?}");
    }
    let kinds: Vec<_> = records.iter().map(|record| record.kind).collect();
    assert!(OutcomeKind::ALL.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    let transitions: Vec<_> = records.iter().filter_map(|record| record.transition).collect();
    assert_eq!(transitions, [Transition::Refresh, Transition::Stale, Transition::Illegal]);
    assert_eq!(records[4].requirement, Requirement::BestEffort);
    let failed: Vec<_> = records.iter().map(|record| record.ledger_failed).collect();
    assert_eq!((failed.iter().filter(|failed| **failed).count(), failed.last()), (1, Some(&true)));
}

/// A ledger that cannot be read.
#[derive(Debug)]
struct Down;

#[async_trait]
impl Ledger for Down {
    async fn read(&self, _: &ProviderId, _: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        Err(LedgerError::read("planted reason"))
    }

    async fn write(
        &self,
        _: &ProviderId,
        _: &str,
        _: &LedgerEntry,
        _: Option<Version>,
    ) -> Result<Version, LedgerError> {
        Err(LedgerError::write("planted reason"))
    }
}

/// Every field of the chargeback has a planted value, and no record or its debug output shows one.
#[tokio::test(start_paused = true)]
async fn records_of_real_vendors_hold_no_personal_data() {
    for (stage, fault) in [
        (Stage::Contested, None),
        (Stage::Received, Some(FaultKind::Rejection)),
        (Stage::Received, Some(FaultKind::Reset)),
        (Stage::Alert, None),
    ] {
        let sandbox = Sandbox::in_memory();
        if let Some(fake_fault) = fault {
            sandbox.spade().fail_always(Fault::before_acting(fake_fault.clone()));
            sandbox.revcent().fail_always(Fault::before_acting(fake_fault.clone()));
            sandbox.thirdwatch().fail_always(Fault::before_acting(fake_fault.clone()));
            sandbox.tutelar().fail_always(Fault::before_acting(fake_fault.clone()));
            sandbox.pipwave().fail_always(Fault::before_acting(fake_fault));
        }
        let chargeback = full(stage, Reason::from("canary-reason")).build().unwrap();
        let outcomes = all_vendors(&sandbox).report(&chargeback).await;
        let mut acknowledged = 0;
        for result in &outcomes {
            let record = OutcomeRecord::from(result);
            let json = serde_json::to_string(&record).unwrap();
            assert!(!json.contains("canary"), "{json}");
            assert!(!format!("{record:?}{record:#?}").contains("canary"), "{record:?}");
            acknowledged += usize::from(matches!(result.outcome(), Outcome::Acknowledged(_)));
        }
        assert_eq!(acknowledged > 0, stage == Stage::Contested, "{stage}");
    }
}

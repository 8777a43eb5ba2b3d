//! The chargebacks of `examples/data`, reported to every vendor.

use std::collections::BTreeMap;

use chargeback::sandbox::Sandbox;
use chargeback::{Chargeback, Delivery};

use crate::support::kind;
use crate::support::vendors::{Setup, VENDORS};

const MONTH: &str = include_str!("../../../examples/data/chargebacks.jsonl");

fn month() -> Vec<Chargeback> {
    MONTH.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_example_report_is_acknowledged_or_rejected() {
    let sandbox = Sandbox::in_memory();
    let providers = VENDORS.map(|vendor| vendor.connect(&sandbox, None, &Setup::default()));
    let mut acknowledged = BTreeMap::<String, usize>::new();
    let mut rejected = BTreeMap::<String, usize>::new();
    for chargeback in &month() {
        for provider in &providers {
            match provider.report(chargeback).await {
                Ok(receipt) => {
                    assert!(receipt.is_complete(), "{} {receipt:?}", chargeback.case_id());
                    *acknowledged.entry(provider.id().to_string()).or_default() += 1;
                }
                Err(error) => {
                    let result = (kind(&error), error.delivery());
                    let expected = matches!(result, ("unsupported" | "invalid", Delivery::NotSent));
                    assert!(expected, "{} {}: {error}", chargeback.case_id(), provider.id());
                    *rejected.entry(provider.id().to_string()).or_default() += 1;
                }
            }
        }
    }
    // Each vendor accepts some of the reports and rejects others.
    assert_eq!((acknowledged.len(), rejected.len()), (VENDORS.len(), VENDORS.len()), "{acknowledged:?} {rejected:?}");
    let reports = acknowledged.values().chain(rejected.values()).sum::<usize>();
    assert_eq!(reports, month().len() * VENDORS.len());
    assert_eq!(sandbox.revcent().voids(), 0);
}

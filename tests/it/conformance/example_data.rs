//! The chargebacks of `examples/data`, reported to all five vendors.

use std::collections::BTreeMap;

use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Chargeback, ChargebackProvider, Delivery};

use crate::support::kind;

const MONTH: &str = include_str!("../../../examples/data/chargebacks.jsonl");

fn month() -> Vec<Chargeback> {
    MONTH.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_example_report_is_acknowledged_or_rejected() {
    let sandbox = Sandbox::in_memory();
    let providers: Vec<Box<dyn ChargebackProvider>> = vec![
        Box::new(sandbox.connect(sandbox.thirdwatch_connector().tag_after_fraud()).build().unwrap()),
        Box::new(sandbox.connect(sandbox.revcent_connector()).build().unwrap()),
        Box::new(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build().unwrap()),
        Box::new(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap()),
        Box::new(sandbox.connect(sandbox.pipwave_connector()).build().unwrap()),
    ];
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
    assert_eq!((acknowledged.len(), rejected.len()), (5, 5), "{acknowledged:?} {rejected:?}");
    let reports = acknowledged.values().chain(rejected.values()).sum::<usize>();
    assert_eq!(reports, month().len() * 5);
    assert_eq!(sandbox.revcent().voids(), 0);
}

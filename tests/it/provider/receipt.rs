//! Receipts and their steps.

use chargeback::revcent::RevCent;
use chargeback::thirdwatch::Thirdwatch;
use chargeback::{ChargebackProvider, Delivery, Reason, Stage, revcent, thirdwatch};

use crate::engine::received;
use crate::support::{Play, Script, kind, plain, provider};

#[tokio::test(start_paused = true)]
async fn failed_follow_up_is_listed_in_the_receipt() {
    let script = Script::new([Play::json(200, "{}"), Play::json(400, r#"{"error":"no such user"}"#)]);
    let vendor = Thirdwatch::new("k", thirdwatch::Environment::Staging).tag_after_fraud();
    let receipt = provider(vendor, &script).report(&received()).await.unwrap();
    assert!(!receipt.is_complete());
    let (operation, error) = receipt.failed_step().unwrap();
    assert_eq!(
        (operation, error.vendor_message(), error.delivery()),
        ("tag", Some("no such user"), Delivery::Rejected)
    );
    // A failed report is an error, and the tag is not sent.
    let script = Script::new([Play::json(400, "{}")]);
    let vendor = Thirdwatch::new("k", thirdwatch::Environment::Staging).tag_after_fraud();
    assert_eq!(kind(&provider(vendor, &script).report(&received()).await.unwrap_err()), "rejected");
}

#[tokio::test(start_paused = true)]
async fn step_report_marks_reconciled_steps() {
    let held = r#"{"chargeback":{"id":"chargeback0000000001","third_party_chargeback_id":"case-1"}}"#;
    let known = plain("case-1", Stage::Contested, Reason::Other).vendor_case(revcent::ID, "chargeback0000000001");
    let known = known.build().unwrap();
    let first = Script::new([Play::json(200, held), Play::json(200, r#"{"code":1}"#)]);
    let _ = provider(RevCent::new("k"), &first).report(&known).await.unwrap();
    let mut record: serde_json::Value = serde_json::from_str(held).unwrap();
    let written = crate::support::body(&first.sent()[1]);
    record["chargeback"].as_object_mut().unwrap().extend(written.as_object().unwrap().clone());
    let script = Script::new([Play::json(200, held), Play::Lost, Play::json(200, record.to_string())]);
    let receipt = provider(RevCent::new("k"), &script).report(&known).await.unwrap();
    let reconciled: Vec<bool> = receipt.steps().iter().map(chargeback::StepReport::was_reconciled).collect();
    assert_eq!(reconciled, [false, true]);
    assert!(receipt.was_reconciled());
}

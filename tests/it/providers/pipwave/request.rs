//! The rules of requests.

use chargeback::pipwave::{ChargebackReason, ChargebackStage, Requery, TagChargeback};

use super::pipwave;
use crate::support::{Script, provider, violations};

#[tokio::test]
async fn all_broken_rules_are_listed() {
    let script = Script::empty();
    let pipwave = provider(pipwave(), &script);
    let mut tag = TagChargeback::for_payment("p".repeat(33), ChargebackStage::from("initiated"));
    tag.txn_id = Some(String::new());
    tag.reason = Some(ChargebackReason::from("other"));
    let error = pipwave.tag_chargeback(tag).await.unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "pw_id: must not be longer than 32 characters",
            "txn_id: must not be empty",
            "stage: must be one of Pipwave's five stages",
            "reason: must be one of Pipwave's four reasons",
        ]
    );
    let no_reason = TagChargeback::for_transaction("t", ChargebackStage::Disputed);
    let error = pipwave.tag_chargeback(no_reason).await.unwrap_err();
    assert_eq!(violations(&error), ["reason: required for a stage that opens a case"]);
    let mut no_id = TagChargeback::for_transaction("t", ChargebackStage::DisputeWon);
    no_id.txn_id = None;
    assert_eq!(
        violations(&pipwave.tag_chargeback(no_id).await.unwrap_err()),
        ["txn_id: required; set txn_id or pw_id"]
    );
    assert_eq!(
        violations(&pipwave.requery(Requery::Payment(String::new())).await.unwrap_err()),
        ["pw_id: must not be empty"]
    );
    assert!(script.sent().is_empty());
}

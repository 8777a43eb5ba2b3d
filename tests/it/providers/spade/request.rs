//! The rules of requests.

use chargeback::spade::{DeclineFeedback, FraudFeedback, FraudType, RefundFeedback};

use super::spade;
use crate::support::{ENRICHMENT, Script, provider, violations};

#[tokio::test]
async fn all_broken_rules_are_listed() {
    let mut feedback = DeclineFeedback::default();
    feedback.decline_code = Some("x".repeat(129));
    feedback.decline_description = Some("x".repeat(513));
    feedback.decline_notes = Some("x".repeat(513));
    feedback.is_fraud = Some(false);
    feedback.fraud_type = Some(FraudType::Other);
    feedback.fraud_notes = Some("x".repeat(513));
    let script = Script::empty();
    let error = provider(spade(), &script).report_decline("", feedback).await.unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "declineCode: must not be longer than 128 characters",
            "declineDescription: must not be longer than 512 characters",
            "declineNotes: must not be longer than 512 characters",
            "fraudNotes: must not be longer than 512 characters",
            "fraudType: requires isFraud to be true",
            "fraudNotes: requires isFraud to be true",
            "enrichmentId: must not be empty",
        ]
    );
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn every_feedback_type_is_validated() {
    let script = Script::empty();
    let spade = provider(spade(), &script);
    let mut refund = RefundFeedback::default();
    refund.refund_notes = Some("n".repeat(512));
    assert!(refund.validate().is_empty());
    refund.refund_notes = Some("n".repeat(513));
    refund.fraud_type = Some(FraudType::Unknown);
    let error = spade.report_refund(ENRICHMENT, refund).await.unwrap_err();
    let rules = ["refundNotes: must not be longer than 512 characters", "fraudType: requires isFraud to be true"];
    assert_eq!(violations(&error), rules);
    let mut fraud = FraudFeedback::default();
    fraud.fraud_notes = Some("n".into());
    let error = spade.report_fraud(ENRICHMENT, fraud).await.unwrap_err();
    assert_eq!(violations(&error), ["fraudNotes: requires isFraud to be true"]);
    for (id, rule) in
        [("", "must not be empty"), (".", "must not be a dot segment"), ("..", "must not be a dot segment")]
    {
        let error = spade.report_fraud(id, FraudFeedback::default()).await.unwrap_err();
        assert_eq!(violations(&error), [format!("enrichmentId: {rule}")], "{id}");
    }
    assert!(script.sent().is_empty());
}

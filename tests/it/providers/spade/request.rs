//! The rules of requests.

use chargeback::spade::{DeclineFeedback, FraudType};

use super::spade;
use crate::support::{Script, provider, violations};

#[tokio::test]
async fn all_broken_rules_are_listed() {
    let mut feedback = DeclineFeedback::default();
    feedback.decline_code = Some("x".repeat(129));
    feedback.decline_description = Some("x".repeat(513));
    feedback.decline_notes = Some("x".repeat(513));
    feedback.is_fraud = Some(false);
    feedback.fraud_type = Some(FraudType::Other);
    feedback.fraud_notes = Some("x".repeat(513));
    let script = Script::silent();
    let error = provider(spade(), &script).report_decline("", feedback).await.unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "declineCode: longer than 128 characters",
            "declineDescription: longer than 512 characters",
            "declineNotes: longer than 512 characters",
            "fraudNotes: longer than 512 characters",
            "fraudType: only with isFraud true",
            "fraudNotes: only with isFraud true",
            "enrichmentId: empty",
        ]
    );
    assert!(script.sent().is_empty());
}

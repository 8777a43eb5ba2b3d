//! The classification of replies.

use chargeback::{Delivery, Reason, Stage};

use super::{ok, riskified};
use crate::providers::{Case, case, check_garbage, check_refusals, report_once};
use crate::support::{Play, plain};

fn refusals() -> Vec<Case> {
    use Delivery::{Rejected, Unknown};
    let text = Some("Words.");
    vec![
        case(400, r#"{"error":{"message":"Words."}}"#, "rejected", Rejected, None, text),
        case(401, r#"{"error":{"message":"Words."}}"#, "authentication", Rejected, None, text),
        case(404, r#"{"error":{"message":"Words."}}"#, "not found", Rejected, None, text),
        case(409, "", "conflict", Rejected, None, None),
        case(429, r#"{"error":{"message":"Words."}}"#, "rate limited", Rejected, None, text),
        case(500, "<html>", "unavailable", Unknown, None, None),
        case(504, "", "unavailable", Unknown, None, None),
        case(200, r#"{"error":{"message":"Words."}}"#, "unreadable", Unknown, None, text),
        case(200, r#"{"order":{}}"#, "unreadable", Unknown, None, None),
        case(200, r#"{"order":null}"#, "unreadable", Unknown, None, None),
        case(202, r#"{"order":{"id":"ORD-1"}}"#, "unreadable", Unknown, None, None),
        case(307, "", "unreadable", Unknown, None, None),
    ]
}

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    check_refusals(riskified, &chargeback, &refusals()).await;
    check_garbage(riskified, &chargeback).await;
    for play in [ok(), Play::json(200, r#"{"order":{"id":1001}}"#)] {
        assert!(report_once(riskified(), &chargeback, play).await.0.is_ok());
    }
}

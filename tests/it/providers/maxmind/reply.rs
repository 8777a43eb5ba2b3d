//! The classification of replies.

use chargeback::{Delivery, Reason, Stage};

use super::{maxmind, ok};
use crate::providers::{Case, case, check_garbage, check_refusals, report_once};
use crate::support::plain;

fn refusals() -> Vec<Case> {
    use Delivery::{Rejected, Unknown};
    let text = Some("Words.");
    vec![
        case(400, r#"{"code":"TAG_INVALID","error":"Words."}"#, "rejected", Rejected, Some("TAG_INVALID"), text),
        case(400, r#"{"code":"NOTES_INVALID"}"#, "rejected", Rejected, Some("NOTES_INVALID"), None),
        case(400, "", "rejected", Rejected, None, None),
        case(
            401,
            r#"{"code":"AUTHORIZATION_INVALID","error":"Words."}"#,
            "authentication",
            Rejected,
            Some("AUTHORIZATION_INVALID"),
            text,
        ),
        case(402, r#"{"code":"INSUFFICIENT_FUNDS"}"#, "rejected", Rejected, Some("INSUFFICIENT_FUNDS"), None),
        case(403, "", "authentication", Rejected, None, None),
        case(415, "", "rejected", Rejected, None, None),
        case(429, "", "rate limited", Rejected, None, None),
        case(500, "", "unavailable", Unknown, None, None),
        case(503, "", "unavailable", Unknown, None, None),
        case(200, "", "unreadable", Unknown, None, None),
        case(200, "{}", "unreadable", Unknown, None, None),
        case(201, "", "unreadable", Unknown, None, None),
        case(202, "", "unreadable", Unknown, None, None),
        case(301, "", "unreadable", Unknown, None, None),
    ]
}

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    check_refusals(maxmind, &chargeback, &refusals()).await;
    check_garbage(maxmind, &chargeback).await;
    assert!(report_once(maxmind(), &chargeback, ok()).await.0.is_ok());
}

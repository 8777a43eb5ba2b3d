//! The classification of replies.

use chargeback::{Delivery, Reason, Stage};

use super::{ok, seon};
use crate::providers::{Case, case, check_garbage, check_refusals, report_once};
use crate::support::plain;

/// A case whose error has this code and the message `Words.`
const fn coded(status: u16, body: &'static str, code: &'static str, kind: &'static str, delivery: Delivery) -> Case {
    case(status, body, kind, delivery, Some(code), Some("Words."))
}

fn refusals() -> Vec<Case> {
    use Delivery::{Rejected, Unknown};
    macro_rules! body {
        ($code:literal) => {
            concat!(r#"{"success":false,"error":{"code":""#, $code, r#"","message":"Words."},"data":{}}"#)
        };
    }
    vec![
        coded(400, body!("1000"), "1000", "rejected", Rejected),
        coded(400, body!("1001"), "1001", "rejected", Rejected),
        coded(400, body!("1005"), "1005", "rejected", Rejected),
        coded(400, body!("1006"), "1006", "rejected", Rejected),
        coded(400, body!("1016"), "1016", "rejected", Rejected),
        coded(401, body!("1017"), "1017", "authentication", Rejected),
        coded(401, body!("1019"), "1019", "authentication", Rejected),
        coded(401, body!("2001"), "2001", "unavailable", Unknown),
        coded(401, body!("2002"), "2002", "authentication", Rejected),
        coded(429, body!("4004"), "4004", "rate limited", Rejected),
        coded(200, body!("9999"), "9999", "rejected", Rejected),
        coded(500, body!("9999"), "9999", "unavailable", Unknown),
        case(429, "", "rate limited", Rejected, None, None),
        case(403, r#"{"message":"Forbidden"}"#, "authentication", Rejected, None, None),
        case(502, "<html>", "unavailable", Unknown, None, None),
        case(200, "{}", "unreadable", Unknown, None, None),
        case(200, "", "unreadable", Unknown, None, None),
        case(201, r#"{"success":true}"#, "unreadable", Unknown, None, None),
    ]
}

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    check_refusals(seon, &chargeback, &refusals()).await;
    check_garbage(seon, &chargeback).await;
    assert!(report_once(seon(), &chargeback, ok()).await.0.is_ok());
}

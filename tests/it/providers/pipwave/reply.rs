//! The classification of replies.

use chargeback::{Delivery, Reason, Stage};

use super::pipwave;
use crate::providers::{Case, case, check_garbage, check_refusals, report_once};
use crate::support::{Play, plain};

/// Returns the replies that are errors.
fn refusals() -> Vec<Case> {
    use Delivery::{Rejected, Unknown};
    vec![
        case(200, r#"{"status":400,"message":"Nope."}"#, "rejected", Rejected, Some("400"), Some("Nope.")),
        case(
            200,
            r#"{"status":"401","message":"Signature."}"#,
            "authentication",
            Rejected,
            Some("401"),
            Some("Signature."),
        ),
        case(200, r#"{"status":403}"#, "authentication", Rejected, Some("403"), None),
        case(200, r#"{"status":404}"#, "rejected", Rejected, Some("404"), None),
        case(200, r#"{"status":500,"message":"Oops."}"#, "unavailable", Unknown, Some("500"), Some("Oops.")),
        case(
            200,
            r#"{"status":9001,"message":["First.","Second."]}"#,
            "rejected",
            Rejected,
            Some("9001"),
            Some("First.; Second."),
        ),
        case(200, r#"{"status":"4001","message":[]}"#, "conflict", Rejected, Some("4001"), None),
        case(200, r#"{"status":4002,"message":null}"#, "conflict", Rejected, Some("4002"), None),
        case(200, r#"{"status":4006,"message":"Wait."}"#, "conflict", Rejected, Some("4006"), Some("Wait.")),
        case(200, r#"{"status":4501}"#, "conflict", Rejected, Some("4501"), None),
        // The sample of the page, which is in no table, and numbers that are not documented for this call.
        case(200, r#"{"status":0}"#, "unreadable", Unknown, Some("0"), None),
        case(200, r#"{"status":"3001"}"#, "unreadable", Unknown, Some("3001"), None),
        case(200, r#"{"status":201}"#, "unreadable", Unknown, Some("201"), None),
        case(200, r#"{"status":"ok"}"#, "unreadable", Unknown, Some("ok"), None),
        case(200, r#"{"status":200.0}"#, "unreadable", Unknown, Some("200.0"), None),
        case(200, r#"{"status":null}"#, "unreadable", Unknown, None, None),
        case(200, r#"{"message":"Fine."}"#, "unreadable", Unknown, None, None),
        // HTTP errors with a documented code, and with another one.
        case(404, r#"{"status":9001}"#, "rejected", Rejected, Some("9001"), None),
        case(403, r#"{"status":77}"#, "authentication", Rejected, Some("77"), None),
        // A failing server may have acted, whatever code the body has.
        case(500, r#"{"status":9001}"#, "unavailable", Unknown, Some("9001"), None),
        case(429, r#"{"status":9001}"#, "rate limited", Rejected, Some("9001"), None),
        case(500, "{}", "unavailable", Unknown, None, None),
        case(403, "Forbidden", "authentication", Rejected, None, None),
        case(429, "{}", "rate limited", Rejected, None, None),
    ]
}

#[tokio::test]
async fn replies_are_classified_by_the_status_in_the_body() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    check_refusals(pipwave, &chargeback, &refusals()).await;
    check_garbage(pipwave, &chargeback).await;
    let successes = [
        (200, r#"{"status":200}"#, None),
        (200, r#"{"status":"200","message":""}"#, None),
        (200, r#"{"status":200,"message":["a","b"],"reverse_pw_id":"1"}"#, Some("a; b")),
        (200, r#"{"status":200,"message":null}"#, None),
        (404, r#"{"status":200}"#, None),
        (500, r#"{"status":"200"}"#, None),
    ];
    for (status, body, message) in successes {
        let (result, _) = report_once(pipwave(), &chargeback, Play::json(status, body)).await;
        assert_eq!(result.unwrap().message(), message, "{body}");
    }
}

#[tokio::test]
async fn a_reversal_in_progress_is_retryable() {
    let chargeback = plain("c", Stage::Reversed, Reason::FraudOther).build().unwrap();
    let (result, _) = report_once(pipwave(), &chargeback, Play::json(200, r#"{"status":4006}"#)).await;
    assert!(result.unwrap_err().is_retryable());
    let (result, _) = report_once(pipwave(), &chargeback, Play::json(200, r#"{"status":4501}"#)).await;
    assert!(!result.unwrap_err().is_retryable());
}

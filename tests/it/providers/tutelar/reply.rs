//! The classification of replies.

use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{ChargebackProvider as _, Delivery, Reason, Stage};

use super::tutelar;
use crate::providers::{Case, case, check_garbage, check_refusals, report_once};
use crate::support::{Play, Script, kind, plain, provider};

/// Returns refusals of the credentials and of the caller's address.
fn authentication_errors() -> Vec<Case> {
    use Delivery::Rejected;
    vec![
        case(
            401,
            r#"{"success":false,"code":300,"message":"Unauthorized access","data":{}}"#,
            "authentication",
            Rejected,
            Some("300"),
            Some("Unauthorized access"),
        ),
        case(401, r#"{"code":101,"message":"No key"}"#, "authentication", Rejected, Some("101"), Some("No key")),
        case(401, r#"{"errorCode":"118"}"#, "authentication", Rejected, Some("118"), None),
        // An address outside the allow-list gets HTTP 400 instead of 403.
        case(
            400,
            r#"{"success":false,"error":{"code":110,"message":"IP is not whitelisted"}}"#,
            "authentication",
            Rejected,
            Some("110"),
            Some("IP is not whitelisted"),
        ),
        case(200, r#"{"success":false,"code":"110"}"#, "authentication", Rejected, Some("110"), None),
    ]
}

/// Returns other errors.
fn other_errors() -> Vec<Case> {
    use Delivery::{Rejected, Unknown};
    vec![
        case(422, "", "rejected", Rejected, None, None),
        case(
            422,
            r#"{"success":false,"message":"Invalid status"}"#,
            "rejected",
            Rejected,
            None,
            Some("Invalid status"),
        ),
        case(400, r#"{"code":104,"message":"Bad id"}"#, "rejected", Rejected, Some("104"), Some("Bad id")),
        case(400, r#"{"code":106}"#, "conflict", Rejected, Some("106"), None),
        case(
            404,
            r#"{"code":300,"message":"Request not found"}"#,
            "not found",
            Rejected,
            Some("300"),
            Some("Request not found"),
        ),
        case(
            422,
            r#"{"code":300,"message":"No data found"}"#,
            "not found",
            Rejected,
            Some("300"),
            Some("No data found"),
        ),
        case(
            422,
            r#"{"code":300,"message":"Already reacted to this dispute"}"#,
            "conflict",
            Rejected,
            Some("300"),
            Some("Already reacted to this dispute"),
        ),
        case(
            500,
            r#"{"code":300,"message":"Something went wrong"}"#,
            "unavailable",
            Unknown,
            Some("300"),
            Some("Something went wrong"),
        ),
        case(500, r#"{"code":101}"#, "unavailable", Unknown, Some("101"), None),
    ]
}

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Accepted, Reason::FraudOther).build().unwrap();
    check_refusals(tutelar, &chargeback, &authentication_errors()).await;
    check_refusals(tutelar, &chargeback, &other_errors()).await;
}

/// Returns contradictory replies, and replies with a code or a message in an unusual place.
fn contradictory_replies() -> Vec<Case> {
    use Delivery::{Rejected, Unknown};
    vec![
        case(200, r#"{"success":false,"message":"Nope."}"#, "rejected", Rejected, None, Some("Nope.")),
        case(200, r#"{"success":false,"error":"Nope."}"#, "rejected", Rejected, None, Some("Nope.")),
        case(200, r#"{"code":400,"message":"Nope."}"#, "rejected", Rejected, Some("400"), Some("Nope.")),
        case(200, "{}", "unreadable", Unknown, None, None),
        case(200, r#"{"success":"true"}"#, "unreadable", Unknown, None, None),
        case(200, r#"{"success":1}"#, "unreadable", Unknown, None, None),
        // Contradictions.
        case(400, r#"{"success":true}"#, "unreadable", Unknown, None, None),
        case(200, r#"{"success":true,"code":110}"#, "unreadable", Unknown, Some("110"), None),
        case(200, r#"{"success":true,"code":300,"data":{}}"#, "unreadable", Unknown, Some("300"), None),
        // A success code without `success`.
        case(
            200,
            r#"{"code":200,"message":"CompletedStep"}"#,
            "unreadable",
            Unknown,
            Some("200"),
            Some("CompletedStep"),
        ),
        case(200, r#"{"code":201}"#, "unreadable", Unknown, Some("201"), None),
        case(200, r#"{"error":{"message":"Nope."}}"#, "rejected", Rejected, None, Some("Nope.")),
        case(200, r#"{"error":{}}"#, "unreadable", Unknown, None, None),
        case(
            200,
            r#"{"success":false,"code":300,"message":"Something went wrong"}"#,
            "unavailable",
            Unknown,
            Some("300"),
            Some("Something went wrong"),
        ),
        case(200, r#"{"success":false,"code":500}"#, "unavailable", Unknown, Some("500"), None),
        // A code of the table under any key.
        case(400, r#"{"success":false,"code":300,"errorCode":110}"#, "authentication", Rejected, Some("110"), None),
        case(
            400,
            r#"{"success":false,"code":300,"message":"IP not whitelisted"}"#,
            "authentication",
            Rejected,
            Some("300"),
            Some("IP not whitelisted"),
        ),
        case(403, "<html>", "authentication", Rejected, None, None),
        case(429, "", "rate limited", Rejected, None, None),
    ]
}

#[tokio::test]
async fn contradictory_replies_and_messages_are_classified() {
    let chargeback = plain("c", Stage::Accepted, Reason::FraudOther).build().unwrap();
    check_refusals(tutelar, &chargeback, &contradictory_replies()).await;
    check_garbage(tutelar, &chargeback).await;
    for (status, body) in [(200, r#"{"success":true}"#), (201, r#"{"success":true,"code":200,"data":null}"#)] {
        assert!(report_once(tutelar(), &chargeback, Play::json(status, body)).await.0.is_ok(), "{body}");
    }
}

#[tokio::test]
async fn a_documented_code_overrides_the_http_status() {
    let accepted = plain("case-1", Stage::Accepted, Reason::FraudOther).build().unwrap();
    for (code, expected) in [("105", "rejected"), ("119", "not found"), ("106", "conflict"), ("101", "authentication")]
    {
        let script = Script::new([Play::json(404, format!(r#"{{"success":false,"code":"{code}"}}"#))]);
        let tutelar = provider(Tutelar::v1("k", "s", DefeatedMeans::Refuse), &script);
        assert_eq!(kind(&tutelar.report(&accepted).await.unwrap_err()), expected, "{code}");
    }
}

//! The classification of replies.

use chargeback::{Delivery, Reason, Stage};

use super::spade;
use crate::providers::{Case, case, check_garbage, check_refusals, report_once};
use crate::support::{Play, plain};

/// Returns the replies that are errors.
fn refusals() -> Vec<Case> {
    use Delivery::{Rejected, Unknown};
    vec![
        case(
            400,
            r#"{"state":["Invalid state.","Really."],"occurredAt":["No date."]}"#,
            "rejected",
            Rejected,
            None,
            Some("occurredAt: No date.; state: Invalid state.; state: Really."),
        ),
        case(400, r#"{"invalidField":"No."}"#, "rejected", Rejected, None, Some("invalidField: No.")),
        case(
            403,
            r#"{"details":"Incorrect authentication credentials."}"#,
            "authentication",
            Rejected,
            None,
            Some("Incorrect authentication credentials."),
        ),
        case(403, "<html>nginx</html>", "authentication", Rejected, None, None),
        case(401, "{}", "authentication", Rejected, None, None),
        case(404, r#"{"details":"Not found."}"#, "not found", Rejected, None, Some("Not found.")),
        case(422, "{}", "rejected", Rejected, None, None),
        case(
            429,
            r#"{"details":"Too many requests. 1000 every 5 minutes per IP address."}"#,
            "rate limited",
            Rejected,
            None,
            Some("Too many requests. 1000 every 5 minutes per IP address."),
        ),
        case(
            500,
            r#"{"details":"Internal server error."}"#,
            "unavailable",
            Unknown,
            None,
            Some("Internal server error."),
        ),
        case(201, r#"{"details":"Made."}"#, "unreadable", Unknown, None, Some("Made.")),
        case(202, "", "unreadable", Unknown, None, None),
        case(200, "", "unreadable", Unknown, None, None),
    ]
}

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    check_refusals(spade, &chargeback, &refusals()).await;
    check_garbage(spade, &chargeback).await;
    for body in ["{}", r#"{"details":7,"new":[1]}"#, r#"{"detail":"renamed"}"#] {
        let (result, _) = report_once(spade(), &chargeback, Play::json(200, body)).await;
        assert!(result.is_ok(), "{body}");
    }
}

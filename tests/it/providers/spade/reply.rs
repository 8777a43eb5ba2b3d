//! The classification of replies.

use chargeback::{Delivery, Reason, Stage};

use super::spade;
use crate::providers::{case, check_garbage, check_refusals, report_once};
use crate::support::{Play, plain};

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let cases = [
        case(
            400,
            r#"{"state":["Invalid state.","Really."],"occurredAt":["No date."]}"#,
            "rejected",
            Delivery::Rejected,
            None,
            Some("occurredAt: No date.; state: Invalid state.; state: Really."),
        ),
        case(400, r#"{"invalidField":"No."}"#, "rejected", Delivery::Rejected, None, Some("invalidField: No.")),
        case(
            403,
            r#"{"details":"Incorrect authentication credentials."}"#,
            "authentication",
            Delivery::Rejected,
            None,
            Some("Incorrect authentication credentials."),
        ),
        case(403, "<html>nginx</html>", "authentication", Delivery::Rejected, None, None),
        case(401, "{}", "authentication", Delivery::Rejected, None, None),
        case(404, r#"{"details":"Not found."}"#, "not found", Delivery::Rejected, None, Some("Not found.")),
        case(422, "{}", "rejected", Delivery::Rejected, None, None),
        case(
            429,
            r#"{"details":"Too many requests. 1000 every 5 minutes per IP address."}"#,
            "rate limited",
            Delivery::Rejected,
            None,
            Some("Too many requests. 1000 every 5 minutes per IP address."),
        ),
        case(
            500,
            r#"{"details":"Internal server error."}"#,
            "unavailable",
            Delivery::Unknown,
            None,
            Some("Internal server error."),
        ),
        case(201, r#"{"details":"Made."}"#, "unreadable", Delivery::Unknown, None, Some("Made.")),
        case(202, "", "unreadable", Delivery::Unknown, None, None),
        case(200, "", "unreadable", Delivery::Unknown, None, None),
    ];
    check_refusals(spade, &chargeback, &cases).await;
    check_garbage(spade, &chargeback).await;
    for body in ["{}", r#"{"details":7,"new":[1]}"#, r#"{"detail":"renamed"}"#] {
        let (result, _) = report_once(spade(), &chargeback, Play::json(200, body)).await;
        assert!(result.is_ok(), "{body}");
    }
}

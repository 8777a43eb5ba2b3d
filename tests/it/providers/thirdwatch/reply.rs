//! The classification of replies.

use chargeback::{Delivery, Reason, Stage};

use super::thirdwatch;
use crate::providers::{case, check_garbage, check_refusals, report_once};
use crate::support::{Play, plain};

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let cases = [
        case(400, r#"{"error":"bad event"}"#, "rejected", Delivery::Rejected, None, Some("bad event")),
        case(400, r#"{"message":"bad event"}"#, "rejected", Delivery::Rejected, None, Some("bad event")),
        case(200, r#"{"error":"bad event"}"#, "rejected", Delivery::Rejected, None, Some("bad event")),
        case(200, r#"{"error":{"code":7}}"#, "rejected", Delivery::Rejected, None, None),
        case(200, r#"{"error":{}}"#, "unreadable", Delivery::Unknown, None, None),
        // An `error` without content.
        case(200, r#"{"status":"sorry","error":null}"#, "unreadable", Delivery::Unknown, None, Some("sorry")),
        case(200, r#"{"error":""}"#, "unreadable", Delivery::Unknown, None, None),
        case(
            200,
            r#"{"error":false,"status":"fine-by-us"}"#,
            "unreadable",
            Delivery::Unknown,
            None,
            Some("fine-by-us"),
        ),
        case(401, r#"{"error":"bad key"}"#, "authentication", Delivery::Rejected, None, Some("bad key")),
        case(404, "", "not found", Delivery::Rejected, None, None),
        case(409, "{}", "conflict", Delivery::Rejected, None, None),
        case(429, "", "rate limited", Delivery::Rejected, None, None),
        case(500, r#"{"error":"oops!"}"#, "unavailable", Delivery::Unknown, None, Some("oops!")),
        case(201, r#"{"status":"recorded"}"#, "unreadable", Delivery::Unknown, None, None),
        case(204, "", "unreadable", Delivery::Unknown, None, None),
        case(301, "", "unreadable", Delivery::Unknown, None, None),
    ];
    check_refusals(thirdwatch, &chargeback, &cases).await;
    check_garbage(thirdwatch, &chargeback).await;
    let successes = [
        ("", None),
        (" \r\n", None),
        ("{}", None),
        (r#"{"status":"ok"}"#, Some("ok")),
        (r#"{"message":"ok"}"#, Some("ok")),
        (r#"{"other":1}"#, None),
    ];
    for (body, message) in successes {
        let (result, _) = report_once(thirdwatch(), &chargeback, Play::json(200, body)).await;
        assert_eq!(result.unwrap().message(), message, "{body}");
    }
}

//! The classification of replies.

use std::time::Duration;

use chargeback::{Advice, ChargebackProvider as _, Delivery, HttpProvider, Reason, RetryPolicy, Stage};

use super::{ok, ravelin};
use crate::providers::{Case, case, check_refusals, report_once};
use crate::support::{Play, Script, kind, plain};

fn refusals() -> Vec<Case> {
    use Delivery::{Rejected, Unknown};
    let text = Some("Words.");
    vec![
        case(400, r#"{"status":400,"message":"Words."}"#, "rejected", Rejected, None, text),
        case(401, r#"{"status":401,"message":"Words."}"#, "authentication", Rejected, None, text),
        case(403, "Forbidden", "authentication", Rejected, None, None),
        case(404, "{}", "not found", Rejected, None, None),
        case(405, "", "rejected", Rejected, None, None),
        case(406, "", "rejected", Rejected, None, None),
        case(429, r#"{"status":429,"message":"Words."}"#, "unavailable", Unknown, None, text),
        case(500, r#"{"status":500,"message":"Words."}"#, "unavailable", Unknown, None, text),
        case(503, "", "unavailable", Unknown, None, None),
        case(504, "", "unavailable", Unknown, None, None),
        case(200, r#"{"status":500,"message":"Words."}"#, "unreadable", Unknown, None, text),
        case(200, r#"{"status":"OK"}"#, "unreadable", Unknown, None, None),
        case(200, "<html>", "unreadable", Unknown, None, None),
        case(200, "[]", "unreadable", Unknown, None, None),
        case(302, "", "unreadable", Unknown, None, None),
    ]
}

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    check_refusals(ravelin, &chargeback, &refusals()).await;
    for play in [ok(), Play::empty(200), Play::empty(204), Play::json(200, "null"), Play::json(202, "{}")] {
        assert!(report_once(ravelin(), &chargeback, play.clone()).await.0.is_ok(), "{play:?}");
    }
}

/// Ravelin processes a rate-limited report later, so the report ends at once.
#[tokio::test(start_paused = true)]
async fn a_rate_limited_report_is_sent_again_after_10_minutes() {
    let script = Script::new([Play::json(429, "{}"), ok()]);
    let provider = HttpProvider::builder(ravelin()).transport(script.clone()).retry(RetryPolicy::default());
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let error = provider.build().unwrap().report(&chargeback).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("unavailable", Delivery::Unknown));
    assert_eq!(error.advice(), Advice::RetryAt { after: Some(Duration::from_secs(600)) });
    assert_eq!(script.sent().len(), 1);
}

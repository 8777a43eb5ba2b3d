//! The classification of replies.

use chargeback::{Delivery, Reason, Stage};

use super::{ok, sift};
use crate::providers::{check_garbage, report_once};
use crate::support::{Play, kind, plain};

#[tokio::test]
async fn replies_are_classified_and_their_bodies_are_not_kept() {
    use Delivery::{Rejected, Unknown};
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    for (status, code, expected, delivery) in [
        (400, 50, "rejected", Rejected),
        (400, 51, "authentication", Rejected),
        (200, 51, "authentication", Rejected),
        (400, 61, "authentication", Rejected),
        (400, 58, "rejected", Rejected),
        (400, 60, "rate limited", Rejected),
        (429, 60, "rate limited", Rejected),
        (200, 60, "rate limited", Rejected),
        (400, 117, "rejected", Rejected),
        (400, 9999, "rejected", Rejected),
        (200, 9999, "unreadable", Unknown),
        (400, -1, "unavailable", Unknown),
        (500, -4, "unavailable", Unknown),
    ] {
        let text = format!(r#"{{"status":{code},"error_message":"Words.","request":"{{\"$api_key\":\"sift-key\"}}"}}"#);
        let (result, _) = report_once(sift(), &chargeback, Play::json(status, text)).await;
        let error = result.unwrap_err();
        let context = format!("{status} {code}: {error}");
        assert_eq!((kind(&error), error.delivery()), (expected, delivery), "{context}");
        assert_eq!((error.vendor_code(), error.vendor_message()), (Some(code.to_string().as_str()), Some("Words.")));
        assert_eq!(error.reply_body(), None, "{context}");
    }
    check_garbage(sift, &chargeback).await;
    let (result, _) = report_once(sift(), &chargeback, Play::json(200, "<html>sift-key</html>")).await;
    assert_eq!(result.unwrap_err().reply_body(), None);
    let receipt = report_once(sift(), &chargeback, ok()).await.0.unwrap();
    assert!(!format!("{receipt:?}").contains("sift-key"));
}

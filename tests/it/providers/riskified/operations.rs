//! Requests and their signatures.

use chargeback::riskified::signature::{self, sign, verify};
use chargeback::{Reason, Secret, Stage};
use http::Method;
use serde_json::json;

use super::{TOKEN, ok, riskified};
use crate::providers::{check_plan, report_once};
use crate::support::{body, full, header};

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback = full(Stage::Contested, Reason::Duplicate).build().unwrap();
    let (result, script) = report_once(riskified(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    let address = "https://wh.riskified.com/api/decision";
    assert_eq!((sent.method(), sent.uri().to_string().as_str()), (&Method::POST, address));
    let signature = sign(sent.body(), &Secret::from(TOKEN));
    for (name, value) in [
        ("accept", "application/vnd.riskified.com; version=2"),
        ("api-version", "2"),
        ("content-type", "application/json"),
        ("x-riskified-shop-domain", "shop.example.com"),
        (signature::HEADER, signature.as_str()),
    ] {
        assert_eq!(header(sent, name), Some(value), "{name}");
    }
    assert_eq!(sent.headers().len(), 5);
    assert!(sent.headers()[signature::HEADER].is_sensitive());
    // The amount is exact text, which a parsed number would not show.
    assert!(String::from_utf8_lossy(sent.body()).contains("\"amount\":987654.321,"));
    assert_eq!(
        body(sent),
        json!({
            "order": {
                "id": "canary-order-id",
                "decision": {
                    "external_status": "chargeback_not_fraud",
                    "decided_at": "2026-10-06T06:30:00Z",
                    "reason": "canary-code",
                    "amount": 987_654.321,
                    "currency": "KWD",
                    "notes": "canary-notes",
                },
            },
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("chargeback_*", "chargeback_not_fraud"));
    assert_eq!(receipt.message(), Some("Under review"));
    check_plan(riskified(), &chargeback, sent, &[TOKEN, &signature]);
}

#[test]
fn a_signature_is_that_of_the_bytes() {
    let token = Secret::from(TOKEN);
    let signature = sign(b"{}", &token);
    assert!(verify(b"{}", &signature, &token) && verify(b"{}", &signature.to_uppercase(), &token));
    for (body, signature, token) in [
        (&b"{} "[..], signature.as_str(), TOKEN),
        (b"{}", &signature[2..], TOKEN),
        (b"{}", "", TOKEN),
        (b"{}", "zz", TOKEN),
        (b"{}", signature.as_str(), "another-token"),
    ] {
        assert!(!verify(body, signature, &Secret::from(token)), "{signature}");
    }
}

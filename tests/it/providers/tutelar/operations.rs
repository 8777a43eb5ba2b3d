//! Requests.

use chargeback::tutelar::{
    ChargebackStatus, DefeatedMeans, RefundStatus, TransactionChargeback, TransactionRefund, Tutelar,
};
use chargeback::{Reason, Secret, Stage};
use serde_json::json;

use super::{ok, tutelar};
use crate::providers::{check_plan, check_post, report_once};
use crate::support::{Play, Script, body, full, header, plain, provider, violations};

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback = full(Stage::PreArbitration, Reason::NotReceived).build().unwrap();
    let (result, script) = report_once(tutelar(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    // api-key:secret-key
    check_post(
        sent,
        "https://secctrl.tutelar.io/api/v1/fraud-detector/transaction/chargeback",
        ("authorization", "Basic YXBpLWtleTpzZWNyZXQta2V5"),
    );
    assert_eq!(
        body(sent),
        json!({
            "status": "prearbitration",
            "orderId": "canary-order-id",
            "reason": "goods or services not received (canary-network canary-code)",
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("prearbitration", ""));
    assert_eq!(receipt.message(), Some("Chargeback status updated successfully"));
    check_plan(tutelar(), &chargeback, sent, &["api-key", "secret-key", "YXBpLWtleTpzZWNyZXQta2V5"]);
}

#[tokio::test]
async fn version_2_has_its_path_and_token() {
    let chargeback = plain("c", Stage::Accepted, Reason::FraudOther).build().unwrap();
    let vendor = || Tutelar::v2(Secret::from("token-1"), DefeatedMeans::Refuse);
    let (result, script) = report_once(vendor(), &chargeback, ok()).await;
    assert!(result.is_ok());
    let sent = &script.sent()[0];
    assert_eq!(sent.uri().path(), "/api/v2/fraud-detector/transaction/chargeback");
    assert_eq!(header(sent, "authorization"), Some("Bearer token-1"));
    assert_eq!(body(sent), json!({ "status": "accepted", "orderId": "ORD_10726", "reason": "fraud" }));
    check_plan(vendor(), &chargeback, sent, &["token-1"]);
}

#[tokio::test]
async fn native_calls_send_the_exact_requests() {
    let script = Script::new([ok(), Play::json(200, r#"{"success":true,"data":{"referenceNo":7}}"#)]);
    let tutelar = provider(tutelar(), &script);
    let chargeback = TransactionChargeback::new(ChargebackStatus::Defeated, "o", "r");
    let updated = tutelar.report_chargeback(chargeback).await.unwrap().reply;
    assert_eq!(updated.order_id.as_deref(), Some("ORD_10726"));
    assert_eq!(updated.requested_at.unwrap().as_str(), "2024-04-17T11:54:00.466Z");
    assert_eq!(updated.responded_at.unwrap().as_str(), "2024-04-17T11:54:00.474Z");
    assert_eq!(updated.processed_in_ms, Some(8));
    let mut refund = TransactionRefund::new(RefundStatus::Requested, "o", "r");
    refund.reference_no = Some("7".into());
    let updated = tutelar.report_refund(refund).await.unwrap().reply;
    assert_eq!(updated.reference_no.as_deref(), Some("7"));
    let sent = script.sent();
    assert_eq!(body(&sent[0]), json!({ "status": "defeated", "orderId": "o", "reason": "r" }));
    assert_eq!(sent[1].uri().path(), "/api/v1/fraud-detector/transaction/refund");
    assert_eq!(body(&sent[1]), json!({ "status": "requested", "orderId": "o", "reason": "r", "referenceNo": "7" }));
    let error = tutelar.report_refund(TransactionRefund::new(RefundStatus::Requested, "", "")).await.unwrap_err();
    assert_eq!(violations(&error), ["orderId: must not be empty", "reason: must not be empty"]);
}

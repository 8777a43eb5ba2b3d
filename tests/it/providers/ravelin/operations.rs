//! Requests.

use chargeback::ravelin::{Dispute, DisputeOutcome, DisputeStage, ReportDispute};
use chargeback::{Reason, Stage};
use serde_json::json;

use super::{ADDRESS, ok, ravelin};
use crate::providers::{check_plan, check_post, report_once};
use crate::support::{Script, body, full, provider};

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback = full(Stage::Won, Reason::NotReceived).build().unwrap();
    let (result, script) = report_once(ravelin(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    check_post(sent, ADDRESS, ("authorization", "token sk_test_1"));
    assert_eq!(
        body(sent),
        json!({
            "timestamp": 1_791_268_200_000_i64,
            "orderId": "canary-order-id",
            "customerId": "canary-user-id",
            "dispute": {
                "disputeId": "canary-case-id",
                "stage": "CHARGEBACK",
                "outcome": "WON",
                "gateway": "canary-processor",
                "gatewayReference": "canary-gateway-id",
                "transactionId": "canary-transaction-id",
                "amount": 987_654_321,
                "currency": "KWD",
                "disputeTime": 1_790_818_200_000_i64,
                "reason": "goods or services not received (canary-network canary-code)",
                "nonFraud": true,
                "acquirerReferenceNumber": "canary-arn",
            },
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("CHARGEBACK, WON", "nonFraud: true"));
    check_plan(ravelin(), &chargeback, sent, &["sk_test_1"]);
}

#[tokio::test]
async fn the_native_call_sends_every_field() {
    let script = Script::new([ok()]);
    let mut dispute = Dispute::new("CB-1", DisputeStage::SecondChargeback);
    dispute.outcome = Some(DisputeOutcome::Lost);
    dispute.gateway_reference = Some("ch_1".into());
    dispute.liability_shifted = Some(true);
    dispute.non_fraud = Some(false);
    dispute.descriptor = Some("SHOP*1".into());
    let mut report = ReportDispute::new(1_790_942_400_000, dispute);
    report.event_type = Some("chargeback-report".into());
    let reply = provider(ravelin(), &script).report_dispute(report).await.unwrap().reply;
    assert_eq!(reply.timestamp, Some(1_790_942_400_123));
    let expected = json!({
        "timestamp": 1_790_942_400_000_i64,
        "eventType": "chargeback-report",
        "dispute": {
            "disputeId": "CB-1",
            "stage": "SECOND_CHARGEBACK",
            "outcome": "LOST",
            "gatewayReference": "ch_1",
            "liabilityShifted": true,
            "nonFraud": false,
            "descriptor": "SHOP*1",
        },
    });
    assert_eq!(body(&script.sent()[0]), expected);
}

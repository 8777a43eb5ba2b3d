//! Requests.

use chargeback::thirdwatch::{AbuseType, ChargebackEvent, TagUser, UntagUser};
use chargeback::{Reason, Stage};
use serde_json::json;

use super::{ok, thirdwatch};
use crate::providers::{check_plan, check_post, report_once};
use crate::support::{Script, body, full, provider};

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback = full(Stage::Contested, Reason::Duplicate).build().unwrap();
    let (result, script) = report_once(thirdwatch(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    check_post(sent, "https://api.thirdwatch.ai/event/v1/chargeback", ("x-thirdwatch-api-key", "tw-key"));
    assert_eq!(
        body(sent),
        json!({
            "_userId": "canary-user-id",
            "_sessionId": "canary-session-id",
            "_orderId": "canary-order-id",
            "_transactionId": "canary-transaction-id",
            "_chargebackState": "_disputed",
            "_chargebackReason": "_duplicate",
            "_customInfo": {
                "amount": "987654.321",
                "arn": "canary-arn",
                "case_id": "canary-case-id",
                "case_number": "canary-case-number",
                "currency": "KWD",
                "due_by": "2026-10-28T23:30:00Z",
                "gateway_transaction_id": "canary-gateway-id",
                "metadata.canary-name": "canary-value",
                "network": "canary-network",
                "network_reason_code": "canary-code",
                "notes": "canary-notes",
                "occurred_at": "2026-10-06T06:30:00Z",
                "opened_at": "2026-10-01T01:30:00Z",
                "processor": "canary-processor",
                "processor_dispute_id": "canary-dispute-id",
                "processor_payment_id": "canary-payment-id",
                "reason": "duplicate",
                "received_at": "2026-10-02T02:30:00Z",
                "stage": "contested",
            },
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("_disputed", "_duplicate"));
    assert_eq!(receipt.message(), Some("event recorded"));
    check_plan(thirdwatch(), &chargeback, sent, &["tw-key"]);
}

#[tokio::test]
async fn native_calls_send_the_exact_requests() {
    let script = Script::new([ok(), ok(), ok()]);
    let thirdwatch = provider(thirdwatch(), &script);
    let mut event = ChargebackEvent::default();
    event.session_id = Some("s".into());
    event.state = Some("_new_state".into());
    let mut untag = UntagUser::new("u");
    untag.abuse_type = Some(AbuseType::AccountAbuse);
    assert_eq!(thirdwatch.report_chargeback(event).await.unwrap().reply.message.as_deref(), Some("event recorded"));
    thirdwatch.tag(TagUser::new("u", false)).await.unwrap();
    thirdwatch.untag(untag).await.unwrap();
    let sent: Vec<_> = script.sent().iter().map(|sent| (sent.uri().path().to_owned(), body(sent))).collect();
    let expected = [
        ("/event/v1/chargeback", json!({ "_sessionId": "s", "_chargebackState": "_new_state" })),
        ("/event/v1/tag", json!({ "_userId": "u", "_isBad": false })),
        ("/event/v1/untag", json!({ "_userId": "u", "_abuseType": "_accountAbuse" })),
    ];
    assert_eq!(sent, expected.map(|(path, body)| (path.to_owned(), body)));
}

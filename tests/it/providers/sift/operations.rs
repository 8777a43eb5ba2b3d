//! Requests.

use chargeback::sift::{ApplyDecision, ChargebackEvent, Decision, DecisionSource, EventOptions};
use chargeback::{Delivery, Reason, RetryPolicy, Stage};
use http::Method;
use serde_json::json;

use super::{ADDRESS, ok, sift};
use crate::providers::{check_plan, report_once};
use crate::support::{Play, Script, body, full, header, provider};

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback = full(Stage::UnderReview, Reason::NotAsDescribed).build().unwrap();
    let (result, script) = report_once(sift(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    assert_eq!((sent.method(), sent.uri().to_string().as_str()), (&Method::POST, ADDRESS));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 2);
    assert_eq!(
        body(sent),
        json!({
            "$type": "$chargeback",
            "$api_key": "sift-key",
            "$user_id": "canary-user-id",
            "$order_id": "canary-order-id",
            "$transaction_id": "canary-transaction-id",
            "$chargeback_state": "$disputed",
            "$chargeback_reason": "$product_unacceptable",
            "$time": 1_791_268_200_000_i64,
            "amount_micros": 987_654_321_000_i64,
            "arn": "canary-arn",
            "card_network": "canary-network",
            "case": "canary-case-id",
            "case_number": "canary-case-number",
            "currency": "KWD",
            "due_by": "2026-10-28T23:30:00Z",
            "gateway_transaction": "canary-gateway-id",
            "metadata": r#"{"canary-name":"canary-value"}"#,
            "network_reason_code": "canary-code",
            "notes": "canary-notes",
            "opened_at": "2026-10-01T01:30:00Z",
            "processor": "canary-processor",
            "processor_dispute": "canary-dispute-id",
            "processor_payment": "canary-payment-id",
            "reason": "not_as_described",
            "received_at": "2026-10-02T02:30:00Z",
            "stage": "under_review",
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("$disputed", "$product_unacceptable"));
    check_plan(sift(), &chargeback, sent, &["sift-key"]);
}

#[tokio::test]
async fn options_are_parameters_of_the_address() {
    let mut options = EventOptions::default();
    options.return_score = true;
    options.return_workflow_status = true;
    options.force_workflow_run = true;
    options.return_route_info = true;
    options.return_score_percentiles = true;
    options.return_warnings = true;
    options.abuse_types = vec!["payment_abuse".into(), "promotion_abuse".into()];
    let scored = r#"{"status":0,"time":7,"score_response":{"status":0,"scores":{"payment_abuse":{"score":0.5}}}}"#;
    let script = Script::new([Play::json(200, scored)]);
    let event = ChargebackEvent::for_order("o-1");
    let reply = provider(sift(), &script).report_chargeback_with(event, options).await.unwrap().reply;
    assert_eq!(reply.time, Some(7));
    assert_eq!(reply.score_response.unwrap()["scores"]["payment_abuse"]["score"], 0.5);
    let query = "return_score=true&return_workflow_status=true&force_workflow_run=true&return_route_info=true\
                 &fields=SCORE_PERCENTILES%2CWARNINGS&abuse_types=payment_abuse%2Cpromotion_abuse";
    assert_eq!(script.sent()[0].uri().query(), Some(query));
}

#[tokio::test]
async fn decisions_use_basic_authentication_and_escape_ids() {
    let script = Script::new([Play::json(200, "{}"), Play::json(204, "")]);
    let provider = provider(sift(), &script);
    let mut review = Decision::new("block_order", DecisionSource::ManualReview);
    review.analyst = Some("analyst-3".into());
    review.description = Some("note".into());
    review.time = Some(1_790_000_000_000);
    provider.apply_decision(ApplyDecision::to_order("acct", "user-1", "ORD/1", review)).await.unwrap();
    let block = Decision::new("block_user", DecisionSource::Chargeback);
    provider.apply_decision(ApplyDecision::to_user("acct", "12345=.-_+@:&^%!$", block)).await.unwrap();
    let [order, user] = &script.sent()[..] else { panic!("two requests") };
    assert_eq!(order.uri().path(), "/v3/accounts/acct/users/user-1/orders/ORD%2F1/decisions");
    assert_eq!(header(order, "authorization"), Some("Basic c2lmdC1rZXk6"));
    assert_eq!(
        body(order),
        json!({
            "decision_id": "block_order",
            "source": "MANUAL_REVIEW",
            "analyst": "analyst-3",
            "description": "note",
            "time": 1_790_000_000_000_i64,
        })
    );
    assert_eq!(user.uri().path(), "/v3/accounts/acct/users/12345%3D.-_%2B%40%3A%26%5E%25%21%24/decisions");
    assert_eq!(body(user), json!({ "decision_id": "block_user", "source": "CHARGEBACK" }));
}

#[tokio::test(start_paused = true)]
async fn a_decision_is_never_repeated() {
    let script = Script::new([Play::Lost, Play::json(200, "{}")]);
    let provider =
        chargeback::HttpProvider::builder(sift()).transport(script.clone()).retry(RetryPolicy::default()).build();
    let block = ApplyDecision::to_user("acct", "user-1", Decision::new("block", DecisionSource::Chargeback));
    let error = provider.unwrap().apply_decision(block).await.unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable()), (Delivery::Unknown, false));
    assert_eq!(script.sent().len(), 1);
}

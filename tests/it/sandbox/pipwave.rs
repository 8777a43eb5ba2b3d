//! The fake Pipwave.

use chargeback::sandbox::{API_KEY, API_SECRET, Sandbox};
use chargeback::{RetryPolicy, Secret, pipwave};
use serde_json::json;

use super::{post, send};
use crate::support::kind;

#[tokio::test]
async fn checks_signature_reason_and_status() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.pipwave().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let signed = |stage: &str, reason: Option<&str>, secret: &str| {
        let pairs =
            [("action", "tag-chargeback"), ("api_key", API_KEY), ("stage", stage), ("timestamp", "7"), ("txn_id", "t")];
        let mut body = json!({
            "action": "tag-chargeback", "api_key": API_KEY, "stage": stage, "timestamp": 7, "txn_id": "t",
            "signature": pipwave::signature::sign(pairs, &Secret::from(secret)),
        });
        if let Some(reason) = reason {
            body["reason"] = json!(reason);
        }
        body
    };
    let cases = [
        ("wrong secret", signed("disputed", Some("others"), "nope"), json!(401)),
        ("no reason", signed("disputed", None, API_SECRET), json!(9001)),
        ("unknown reason", signed("disputed", Some("other"), API_SECRET), json!(9001)),
        ("unknown stage", signed("initiated", Some("others"), API_SECRET), json!(9001)),
        ("nothing to win", signed("dispute won", None, API_SECRET), json!(4501)),
        ("nothing to reverse", signed("chargeback reversed", None, API_SECRET), json!(4501)),
        ("opened", signed("disputed", Some("others"), API_SECRET), json!("200")),
        ("final", signed("chargeback", None, API_SECRET), json!("200")),
        ("too late to dispute", signed("disputed", Some("others"), API_SECRET), json!(4501)),
        ("reversed", signed("chargeback reversed", None, API_SECRET), json!("200")),
    ];
    for (name, body, status) in cases {
        let (http, reply) = send(&*transport, post(&base, "/payment", ("x-api-key", API_KEY), &body)).await;
        assert_eq!((http, &reply["status"]), (200, &status), "{name}: {reply}");
    }
    let (_, reply) = send(&*transport, post(&base, "/payment", ("x-api-key", "nope"), &json!({}))).await;
    assert_eq!(reply["status"], 403);
    let case = sandbox.pipwave().case("t").unwrap();
    assert_eq!((case.state["stage"].as_str(), case.history.len()), (Some("chargeback reversed"), 3));
}

#[tokio::test]
async fn finds_a_payment_by_either_id() {
    let sandbox = Sandbox::in_memory();
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).retry(RetryPolicy::never()).build().unwrap();
    let tag = |pw_id: Option<&str>, txn_id: Option<&str>| {
        let mut tag = pipwave::TagChargeback::for_transaction("", pipwave::ChargebackStage::Disputed);
        (tag.pw_id, tag.txn_id) = (pw_id.map(Into::into), txn_id.map(Into::into));
        tag.reason = Some(pipwave::ChargebackReason::Others);
        tag
    };
    pipwave.tag_chargeback(tag(Some("pw-1"), Some("t-1"))).await.unwrap();
    for by in [pipwave::Requery::Payment("pw-1".into()), pipwave::Requery::Transaction("t-1".into())] {
        assert_eq!(pipwave.requery(by).await.unwrap().reply.status, pipwave::TransactionStatus::Disputed);
    }
    // The two ids belong to different payments.
    pipwave.tag_chargeback(tag(None, Some("t-2"))).await.unwrap();
    let error = pipwave.tag_chargeback(tag(Some("pw-1"), Some("t-2"))).await.unwrap_err();
    assert_eq!(error.vendor_code(), Some("9001"));
    // A payment that is fully refunded cannot be disputed.
    sandbox.pipwave().set_payment_by_pw_id("pw-3", 20);
    let error = pipwave.tag_chargeback(tag(Some("pw-3"), None)).await.unwrap_err();
    assert_eq!((kind(&error), error.vendor_code()), ("conflict", Some("4001")));
}

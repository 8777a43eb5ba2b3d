//! Requests.

use chargeback::pipwave::{Requery, TransactionStatus};
use chargeback::{ChargebackProvider as _, Reason, Stage};
use serde_json::{Value, json};

use super::{SIGNED, ok, pipwave, signature};
use crate::providers::{check_plan, check_post, report_once};
use crate::support::{Play, Script, body, full, provider};

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback = full(Stage::Received, Reason::CounterfeitMerchandise).build().unwrap();
    let (result, script) = report_once(pipwave(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    check_post(sent, "https://api.pipwave.com/payment", ("x-api-key", "pw-key"));
    let mut request = body(sent);
    assert_eq!(request["signature"], signature(&request, SIGNED));
    let now = chrono::Utc::now().timestamp();
    assert!((now - 60..=now).contains(&request["timestamp"].as_i64().unwrap()));
    request["timestamp"] = json!(0);
    request["signature"] = json!("");
    assert_eq!(
        request,
        json!({
            "action": "tag-chargeback",
            "timestamp": 0,
            "api_key": "pw-key",
            "pw_id": "canary-pw-id",
            "txn_id": "canary-transaction-id",
            "stage": "disputed",
            "reason": "not_as_described",
            "signature": "",
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("disputed", "not_as_described"));
    check_plan(pipwave(), &chargeback, sent, &["pw-key", "pw-secret"]);
    let plan = provider(pipwave(), &Script::empty()).plan(&chargeback).unwrap();
    let planned: Value = serde_json::from_str(plan.steps()[0].request().unwrap().body()).unwrap();
    assert_eq!((&planned["api_key"], &planned["signature"]), (&json!("[redacted]"), &json!("[redacted]")));
    assert_eq!(planned["txn_id"], "canary-transaction-id");
}

#[tokio::test]
async fn requery_sends_the_exact_request() {
    let reply =
        |status: &str| Play::json(200, format!(r#"{{"status":"200","message":null,"transaction_status":{status}}}"#));
    let script = Script::new([reply("13"), reply(r#""15""#), reply("99")]);
    let pipwave = provider(pipwave(), &script);
    assert_eq!(
        pipwave.requery(Requery::Transaction("t".into())).await.unwrap().reply.status,
        TransactionStatus::Disputed
    );
    assert_eq!(
        pipwave.requery(Requery::Payment("p".into())).await.unwrap().reply.status,
        TransactionStatus::ChargedBack
    );
    assert_eq!(pipwave.requery(Requery::Payment("p".into())).await.unwrap().reply.status, TransactionStatus::Other(99));
    let mut request = body(&script.sent()[0]);
    assert_eq!(request["signature"], signature(&request, &["action", "api_key", "timestamp", "txn_id"]));
    request["timestamp"] = json!(0);
    request["signature"] = json!("");
    let expected = json!({ "action": "requery", "timestamp": 0, "api_key": "pw-key", "txn_id": "t", "signature": "" });
    assert_eq!(request, expected);
    let request = body(&script.sent()[1]);
    assert_eq!(request["signature"], signature(&request, &["action", "api_key", "timestamp", "pw_id"]));
}

//! The fake Ravelin.

use chargeback::sandbox::{API_KEY, Sandbox};
use serde_json::{Value, json};

use super::{post, send};

fn event(timestamp: i64, field: &str, value: Value) -> Value {
    let dispute = json!({ "disputeId": "d", "stage": "CHARGEBACK", "transactionId": "t" });
    let mut body = json!({ "timestamp": timestamp, "dispute": dispute });
    body["dispute"][field] = value;
    body
}

#[tokio::test]
async fn rejects_requests_that_the_documents_do_not_allow() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.ravelin().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let key = format!("token {API_KEY}");
    let good = event(2, "outcome", json!("WON"));
    let cases = [
        ("wrong key", "/v2/dispute", "token nope", good.clone(), 403),
        ("unknown call", "/v2/chargeback", &key, good.clone(), 404),
        ("no time", "/v2/dispute", &key, json!({ "dispute": {} }), 400),
        ("no dispute", "/v2/dispute", &key, json!({ "timestamp": 1 }), 400),
        ("unknown field", "/v2/dispute", &key, event(1, "status", json!("WON")), 400),
        ("wrong stage", "/v2/dispute", &key, event(1, "stage", json!("PRE_ARBITRATION")), 400),
        ("wrong outcome", "/v2/dispute", &key, event(1, "outcome", json!("won")), 400),
        ("fraction", "/v2/dispute", &key, event(1, "amount", json!(12.5)), 400),
        ("no reference", "/v2/dispute", &key, event(1, "transactionId", Value::Null), 400),
        ("long id", "/v2/dispute", &key, event(1, "disputeId", json!("x".repeat(301))), 400),
        ("good", "/v2/dispute", &key, good, 200),
    ];
    for (name, path, key, body, status) in cases {
        let reply = send(&*transport, post(&base, path, ("authorization", key), &body)).await;
        assert_eq!(reply.0, status, "{name}: {reply:?}");
    }
    // An older event changes nothing.
    let older = event(1, "outcome", json!("LOST"));
    send(&*transport, post(&base, "/v2/dispute", ("authorization", &key), &older)).await;
    let case = sandbox.ravelin().case("d").unwrap();
    assert_eq!((case.history.len(), &case.state["dispute"]["outcome"]), (2, &json!("WON")));
}

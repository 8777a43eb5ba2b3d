//! The fake Thirdwatch.

use chargeback::sandbox::{API_KEY, Sandbox};
use serde_json::{Value, json};

use super::{post, send};

#[tokio::test]
async fn rejects_requests_that_the_documents_do_not_allow() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.thirdwatch().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let cases = [
        ("wrong key", "/v1/chargeback", "nope", json!({ "_userId": "u" }), 401),
        ("unknown call", "/v1/score", API_KEY, json!({ "_userId": "u" }), 404),
        ("no user and no session", "/v1/chargeback", API_KEY, json!({ "_orderId": "o" }), 400),
        ("a tag with only a session", "/v1/tag", API_KEY, json!({ "_sessionId": "s" }), 400),
        ("unknown key", "/v1/chargeback", API_KEY, json!({ "_userId": "u", "_amount": 1 }), 400),
        ("wrong type", "/v1/tag", API_KEY, json!({ "_userId": "u", "_isBad": "yes" }), 400),
        ("good", "/v1/chargeback", API_KEY, json!({ "_sessionId": "s" }), 200),
        ("good tag", "/v1/tag", API_KEY, json!({ "_userId": "u", "_isBad": true }), 200),
        ("good untag", "/v1/untag", API_KEY, json!({ "_userId": "u" }), 200),
    ];
    for (name, path, key, body, status) in cases {
        let reply = send(&*transport, post(&base, path, ("x-thirdwatch-api-key", key), &body)).await;
        assert_eq!(reply.0, status, "{name}: {reply:?}");
    }
    assert_eq!(sandbox.thirdwatch().cases().len(), 1);
    assert_eq!(sandbox.thirdwatch().tags()[0].state, Value::Null);
}

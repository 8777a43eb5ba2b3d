//! The fake Sift.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chargeback::sandbox::{API_KEY, Sandbox};
use serde_json::{Value, json};

use super::{post, send};

#[tokio::test]
async fn rejects_requests_that_the_documents_do_not_allow() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.sift().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let event = |field: &str, value: Value| {
        let mut body = json!({ "$type": "$chargeback", "$api_key": API_KEY, "$order_id": "o" });
        body[field] = value;
        body
    };
    let cases = [
        ("wrong key", event("$api_key", json!("nope")), 51),
        ("unknown reserved name", event("$case_number", json!("x")), 105),
        ("custom name with a hyphen", event("case-number", json!("x")), 52),
        ("wrong type", event("$order_id", json!(1)), 53),
        ("time as text", event("$time", json!("1")), 105),
        ("characters of the user", event("$user_id", json!("user/1")), 53),
        ("no event", event("$type", json!("$order")), 55),
        ("no id", json!({ "$type": "$chargeback", "$api_key": API_KEY }), 55),
        ("wrong state", event("$chargeback_state", json!("won")), 109),
        ("wrong reason", event("$chargeback_reason", json!("fraud")), 109),
    ];
    for (name, body, code) in cases {
        let reply = send(&*transport, post(&base, "/v205/events", ("x-unused", "1"), &body)).await;
        assert_eq!((reply.0, &reply.1["status"]), (400, &json!(code)), "{name}");
        // The vendor repeats the request, with the key.
        assert!(reply.1["request"].as_str().unwrap().contains("$api_key"), "{name}");
    }
    let good = event("$chargeback_state", json!("$won"));
    let reply = send(&*transport, post(&base, "/v205/events", ("x-unused", "1"), &good)).await;
    assert_eq!((reply.0, &reply.1["status"]), (200, &json!(0)));
    let case = sandbox.sift().case("o").unwrap();
    assert_eq!((case.history.len(), case.state.get("$api_key")), (1, None));

    let path = "/v3/accounts/a/users/u/decisions";
    let key = format!("Basic {}", BASE64.encode(format!("{API_KEY}:")));
    for (key, body, status) in [
        ("Basic eDo=", json!({ "decision_id": "d", "source": "CHARGEBACK" }), 401),
        (key.as_str(), json!({ "source": "CHARGEBACK" }), 400),
        (key.as_str(), json!({ "decision_id": "d", "source": "MANUAL_REVIEW" }), 400),
        (key.as_str(), json!({ "decision_id": "d", "source": "CHARGEBACK" }), 200),
    ] {
        assert_eq!(send(&*transport, post(&base, path, ("authorization", key), &body)).await.0, status);
    }
    assert_eq!(sandbox.sift().decisions().len(), 1);
}

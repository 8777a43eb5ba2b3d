//! The fake Spade.

use chargeback::sandbox::{API_KEY, Sandbox};
use serde_json::json;

use super::{post, send};

#[tokio::test]
async fn rejects_requests_that_the_documents_do_not_allow() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.spade().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let good = json!({ "state": "chargeback_won", "isFraud": true, "fraudType": "other" });
    let cases = [
        ("wrong key", "/enrichments/e/chargeback", "nope", good.clone(), 403),
        ("unknown call", "/enrichments/e/nothing", API_KEY, good.clone(), 404),
        ("unknown field", "/enrichments/e/chargeback", API_KEY, json!({ "state": "chargeback_won", "x": 1 }), 400),
        ("no state", "/enrichments/e/chargeback", API_KEY, json!({}), 400),
        ("wrong state", "/enrichments/e/chargeback", API_KEY, json!({ "state": "won" }), 400),
        (
            "type without fraud",
            "/enrichments/e/chargeback",
            API_KEY,
            json!({ "state": "chargeback_won", "fraudType": "other" }),
            400,
        ),
        (
            "long notes",
            "/enrichments/e/chargeback",
            API_KEY,
            json!({ "state": "chargeback_won", "chargebackNotes": "x".repeat(513) }),
            400,
        ),
        (
            "bad time",
            "/enrichments/e/chargeback",
            API_KEY,
            json!({ "state": "chargeback_won", "occurredAt": "today" }),
            400,
        ),
        ("not an object", "/enrichments/e/chargeback", API_KEY, json!([]), 400),
        ("long code", "/enrichments/e/decline", API_KEY, json!({ "declineCode": "x".repeat(129) }), 400),
        ("good", "/enrichments/e/chargeback", API_KEY, good, 200),
        ("good decline", "/enrichments/e/decline", API_KEY, json!({ "declineCode": "05" }), 200),
    ];
    for (name, path, key, body, status) in cases {
        let reply = send(&*transport, post(&base, path, ("x-api-key", key), &body)).await;
        assert_eq!(reply.0, status, "{name}: {reply:?}");
    }
    assert_eq!((sandbox.spade().cases().len(), sandbox.spade().other_feedback().len()), (1, 1));
    assert_eq!(sandbox.spade().case("e").unwrap().history.len(), 1);
}

//! The fake Riskified.

use chargeback::Secret;
use chargeback::riskified::signature;
use chargeback::sandbox::{API_SECRET, SHOP_DOMAIN, Sandbox};
use serde_json::json;

use super::{post, send};

#[tokio::test]
async fn rejects_requests_that_the_documents_do_not_allow() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.riskified().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let order = |decision: serde_json::Value| json!({ "order": { "id": "o", "decision": decision } });
    let good = order(json!({ "external_status": "chargeback_fraud", "amount": 12.5 }));
    let cases = [
        ("wrong token", "/api/decision", SHOP_DOMAIN, "nope", good.clone(), 401),
        ("wrong shop", "/api/decision", "another.example", API_SECRET, good.clone(), 401),
        ("unknown call", "/api/refund", SHOP_DOMAIN, API_SECRET, good.clone(), 404),
        ("no order", "/api/decision", SHOP_DOMAIN, API_SECRET, json!({}), 400),
        ("no id", "/api/decision", SHOP_DOMAIN, API_SECRET, json!({ "order": { "id": "" } }), 400),
        ("no decision", "/api/decision", SHOP_DOMAIN, API_SECRET, json!({ "order": { "id": "o" } }), 400),
        ("wrong status", "/api/decision", SHOP_DOMAIN, API_SECRET, order(json!({ "external_status": "won" })), 400),
        (
            "amount as text",
            "/api/decision",
            SHOP_DOMAIN,
            API_SECRET,
            order(json!({ "external_status": "chargeback_fraud", "amount": "12.5" })),
            400,
        ),
        ("good", "/api/decision", SHOP_DOMAIN, API_SECRET, good, 200),
        ("good claim", "/api/chargeback", SHOP_DOMAIN, API_SECRET, json!({ "order": { "id": "o" } }), 200),
    ];
    for (name, path, shop, token, body, status) in cases {
        let mut request = post(&base, path, ("x-riskified-shop-domain", shop), &body);
        let signed = signature::sign(request.body(), &Secret::from(token));
        request.headers_mut().insert(signature::HEADER, signed.parse().unwrap());
        let reply = send(&*transport, request).await;
        assert_eq!(reply.0, status, "{name}: {reply:?}");
    }
    assert_eq!((sandbox.riskified().cases().len(), sandbox.riskified().claims().len()), (1, 1));
}

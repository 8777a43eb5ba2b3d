//! The fake Tutelar.

use chargeback::connector::{TokenError, TokenRequest, TokenSource};
use chargeback::sandbox::{Sandbox, TOKEN};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{ChargebackProvider as _, Reason, Secret, Stage, async_trait};
use serde_json::json;

use super::{post, send};
use crate::support::plain;

#[tokio::test]
async fn rejects_requests_that_the_documents_do_not_allow() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.tutelar().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let basic = "Basic c2FuZGJveC1rZXk6c2FuZGJveC1zZWNyZXQ=";
    let path = "/api/v1/fraud-detector/transaction/chargeback";
    let body = |status: &str, order: &str| json!({ "status": status, "orderId": order, "reason": "r" });
    let cases = [
        ("wrong key", path, "Basic eDp5", body("contested", "o"), 401),
        (
            "key of the other version",
            "/api/v2/fraud-detector/transaction/chargeback",
            basic,
            body("contested", "o"),
            401,
        ),
        ("wrong path", "/api/v3/x", basic, body("contested", "o"), 404),
        ("wrong status", path, basic, body("won", "o"), 422),
        ("empty order", path, basic, body("contested", ""), 400),
        ("order with a space", path, basic, body("contested", "a b"), 400),
        ("long order", path, basic, body("contested", &"o".repeat(41)), 400),
        ("no reason", path, basic, json!({ "status": "contested", "orderId": "o" }), 400),
        ("unknown field", path, basic, json!({ "status": "contested", "orderId": "o", "reason": "r", "x": 1 }), 400),
        ("good", path, basic, body("contested", "o"), 200),
        ("good refund", "/api/v1/fraud-detector/transaction/refund", basic, body("processed", "o"), 200),
    ];
    for (name, path, key, body, status) in cases {
        let reply = send(&*transport, post(&base, path, ("authorization", key), &body)).await;
        assert_eq!(reply.0, status, "{name}: {reply:?}");
    }
    assert_eq!((sandbox.tutelar().cases().len(), sandbox.tutelar().refunds().len()), (1, 1));
}

#[tokio::test]
async fn an_expired_token_is_renewed_by_the_token_source() {
    #[derive(Debug)]
    struct Source;
    #[async_trait]
    impl TokenSource for Source {
        async fn token(&self, request: TokenRequest) -> Result<Secret, TokenError> {
            Ok(Secret::from(if request == TokenRequest::Fresh { "token-2" } else { TOKEN }))
        }
    }
    let sandbox = Sandbox::in_memory();
    let base = sandbox.tutelar().base_url().clone();
    let connector = Tutelar::v2(Source, DefeatedMeans::Refuse).base_url(base);
    let tutelar = sandbox.connect(connector).build().unwrap();
    let contested = plain("case-1", Stage::Contested, Reason::Other).build().unwrap();
    assert_eq!(tutelar.report(&contested).await.unwrap().attempts(), 1);
    sandbox.tutelar().expire_token("token-2");
    assert_eq!(tutelar.report(&contested).await.unwrap().attempts(), 2);
}

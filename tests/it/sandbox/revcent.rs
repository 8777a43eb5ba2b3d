//! The fake RevCent.

use chargeback::sandbox::{API_KEY, Sandbox};
use serde_json::json;

use super::{post, send};

#[tokio::test]
async fn rejects_invalid_bodies_and_changes_of_frozen_fields() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.revcent().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let key = ("x-api-key", API_KEY);
    let transaction = "P4r7XkzvGqsB2oQmUwLA";
    let refused = [
        json!({}),
        json!({ "transaction_id": "short" }),
        json!({ "transaction_id": transaction, "gateway_transaction_id": "g" }),
        json!({ "transaction_id": transaction, "currency": "USD" }),
        json!({ "transaction_id": transaction, "amount": "1" }),
        json!({ "transaction_id": transaction, "chargeback_date": "2024-04-17" }),
        json!({ "transaction_id": transaction, "metadata": [{ "name": "n" }] }),
        json!({ "transaction_id": transaction, "representment": { "completed": true } }),
        json!({ "transaction_id": transaction, "representment": { "initiated": true, "outcome": "won" } }),
    ];
    for body in refused {
        let (status, reply) = send(&*transport, post(&base, "/v2/chargebacks", key, &body)).await;
        assert_eq!((status, &reply["code"]), (400, &json!(0)), "{body}");
    }
    let body = json!({ "transaction_id": transaction, "representment": { "initiated": true } });
    let (_, reply) = send(&*transport, post(&base, "/v2/chargebacks", key, &body)).await;
    let id = reply["chargeback_id"].as_str().unwrap().to_owned();
    assert_eq!((id.len(), reply["code"].as_u64()), (20, Some(1)));
    let path = format!("/v2/chargebacks/{id}");
    let edits = [
        (json!({ "representment": { "initiated": true } }), 400),
        (json!({ "representment": { "initiated": false } }), 400),
        (json!({ "void_transaction": true }), 400),
        (json!({ "representment": { "completed": true, "outcome": "won" } }), 200),
        (json!({ "representment": { "outcome": "lost" } }), 200),
    ];
    for (body, status) in edits {
        assert_eq!(send(&*transport, post(&base, &path, key, &body)).await.0, status, "{body}");
    }
    let missing = post(&base, "/v2/chargebacks/chargeback9999999999", key, &json!({ "arn": "a" }));
    assert_eq!(send(&*transport, missing).await.0, 404);
    assert_eq!(send(&*transport, post(&base, "/v2/chargebacks", ("x-api-key", "nope"), &body)).await.0, 401);
}

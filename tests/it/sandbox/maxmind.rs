//! The fake MaxMind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chargeback::sandbox::{ACCOUNT_ID, API_KEY, Sandbox};
use serde_json::{Value, json};

use super::{post, send};

#[tokio::test]
async fn rejects_requests_that_the_documents_do_not_allow() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.maxmind().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let key = format!("Basic {}", BASE64.encode(format!("{ACCOUNT_ID}:{API_KEY}")));
    let report = |field: &str, value: Value| {
        let mut body = json!({ "tag": "chargeback", "transaction_id": "t" });
        body[field] = value;
        body
    };
    let cases = [
        ("unknown key", report("amount", json!(1)), "PARAMETER_UNKNOWN"),
        ("no tag", json!({ "transaction_id": "t" }), "TAG_REQUIRED"),
        ("wrong tag", report("tag", json!("won")), "TAG_INVALID"),
        ("no id", json!({ "tag": "clear", "notes": "n" }), "TRANSACTION_ID_REQUIRED"),
        ("lower case", report("maxmind_id", json!("abcd1234")), "MAXMIND_ID_INVALID"),
        ("no UUID", report("minfraud_id", json!("01c25cb0")), "MINFRAUD_ID_INVALID"),
        ("no address", report("ip_address", json!("1.2.3")), "IP_ADDRESS_INVALID"),
        ("private address", report("ip_address", json!("10.0.0.1")), "IP_ADDRESS_RESERVED"),
        ("long notes", report("notes", json!("ä".repeat(1001))), "NOTES_INVALID"),
        ("not an object", json!([]), "JSON_INVALID"),
    ];
    let path = "/minfraud/v2.0/transactions/report";
    for (name, body, code) in cases {
        let reply = send(&*transport, post(&base, path, ("authorization", &key), &body)).await;
        assert_eq!((reply.0, &reply.1["code"]), (400, &json!(code)), "{name}");
    }
    for (key, code) in [
        ("Basic Og==", "ACCOUNT_ID_REQUIRED"),
        ("Basic MTo=", "LICENSE_KEY_REQUIRED"),
        ("Basic MTpr", "AUTHORIZATION_INVALID"),
    ] {
        let body = report("notes", json!("n"));
        let reply = send(&*transport, post(&base, path, ("authorization", key), &body)).await;
        assert_eq!((reply.0, &reply.1["code"]), (401, &json!(code)));
    }
    assert!(sandbox.maxmind().cases().is_empty());
    let body = report("notes", json!("ä".repeat(1000)));
    let reply = send(&*transport, post(&base, path, ("authorization", &key), &body)).await;
    assert_eq!(reply, (204, Value::Null));
    assert_eq!(send(&*transport, post(&base, "/minfraud/v2.0/score", ("authorization", &key), &body)).await.0, 404);
    assert_eq!(sandbox.maxmind().case("t").unwrap().history.len(), 1);
}

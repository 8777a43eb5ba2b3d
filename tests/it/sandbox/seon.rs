//! The fake SEON.

use chargeback::sandbox::{API_KEY, Sandbox};
use http::Method;
use serde_json::{Value, json};

use super::{post, send};

#[tokio::test]
async fn rejects_requests_that_the_documents_do_not_allow() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.seon().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let label = |id: &str, label: &str| json!({ "transaction_id": id, "label": label });
    let of = |labels: Vec<Value>| json!({ "transactions": labels });
    let good = label("t", "ecommerce_chargeback_fraud");
    let cases = [
        ("wrong key", Method::PUT, "nope", of(vec![good.clone()]), 401),
        ("wrong method", Method::POST, API_KEY, of(vec![good.clone()]), 404),
        ("no list", Method::PUT, API_KEY, json!([good.clone()]), 400),
        ("an empty list", Method::PUT, API_KEY, of(Vec::new()), 400),
        ("51 transactions", Method::PUT, API_KEY, of(vec![good.clone(); 51]), 400),
        ("no id", Method::PUT, API_KEY, of(vec![label("", "ecommerce_fraud")]), 400),
        ("unknown label", Method::PUT, API_KEY, of(vec![label("t", "chargeback")]), 400),
        ("upper case", Method::PUT, API_KEY, of(vec![label("t", "ECOMMERCE_FRAUD")]), 400),
        ("good", Method::PUT, API_KEY, of(vec![good.clone(), label("u", "aml_false_alert")]), 200),
        ("another label", Method::PUT, API_KEY, of(vec![label("t", "ecommerce_false_alert")]), 200),
    ];
    for (name, method, key, body, status) in cases {
        let path = "/SeonRestService/fraud-api/transaction-label/v2";
        let mut request = post(&base, path, ("x-api-key", key), &body);
        *request.method_mut() = method;
        let reply = send(&*transport, request).await;
        assert_eq!((reply.0, reply.1["success"] == true), (status, status == 200), "{name}: {reply:?}");
    }
    let case = sandbox.seon().case("t").unwrap();
    assert_eq!((case.history.len(), &case.state["label"]), (2, &json!("ecommerce_false_alert")));
    assert_eq!(sandbox.seon().cases().len(), 2);
}

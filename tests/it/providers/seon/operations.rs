//! Requests.

use chargeback::seon::{Label, TransactionLabel};
use chargeback::{Reason, Stage};
use http::Method;
use serde_json::json;

use super::{ok, seon};
use crate::providers::{check_plan, report_once};
use crate::support::{Script, body, full, header, provider};

const ADDRESS: &str = "https://api.seon.io/SeonRestService/fraud-api/transaction-label/v2";

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback = full(Stage::Contested, Reason::Duplicate).build().unwrap();
    let (result, script) = report_once(seon(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    assert_eq!((sent.method(), sent.uri().to_string().as_str()), (&Method::PUT, ADDRESS));
    assert_eq!(header(sent, "x-api-key"), Some("seon-key"));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 3);
    let label = "ecommerce_chargeback_processing_error";
    let transaction = json!({ "transaction_id": "canary-transaction-id", "label": label });
    assert_eq!(body(sent), json!({ "transactions": [transaction] }));
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("ecommerce_chargeback_*", label));
    check_plan(seon(), &chargeback, sent, &["seon-key"]);
}

#[tokio::test]
async fn the_native_call_labels_several_transactions() {
    let script = Script::new([ok()]);
    let labels = vec![
        TransactionLabel::new("a", Label::EcommerceChargebackDispute),
        TransactionLabel::new("b", Label::BnplCreditRiskFullyRepaid),
    ];
    provider(seon(), &script).label_transactions(labels).await.unwrap();
    let expected = json!({ "transactions": [
        { "transaction_id": "a", "label": "ecommerce_chargeback_dispute" },
        { "transaction_id": "b", "label": "bnpl_credit_risk_fully_repaid" },
    ] });
    assert_eq!(body(&script.sent()[0]), expected);
}

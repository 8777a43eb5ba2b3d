//! Requests.

use chargeback::maxmind::{ReportTransaction, Tag};
use chargeback::{Reason, Stage, maxmind};
use serde_json::json;

use super::{ADDRESS, AUTHORIZATION, MINFRAUD_ID, maxmind, ok};
use crate::providers::{check_plan, check_post, report_once};
use crate::support::{Script, body, full, provider};

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback =
        full(Stage::Received, Reason::FraudCardAbsent).vendor_payment(maxmind::ID, MINFRAUD_ID).build().unwrap();
    let (result, script) = report_once(maxmind(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    check_post(sent, ADDRESS, ("authorization", AUTHORIZATION));
    let notes = "amount: 987654.321\narn: canary-arn\ncase_id: canary-case-id\ncase_number: canary-case-number\n\
                 currency: KWD\ndue_by: 2026-10-28T23:30:00Z\ngateway_transaction_id: canary-gateway-id\n\
                 network: canary-network\noccurred_at: 2026-10-06T06:30:00Z\nopened_at: 2026-10-01T01:30:00Z\n\
                 processor: canary-processor\nprocessor_dispute_id: canary-dispute-id\n\
                 processor_payment_id: canary-payment-id\nreason: fraud_card_absent\n\
                 received_at: 2026-10-02T02:30:00Z\nstage: received\norder_id: canary-order-id\n\
                 canary-name: canary-value\ncanary-notes";
    assert_eq!(
        body(sent),
        json!({
            "tag": "chargeback",
            "minfraud_id": MINFRAUD_ID,
            "transaction_id": "canary-transaction-id",
            "chargeback_code": "canary-code",
            "notes": notes,
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("chargeback", ""));
    assert_eq!((receipt.message(), receipt.vendor_case(), receipt.request_id()), (None, None, None));
    check_plan(maxmind(), &chargeback, sent, &["license-key", "MTAwMDAxOmxpY2Vuc2Uta2V5"]);
}

#[tokio::test]
async fn the_native_call_sends_every_field() {
    let script = Script::new([ok()]);
    let mut report = ReportTransaction::new(Tag::SpamOrAbuse);
    report.ip_address = Some("74.209.24.1".into());
    report.maxmind_id = Some("ABCD1234".into());
    report.minfraud_id = Some(MINFRAUD_ID.into());
    report.transaction_id = Some("txn-1".into());
    report.chargeback_code = Some("10.4".into());
    report.notes = Some("n".into());
    provider(maxmind(), &script).report_transaction(report).await.unwrap();
    let sent = &script.sent()[0];
    check_post(sent, ADDRESS, ("authorization", AUTHORIZATION));
    let expected = json!({
        "tag": "spam_or_abuse",
        "ip_address": "74.209.24.1",
        "maxmind_id": "ABCD1234",
        "minfraud_id": MINFRAUD_ID,
        "transaction_id": "txn-1",
        "chargeback_code": "10.4",
        "notes": "n",
    });
    assert_eq!(body(sent), expected);
}

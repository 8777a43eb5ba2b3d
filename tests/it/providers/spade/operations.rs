//! Requests.

use chargeback::spade::{ChargebackFeedback, DeclineFeedback, FraudFeedback, RefundFeedback, State};
use chargeback::{Reason, Stage};
use serde_json::{Value, json};

use super::{ok, spade};
use crate::providers::{check_plan, check_post, report_once};
use crate::support::{ENRICHMENT, Script, body, full, provider, violations};

#[tokio::test]
async fn a_report_sends_the_exact_request() {
    let chargeback = full(Stage::Received, Reason::FraudCardAbsent).build().unwrap();
    let (result, script) = report_once(spade(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    check_post(
        sent,
        "https://east.sandbox.spade.com/enrichments/canary-enrichment-id/chargeback",
        ("x-api-key", "spade-key"),
    );
    assert_eq!(
        body(sent),
        json!({
            "state": "chargeback_pending",
            "chargebackNotes": "network code: canary-network canary-code; canary-notes",
            "occurredAt": "2026-10-06T06:30:00Z",
            "isFraud": true,
            "fraudType": "card_testing",
            "fraudNotes": "canary-fraud-notes",
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("chargeback_pending", "card_testing"));
    assert_eq!(receipt.message(), Some("Chargeback successfully reported."));
    assert_eq!((receipt.vendor_case(), receipt.request_id()), (None, None));
    check_plan(spade(), &chargeback, sent, &["spade-key"]);
}

#[tokio::test]
async fn each_call_has_its_path_and_body() {
    let script = Script::new([ok(), ok(), ok(), ok()]);
    let spade = provider(spade(), &script);
    let mut fraud = FraudFeedback::default();
    fraud.is_fraud = Some(true);
    let mut refund = RefundFeedback::default();
    refund.refund_notes = Some("r".into());
    let mut decline = DeclineFeedback::default();
    decline.decline_code = Some("05".into());
    let reported = spade.report_chargeback(ENRICHMENT, ChargebackFeedback::new(State::ChargebackLost)).await.unwrap();
    assert_eq!(reported.reply.details.as_deref(), Some("Chargeback successfully reported."));
    spade.report_refund(ENRICHMENT, refund).await.unwrap();
    spade.report_decline(ENRICHMENT, decline).await.unwrap();
    spade.report_fraud(ENRICHMENT, fraud).await.unwrap();
    let sent: Vec<(String, Value)> =
        script.sent().iter().map(|sent| (sent.uri().path().replace(ENRICHMENT, "{id}"), body(sent))).collect();
    let expected = [
        ("/enrichments/{id}/chargeback", json!({ "state": "chargeback_lost" })),
        ("/enrichments/{id}/refund", json!({ "refundNotes": "r" })),
        ("/enrichments/{id}/decline", json!({ "declineCode": "05" })),
        ("/enrichments/{id}/fraud", json!({ "isFraud": true })),
    ];
    assert_eq!(sent, expected.map(|(path, body)| (path.to_owned(), body)));
}

#[tokio::test]
async fn ids_cannot_escape_the_path() {
    let ids = [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("../../v1", "..%2F..%2Fv1"),
        ("%2f", "%252f"),
        ("a?b#c", "a%3Fb%23c"),
        ("注文", "%E6%B3%A8%E6%96%87"),
        ("a\r\nb", "a%0D%0Ab"),
        ("a\0b", "a%00b"),
        ("a.b_c-d~e", "a.b_c-d~e"),
    ];
    for (id, path) in ids {
        let script = Script::new([ok()]);
        let feedback = ChargebackFeedback::new(State::ChargebackPending);
        provider(spade(), &script).report_chargeback(id, feedback).await.unwrap();
        let sent = &script.sent()[0];
        assert_eq!(sent.uri().path(), format!("/enrichments/{path}/chargeback"));
        assert_eq!((sent.uri().host(), sent.uri().query()), (Some("east.sandbox.spade.com"), None));
    }
    for id in ["", ".", ".."] {
        let script = Script::empty();
        let feedback = ChargebackFeedback::new(State::ChargebackPending);
        let error = provider(spade(), &script).report_chargeback(id, feedback).await.unwrap_err();
        assert_eq!(violations(&error).len(), 1, "{id}");
        assert!(script.sent().is_empty());
    }
}

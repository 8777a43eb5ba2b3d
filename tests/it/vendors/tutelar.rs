//! Tutelar.

use chargeback::tutelar::{
    ChargebackStatus, DefeatedMeans, OrderIds, RefundStatus, TransactionChargeback, TransactionRefund, Tutelar,
};
use chargeback::{ChargebackProvider, Delivery, Error, Network, NetworkCode, Reason, Secret, Stage};
use serde_json::json;

use super::{case, check_env, check_garbage, check_plan, check_refusals, report_once};
use crate::support::{Play, Script, body, full, header, plain, provider, violations};

fn tutelar() -> Tutelar {
    Tutelar::v1("api-key", "secret-key", DefeatedMeans::MerchantWon)
}

/// The reply of Tutelar's page, whole.
const OK: &str = r#"{
  "success": true,
  "message": "Chargeback status updated successfully",
  "data": {
    "orderId": "ORD_10726",
    "requestedDateTime": "2024-04-17T11:54:00.466Z",
    "responseDateTime": "2024-04-17T11:54:00.474Z",
    "processedTime": 8
  }
}"#;

fn ok() -> Play {
    Play::json(200, OK)
}

#[tokio::test]
async fn the_request_is_exact() {
    let chargeback = full(Stage::PreArbitration, Reason::NotReceived).build().unwrap();
    let (result, script) = report_once(tutelar(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(sent.method(), "POST");
    assert_eq!(sent.uri(), "https://secctrl.tutelar.io/api/v1/fraud-detector/transaction/chargeback");
    // api-key:secret-key
    assert_eq!(header(sent, "authorization"), Some("Basic YXBpLWtleTpzZWNyZXQta2V5"));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 3);
    assert_eq!(
        body(sent),
        json!({
            "status": "prearbitration",
            "orderId": "canary-order-id",
            "reason": "goods or services not received (canary-network canary-code)",
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("prearbitration", ""));
    assert_eq!(receipt.message(), Some("Chargeback status updated successfully"));
    check_plan(tutelar(), &chargeback, sent, &["api-key", "secret-key", "YXBpLWtleTpzZWNyZXQta2V5"]);
}

#[tokio::test]
async fn version_two_has_another_path_and_a_token() {
    let chargeback = plain("c", Stage::Accepted, Reason::FraudOther).build().unwrap();
    let vendor = || Tutelar::v2(Secret::from("token-1"), DefeatedMeans::Refuse);
    let (result, script) = report_once(vendor(), &chargeback, ok()).await;
    assert!(result.is_ok());
    let sent = &script.sent()[0];
    assert_eq!(sent.uri().path(), "/api/v2/fraud-detector/transaction/chargeback");
    assert_eq!(header(sent, "authorization"), Some("Bearer token-1"));
    assert_eq!(body(sent), json!({ "status": "accepted", "orderId": "ORD_10726", "reason": "fraud" }));
    check_plan(vendor(), &chargeback, sent, &["token-1"]);
}

#[tokio::test]
async fn what_defeated_means_decides_the_word() {
    use DefeatedMeans::{MerchantLost, MerchantWon, Refuse};
    let words = [
        (Stage::Won, MerchantWon, Some("defeated")),
        (Stage::Won, MerchantLost, None),
        (Stage::Won, Refuse, None),
        (Stage::Lost, MerchantWon, Some("accepted")),
        (Stage::Lost, MerchantLost, Some("defeated")),
        (Stage::Lost, Refuse, Some("accepted")),
        (Stage::Reversed, MerchantWon, Some("defeated")),
        (Stage::Reversed, MerchantLost, None),
        (Stage::Withdrawn, MerchantWon, Some("defeated")),
        (Stage::Withdrawn, Refuse, None),
        (Stage::Refunded, Refuse, Some("refunded")),
        (Stage::Arbitration, Refuse, Some("prearbitration")),
        (Stage::Received, MerchantWon, None),
    ];
    for (stage, means, word) in words {
        let chargeback = plain("c", stage, Reason::FraudOther).build().unwrap();
        let vendor = Tutelar::v1("k", "s", means);
        if let Some(word) = word {
            let (result, script) = report_once(vendor, &chargeback, ok()).await;
            assert_eq!(result.unwrap().stage_value(), word, "{stage} {means}");
            assert_eq!(body(&script.sent()[0])["status"], word);
        } else {
            let script = Script::silent();
            let error = provider(vendor, &script).report(&chargeback).await.unwrap_err();
            let Error::Unsupported(error) = error else { panic!("{error}") };
            let by_setting = stage != Stage::Received;
            assert_eq!(error.why().contains("defeated_means"), by_setting, "{error}");
            assert!(script.sent().is_empty());
        }
    }
}

#[tokio::test]
async fn the_reason_is_in_words_and_never_empty() {
    for reason in Reason::ALL.iter().cloned().chain([Reason::from(""), Reason::from("was")]) {
        let chargeback = plain("c", Stage::Contested, reason.clone()).build().unwrap();
        let (_, script) = report_once(tutelar(), &chargeback, ok()).await;
        let sent = body(&script.sent()[0])["reason"].as_str().unwrap().to_owned();
        assert_eq!(sent, reason.description());
        assert!(!sent.is_empty());
    }
    let code = NetworkCode::new(Network::Visa, "13.1");
    let chargeback = plain("c", Stage::Contested, Reason::Other).network_code(code).build().unwrap();
    let (_, script) = report_once(tutelar(), &chargeback, ok()).await;
    assert_eq!(body(&script.sent()[0])["reason"], "other (visa 13.1)");
}

#[tokio::test]
async fn an_order_id_that_tutelar_cannot_know_is_refused() {
    let cases = [
        ("a".repeat(40), vec![]),
        ("A-z_09".to_owned(), vec![]),
        ("a".repeat(41), vec!["payment.order_id: longer than 40 characters (Tutelar's code 105)"]),
        (
            "Pedido №12".to_owned(),
            vec!["payment.order_id: has characters other than A-Z, a-z, 0-9, _ and - (Tutelar's code 104)"],
        ),
        (
            "é".repeat(41),
            vec![
                "payment.order_id: longer than 40 characters (Tutelar's code 105)",
                "payment.order_id: has characters other than A-Z, a-z, 0-9, _ and - (Tutelar's code 104)",
            ],
        ),
    ];
    for (id, rules) in cases {
        let chargeback = plain("c", Stage::Contested, Reason::Other).order_id(&id).build().unwrap();
        if rules.is_empty() {
            assert!(report_once(tutelar(), &chargeback, ok()).await.0.is_ok(), "{id}");
            continue;
        }
        let script = Script::silent();
        let error = provider(tutelar(), &script).report(&chargeback).await.unwrap_err();
        assert_eq!(violations(&error), rules);
        assert!(script.sent().is_empty());
        // The page of the call itself gives no limit, so a caller may let it through.
        let (result, script) = report_once(tutelar().order_ids(OrderIds::Any), &chargeback, ok()).await;
        assert!(result.is_ok());
        assert_eq!(body(&script.sent()[0])["orderId"], id);
    }
}

#[tokio::test]
async fn the_native_calls_are_exact() {
    let script = Script::of([ok(), Play::json(200, r#"{"success":true,"data":{"referenceNo":7}}"#)]);
    let tutelar = provider(tutelar(), &script);
    let chargeback = TransactionChargeback::new(ChargebackStatus::Defeated, "o", "r");
    let updated = tutelar.report_chargeback(chargeback).await.unwrap().reply;
    assert_eq!(updated.order_id.as_deref(), Some("ORD_10726"));
    assert_eq!(updated.requested_at.unwrap().as_str(), "2024-04-17T11:54:00.466Z");
    assert_eq!(updated.responded_at.unwrap().as_str(), "2024-04-17T11:54:00.474Z");
    assert_eq!(updated.processed_in_ms, Some(8));
    let mut refund = TransactionRefund::new(RefundStatus::Requested, "o", "r");
    refund.reference_no = Some("7".into());
    let updated = tutelar.report_refund(refund).await.unwrap().reply;
    assert_eq!(updated.reference_no.as_deref(), Some("7"));
    let sent = script.sent();
    assert_eq!(body(&sent[0]), json!({ "status": "defeated", "orderId": "o", "reason": "r" }));
    assert_eq!(sent[1].uri().path(), "/api/v1/fraud-detector/transaction/refund");
    assert_eq!(body(&sent[1]), json!({ "status": "requested", "orderId": "o", "reason": "r", "referenceNo": "7" }));
    let error = tutelar.report_refund(TransactionRefund::new(RefundStatus::Requested, "", "")).await.unwrap_err();
    assert_eq!(violations(&error), ["orderId: empty", "reason: empty"]);
}

#[tokio::test]
async fn replies_are_classified() {
    use Delivery::{Rejected, Unknown};
    let chargeback = plain("c", Stage::Accepted, Reason::FraudOther).build().unwrap();
    let cases = [
        case(422, "", "rejected", Rejected, None, None),
        case(
            422,
            r#"{"success":false,"message":"Invalid status"}"#,
            "rejected",
            Rejected,
            None,
            Some("Invalid status"),
        ),
        case(
            401,
            r#"{"success":false,"code":300,"message":"Unauthorized access","data":{}}"#,
            "authentication",
            Rejected,
            Some("300"),
            Some("Unauthorized access"),
        ),
        case(401, r#"{"code":101,"message":"No key"}"#, "authentication", Rejected, Some("101"), Some("No key")),
        case(401, r#"{"errorCode":"118"}"#, "authentication", Rejected, Some("118"), None),
        // The address is not on the allow-list: HTTP 400, and yet it is the caller that is not let in.
        case(
            400,
            r#"{"success":false,"error":{"code":110,"message":"IP is not whitelisted"}}"#,
            "authentication",
            Rejected,
            Some("110"),
            Some("IP is not whitelisted"),
        ),
        case(200, r#"{"success":false,"code":"110"}"#, "authentication", Rejected, Some("110"), None),
        case(400, r#"{"code":104,"message":"Bad id"}"#, "rejected", Rejected, Some("104"), Some("Bad id")),
        case(400, r#"{"code":106}"#, "conflict", Rejected, Some("106"), None),
        case(
            404,
            r#"{"code":300,"message":"Request not found"}"#,
            "not found",
            Rejected,
            Some("300"),
            Some("Request not found"),
        ),
        case(
            422,
            r#"{"code":300,"message":"No data found"}"#,
            "not found",
            Rejected,
            Some("300"),
            Some("No data found"),
        ),
        case(
            422,
            r#"{"code":300,"message":"Already reacted to this dispute"}"#,
            "conflict",
            Rejected,
            Some("300"),
            Some("Already reacted to this dispute"),
        ),
        case(
            500,
            r#"{"code":300,"message":"Something went wrong"}"#,
            "unavailable",
            Unknown,
            Some("300"),
            Some("Something went wrong"),
        ),
        case(500, r#"{"code":101}"#, "unavailable", Unknown, Some("101"), None),
    ];
    check_refusals(tutelar, &chargeback, &cases).await;
}

#[tokio::test]
async fn replies_that_say_it_in_words_or_say_two_things_are_classified() {
    use Delivery::{Rejected, Unknown};
    let chargeback = plain("c", Stage::Accepted, Reason::FraudOther).build().unwrap();
    let cases = [
        case(200, r#"{"success":false,"message":"Nope."}"#, "rejected", Rejected, None, Some("Nope.")),
        case(200, r#"{"success":false,"error":"Nope."}"#, "rejected", Rejected, None, Some("Nope.")),
        case(200, r#"{"code":400,"message":"Nope."}"#, "rejected", Rejected, Some("400"), Some("Nope.")),
        case(200, "{}", "unreadable", Unknown, None, None),
        case(200, r#"{"success":"true"}"#, "unreadable", Unknown, None, None),
        case(200, r#"{"success":1}"#, "unreadable", Unknown, None, None),
        // It says both yes and no.
        case(400, r#"{"success":true}"#, "unreadable", Unknown, None, None),
        case(200, r#"{"success":true,"code":110}"#, "unreadable", Unknown, Some("110"), None),
        case(200, r#"{"success":true,"code":300,"data":{}}"#, "unreadable", Unknown, Some("300"), None),
        // A code of success without the word for it.
        case(
            200,
            r#"{"code":200,"message":"CompletedStep"}"#,
            "unreadable",
            Unknown,
            Some("200"),
            Some("CompletedStep"),
        ),
        case(200, r#"{"code":201}"#, "unreadable", Unknown, Some("201"), None),
        case(200, r#"{"error":{"message":"Nope."}}"#, "rejected", Rejected, None, Some("Nope.")),
        case(200, r#"{"error":{}}"#, "unreadable", Unknown, None, None),
        case(
            200,
            r#"{"success":false,"code":300,"message":"Something went wrong"}"#,
            "unavailable",
            Unknown,
            Some("300"),
            Some("Something went wrong"),
        ),
        case(200, r#"{"success":false,"code":500}"#, "unavailable", Unknown, Some("500"), None),
        // Whichever key holds the code of the table.
        case(400, r#"{"success":false,"code":300,"errorCode":110}"#, "authentication", Rejected, Some("110"), None),
        case(
            400,
            r#"{"success":false,"code":300,"message":"IP not whitelisted"}"#,
            "authentication",
            Rejected,
            Some("300"),
            Some("IP not whitelisted"),
        ),
        case(403, "<html>", "authentication", Rejected, None, None),
        case(429, "", "rate limited", Rejected, None, None),
    ];
    check_refusals(tutelar, &chargeback, &cases).await;
    check_garbage(tutelar, &chargeback).await;
    for (status, body) in [(200, r#"{"success":true}"#), (201, r#"{"success":true,"code":200,"data":null}"#)] {
        assert!(report_once(tutelar(), &chargeback, Play::json(status, body)).await.0.is_ok(), "{body}");
    }
}

#[test]
fn settings_come_from_the_environment() {
    check_env(
        |get| Tutelar::from_vars(get),
        &[("TUTELAR_API_KEY", "k"), ("TUTELAR_SECRET_KEY", "s"), ("TUTELAR_DEFEATED_MEANS", "merchant_won")],
        &[
            ("TUTELAR_DEFEATED_MEANS", "draw", "must be merchant_won, merchant_lost or refuse"),
            ("TUTELAR_BASE_URL", "ftp://x", "must be an https URL, or http to a loopback host"),
        ],
    );
}

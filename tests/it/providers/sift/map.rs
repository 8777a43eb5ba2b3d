//! Stages, reasons, ids and money.

use chargeback::{Currency, Field, Fraud, FraudKind, LossKind, Money, Network, NetworkCode, Reason, Receipt, Stage};
use serde_json::Value;

use super::{ok, sent, sift};
use crate::providers::report_once;
use crate::support::{body, plain, violations};

fn kinds(receipt: &Receipt, field: Field) -> Vec<LossKind> {
    receipt.losses().iter().filter(|loss| loss.field() == field).map(chargeback::Loss::kind).collect()
}

#[tokio::test]
async fn friendly_fraud_has_a_reason() {
    for (reason, kind, expected) in [
        (Reason::FraudCardAbsent, FraudKind::FriendlyFraud, "$friendly_fraud"),
        (Reason::Unrecognized, FraudKind::FriendlyFraud, "$friendly_fraud"),
        (Reason::FraudCardAbsent, FraudKind::StolenCard, "$fraud"),
        (Reason::Duplicate, FraudKind::FriendlyFraud, "$duplicate"),
    ] {
        let chargeback = plain("c", Stage::Received, reason.clone()).fraud(Fraud::new(kind)).build().unwrap();
        let (result, script) = report_once(sift(), &chargeback, ok()).await;
        assert_eq!(body(&script.sent()[0])["$chargeback_reason"], expected, "{reason} {kind}");
        let lost = kinds(&result.unwrap(), Field::Fraud);
        assert_eq!(lost.is_empty(), expected == "$friendly_fraud", "{reason} {kind}: {lost:?}");
    }
}

#[tokio::test]
async fn an_ach_return_has_its_code() {
    for (network, code, expected) in
        [("ach", "R10", Some("R10")), ("ach", "r10", None), ("sepa", "R10", None), ("visa", "10.4", None)]
    {
        let code = NetworkCode::new(Network::from(network), code);
        let chargeback = plain("c", Stage::Received, Reason::Authorization).network_code(code).build().unwrap();
        let (result, script) = report_once(sift(), &chargeback, ok()).await;
        let sent = body(&script.sent()[0]);
        assert_eq!(sent["$ach_return_code"].as_str(), expected, "{network}");
        let reason = if expected.is_some() { "$ach_return" } else { "$authorization" };
        assert_eq!(sent["$chargeback_reason"], reason, "{network}");
        let receipt = result.unwrap();
        assert_eq!(kinds(&receipt, Field::NetworkCode).is_empty(), expected.is_some(), "{network}");
        assert_eq!(receipt.reason_value(), reason);
    }
}

#[tokio::test]
async fn a_session_is_sent_without_a_user() {
    let guest = chargeback::Chargeback::builder("c", Stage::Received, Reason::Other, crate::support::at(3, 9))
        .order_id("o-1")
        .session_id("s-1")
        .build()
        .unwrap();
    let event = sent(&guest).await;
    assert_eq!((&event["$session_id"], &event["$user_id"]), (&"s-1".into(), &Value::Null));
    let known = plain("c", Stage::Received, Reason::Other).session_id("s-1").build().unwrap();
    assert_eq!(sent(&known).await["$session_id"], Value::Null);
}

#[tokio::test]
async fn values_that_sift_cannot_take_are_refused() {
    let amount = Money::from_minor_units(i64::MAX, Currency::JPY);
    let large = plain("c", Stage::Received, Reason::Other).amount(amount).user_id("user/1").build().unwrap();
    let (result, _) = report_once(sift(), &large, ok()).await;
    let expected = [
        "payment.user_id: may only have letters, digits and =.-_+@:&^%!$ at Sift",
        "amount: too large for Sift's unit of micros",
    ];
    assert_eq!(violations(&result.unwrap_err()), expected);
}

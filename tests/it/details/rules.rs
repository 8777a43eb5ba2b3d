//! Validation of native calls, and the precedence of a vendor's code over the status.

use chargeback::connector::{BaseUrl, Case, Connector as _, HttpRequestBuilder, Operation};
use chargeback::spade::{FraudFeedback, FraudType, RefundFeedback, Spade, WonMeans};
use chargeback::tutelar::{ChargebackStatus, DefeatedMeans, TransactionChargeback, Tutelar};
use chargeback::{ChargebackProvider, HttpProvider, Reason, Stage, spade};

use crate::support::{ENRICHMENT, Play, Script, kind, plain, provider, violations};

fn spade_() -> (HttpProvider<Spade>, Script) {
    let script = Script::silent();
    (provider(Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon), &script), script)
}

#[tokio::test]
async fn every_feedback_type_is_validated() {
    let (spade, script) = spade_();
    let mut refund = RefundFeedback::default();
    refund.refund_notes = Some("n".repeat(512));
    assert!(refund.validate().is_empty());
    refund.refund_notes = Some("n".repeat(513));
    refund.fraud_type = Some(FraudType::Unknown);
    let error = spade.report_refund(ENRICHMENT, refund).await.unwrap_err();
    let rules = ["refundNotes: longer than 512 characters", "fraudType: only with isFraud true"];
    assert_eq!(violations(&error), rules);
    let mut fraud = FraudFeedback::default();
    fraud.fraud_notes = Some("n".into());
    let error = spade.report_fraud(ENRICHMENT, fraud).await.unwrap_err();
    assert_eq!(violations(&error), ["fraudNotes: only with isFraud true"]);
    for (id, rule) in [("", "empty"), (".", "a dot segment is not an id"), ("..", "a dot segment is not an id")] {
        let error = spade.report_fraud(id, FraudFeedback::default()).await.unwrap_err();
        assert_eq!(violations(&error), [format!("enrichmentId: {rule}")], "{id}");
    }
    assert!(script.sent().is_empty());
}

#[test]
fn chargeback_requires_order_id_and_reason() {
    let rules = |order: &str, reason: &str| {
        let chargeback = TransactionChargeback::new(ChargebackStatus::Accepted, order, reason);
        chargeback.validate().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(rules("", ""), ["orderId: empty", "reason: empty"]);
    assert!(rules("o", "r").is_empty());
}

#[tokio::test]
async fn documented_code_overrides_the_http_status() {
    let accepted = plain("case-1", Stage::Accepted, Reason::FraudOther).build().unwrap();
    for (code, expected) in [("105", "rejected"), ("119", "not found"), ("106", "conflict"), ("101", "authentication")]
    {
        let script = Script::of([Play::json(404, format!(r#"{{"success":false,"code":"{code}"}}"#))]);
        let tutelar = provider(Tutelar::v1("k", "s", DefeatedMeans::Refuse), &script);
        assert_eq!(kind(&tutelar.report(&accepted).await.unwrap_err()), expected, "{code}");
    }
}

/// A custom connector gets an error for an invalid header name.
#[test]
fn request_rejects_invalid_header_names() {
    let base: BaseUrl = "https://vendor.example".parse().unwrap();
    let named = |name: &'static str| HttpRequestBuilder::get(&base, &["read"]).header(name, "v").empty();
    let long: &'static str = "x".repeat(65).leak();
    for name in ["x-plain", "X-Capital", "x_under_score", long, "x".repeat(64).leak()] {
        let request = named(name).unwrap();
        assert_eq!(request.headers()[name.to_lowercase().as_str()], "v", "{name}");
    }
    for name in ["", "with space", "with:colon", "line\nbreak", "caf\u{e9}"] {
        assert!(named(name).is_err(), "{name:?}");
    }
}

#[test]
fn translation_lists_its_steps() {
    let vendor = Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon);
    let case = plain("c", Stage::Received, Reason::NotReceived).build().unwrap();
    let translation = vendor.translate(&Case::new(&case)).unwrap();
    assert_eq!(translation.steps().map(Operation::name).collect::<Vec<_>>(), ["report_chargeback"]);
}

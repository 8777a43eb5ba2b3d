//! `CreateAtOnce` for a case that RevCent may already have.

use chargeback::{OpenGate, ReportContext, Resolution};

use super::*;

#[tokio::test]
async fn an_acknowledged_case_without_an_id_is_searched_before_a_create() {
    let searches: &[&str] = &["GET /search", "GET /search", "POST "];
    for first in [FirstReport::SearchFirst, FirstReport::SearchKeyOnly, FirstReport::CreateAtOnce] {
        let script = Script::new([nothing(), nothing(), created()]);
        let context = ReportContext::new(&OpenGate).acknowledged_before(true);
        let revcent = provider(revcent().first_report(first), &script);
        let _ = revcent.report_with(&received(), &context).await.unwrap();
        assert_eq!(operations(&script), searches, "{first:?}");
    }
    let script = Script::new([created()]);
    let context = ReportContext::new(&OpenGate);
    let _ = provider(create_at_once(), &script).report_with(&received(), &context).await.unwrap();
    assert_eq!(operations(&script), ["POST "]);
    // With the id, the record is read.
    let script = Script::new([stored(&json!({})), created()]);
    let context = ReportContext::new(&OpenGate).acknowledged_before(true).vendor_case(ID);
    let _ = provider(create_at_once(), &script).report_with(&received(), &context).await.unwrap();
    assert_eq!(operations(&script), ["GET /{id}", "POST /{id}"]);
}

#[tokio::test]
async fn every_acknowledged_write_is_remembered_without_an_id() {
    // A native create whose reply has no id.
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    let script = Script::new([Play::json(200, r#"{"code":1}"#), nothing(), nothing(), created()]);
    let native = provider(create_at_once(), &script);
    native.create_chargeback(create).await.unwrap();
    assert_eq!(native.plan(&received()).unwrap().steps()[0].operation(), "search_chargebacks");
    let _ = native.report(&received()).await.unwrap();
    assert_eq!(operations(&script), ["POST ", "GET /search", "GET /search", "POST "]);
    // A person states that RevCent has the report.
    let script = Script::new([nothing(), nothing(), created()]);
    let resolved = provider(create_at_once(), &script);
    resolved.resolve_doubt("case-1", Resolution::Applied).unwrap();
    let _ = resolved.report(&received()).await.unwrap();
    assert_eq!(operations(&script), ["GET /search", "GET /search", "POST "]);
}

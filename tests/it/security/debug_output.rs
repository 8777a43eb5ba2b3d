//! `Debug` and `Display` of public types: they name the type and contain no personal data.

use chargeback::connector::{
    Acknowledgement, BaseUrl, HttpRequestBuilder, LookupVerdict, NextSteps, Operation, PossibleReply, Translation,
};
use chargeback::lifecycle::{LedgerEntry, MemoryLedger, ReportedStage};
use chargeback::pipwave::signature::Timestamp;
use chargeback::pipwave::{ChargebackStage, Requery, SignedTag, TagChargeback};
use chargeback::revcent::{CreateChargeback, Edit, EditChargeback, Get, Lookup, Metadatum, Search, StepReply};
use chargeback::spade::{
    ChargebackFeedback, DeclineFeedback, FraudFeedback, RefundFeedback, ReportChargeback, Spade, State, WonMeans,
};
use chargeback::thirdwatch::{ChargebackEvent, TagUser, UntagUser};
use chargeback::tutelar::{
    ChargebackStatus, DefeatedMeans, RefundStatus, TransactionChargeback, TransactionRefund, Tutelar,
};
use chargeback::{
    ChargebackProvider, Currency, DecimalNumber, HttpProvider, NetworkCode, ParseValueError, Reason, Receipt, Rfc3339,
    Secret, Stage, revcent, spade,
};
use http::Response;
use serde_json::{Value, json};

use crate::support::{Play, Script, full, plain, provider};

const ID: &str = "chargeback0000000001";

/// Checks that the output contains these parts and no personal data.
fn check(shown: &str, expected: &[&str]) {
    for part in expected {
        assert!(shown.contains(part), "no `{part}` in `{shown}`");
    }
    // Case ids and the names of networks and processors are not personal data.
    let allowed = ["canary-case-id", "canary-network", "canary-code", "canary-processor"];
    let rest = allowed.iter().fold(shown.to_owned(), |shown, name| shown.replace(name, ""));
    assert!(!rest.contains("canary"), "{shown}");
}

#[test]
fn chargeback_debug_redacts_values() {
    let complete = full(Stage::Won, Reason::from("canary-reason"));
    check(&format!("{complete:?}"), &["ChargebackBuilder"]);
    let complete = complete.build().unwrap();
    let shown = format!("{complete:?}");
    check(&shown, &["Chargeback {", "Reason(unknown: [redacted])", "metadata: [redacted]", "notes: [redacted]"]);
    check(&shown, &["KWD", "ProviderId(spade)"]);
    check(&format!("{:?}", complete.payment()), &["Payment {", "order_id: [redacted]", "session_id: [redacted]"]);
    check(&format!("{:?}", complete.processor()), &["Processor {", "dispute_id: [redacted]"]);
    check(&format!("{:?}", complete.fraud()), &["Fraud {", "notes: [redacted]"]);
    let reference = complete.vendor_reference(&spade::ID).unwrap();
    check(&format!("{reference:?}"), &["VendorReference {", "payment: [redacted]", "case: none"]);
    let bare = plain("c", Stage::Received, Reason::Other).network_code(NetworkCode::new("visa".into(), "10.4"));
    let shown = format!("{:?}", bare.build().unwrap());
    check(&shown, &["metadata: none", "notes: none", "arn: none", "Reason(other)"]);
}

#[test]
fn small_values_show_their_text() {
    let number: DecimalNumber = "49.90".parse().unwrap();
    assert_eq!((format!("{number:?}"), format!("{number:>6}")), ("DecimalNumber(49.90)".into(), " 49.90".into()));
    let time: Rfc3339 = "2026-10-03T09:12:00+02:00".parse().unwrap();
    assert_eq!(format!("{time:?}"), "Rfc3339(2026-10-03T09:12:00+02:00)");
    assert_eq!(time.to_string(), "2026-10-03T09:12:00+02:00");
    assert_eq!(format!("{:?} {:?}", Currency::USD, revcent::ID), "Currency(USD) ProviderId(revcent)");
    let base: BaseUrl = "https://x.example/a/".parse().unwrap();
    assert_eq!((format!("{base:?}"), base.to_string()), ("BaseUrl(https://x.example/a)".into(), base.as_str().into()));
    let error: ParseValueError = "canary".parse::<Stage>().unwrap_err();
    check(&format!("{error:?}"), &["ParseValueError"]);
}

#[tokio::test(start_paused = true)]
async fn provider_plan_and_receipt_debug_redacts_values() {
    let script = Script::new([Play::json(200, r#"{"details":"canary"}"#), Play::NotSent]);
    let spade = Spade::new("canary", spade::Environment::EastSandbox, WonMeans::MerchantWon);
    check(&format!("{:?}", HttpProvider::builder(spade.clone())), &["HttpProviderBuilder", "Spade"]);
    let spade = provider(spade, &script);
    check(&format!("{spade:?}"), &["HttpProvider", "Spade", "Timeouts", "RetryPolicy"]);
    let chargeback = plain("canary", Stage::UnderReview, Reason::FraudOther).order_id("canary").build().unwrap();
    let plan = spade.plan(&chargeback).unwrap();
    check(&format!("{plan:?}"), &["Plan {", "chargeback_pending", "PlannedStep {", "operation: \"report_chargeback\""]);
    check(&format!("{:?}", plan.steps()[0].request()), &["PlannedRequest {", "POST"]);
    let receipt = spade.report(&chargeback).await.unwrap();
    check(&format!("{receipt:?}"), &["Receipt {", "stage_value: \"chargeback_pending\"", "vendor_case: none"]);
    let found = Receipt::new(spade::ID).with_reason_value("canary").with_vendor_case("canary".to_owned());
    check(&format!("{found:?}"), &["vendor_case: [redacted]"]);
    check(&format!("{:?}", receipt.steps()[0]), &["StepReport {", "Acknowledged", "message: [redacted]"]);
    let loss = receipt.losses().iter().find(|loss| loss.detail().is_empty()).unwrap();
    assert_eq!(loss.to_string(), format!("{} {}", loss.field(), loss.kind()));
    let loss = receipt.losses().iter().find(|loss| !loss.detail().is_empty()).unwrap();
    assert_eq!(loss.to_string(), format!("{} {} ({})", loss.field(), loss.kind(), loss.detail()));
    let v1 = Tutelar::v1("canary", "canary", DefeatedMeans::Refuse);
    check(&format!("{v1:?}"), &["V1([redacted])"]);
    let ledger = MemoryLedger::new();
    assert_eq!(format!("{ledger:?}"), "MemoryLedger(0 entries)");
    let mut entry = LedgerEntry::default();
    entry.acknowledged = Some(ReportedStage::for_chargeback(&chargeback));
    check(&format!("{entry:?}"), &["LedgerEntry {", "vendor_case: none"]);
}

fn reply(body: &Value) -> Response<bytes::Bytes> {
    Response::new(bytes::Bytes::from(body.to_string()))
}

#[test]
fn revcent_call_and_reply_debug_redacts_values() {
    let search = Search::new("canary");
    let get = Get::new(ID);
    let mut changes = EditChargeback::default();
    changes.arn = Some("canary".into());
    changes.metadata = Some(vec![Metadatum::new("canary", "canary")]);
    check(&format!("{search:?} {get:?}"), &["Search { .. }", "Get { .. }"]);
    check(&format!("{:?}", changes.metadata), &["Metadatum { .. }"]);
    check(&format!("{changes:?}"), &["EditChargeback {", "amount: None"]);
    let edit = Edit::new(ID, changes);
    check(&format!("{edit:?}"), &["Edit {", "changes: EditChargeback"]);
    let create = CreateChargeback::for_transaction("canary");
    check(&format!("{create:?}"), &["CreateChargeback {", "void_transaction: None"]);

    let hits = search.decode(&reply(&json!({ "results": [{ "id": ID, "third_party_chargeback_id": "canary" }] })));
    let hits = hits.unwrap();
    check(&format!("{:?}", hits[0]), &["Hit { .. }"]);
    check(&format!("{:?}", StepReply::Hits(hits)), &["Hits([Hit { .. }])"]);
    let stored = get.decode(&reply(&json!({ "chargeback": { "id": ID, "arn": "canary" } }))).unwrap();
    check(&format!("{:?}", StepReply::Record(Box::new(stored))), &["Record(StoredChargeback {", "initiated: false"]);
    let written = edit.decode(&reply(&json!({ "code": 1, "result": "canary" }))).unwrap();
    check(&format!("{:?}", edit.acknowledge(&written)), &["Acknowledgement { .. }"]);
    assert_eq!(edit.acknowledge(&written).case_id.as_deref(), Some(ID));
    let shown = format!("{:?}", StepReply::Chargeback(written));
    check(
        &shown,
        &["Chargeback(ChargebackReply {", "chargeback_id: [redacted]", "api_call_id: none", "result: [redacted]"],
    );
}

#[test]
fn pipwave_call_and_reply_debug_redacts_values() {
    let tag = TagChargeback::for_transaction("canary", ChargebackStage::Disputed);
    check(&format!("{tag:?}"), &["TagChargeback {", "pw_id: none", "txn_id: [redacted]", "stage: disputed"]);
    assert_eq!(format!("{:?}", Requery::Transaction("canary".into())), "Requery(txn_id)");
    let tagged = tag.decode(&reply(&json!({ "status": 200, "message": "canary" }))).unwrap();
    check(&format!("{tagged:?}"), &["TagReply {", "message: [redacted]"]);
    let (key, at) = (Secret::from("canary"), Timestamp::Seconds(1));
    let signed: SignedTag<'_> = tag.signed(&key, &key, &at);
    check(&format!("{signed:?}"), &["SignedTag {", "TagChargeback {"]);
}

#[test]
fn spade_call_and_reply_debug_redacts_values() {
    let mut chargeback = ChargebackFeedback::new(State::ChargebackWon);
    chargeback.fraud_notes = Some("canary".into());
    let report = ReportChargeback::new("canary", chargeback);
    check(
        &format!("{report:?}"),
        &["ReportChargeback { enrichment_id: [redacted], feedback: ChargebackFeedback {", "chargeback_notes: none"],
    );
    check(&format!("{report:?}"), &["fraud_notes: [redacted]"]);
    let mut refund = RefundFeedback::default();
    refund.refund_notes = Some("canary".into());
    check(&format!("{refund:?}"), &["RefundFeedback { fraud_type: None"]);
    let mut decline = DeclineFeedback::default();
    decline.decline_notes = Some("canary".into());
    check(&format!("{decline:?}"), &["DeclineFeedback { fraud_type: None"]);
    let mut fraud = FraudFeedback::default();
    fraud.fraud_notes = Some("canary".into());
    check(&format!("{fraud:?}"), &["FraudFeedback { fraud_type: None"]);
    let reported = report.decode(&reply(&json!({ "details": "canary" }))).unwrap();
    assert_eq!(format!("{reported:?}"), "FeedbackReply { details: [redacted] }");
}

#[test]
fn thirdwatch_and_tutelar_call_and_reply_debug_redacts_values() {
    let mut event = ChargebackEvent::default();
    event.user_id = Some("canary".into());
    check(&format!("{event:?}"), &["ChargebackEvent { user_id: [redacted], session_id: none"]);
    let tag = TagUser::new("canary", true);
    check(&format!("{tag:?}"), &["TagUser { user_id: [redacted], is_bad: Some(true)"]);
    check(&format!("{:?}", UntagUser::new("canary")), &["UntagUser { user_id: [redacted]"]);
    let recorded = tag.decode(&reply(&json!({ "message": "canary" }))).unwrap();
    assert_eq!(format!("{recorded:?}"), "EventReply { message: [redacted] }");

    let chargeback = TransactionChargeback::new(ChargebackStatus::Accepted, "canary", "canary");
    check(&format!("{chargeback:?}"), &["TransactionChargeback { status: "]);
    let refund = TransactionRefund::new(RefundStatus::Processed, "canary", "canary");
    check(&format!("{refund:?}"), &["TransactionRefund { status: "]);
    let answer = json!({ "success": true, "message": "canary" });
    let updated = chargeback.decode(&reply(&answer)).unwrap();
    check(&format!("{updated:?}"), &["TransactionReply { message: [redacted]"]);
}

#[test]
fn connector_type_debug_redacts_values() {
    let search = || Search::new("canary");
    let base: BaseUrl = "https://x.example".parse().unwrap();
    check(&format!("{:?}", HttpRequestBuilder::get(&base, &["canary"])), &["HttpRequestBuilder {", "GET"]);
    let translation = Translation::new(search()).values("w", "r");
    check(&format!("{translation:?}"), &["Translation { steps: 1, stage_value: \"w\", reason_value: \"r\""]);
    check(&format!("{:?}", NextSteps::with(search()).case_id("canary")), &["NextSteps { steps: 1, losses: []"]);
    let possible = PossibleReply::<Search>::new("it is there", Vec::new());
    check(&format!("{possible:?}"), &["PossibleReply { condition: \"it is there\""]);
    check(&format!("{:?}", Acknowledgement::default()), &["Acknowledgement"]);
    let verdicts: [(LookupVerdict<Edit>, &str); 3] = [
        (LookupVerdict::Continue(Lookup::Get(Get::new("canary"))), "Continue"),
        (LookupVerdict::Ambiguous(vec!["canary".into()]), "Ambiguous"),
        (LookupVerdict::Pending("later".into()), "Pending"),
    ];
    for (verdict, name) in verdicts {
        assert_eq!(format!("{verdict:?}"), name);
    }
}

//! The limits that Spade documents.

use chargeback::connector::Operation as _;
use chargeback::spade::{
    ChargebackFeedback, DeclineFeedback, Environment, FraudFeedback, FraudType, RefundFeedback, ReportChargeback,
    ReportDecline, ReportFraud, ReportRefund, Spade, State, WonMeans,
};
use chargeback::{Field, LossKind, Reason, Stage};
use serde_json::json;

use crate::providers::limits::{Limit, built, called, check, limit, typed};
use crate::providers::report_once;
use crate::support::{ENRICHMENT, Play, body, plain};

const CALL: &str = "chargeback";

fn spade() -> Spade {
    Spade::new("key", Environment::EastSandbox, WonMeans::IssuerWon)
}

fn chargeback(change: impl FnOnce(&mut ChargebackFeedback)) -> Vec<String> {
    let mut feedback = ChargebackFeedback::new(State::ChargebackPending);
    change(&mut feedback);
    called(spade(), ReportChargeback::new(ENRICHMENT, feedback))
}

fn refund(field: &str, text: &str) -> Vec<String> {
    let feedback: RefundFeedback = serde_json::from_value(json!({ "isFraud": true, field: text })).unwrap();
    called(spade(), ReportRefund::new(ENRICHMENT, feedback))
}

fn decline(field: &str, text: &str) -> Vec<String> {
    let feedback: DeclineFeedback = serde_json::from_value(json!({ "isFraud": true, field: text })).unwrap();
    called(spade(), ReportDecline::new(ENRICHMENT, feedback))
}

fn fraud(text: &str) -> Vec<String> {
    let feedback: FraudFeedback = serde_json::from_value(json!({ "isFraud": true, "fraudNotes": text })).unwrap();
    called(spade(), ReportFraud::new(ENRICHMENT, feedback))
}

/// Rules about `fraudType`, `fraudNotes` and `state` of the chargeback call.
fn fraud_and_state() -> Vec<Limit<'static>> {
    let with = |is_fraud: &str, kind: Option<FraudType>, notes: Option<&str>| {
        chargeback(|feedback| {
            feedback.is_fraud = is_fraud.parse().ok();
            feedback.fraud_type = kind;
            feedback.fraud_notes = notes.map(str::to_owned);
        })
    };
    let typed_field = |field: &str, value: &str| {
        let mut json = json!({ "state": "chargeback_won", "isFraud": true });
        json[field] = value.into();
        typed(field, json, |feedback| called(spade(), ReportChargeback::new(ENRICHMENT, feedback)))
    };
    let only_fraud = |row: Limit<'static>| {
        let rule = "requires isFraud to be true";
        row.inside("true").outside("false", rule).outside("", rule)
    };
    vec![
        limit("fraudNotes", CALL, move |text| with("true", None, Some(text))).text_at_most(512),
        only_fraud(limit("fraudNotes", CALL, move |is_fraud| with(is_fraud, None, Some("n")))),
        only_fraud(limit("fraudType", CALL, move |is_fraud| with(is_fraud, Some(FraudType::StolenCard), None))),
        limit("fraudType", CALL, move |value| typed_field("fraudType", value))
            .one_of(FraudType::ALL.iter().map(|kind| kind.as_str())),
        limit("state", CALL, move |value| typed_field("state", value))
            .one_of(State::ALL.iter().map(|state| state.as_str())),
    ]
}

#[test]
fn every_documented_limit_is_checked() {
    let key = |key: &str| built(Spade::new(key, Environment::EastSandbox, WonMeans::IssuerWon));
    let id = |id: &str| called(spade(), ReportChargeback::new(id, ChargebackFeedback::new(State::ChargebackWon)));
    let notes = |text: &str| chargeback(|feedback| feedback.chargeback_notes = Some(text.to_owned()));
    let mut limits = vec![
        limit("api_key", "settings", key)
            .inside("k")
            .outside("", "must not be empty")
            .outside("k ", "must not start or end with white space"),
        limit("enrichmentId", CALL, id)
            .inside(ENRICHMENT)
            .outside("", "must not be empty")
            .outside("..", "must not be a dot segment"),
        limit("chargebackNotes", CALL, notes).text_at_most(512),
        limit("refundNotes", "refund", |text| refund("refundNotes", text)).text_at_most(512),
        limit("fraudNotes", "refund", |text| refund("fraudNotes", text)).text_at_most(512),
        limit("declineCode", "decline", |text| decline("declineCode", text)).text_at_most(128),
        limit("declineDescription", "decline", |text| decline("declineDescription", text)).text_at_most(512),
        limit("declineNotes", "decline", |text| decline("declineNotes", text)).text_at_most(512),
        limit("fraudNotes", "decline", |text| decline("fraudNotes", text)).text_at_most(512),
        limit("fraudNotes", "fraud", fraud).text_at_most(512),
    ];
    limits.extend(fraud_and_state());
    check("spade", &limits);
    assert!(ReportFraud::new(ENRICHMENT, FraudFeedback::default()).validate().is_empty());
}

/// Reports a case with notes of this length. Returns the length of `chargebackNotes`, and true if the notes were cut.
async fn report_notes(length: usize) -> (usize, bool) {
    let case = plain("c", Stage::Received, Reason::NotReceived).notes("ä".repeat(length)).build().unwrap();
    let (receipt, script) = report_once(spade(), &case, Play::json(200, "{}")).await;
    let sent = body(&script.sent()[0])["chargebackNotes"].as_str().unwrap().chars().count();
    let lost = |loss: &chargeback::Loss| loss.field() == Field::Notes && loss.kind() == LossKind::Truncated;
    (sent, receipt.unwrap().losses().iter().any(lost))
}

#[tokio::test]
async fn a_report_truncates_notes_at_the_documented_limit() {
    let before = report_notes(1).await.0 - 1;
    assert_eq!(report_notes(512 - before).await, (512, false));
    assert_eq!(report_notes(513 - before).await, (512, true));
}

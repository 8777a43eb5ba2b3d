//! The limits that Spade documents.

use chargeback::connector::Operation as _;
use chargeback::spade::{
    ChargebackFeedback, DeclineFeedback, Environment, FraudFeedback, FraudType, RefundFeedback, ReportChargeback,
    ReportDecline, ReportFraud, ReportRefund, Spade, State, WonMeans,
};
use chargeback::{Field, LossKind, Reason, Stage};
use serde_json::json;

use crate::providers::limits::{built, called, check, limit};
use crate::providers::report_once;
use crate::support::{ENRICHMENT, Play, body, plain};

const PAGE: &str = "page `Report that a chargeback occurred`";
const MIRROR: &str = "mirror of the API description (medium confidence)";

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

#[test]
fn every_documented_limit_is_checked() {
    let key = |key: &str| built(Spade::new(key, Environment::EastSandbox, WonMeans::IssuerWon));
    let id = |id: &str| called(spade(), ReportChargeback::new(id, ChargebackFeedback::new(State::ChargebackWon)));
    let notes = |text: &str| chargeback(|feedback| feedback.chargeback_notes = Some(text.to_owned()));
    let fraud_notes = |text: &str| {
        chargeback(|feedback| {
            feedback.is_fraud = Some(true);
            feedback.fraud_notes = Some(text.to_owned());
        })
    };
    let fraud_type_with = |is_fraud: &str| {
        chargeback(|feedback| {
            feedback.is_fraud = is_fraud.parse().ok();
            feedback.fraud_type = Some(FraudType::StolenCard);
        })
    };
    let only_fraud = "requires isFraud to be true";
    check(
        "spade",
        &[
            limit("api_key", PAGE, key)
                .inside("k")
                .outside("", "must not be empty")
                .outside("k ", "must not start or end with white space"),
            limit("enrichmentId", PAGE, id)
                .inside(ENRICHMENT)
                .outside("", "must not be empty")
                .outside("..", "must not be a dot segment"),
            limit("chargebackNotes", PAGE, notes).text_at_most(512),
            limit("fraudNotes", PAGE, fraud_notes).text_at_most(512),
            limit("fraudType", PAGE, fraud_type_with)
                .inside("true")
                .outside("false", only_fraud)
                .outside("", only_fraud),
            limit("refundNotes", MIRROR, |text| refund("refundNotes", text)).text_at_most(512),
            limit("fraudNotes", MIRROR, |text| refund("fraudNotes", text)).text_at_most(512),
            limit("declineCode", MIRROR, |text| decline("declineCode", text)).text_at_most(128),
            limit("declineDescription", MIRROR, |text| decline("declineDescription", text)).text_at_most(512),
            limit("declineNotes", MIRROR, |text| decline("declineNotes", text)).text_at_most(512),
            limit("fraudNotes", MIRROR, |text| decline("fraudNotes", text)).text_at_most(512),
            limit("fraudNotes", MIRROR, fraud).text_at_most(512),
        ],
    );
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

//! The limits that Ravelin documents.

use chargeback::ravelin::{Alerts, DisputeOutcome, DisputeStage, Ravelin, ReportDispute, UnclearReasons};
use serde_json::{Value, json};

use super::ravelin;
use crate::providers::limits::{Limit, built, called, check, limit, typed};

const CALL: &str = "dispute";

/// The violations of a report with this text in a field of the dispute.
fn dispute(field: &str, text: &str) -> Vec<String> {
    let mut json =
        json!({ "timestamp": 1, "dispute": { "disputeId": "d", "stage": "CHARGEBACK", "transactionId": "t" } });
    json["dispute"][field] = text.into();
    call(field, json)
}

fn call(field: &str, json: Value) -> Vec<String> {
    typed(field, json, |report: ReportDispute| called(ravelin(), report))
}

fn limits() -> Vec<Limit<'static>> {
    let without_reference = |field: &str| {
        let mut json = json!({ "timestamp": 1, "dispute": { "disputeId": "d", "stage": "CHARGEBACK" } });
        match field {
            "" => {}
            "orderId" => json["orderId"] = "x".into(),
            _ => json["dispute"][field] = "x".into(),
        }
        call(field, json)
    };
    let event_type = |text: &str| {
        let dispute = json!({ "disputeId": "d", "stage": "CHARGEBACK", "transactionId": "t" });
        call("eventType", json!({ "timestamp": 1, "eventType": text, "dispute": dispute }))
    };
    let pattern = "must be a letter or digit, then letters, digits, - and _";
    vec![
        limit("secret_key", "settings", |key| built(Ravelin::new(key, Alerts::Send, UnclearReasons::LeaveOut)))
            .inside("sk_live_1")
            .inside("secret_key_live_1")
            .outside("", "must not be empty")
            .outside("pk_live_1", "must not be a publishable key")
            .outside("publishable_key_live_1", "must not be a publishable key"),
        limit("gatewayReference", CALL, without_reference)
            .inside("gatewayReference")
            .inside("transactionId")
            .inside("orderId")
            .outside("", "required; set gatewayReference, transactionId or orderId"),
        limit("disputeId", CALL, |text| dispute("disputeId", text)).text_at_most(300).outside("", "required"),
        limit("gatewayReference", CALL, |text| dispute("gatewayReference", text)).text_at_most(300),
        limit("stage", CALL, |text| dispute("stage", text))
            .one_of(DisputeStage::ALL.iter().map(|stage| stage.as_str())),
        limit("outcome", CALL, |text| dispute("outcome", text))
            .one_of(DisputeOutcome::ALL.iter().map(|outcome| outcome.as_str())),
        limit("currency", CALL, |text| dispute("currency", text))
            .inside("GBP")
            .inside("gbp")
            .outside("GB", "must have three letters")
            .outside("GBPX", "must have three letters")
            .outside("826", "must have three letters"),
        limit("eventType", CALL, event_type).inside("chargeback-report_1").outside("-x", pattern).outside("", pattern),
    ]
}

#[test]
fn limits_are_checked_before_a_request() {
    check("ravelin", &limits());
}

//! The limits that Riskified documents.

use chargeback::riskified::{
    ChargebackDetails, ChargebackType, Claim, Decision, DisputeStatus, DisputeType, Environment, ExternalStatus,
    ReportDecision, Riskified,
};
use serde_json::{Value, json};

use super::riskified;
use crate::providers::limits::{Limit, built, called, check, limit, typed};

const DECISION: &str = "decision";
const CLAIM: &str = "chargeback";

fn claim(field: &str, order: &Value) -> Vec<String> {
    typed(field, json!({ "order": order }), |claim: Claim| called(riskified(), claim))
}

/// The violations of a claim with this currency in a field.
fn currency(field: &str, code: &str) -> Vec<String> {
    claim(field, &json!({ "id": "o-1", "chargeback_details": { field: code } }))
}

fn decision(change: impl FnOnce(&mut Decision)) -> Vec<String> {
    let mut decision = Decision::new(ExternalStatus::ChargebackFraud);
    change(&mut decision);
    called(riskified(), ReportDecision::new("o-1", decision))
}

fn limits() -> Vec<Limit<'static>> {
    let status = |value: &str| {
        let json = json!({ "order": { "id": "o-1", "decision": { "external_status": value } } });
        typed("external_status", json, |report: ReportDecision| called(riskified(), report))
    };
    let decision_of = |id: &str| {
        let decision = Decision::new(ExternalStatus::ChargebackFraud);
        called(riskified(), ReportDecision::new(id, decision))
    };
    let date = |text: &str| {
        let read = serde_json::from_value::<ChargebackDetails>(json!({ "chargeback_at": text }));
        read.map_or_else(|_| vec!["chargeback_at: not a date".to_owned()], |_| Vec::new())
    };
    let kind = |value: &str| claim("type", &json!({ "id": "o-1", "chargeback_details": { "type": value } }));
    let dispute = |field: &'static str| {
        move |value: &str| claim(field, &json!({ "id": "o-1", "dispute_details": { field: value } }))
    };
    let domain = |domain: &str| built(Riskified::new(domain, "t", Environment::Sandbox));
    let token = |token: &str| built(Riskified::new("s", token, Environment::Sandbox));
    let letters = "must have three letters";
    vec![
        limit("shop_domain", "settings", domain).inside("shop.example.com").outside("", "must not be empty"),
        limit("auth_token", "settings", token)
            .inside("t")
            .outside("", "must not be empty")
            .outside("t\u{f6}ken", "must have ASCII characters only"),
        limit("id", DECISION, decision_of).inside("o-1").outside("", "required"),
        limit("external_status", DECISION, status).one_of(ExternalStatus::ALL.iter().map(|status| status.as_str())),
        limit("currency", DECISION, |code| decision(|decision| decision.currency = Some(code.to_owned())))
            .inside("USD")
            .outside("US", letters)
            .outside("840", letters),
        limit("id", CLAIM, |id| called(riskified(), Claim::new(id))).inside("o-1").outside("", "required"),
        limit("chargeback_currency", CLAIM, |code| currency("chargeback_currency", code))
            .inside("USD")
            .outside("USDX", letters),
        limit("fee_currency", CLAIM, |code| currency("fee_currency", code)).inside("USD").outside("840", letters),
        limit("chargeback_at", CLAIM, date).inside("2026-10-03T09:12:00+02:00").outside("yesterday", "not a date"),
        limit("type", CLAIM, kind).one_of(ChargebackType::ALL.iter().map(|kind| kind.as_str())),
        limit("status", CLAIM, dispute("status")).one_of(DisputeStatus::ALL.iter().map(|status| status.as_str())),
        limit("dispute_type", CLAIM, dispute("dispute_type")).one_of(DisputeType::ALL.iter().map(|kind| kind.as_str())),
    ]
}

#[test]
fn limits_are_checked_before_a_request() {
    check("riskified", &limits());
}

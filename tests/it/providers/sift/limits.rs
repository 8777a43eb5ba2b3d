//! The limits that Sift documents.

use chargeback::sift::{ApplyDecision, ChargebackEvent, ChargebackReason, ChargebackState, Decision, DecisionSource};
use chargeback::sift::{EventOptions, ReportChargeback, Sift};
use serde_json::json;

use super::sift;
use crate::providers::limits::{Limit, built, called, check, limit, typed};

const EVENT: &str = "report_chargeback";
const DECISION: &str = "apply_decision";

/// The violations of an event with an order and this text in a field.
fn event(field: &str, text: &str) -> Vec<String> {
    let mut json = json!({ "$order_id": "o-1" });
    json[field] = text.into();
    typed(field, json, |event: ChargebackEvent| called(sift(), ReportChargeback::new(event, EventOptions::default())))
}

fn without_order(field: &str) -> Vec<String> {
    let mut json = json!({});
    if !field.is_empty() {
        json[field] = "t-1".into();
    }
    let event: ChargebackEvent = serde_json::from_value(json).unwrap();
    called(sift(), ReportChargeback::new(event, EventOptions::default()))
}

fn custom(name: &str) -> Vec<String> {
    let mut event = ChargebackEvent::for_order("o-1");
    event.custom.insert(name.to_owned(), "x".into());
    called(sift(), ReportChargeback::new(event, EventOptions::default()))
}

fn decision(change: impl FnOnce(&mut ApplyDecision)) -> Vec<String> {
    let decision = Decision::new("block", DecisionSource::Chargeback);
    let mut call = ApplyDecision::to_user("acct", "user-1", decision);
    change(&mut call);
    called(sift(), call)
}

fn limits() -> Vec<Limit<'static>> {
    let characters = "may only have letters, digits and =.-_+@:&^%!$";
    let code = "must be R and two digits";
    let name = "a custom name must have letters, digits and _ only";
    let source = |value: &str| {
        let json = json!({ "decision_id": "block", "source": value, "analyst": "a" });
        typed("source", json, |decision: Decision| called(sift(), ApplyDecision::to_user("a", "u", decision)))
    };
    let analyst = |text: &str| {
        decision(|call| {
            call.decision.source = DecisionSource::ManualReview;
            call.decision.analyst = Some(text.to_owned());
        })
    };
    vec![
        limit("api_key", "settings", |key| built(Sift::new(key))).inside("k").outside("", "must not be empty"),
        limit("$order_id", EVENT, without_order)
            .inside("$order_id")
            .inside("$transaction_id")
            .outside("", "required; set $order_id or $transaction_id"),
        limit("$user_id", EVENT, |text| event("$user_id", text))
            .inside("aZ09=.-_+@:&^%!$")
            .outside("b\u{fc}rger", characters)
            .outside("user/1", characters)
            .outside("user,1", characters),
        limit("$chargeback_state", EVENT, |text| event("$chargeback_state", text))
            .one_of(ChargebackState::ALL.iter().map(|state| state.as_str())),
        limit("$chargeback_reason", EVENT, |text| event("$chargeback_reason", text))
            .one_of(ChargebackReason::ALL.iter().map(|reason| reason.as_str())),
        limit("$ach_return_code", EVENT, |text| event("$ach_return_code", text))
            .inside("R01")
            .outside("R1", code)
            .outside("R011", code)
            .outside("r01", code),
        limit("custom", EVENT, custom).inside("case_number_1").outside("case-number", name).outside("$case", name),
        limit("decision_id", DECISION, |text| decision(|call| text.clone_into(&mut call.decision.decision_id)))
            .inside("block")
            .outside("", "required"),
        limit("order_id", DECISION, |text| decision(|call| call.order_id = Some(text.to_owned())))
            .inside("o-1")
            .outside("", "required"),
        limit("source", DECISION, source).one_of(DecisionSource::ALL.iter().map(|source| source.as_str())),
        limit("analyst", DECISION, analyst).inside("a").outside("", "required for MANUAL_REVIEW"),
    ]
}

#[test]
fn limits_are_checked_before_a_request() {
    check("sift", &limits());
}

//! Sift: the fields of an event or a decision in, verdict and request out.

use std::collections::BTreeMap;

use bytes::Bytes;
use chargeback::connector::Operation;
use chargeback::sift::{ApplyDecision, ChargebackEvent, Decision, EventOptions, ReportChargeback, Sift};
use http::Request;
use serde::Deserialize;
use serde_json::Value;

use super::{Line, Verdict, attempt, check, compare, parse};

#[derive(Deserialize)]
struct Input {
    operation: String,
    event: Option<String>,
    properties: Value,
    #[serde(default)]
    options: BTreeMap<String, Value>,
    account_id: Option<String>,
    user_id: Option<String>,
    order_id: Option<String>,
    entity: Option<String>,
}

pub(super) fn call(line: &Line<'_>) -> Result<Verdict, String> {
    let (input, expect): (Input, Value) = (parse(line.input), parse(line.expect));
    let request = match input.operation.as_str() {
        "chargeback" => event(input),
        "apply_decision" => decision(input),
        other => return Err(format!("unknown operation {other}")),
    };
    if expect.get("ambiguous").is_some() {
        return Ok(Verdict::Ambiguous);
    }
    match (expect["verdict"].as_str().unwrap(), request) {
        ("valid", Ok(request)) => {
            compare(&request, &expect["request"])?;
            let query = request.uri().query().unwrap_or_default();
            for (name, value) in expect["request"]["query"].as_object().into_iter().flatten() {
                let pair = format!("{name}={}", value.as_str().unwrap().replace(',', "%2C"));
                check(query.split('&').any(|sent| sent == pair), || format!("no {pair} in {query}"))?;
            }
            Ok(Verdict::Passed)
        }
        ("invalid", Err(_)) => Ok(Verdict::Passed),
        (verdict, result) => Err(format!("{verdict}, but: {result:?}")),
    }
}

fn encode<O: Operation<Connector = Sift>>(operation: &O, key: &str) -> Result<Request<Bytes>, String> {
    let broken = operation.validate();
    if !broken.is_empty() {
        return Err(format!("{broken:?}"));
    }
    let sift = Sift::new(key);
    chargeback::HttpProvider::new(sift.clone()).map_err(|error| error.to_string())?;
    operation.encode(&sift, &attempt()).map_err(|broken| broken.to_string())
}

/// A client without the event's name cannot be written with this crate, because the type is the name.
fn event(input: Input) -> Result<Request<Bytes>, String> {
    check(input.event.as_deref() == Some("$chargeback"), || "another event".to_owned())?;
    let event: ChargebackEvent = serde_json::from_value(input.properties).map_err(|error| error.to_string())?;
    let mut options = EventOptions::default();
    for (name, value) in &input.options {
        let flag = value.as_bool().unwrap_or_default();
        match name.as_str() {
            "return_score" => options.return_score = flag,
            "return_workflow_status" => options.return_workflow_status = flag,
            "force_workflow_run" => options.force_workflow_run = flag,
            "return_route_info" => options.return_route_info = flag,
            "include_score_percentiles" => options.return_score_percentiles = flag,
            "include_warnings" | "return_warnings" | "warnings" => options.return_warnings = flag,
            "abuse_types" => {
                let types = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                options.abuse_types = types.map(str::to_owned).collect();
            }
            "api_key" => {}
            other => return Err(format!("unknown option {other}")),
        }
    }
    let key = input.options.get("api_key").and_then(Value::as_str).unwrap_or(super::KEY);
    encode(&ReportChargeback::new(event, options), key)
}

fn decision(input: Input) -> Result<Request<Bytes>, String> {
    let decision: Decision = serde_json::from_value(input.properties).map_err(|error| error.to_string())?;
    let (account, user) = (input.account_id.unwrap_or_default(), input.user_id.unwrap_or_default());
    let call = match input.entity.as_deref() {
        Some("order") => ApplyDecision::to_order(account, user, input.order_id.unwrap_or_default(), decision),
        Some("user") => ApplyDecision::to_user(account, user, decision),
        other => return Err(format!("unknown entity {other:?}")),
    };
    encode(&call, super::KEY)
}

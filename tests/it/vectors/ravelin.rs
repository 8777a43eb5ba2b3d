//! Ravelin: a body in and a verdict out, a chargeback in and a request out, or a reply in and an outcome out.

use bytes::Bytes;
use chargeback::connector::{Case, Connector as _, Operation as _};
use chargeback::ravelin::{Alerts, Ravelin, ReportDispute, UnclearReasons};
use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider};
use http::Request;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{KEY, Line, Verdict, accept, attempt, check, compare, judge, parse, replies};

#[derive(Deserialize)]
struct Input<'a> {
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    chargeback: Option<Value>,
    reply: Option<Value>,
}

fn ravelin() -> Ravelin {
    Ravelin::new(KEY, Alerts::Send, UnclearReasons::LeaveOut)
}

pub(super) fn line(line: &Line<'_>) -> Result<Verdict, String> {
    let input: Input<'_> = serde_json::from_str(line.input.get()).unwrap();
    let expect: Value = parse(line.expect);
    match input {
        Input { body: Some(body), .. } => wire(line, body, &expect),
        Input { chargeback: Some(chargeback), .. } => model(chargeback, &expect),
        Input { reply: Some(_), .. } => replies::ravelin(line, ravelin()),
        _ => Ok(Verdict::Skipped("a recording of the deprecated call, which this crate does not send")),
    }
}

fn wire(line: &Line<'_>, body: &RawValue, expect: &Value) -> Result<Verdict, String> {
    let is_for_service_providers =
        ["\"arn\"", "\"category\"", "\"reasonCode\""].iter().any(|key| body.get().contains(key));
    if is_for_service_providers {
        return Ok(Verdict::Skipped("the API for payment service providers, which this crate does not send"));
    }
    let accepted = accept::<ReportDispute>(body, ReportDispute::validate);
    let written = accepted.map(|report| serde_json::to_string(&report).unwrap());
    judge(line, written, body, expect)
}

fn model(chargeback: Value, expect: &Value) -> Result<Verdict, String> {
    let chargeback: Chargeback = serde_json::from_value(chargeback).map_err(|error| error.to_string())?;
    if expect.get("ambiguous").is_some() {
        return Ok(Verdict::Ambiguous);
    }
    let planned = HttpProvider::new(ravelin()).unwrap().plan(&chargeback);
    match expect["verdict"].as_str().unwrap() {
        "refused-here" => check(planned.is_err(), || "accepted".to_owned())?,
        _ => compare(&request(&chargeback)?, &expect["request"])?,
    }
    Ok(Verdict::Passed)
}

fn request(chargeback: &Chargeback) -> Result<Request<Bytes>, String> {
    let translation = ravelin().translate(&Case::new(chargeback)).map_err(|error| error.to_string())?;
    let step = translation.steps().next().ok_or("no step")?;
    step.encode(&ravelin(), &attempt()).map_err(|broken| broken.to_string())
}

//! SEON: a body in and a verdict out, a chargeback in and a request out, or a reply in and an outcome out.

use bytes::Bytes;
use chargeback::connector::{Case, Connector as _, Operation as _};
use chargeback::seon::{Environment, LabelTransactions, Seon, WonLabel};
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
    #[serde(borrow)]
    transactions: Option<&'a RawValue>,
    chargeback: Option<Value>,
    #[serde(default)]
    settings: Value,
    reply: Option<Value>,
}

fn seon(won_label: WonLabel) -> Seon {
    Seon::new(KEY, Environment::Eu, won_label)
}

pub(super) fn line(line: &Line<'_>) -> Result<Verdict, String> {
    let input: Input<'_> = serde_json::from_str(line.input.get()).unwrap();
    let expect: Value = parse(line.expect);
    let settings = input.settings;
    match input {
        Input { body: Some(body), .. } => {
            let accepted = accept::<LabelTransactions>(body, LabelTransactions::validate);
            judge(line, accepted.map(|labels| serde_json::to_string(&labels).unwrap()), body, &expect)
        }
        Input { transactions: Some(transactions), .. } => recorded(transactions, &expect),
        Input { chargeback: Some(chargeback), .. } => model(chargeback, &settings, &expect),
        Input { reply: Some(_), .. } => replies::seon(line, seon(WonLabel::Refuse)),
        _ => Err("an unknown kind of line".to_owned()),
    }
}

/// The request that a customer's client sends. The client checks nothing, so an invalid request has schema errors.
fn recorded(transactions: &RawValue, expect: &Value) -> Result<Verdict, String> {
    let body = format!(r#"{{"transactions":{}}}"#, transactions.get());
    let accepted = accept::<LabelTransactions>(&RawValue::from_string(body).unwrap(), LabelTransactions::validate);
    let is_valid = expect["schema_errors"].as_array().is_none_or(Vec::is_empty);
    check(accepted.is_ok() == is_valid, || format!("{accepted:?}"))?;
    if let Ok(labels) = accepted {
        let request = labels.encode(&seon(WonLabel::Refuse), &attempt()).map_err(|broken| broken.to_string())?;
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        check(body == expect["request"]["json"], || format!("body {body}"))?;
        check(request.method().as_str() == expect["request"]["method"], || "method".to_owned())?;
        check(request.uri().path() == expect["request"]["path"], || "path".to_owned())?;
    }
    Ok(Verdict::Passed)
}

fn model(chargeback: Value, settings: &Value, expect: &Value) -> Result<Verdict, String> {
    let chargeback: Chargeback = serde_json::from_value(chargeback).map_err(|error| error.to_string())?;
    if expect.get("ambiguous").is_some() {
        return Ok(Verdict::Ambiguous);
    }
    let won_label = settings["won_label"].as_str().map_or(WonLabel::Refuse, |label| label.parse().unwrap());
    let seon = seon(won_label);
    let planned = HttpProvider::new(seon.clone()).unwrap().plan(&chargeback);
    match expect["verdict"].as_str().unwrap() {
        "refused-here" => check(planned.is_err(), || "accepted".to_owned())?,
        _ => compare(&request(&seon, &chargeback)?, &expect["request"])?,
    }
    Ok(Verdict::Passed)
}

fn request(seon: &Seon, chargeback: &Chargeback) -> Result<Request<Bytes>, String> {
    let translation = seon.translate(&Case::new(chargeback)).map_err(|error| error.to_string())?;
    let step = translation.steps().next().ok_or("no step")?;
    step.encode(seon, &attempt()).map_err(|broken| broken.to_string())
}

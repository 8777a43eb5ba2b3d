//! Riskified: an order in, verdict and signed request out; and bytes in, signature out.

use bytes::Bytes;
use chargeback::Secret;
use chargeback::connector::Operation;
use chargeback::riskified::{Claim, Environment, ReportDecision, Riskified, signature};
use http::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Line, Verdict, accept, attempt, check, compare, judge, parse};

#[derive(Deserialize)]
struct Input<'a> {
    operation: String,
    #[serde(default)]
    shop_domain: String,
    auth_token: String,
    #[serde(borrow)]
    order: Option<&'a RawValue>,
    body: Option<String>,
}

pub(super) fn line(line: &Line<'_>) -> Result<Verdict, String> {
    let input: Input<'_> = serde_json::from_str(line.input.get()).unwrap();
    let expect: Value = parse(line.expect);
    captures(&input, &expect)?;
    match (input.operation.as_str(), input.order) {
        ("sign", _) => {
            let signed = signature::sign(input.body.unwrap().as_bytes(), &Secret::from(input.auth_token));
            check(expect["signature"] == signed.as_str(), || format!("signature {signed}"))?;
            Ok(Verdict::Passed)
        }
        ("chargeback", Some(order)) => call::<Claim>(line, &input, order, &expect, Claim::validate),
        ("decision", Some(order)) => call::<ReportDecision>(line, &input, order, &expect, ReportDecision::validate),
        (other, _) => Err(format!("unknown operation {other}")),
    }
}

/// Recomputes the signature of the bytes that each client sent.
fn captures(input: &Input<'_>, expect: &Value) -> Result<(), String> {
    let token = Secret::from(input.auth_token.as_str());
    for (client, capture) in expect["captures"].as_object().into_iter().flatten() {
        if let (Some(body), Some(signed)) = (capture["body"].as_str(), capture["signature"].as_str()) {
            let is_signed = signature::verify(body.as_bytes(), signed, &token);
            check(is_signed, || format!("the signature of {client} differs"))?;
        }
    }
    Ok(())
}

fn call<O>(
    line: &Line<'_>,
    input: &Input<'_>,
    order: &RawValue,
    expect: &Value,
    rules: impl FnOnce(&O) -> Vec<chargeback::Violation>,
) -> Result<Verdict, String>
where
    O: Operation<Connector = Riskified> + DeserializeOwned + serde::Serialize,
{
    let body = RawValue::from_string(format!(r#"{{"order":{}}}"#, order.get())).unwrap();
    let accepted = accept::<O>(&body, rules);
    if let (Ok(call), Some(request)) = (&accepted, expect.get("request")) {
        compare(&request_of(input, call)?, request)?;
    }
    judge(line, accepted.map(|call| serde_json::to_string(&call).unwrap()), &body, expect)
}

/// Encodes the call, and checks that the signature is that of the bytes.
fn request_of<O>(input: &Input<'_>, call: &O) -> Result<Request<Bytes>, String>
where
    O: Operation<Connector = Riskified>,
{
    let vendor = Riskified::new(input.shop_domain.as_str(), input.auth_token.as_str(), Environment::Production);
    let request = call.encode(&vendor, &attempt()).map_err(|broken| broken.to_string())?;
    let signed = request.headers()[signature::HEADER].to_str().unwrap().to_owned();
    let token = Secret::from(input.auth_token.as_str());
    check(signed == signature::sign(request.body(), &token), || format!("signature {signed}"))?;
    Ok(request)
}

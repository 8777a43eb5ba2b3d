//! Replies in, outcome out: the error of a report with one attempt.

use chargeback::connector::Connector;
use chargeback::maxmind::{MaxMind, WonTag};
use chargeback::ravelin::Ravelin;
use chargeback::riskified::{Environment, Riskified};
use chargeback::seon::Seon;
use chargeback::sift::Sift;
use chargeback::{ChargebackProvider as _, Delivery, Error, HttpProvider, Reason, RetryPolicy, Stage};
use serde::Deserialize;

use super::{KEY, Line, Verdict, check, parse};
use crate::support::{Play, Script, kind, plain};

#[derive(Deserialize)]
struct Input {
    reply: Reply,
}

#[derive(Deserialize)]
struct Reply {
    status: u16,
    body: String,
}

#[derive(Deserialize)]
struct Expected {
    #[serde(alias = "verdict")]
    outcome: String,
    acted: String,
    kind: Option<String>,
    retryable: Option<bool>,
    code: Option<String>,
    ambiguous: Option<String>,
}

pub(super) fn maxmind(line: &Line<'_>) -> Result<Verdict, String> {
    judge(line, MaxMind::new(1, KEY, WonTag::Clear))
}

pub(super) fn sift(line: &Line<'_>) -> Result<Verdict, String> {
    judge(line, Sift::new(KEY))
}

pub(super) fn ravelin(line: &Line<'_>, vendor: Ravelin) -> Result<Verdict, String> {
    judge(line, vendor)
}

pub(super) fn seon(line: &Line<'_>, vendor: Seon) -> Result<Verdict, String> {
    judge(line, vendor)
}

pub(super) fn riskified(line: &Line<'_>) -> Result<Verdict, String> {
    judge(line, Riskified::new("shop.example.com", KEY, Environment::Production))
}

/// Plays the reply to a report, and compares the result.
fn judge<C: Connector>(line: &Line<'_>, vendor: C) -> Result<Verdict, String> {
    let (input, expected): (Input, Expected) = (parse(line.input), parse(line.expect));
    let script = Script::new([Play::json(input.reply.status, &input.reply.body)]);
    let provider = HttpProvider::builder(vendor).transport(script).retry(RetryPolicy::never()).build().unwrap();
    let chargeback = plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let result = runtime.block_on(provider.report(&chargeback));
    if expected.ambiguous.is_some() {
        return Ok(Verdict::Ambiguous);
    }
    match (expected.outcome.as_str(), result) {
        ("success", Ok(_)) => Ok(Verdict::Passed),
        ("refused" | "unreadable", Err(error)) => compare(&expected, &error),
        (outcome, result) => Err(format!("{outcome}, but: {result:?}")),
    }
}

fn compare(expected: &Expected, error: &Error) -> Result<Verdict, String> {
    let found = kind(error).replace(' ', "_");
    let expected_kind = expected.kind.as_deref().unwrap_or(&expected.outcome);
    check(found == expected_kind, || format!("{found} instead of {expected_kind}: {error}"))?;
    let delivery = if expected.acted == "no" { Delivery::Rejected } else { Delivery::Unknown };
    check(error.delivery() == delivery, || format!("delivery {:?} of {error}", error.delivery()))?;
    if let Some(retryable) = expected.retryable {
        check(error.is_retryable() == retryable, || format!("retryable {}", error.is_retryable()))?;
    }
    check(expected.code.as_deref().is_none_or(|code| error.vendor_code() == Some(code)), || {
        format!("code {:?}", error.vendor_code())
    })?;
    Ok(Verdict::Passed)
}

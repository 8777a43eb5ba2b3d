//! Wire vectors captured from the vendors' own clients and schemas.
//!
//! Reads every `*.jsonl` in the folder that `CHARGEBACK_VECTORS` names (default: `tests/fixtures/vectors`, whose
//! README has the format). No check depends on the id of a line, so other vectors of the format also run.

mod maxmind;
mod ravelin;
mod replies;
mod riskified;
mod seon;
mod sift;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use bytes::Bytes;
use chargeback::connector::{Attempt, Operation};
use chargeback::pipwave::signature::{Timestamp, sign};
use chargeback::pipwave::{self, ChargebackReason, ChargebackStage, Pipwave, TagChargeback};
use chargeback::revcent::CreateChargeback;
use chargeback::spade::{self, ChargebackFeedback, ReportChargeback, Spade, WonMeans};
use chargeback::thirdwatch::{self, AbuseType, ChargebackEvent, TagUser, Thirdwatch, UntagUser};
use chargeback::tutelar::{DefeatedMeans, TransactionChargeback, Tutelar};
use chargeback::{Secret, Violation};
use chrono::DateTime;
use http::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

const KEY: &str = "test-key-123";

#[derive(Deserialize)]
struct Line<'a> {
    id: String,
    #[serde(borrow)]
    input: &'a RawValue,
    #[serde(borrow)]
    expect: &'a RawValue,
}

#[derive(Default, Debug)]
struct Count {
    passed: usize,
    ambiguous: usize,
    skipped: Vec<String>,
}

#[test]
fn every_vector_matches_the_vendor() {
    let folder = std::env::var_os("CHARGEBACK_VECTORS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vectors"), PathBuf::from);
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the folder of the vectors exists") {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let kind = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let run: fn(&Line<'_>) -> Result<Verdict, String> = match kind.as_str() {
            "thirdwatch" => thirdwatch,
            "pipwave" => pipwave,
            "revcent" => revcent,
            "spade" => spade,
            "tutelar" => tutelar,
            "maxmind" => maxmind::report,
            "replies-maxmind" => replies::maxmind,
            "sift" => sift::call,
            "ravelin" => ravelin::line,
            "seon" => seon::line,
            "riskified" => riskified::line,
            "replies-riskified" => replies::riskified,
            "replies-sift" => replies::sift,
            other => panic!("vectors of an unknown kind: {other}"),
        };
        let count = counts.entry(kind).or_default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let line: Line<'_> = serde_json::from_str(line).expect("the line is a vector");
            match run(&line) {
                Ok(Verdict::Passed) => count.passed += 1,
                Ok(Verdict::Ambiguous) => count.ambiguous += 1,
                Ok(Verdict::Skipped(why)) => count.skipped.push(format!("{}: {why}", line.id)),
                Err(why) => failures.push(format!("{}: {why}", line.id)),
            }
        }
    }
    for (kind, count) in &counts {
        print(kind, count);
    }
    assert!(!counts.is_empty(), "no vectors in {}", folder.display());
    assert!(counts.values().all(|count| count.passed > 0), "a file has no vectors: {counts:?}");
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

/// Bypasses the output capture of the test harness, so that every run shows the lines.
fn print(kind: &str, count: &Count) {
    let mut counted = format!("vectors of {kind}: {} passed, {} ambiguous\n", count.passed, count.ambiguous);
    for skipped in &count.skipped {
        counted.extend(["  skipped ", skipped, "\n"]);
    }
    std::io::stderr().write_all(counted.as_bytes()).unwrap();
}

enum Verdict {
    Passed,
    Ambiguous,
    /// The line is about something that this crate does not do.
    Skipped(&'static str),
}

fn check(condition: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(why()) }
}

/// Compares a request with the captured one: method, path, the listed headers, and the body as JSON.
fn compare(request: &Request<Bytes>, expected: &Value) -> Result<(), String> {
    check(request.method().as_str() == expected["method"], || format!("method {}", request.method()))?;
    check(request.uri().path() == expected["path"], || format!("path {}", request.uri().path()))?;
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        let sent = request.headers().get(name).map(|value| value.to_str().unwrap());
        let expected_value = if value == "<api-key>" { KEY } else { value.as_str().unwrap() };
        check(sent == Some(expected_value), || format!("header {name}: {sent:?}"))?;
    }
    let body: Value = serde_json::from_slice(request.body()).map_err(|error| error.to_string())?;
    check(body == expected["json"], || format!("body {body}"))
}

fn attempt() -> Attempt<'static> {
    Attempt::new(DateTime::UNIX_EPOCH)
}

fn parse<T: DeserializeOwned>(raw: &RawValue) -> T {
    serde_json::from_str(raw.get()).unwrap()
}

// ---- thirdwatch: fields in, request out

fn thirdwatch(line: &Line<'_>) -> Result<Verdict, String> {
    let input: Value = parse(line.input);
    let expect: Value = parse(line.expect);
    let fields = &input["fields"];
    let text = |key: &str| fields[key].as_str().map(str::to_owned);
    let custom_info = fields["custom_info"].as_object().cloned().map(thirdwatch::CustomInfo::from);
    match input["operation"].as_str().unwrap() {
        "chargeback" => {
            let mut event = ChargebackEvent::default();
            event.user_id = text("user_id");
            event.session_id = text("session_id");
            event.order_id = text("order_id");
            event.transaction_id = text("transaction_id");
            event.state = text("chargeback_state").map(|state| state.as_str().into());
            event.reason = text("chargeback_reason").map(|reason| reason.as_str().into());
            event.custom_info = custom_info;
            compare_call(&event, &expect)
        }
        "tag_user" => {
            let mut tag = TagUser::default();
            tag.user_id = text("user_id");
            tag.is_bad = fields["is_bad"].as_bool();
            tag.abuse_type = text("abuse_type").map(|kind| AbuseType::from(kind.as_str()));
            tag.description = text("description");
            tag.source = text("source");
            tag.analyst = text("analyst");
            tag.custom_info = custom_info;
            compare_call(&tag, &expect)
        }
        "un_tag_user" => {
            let mut untag = UntagUser::default();
            untag.user_id = text("user_id");
            untag.abuse_type = text("abuse_type").map(|kind| AbuseType::from(kind.as_str()));
            untag.analyst = text("analyst");
            untag.custom_info = custom_info;
            compare_call(&untag, &expect)
        }
        other => Err(format!("unknown operation {other}")),
    }
}

/// Compares the request of a call, and checks that the body reads back as the same call.
fn compare_call<O>(call: &O, expect: &Value) -> Result<Verdict, String>
where
    O: Operation<Connector = Thirdwatch> + DeserializeOwned + PartialEq,
{
    let vendor = Thirdwatch::new(KEY, thirdwatch::Environment::Production);
    let request = call.encode(&vendor, &attempt()).map_err(|broken| broken.to_string())?;
    compare(&request, &expect["request"])?;
    let again = serde_json::from_slice::<O>(request.body()).unwrap() == *call;
    check(again, || "the body does not read back".to_owned())?;
    Ok(Verdict::Passed)
}

// ---- pipwave: fields in, signature and body out

fn pipwave(line: &Line<'_>) -> Result<Verdict, String> {
    let input: Value = parse(line.input);
    let expect: Value = parse(line.expect);
    let text = |key: &str| input[key].as_str().map(str::to_owned);
    check(input["action"] == "tag-chargeback", || format!("unknown action {}", input["action"]))?;
    let timestamp = match &input["timestamp"] {
        Value::Number(seconds) => Timestamp::Seconds(seconds.as_i64().unwrap()),
        other => Timestamp::Text(other.as_str().unwrap().to_owned()),
    };
    let (key, secret) = (Secret::from(text("api_key").unwrap()), Secret::from(text("api_secret").unwrap()));
    let stage = ChargebackStage::from(text("stage").unwrap().as_str());
    let mut tag = TagChargeback::for_transaction("", stage);
    tag.txn_id = text("txn_id");
    tag.pw_id = text("pw_id");
    tag.reason = text("reason").map(|reason| ChargebackReason::from(reason.as_str()));

    let signed = tag.signed(&key, &secret, &timestamp);
    let expected = expect["signature"].as_str().unwrap();
    check(signed.signature() == expected, || format!("signature {}", signed.signature()))?;
    check(expect["not_signature_if_unsorted"] != signed.signature(), || "the unsorted signature".to_owned())?;
    let body = serde_json::to_value(&signed).unwrap();
    check(body == expect["request"]["json"], || format!("body {body}"))?;

    // The signing function over the pairs, in the order of the documentation.
    let at = timestamp.to_string();
    let mut pairs = vec![("timestamp", at.as_str()), ("action", "tag-chargeback"), ("api_key", key.expose())];
    pairs.extend(tag.pw_id.as_deref().map(|id| ("pw_id", id)));
    pairs.extend(tag.txn_id.as_deref().map(|id| ("txn_id", id)));
    pairs.push(("stage", tag.stage.as_str()));
    check(sign(pairs, &secret) == expected, || "signature over the pairs".to_owned())?;

    // The complete request, if the clock can represent the time.
    if let Timestamp::Seconds(seconds) = timestamp
        && let Some(now) = DateTime::from_timestamp(seconds, 0)
    {
        let vendor = Pipwave::new(key, secret, pipwave::Environment::Live);
        let request = tag.encode(&vendor, &Attempt::new(now)).map_err(|broken| broken.to_string())?;
        compare(&request, &expect["request"])?;
    }

    // The rules of the documentation: a tag that breaks one is invalid. Ambiguous rules allow both.
    let broken: Vec<&str> = expect["prose_rules_broken"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let valid = tag.validate().is_empty();
    if broken.iter().any(|rule| !rule.starts_with("ambiguous")) {
        check(!valid, || "accepted, although it breaks a rule".to_owned())?;
    } else if broken.is_empty() {
        check(valid, || format!("rejected: {:?}", tag.validate()))?;
    }
    Ok(Verdict::Passed)
}

// ---- revcent, spade, tutelar: body in, verdict out

#[derive(Deserialize)]
struct BodyInput<'a> {
    #[serde(borrow)]
    body: &'a RawValue,
    enrichment_id: Option<String>,
}

/// Parses the native type and validates it, and returns the value if both succeed.
fn accept<T>(body: &RawValue, rules: impl FnOnce(&T) -> Vec<Violation>) -> Result<T, String>
where
    T: DeserializeOwned,
{
    let value: T = serde_json::from_str(body.get()).map_err(|error| error.to_string())?;
    let broken = rules(&value);
    if broken.is_empty() { Ok(value) } else { Err(format!("{broken:?}")) }
}

fn judge(
    line: &Line<'_>,
    accepted: Result<String, String>,
    input: &RawValue,
    expect: &Value,
) -> Result<Verdict, String> {
    if let Ok(written) = &accepted {
        let (given, written) = (exact(input), exact(&RawValue::from_string(written.clone()).unwrap()));
        check(given == written, || format!("serialized as {written:?}"))?;
    }
    if expect.get("ambiguous").is_some() {
        return Ok(Verdict::Ambiguous);
    }
    let verdict = expect["verdict"].as_str().unwrap();
    match (verdict, accepted) {
        ("valid", Ok(_)) | ("invalid" | "schema-invalid" | "prose-invalid", Err(_)) => Ok(Verdict::Passed),
        ("valid", Err(why)) => Err(format!("rejected: {why}")),
        ("invalid" | "schema-invalid" | "prose-invalid", Ok(_)) => Err("accepted".to_owned()),
        (other, _) => Err(format!("unknown verdict {other} in {}", line.id)),
    }
}

fn revcent(line: &Line<'_>) -> Result<Verdict, String> {
    let input: BodyInput<'_> = serde_json::from_str(line.input.get()).unwrap();
    let accepted = accept::<CreateChargeback>(input.body, CreateChargeback::validate);
    let written = accepted.map(|body| serde_json::to_string(&body).unwrap());
    judge(line, written, input.body, &parse(line.expect))
}

fn spade(line: &Line<'_>) -> Result<Verdict, String> {
    let input: BodyInput<'_> = serde_json::from_str(line.input.get()).unwrap();
    let expect: Value = parse(line.expect);
    let id = input.enrichment_id.clone().expect("an enrichment id");
    let accepted =
        accept::<ChargebackFeedback>(input.body, |body| ReportChargeback::new(id.clone(), body.clone()).validate());
    if let (Ok(body), Some(request)) = (&accepted, expect.get("request")) {
        let vendor = Spade::new(KEY, spade::Environment::EastSandbox, WonMeans::MerchantWon);
        let sent =
            ReportChargeback::new(id, body.clone()).encode(&vendor, &attempt()).map_err(|broken| broken.to_string())?;
        compare(&sent, request)?;
    }
    let written = accepted.map(|body| serde_json::to_string(&body).unwrap());
    judge(line, written, input.body, &expect)
}

fn tutelar(line: &Line<'_>) -> Result<Verdict, String> {
    let input: BodyInput<'_> = serde_json::from_str(line.input.get()).unwrap();
    let expect: Value = parse(line.expect);
    let call = |body: &TransactionChargeback| body.clone();
    let accepted = accept::<TransactionChargeback>(input.body, |body| call(body).validate());
    if let (Ok(body), Some(request)) = (&accepted, expect.get("request")) {
        let vendor = Tutelar::v1(KEY, "secret", DefeatedMeans::Refuse);
        let sent = call(body).encode(&vendor, &attempt()).map_err(|broken| broken.to_string())?;
        compare(&sent, request)?;
    }
    let written = accepted.map(|body| serde_json::to_string(&body).unwrap());
    judge(line, written, input.body, &expect)
}

/// JSON with numbers as text, so that `10.50` differs from `10.5`.
#[derive(Debug, PartialEq)]
enum Exact {
    Object(BTreeMap<String, Exact>),
    Array(Vec<Exact>),
    Text(String),
    Other(String),
}

fn exact(raw: &RawValue) -> Exact {
    let text = raw.get();
    match text.as_bytes()[0] {
        b'{' => {
            let object: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).unwrap();
            Exact::Object(object.into_iter().map(|(key, value)| (key, exact(&value))).collect())
        }
        b'[' => {
            let array: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap();
            Exact::Array(array.iter().map(|value| exact(value)).collect())
        }
        b'"' => Exact::Text(serde_json::from_str(text).unwrap()),
        _ => Exact::Other(text.to_owned()),
    }
}

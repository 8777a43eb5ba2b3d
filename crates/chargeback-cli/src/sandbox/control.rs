//! The control endpoint: counts, cases, faults, delays, reset.

use std::sync::Arc;

use bytes::Bytes;
use chargeback::sandbox::{FakeVendor, RecordedCase};
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::faults::FaultRequest;
use super::server::Closed;
use crate::config::VENDORS;

const HELP: &str = "GET /, GET /vendors/VENDOR/cases[/KEY], POST /vendors/VENDOR/{fault,delay,recover,reset}; \
                    VENDOR can be `all`";

/// The body of `POST /vendors/VENDOR/delay`, in milliseconds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DelayRequest {
    #[serde(default)]
    before_ms: u64,
    #[serde(default)]
    after_ms: u64,
}

/// A problem of a request: the status and a text.
type Problem = (u16, String);

#[allow(clippy::unused_async, reason = "the signature of a handler")]
pub(super) async fn reply(shared: Arc<Shared>, request: Request<Bytes>) -> Result<Response<Bytes>, Closed> {
    let (status, value) = match answer(&shared, &request) {
        Ok(value) => (200, value),
        Err((status, error)) => (status, json!({ "error": error, "help": HELP })),
    };
    let body = Bytes::from(format!("{value}\n"));
    let reply = Response::builder().status(status).header("Content-Type", "application/json");
    reply.body(body).map_err(|_| Closed)
}

fn answer(shared: &Shared, request: &Request<Bytes>) -> Result<Value, Problem> {
    let path = request.uri().path().trim_matches('/').to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    let is_post = request.method() == Method::POST;
    match (is_post, parts.as_slice()) {
        (false, [""]) => Ok(overview(shared)),
        (true, ["reset"]) => on_each(shared, "all", |_, fake| {
            fake.reset();
            Ok(())
        }),
        (false, ["vendors", vendor, "cases", key @ ..]) => cases(shared, vendor, &key.join("/")),
        (true, ["vendors", vendor, "reset"]) => on_each(shared, vendor, |number, fake| {
            shared.delays[number].set(0, 0);
            fake.reset();
            Ok(())
        }),
        (true, ["vendors", vendor, "recover"]) => on_each(shared, vendor, |number, fake| {
            shared.delays[number].set(0, 0);
            fake.recover();
            Ok(())
        }),
        (true, ["vendors", vendor, "fault"]) => {
            let fault: FaultRequest = parse(request.body())?;
            on_each(shared, vendor, |_, fake| fault.apply(fake).map_err(|error| (400, error.to_owned())))
        }
        (true, ["vendors", vendor, "delay"]) => {
            let delay: DelayRequest = parse(request.body())?;
            on_each(shared, vendor, |number, _| {
                shared.delays[number].set(delay.before_ms, delay.after_ms);
                Ok(())
            })
        }
        _ => Err((404, "no such path".to_owned())),
    }
}

fn parse<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| (400, error.to_string()))
}

/// Returns the fakes of a vendor, or of all, with their positions.
fn chosen<'s>(shared: &'s Shared, vendor: &str) -> Result<Vec<(usize, &'s dyn FakeVendor)>, Problem> {
    let is_chosen = |name: &str| vendor == "all" || vendor == name;
    let position = |name: &str| VENDORS.iter().position(|vendor| vendor.name == name);
    let fakes = shared.sandbox.fakes().filter(|(id, _)| is_chosen(id.as_str()));
    let fakes: Vec<_> = fakes.filter_map(|(id, fake)| Some((position(id.as_str())?, fake))).collect();
    if fakes.is_empty() { Err((404, "unknown vendor".to_owned())) } else { Ok(fakes) }
}

fn on_each(
    shared: &Shared,
    vendor: &str,
    mut act: impl FnMut(usize, &dyn FakeVendor) -> Result<(), Problem>,
) -> Result<Value, Problem> {
    for (number, fake) in chosen(shared, vendor)? {
        act(number, fake)?;
    }
    Ok(json!({ "ok": true }))
}

fn overview(shared: &Shared) -> Value {
    let vendors = shared.sandbox.fakes().map(|(id, fake)| {
        let position = VENDORS.iter().position(|vendor| vendor.name == id.as_str()).unwrap_or(0);
        let url = shared.arguments.base_url(&shared.sandbox, position, &VENDORS[position]);
        json!({
            "vendor": id, "base_url": url, "requests": fake.requests(), "acted": fake.acted(),
            "cases": fake.cases().len(),
        })
    });
    json!({ "vendors": vendors.collect::<Vec<_>>() })
}

/// Returns true for the case of a key. RevCent's key is its own id, so the merchant's id is a key too.
fn is_key(case: &RecordedCase, key: &str) -> bool {
    let has_value = |record: &Map<String, Value>| record.values().any(|value| value == key);
    key.is_empty() || case.key == key || case.state.as_object().is_some_and(has_value)
}

fn cases(shared: &Shared, vendor: &str, key: &str) -> Result<Value, Problem> {
    let shown = |case: &RecordedCase| {
        json!({
            "key": case.key, "writes": case.history.len(), "state": case.state, "history": case.history,
        })
    };
    let mut found = Vec::new();
    for (_, fake) in chosen(shared, vendor)? {
        found.extend(fake.cases().iter().filter(|case| is_key(case, key)).map(shown));
    }
    if found.is_empty() && !key.is_empty() {
        return Err((404, "no such case".to_owned()));
    }
    Ok(json!({ "cases": found }))
}

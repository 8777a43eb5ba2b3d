//! A fake MaxMind.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Map, Value, json as value};

use super::credentials::{ACCOUNT_ID, API_KEY};
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, length, object, opaque_debug, path, text};

const IDS: &[&str] = &["transaction_id", "minfraud_id", "maxmind_id", "ip_address"];
const TAGS: &[&str] = &["chargeback", "not_fraud", "suspected_fraud", "spam_or_abuse", "clear"];

/// The state of the fake MaxMind: the tag of each transaction, with the report that set it.
#[derive(Default)]
pub struct MaxMindFake {
    reports: Records,
}

opaque_debug!(MaxMindFake);

impl Machine for MaxMindFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        authorize(request)?;
        let path = path(request);
        let is_report = path.iter().eq(["minfraud", "v2.0", "transactions", "report"]);
        if !is_report || request.method() != Method::POST {
            return Err(Reply::new(404, Value::Null));
        }
        let body = object(request).ok_or_else(|| error(400, "JSON_INVALID"))?;
        validate(&body)?;
        let key = IDS.iter().map(|id| text(&body, id)).find(|id| !id.is_empty()).unwrap_or_default().to_owned();
        let body = Value::Object(body);
        self.reports.accept(&key, body.clone(), body);
        Ok(Reply::new(204, Value::Null))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.reports.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.reports.keep_last(cases);
    }

    fn rejection(&self) -> Reply {
        error(400, "TAG_INVALID")
    }

    fn server_error(&self) -> Reply {
        Reply::new(500, Value::Null)
    }
}

/// Checks the account's number and the license key.
fn authorize(request: &Request<Bytes>) -> Result<(), Reply> {
    let encoded = header(request, "authorization").and_then(|value| value.strip_prefix("Basic "));
    let pair = encoded.and_then(|encoded| BASE64.decode(encoded).ok()).unwrap_or_default();
    match String::from_utf8_lossy(&pair).split_once(':') {
        None | Some(("", _)) => Err(error(401, "ACCOUNT_ID_REQUIRED")),
        Some((_, "")) => Err(error(401, "LICENSE_KEY_REQUIRED")),
        Some((account, key)) if account == ACCOUNT_ID.to_string() && key == API_KEY => Ok(()),
        Some(_) => Err(error(401, "AUTHORIZATION_INVALID")),
    }
}

/// Checks a body: known keys, a tag of the list, at least one id, and the form of each value.
fn validate(body: &Map<String, Value>) -> Result<(), Reply> {
    for key in body.keys() {
        if !IDS.contains(&key.as_str()) && !["tag", "chargeback_code", "notes"].contains(&key.as_str()) {
            return Err(error(400, "PARAMETER_UNKNOWN"));
        }
    }
    match body.get("tag").map(Value::as_str) {
        None => return Err(error(400, "TAG_REQUIRED")),
        Some(Some(tag)) if TAGS.contains(&tag) => {}
        Some(_) => return Err(error(400, "TAG_INVALID")),
    }
    if IDS.iter().all(|id| text(body, id).is_empty()) {
        return Err(error(400, "TRANSACTION_ID_REQUIRED"));
    }
    let is_code = |id: &str| id.len() == 8 && id.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    let is_uuid = |id: &str| {
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        parts == [8, 4, 4, 4, 12] && id.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
    };
    let broken = |key: &str, is_valid: &dyn Fn(&str) -> bool| {
        body.get(key).is_some_and(|value| !value.as_str().is_some_and(is_valid))
    };
    if broken("maxmind_id", &is_code) {
        return Err(error(400, "MAXMIND_ID_INVALID"));
    }
    if broken("minfraud_id", &is_uuid) {
        return Err(error(400, "MINFRAUD_ID_INVALID"));
    }
    if broken("ip_address", &|address| address.parse::<IpAddr>().is_ok()) {
        return Err(error(400, "IP_ADDRESS_INVALID"));
    }
    if broken("ip_address", &|address| !is_reserved(address)) {
        return Err(error(400, "IP_ADDRESS_RESERVED"));
    }
    if body.get("notes").is_some_and(|notes| length(notes).is_none_or(|length| length > 1000)) {
        return Err(error(400, "NOTES_INVALID"));
    }
    Ok(())
}

/// Returns true for the private ranges and loopback. MaxMind does not list the others.
fn is_reserved(address: &str) -> bool {
    match address.parse() {
        Ok(IpAddr::V4(address)) => address.is_private() || address.is_loopback(),
        Ok(IpAddr::V6(address)) => address.is_unique_local() || address.is_loopback(),
        Err(_) => false,
    }
}

fn error(status: u16, code: &str) -> Reply {
    Reply::new(status, value!({ "code": code, "error": "The request was refused." }))
}

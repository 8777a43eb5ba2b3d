//! A fake Ravelin.

use std::collections::HashMap;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Map, Value, json as value};

use super::credentials::API_KEY;
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, length, object, opaque_debug, path, text};

const EVENT_KEYS: &[&str] = &["timestamp", "eventType", "orderId", "customerId", "dispute"];
const TEXTS: &[&str] =
    &["gateway", "transactionId", "currency", "reason", "descriptor", "stage", "outcome", "acquirerReferenceNumber"];
const STAGES: &[&str] = &[
    "EARLY_FRAUD_WARNING",
    "REQUEST_FOR_INFORMATION",
    "NOTIFICATION_OF_CHARGEBACK",
    "CHARGEBACK",
    "SECOND_CHARGEBACK",
    "CHARGEBACK_REVERSED",
    "PREARBITRATION",
    "ARBITRATION",
];
const OUTCOMES: &[&str] = &["ACCEPTED", "WON", "LOST", "EXPIRED"];

/// The state of the fake Ravelin: the newest event of each dispute, by `timestamp`.
#[derive(Default)]
pub struct RavelinFake {
    disputes: Records,
    newest: HashMap<String, (i64, Value)>,
}

opaque_debug!(RavelinFake);

impl Machine for RavelinFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        if header(request, "authorization") != Some(format!("token {API_KEY}").as_str()) {
            return Err(error(403, "key refused"));
        }
        if !path(request).iter().eq(["v2", "dispute"]) {
            return Err(error(404, "no such resource"));
        }
        if request.method() != Method::POST {
            return Err(error(405, "not a POST"));
        }
        let body = object(request).ok_or_else(|| error(400, "not a JSON object"))?;
        let (id, timestamp) = validate(&body)?;
        let body = Value::Object(body);
        // An older event changes nothing; of two equal times, the later request wins here.
        let known = self.newest.get(&id).filter(|(newest, _)| *newest > timestamp).map(|(_, state)| state.clone());
        let state = known.unwrap_or_else(|| body.clone());
        if state == body {
            self.newest.insert(id.clone(), (timestamp, body.clone()));
        }
        self.disputes.accept(&id, state, body);
        Ok(Reply::new(200, value!({ "status": 200, "timestamp": timestamp })))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.disputes.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.disputes.keep_last(cases);
    }

    fn rejection(&self) -> Reply {
        error(400, "a parameter is missing")
    }

    fn server_error(&self) -> Reply {
        error(500, "internal error")
    }
}

/// Checks an event, and returns the id of the dispute and the time.
fn validate(body: &Map<String, Value>) -> Result<(String, i64), Reply> {
    let timestamp = body.get("timestamp").and_then(Value::as_i64).ok_or_else(|| error(400, "timestamp"))?;
    let dispute = body.get("dispute").and_then(Value::as_object).ok_or_else(|| error(400, "dispute"))?;
    if let Some(unknown) = body.keys().find(|key| !EVENT_KEYS.contains(&key.as_str())) {
        return Err(error(400, unknown));
    }
    for (key, value) in dispute {
        let is_valid = match key.as_str() {
            "amount" | "disputeTime" => value.is_i64(),
            "liabilityShifted" | "nonFraud" => value.is_boolean(),
            "disputeId" | "gatewayReference" => length(value).is_some_and(|length| (1..=300).contains(&length)),
            key => TEXTS.contains(&key) && length(value).is_some_and(|length| length > 0),
        };
        if !is_valid {
            return Err(error(400, key));
        }
    }
    let outcome = text(dispute, "outcome");
    if !STAGES.contains(&text(dispute, "stage")) || !(outcome.is_empty() || OUTCOMES.contains(&outcome)) {
        return Err(error(400, "stage"));
    }
    let references = [text(dispute, "gatewayReference"), text(dispute, "transactionId"), text(body, "orderId")];
    if references.iter().all(|id| id.is_empty()) {
        return Err(error(400, "gatewayReference"));
    }
    match text(dispute, "disputeId") {
        "" => Err(error(400, "disputeId")),
        id => Ok((id.to_owned(), timestamp)),
    }
}

fn error(status: u16, message: &str) -> Reply {
    Reply::new(status, value!({ "status": status, "message": message }))
}

//! A fake Spade.

use bytes::Bytes;
use chrono::DateTime;
use http::{Method, Request, Response};
use serde_json::{Map, Value, json as value};

use super::API_KEY;
use super::fake::{Fake, Machine, RecordedCase, Records};
use super::wire::{header, json, length, object, path};

/// Spade's state: the feedback on each enrichment.
#[derive(Debug, Default)]
pub struct SpadeFake {
    chargebacks: Records,
    others: Records,
}

const FRAUD_TYPES: &[&str] = &[
    "card_not_present",
    "card_testing",
    "chargeback_fraud",
    "counterfeit_card",
    "merchant_fraud",
    "other",
    "phishing",
    "stolen_card",
    "unknown",
    "none",
];

impl Machine for SpadeFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        if header(request, "x-api-key") != Some(API_KEY) {
            return json(403, &value!({ "details": "Incorrect authentication credentials." }));
        }
        let path = path(request);
        let (id, call) = match path.as_slice() {
            [first, id, call] if first == "enrichments" && request.method() == Method::POST => (id, call.as_str()),
            _ => return json(404, &value!({ "details": "Not found." })),
        };
        let own: &[&str] = match call {
            "chargeback" => &["state", "chargebackNotes", "occurredAt"],
            "refund" => &["refundNotes", "occurredAt"],
            "decline" => &["declineCode", "declineDescription", "declineNotes", "occurredAt"],
            "fraud" => &[],
            _ => return json(404, &value!({ "details": "Not found." })),
        };
        let Some(body) = object(request) else { return bad("body", "Not a JSON object.") };
        if let Some((field, message)) = fault(&body, own) {
            return bad(&field, message);
        }
        if call == "chargeback" {
            let told = Value::Object(body);
            self.chargebacks.accept(id, told.clone(), told);
        } else {
            let told = value!({ "call": call, "body": body });
            self.others.accept(id, told.clone(), told);
        }
        json(200, &value!({ "details": "Chargeback successfully reported." }))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.chargebacks.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.chargebacks.keep_last(cases);
        self.others.keep_last(cases);
    }

    fn refusal(&self) -> Response<Bytes> {
        bad("state", "This state is not allowed.")
    }

    fn server_error(&self) -> Response<Bytes> {
        json(500, &value!({ "details": "Internal server error." }))
    }
}

fn bad(field: &str, message: &str) -> Response<Bytes> {
    let mut errors = Map::new();
    errors.insert(field.to_owned(), value!([message]));
    json(400, &Value::Object(errors))
}

/// The first rule that a body breaks.
fn fault(body: &Map<String, Value>, own: &[&str]) -> Option<(String, &'static str)> {
    let shared = ["isFraud", "fraudType", "fraudNotes"];
    for (key, value) in body {
        if !own.contains(&key.as_str()) && !shared.contains(&key.as_str()) {
            return Some((key.clone(), "Unknown field."));
        }
        let right = match key.as_str() {
            "state" => {
                matches!(value.as_str(), Some("chargeback_won" | "chargeback_lost" | "chargeback_pending"))
            }
            "occurredAt" => value.as_str().is_some_and(|at| DateTime::parse_from_rfc3339(at).is_ok()),
            "isFraud" => value.is_boolean(),
            "fraudType" => value.as_str().is_some_and(|kind| FRAUD_TYPES.contains(&kind)),
            "declineCode" => length(value).is_some_and(|length| length <= 128),
            _ => length(value).is_some_and(|length| length <= 512),
        };
        if !right {
            return Some((key.clone(), "Invalid value."));
        }
    }
    if own.contains(&"state") && !body.contains_key("state") {
        return Some(("state".to_owned(), "This field is required."));
    }
    let fraud = body.get("isFraud") == Some(&Value::Bool(true));
    let extra = ["fraudType", "fraudNotes"].into_iter().find(|key| body.contains_key(*key) && !fraud);
    extra.map(|key| (key.to_owned(), "Only if isFraud is true."))
}

impl Fake<SpadeFake> {
    /// What it was told of refunds, declines and fraud, by enrichment id; each entry has `call` and `body`.
    #[must_use]
    pub fn other_feedback(&self) -> Vec<RecordedCase> {
        self.lock().machine.others.all()
    }
}

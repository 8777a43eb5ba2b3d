//! A fake Pipwave.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Map, Value, json as value};
use sha1::{Digest as _, Sha1};

use super::fake::{Fake, Machine, RecordedCase, Records};
use super::wire::{header, json, object, path};
use super::{API_KEY, API_SECRET};

const PAID: u16 = 10;
const DISPUTED: u16 = 13;
const CHARGED_BACK: u16 = 15;
const PARTIALLY_REFUNDED: u16 = 25;

/// Pipwave's state: the status of each payment. One that was not heard of is paid.
#[derive(Debug, Default)]
pub struct PipwaveFake {
    tags: Records,
    payments: BTreeMap<String, u16>,
}

impl Machine for PipwaveFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        if path(request) != ["payment"] || request.method() != Method::POST {
            return answer(404, "invalid path");
        }
        let Some(body) = object(request) else { return answer(9001, "not a JSON object") };
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        if header(request, "x-api-key") != Some(API_KEY) || text("api_key") != Some(API_KEY) {
            return answer(403, "invalid API key");
        }
        let action = text("action").unwrap_or_default();
        let signed: &[&str] = match action {
            "tag-chargeback" => &["action", "api_key", "pw_id", "stage", "timestamp", "txn_id"],
            "requery" => &["action", "api_key", "pw_id", "timestamp", "txn_id"],
            _ => return answer(404, "invalid action"),
        };
        if !body.get("timestamp").is_some_and(Value::is_i64) || text("signature") != Some(&signature(&body, signed)) {
            return answer(401, "invalid signature");
        }
        let payment = match (text("pw_id"), text("txn_id")) {
            (_, Some(id)) if id.chars().count() <= 255 && !id.is_empty() => id.to_owned(),
            (Some(id), None) if id.chars().count() <= 32 && !id.is_empty() => id.to_owned(),
            _ => return answer(9001, "pw_id or txn_id is required"),
        };
        if action == "requery" {
            let status = self.payments.get(&payment).copied().unwrap_or(PAID);
            return json(200, &value!({ "status": 200, "message": "", "transaction_status": status }));
        }
        self.tag(&payment, &body)
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.tags.all()
    }

    fn refusal(&self) -> Response<Bytes> {
        answer(4501, "there is no disputed chargeback")
    }

    fn server_error(&self) -> Response<Bytes> {
        let mut reply = answer(500, "server error");
        *reply.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        reply
    }
}

impl PipwaveFake {
    fn tag(&mut self, payment: &str, body: &Map<String, Value>) -> Response<Bytes> {
        let status = self.payments.get(payment).copied().unwrap_or(PAID);
        let stage = body.get("stage").and_then(Value::as_str).unwrap_or_default();
        let reason = body.get("reason").and_then(Value::as_str);
        let known = [None, Some("unauthorized"), Some("non_receipt"), Some("not_as_described"), Some("others")];
        if body.get("reason").is_some_and(|reason| !reason.is_string()) || !known.contains(&reason) {
            return answer(9001, "invalid reason");
        }
        let next = match (stage, status) {
            ("disputed", PAID | PARTIALLY_REFUNDED | DISPUTED) if reason.is_some() => DISPUTED,
            ("disputed", PAID | PARTIALLY_REFUNDED | DISPUTED) => return answer(9001, "reason is required"),
            ("chargeback", PAID | PARTIALLY_REFUNDED | DISPUTED | CHARGED_BACK) => CHARGED_BACK,
            ("dispute won" | "dispute resolved", DISPUTED) | ("chargeback reversed", CHARGED_BACK) => PAID,
            ("dispute won" | "dispute resolved" | "chargeback reversed" | "disputed" | "chargeback", _) => {
                return answer(4501, "the payment's status does not allow this stage");
            }
            _ => return answer(9001, "invalid stage"),
        };
        self.payments.insert(payment.to_owned(), next);
        let told = value!({ "stage": stage, "reason": reason });
        self.tags.accept(payment, value!({ "stage": stage, "transaction_status": next }), told);
        json(200, &value!({ "status": "200", "message": "" }))
    }
}

/// Pipwave answers with HTTP 200 and its own status in the body.
fn answer(status: u16, message: &str) -> Response<Bytes> {
    json(200, &value!({ "status": status, "message": [message] }))
}

/// The vendor's signature, written down a second time so that the crate is not checked by itself.
fn signature(body: &Map<String, Value>, signed: &[&str]) -> String {
    let mut sorted = BTreeMap::from([("api_secret", API_SECRET.to_owned())]);
    for key in signed {
        match body.get(*key) {
            Some(Value::String(text)) => sorted.insert(key, text.clone()),
            Some(Value::Number(number)) => sorted.insert(key, number.to_string()),
            _ => None,
        };
    }
    let mut joined = String::new();
    for (key, value) in sorted {
        joined.extend([key, ":", &value]);
    }
    hex::encode(Sha1::digest(joined))
}

impl Fake<PipwaveFake> {
    /// Sets the status of a payment, by the number of Pipwave's table: 10 paid, 13 disputed, 15 charged back, 20 and 25
    /// refunded.
    pub fn set_payment(&self, id: &str, status: u16) {
        self.lock().machine.payments.insert(id.to_owned(), status);
    }
}

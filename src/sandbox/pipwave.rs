//! A fake Pipwave.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Map, Value, json as value};
use sha1::{Digest as _, Sha1};

use super::bounded_log::Shelf;
use super::fake::{Fake, Machine, RecordedCase, Records};
use super::wire::{header, json, object, path};
use super::{API_KEY, API_SECRET};

const PAID: u16 = 10;
const DISPUTED: u16 = 13;
const CHARGED_BACK: u16 = 15;
const FULLY_REFUNDED: u16 = 20;
const PARTIALLY_REFUNDED: u16 = 25;

const REQUERY: &[&str] = &["action", "api_key", "pw_id", "timestamp", "txn_id"];
const TAG: &[&str] = &["action", "api_key", "pw_id", "stage", "timestamp", "txn_id"];

/// Pipwave's state: the status of each payment. One that was not heard of is paid.
#[derive(Debug, Default)]
pub struct PipwaveFake {
    tags: Records,
    payments: Shelf<Payment>,
    by_pw_id: HashMap<String, usize>,
    by_txn_id: HashMap<String, usize>,
}

#[derive(Debug)]
struct Payment {
    pw_id: Option<String>,
    txn_id: Option<String>,
    status: u16,
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
        let (signed, unsigned): (_, &[&str]) = match action {
            "tag-chargeback" => (TAG, &["signature", "reason"]),
            "requery" => (REQUERY, &["signature"]),
            _ => return answer(404, "invalid action"),
        };
        if let Some(key) = body.keys().find(|key| !signed.contains(&key.as_str()) && !unsigned.contains(&key.as_str()))
        {
            return answer(9001, &format!("unknown field {key}"));
        }
        if !body.get("timestamp").is_some_and(Value::is_i64) || text("signature") != Some(&signature(&body, signed)) {
            return answer(401, "invalid signature");
        }
        let fits = |key: &str, most: usize| match body.get(key) {
            None => true,
            Some(id) => id.as_str().is_some_and(|id| (1..=most).contains(&id.chars().count())),
        };
        if !fits("pw_id", 32) || !fits("txn_id", 255) || (text("pw_id"), text("txn_id")) == (None, None) {
            return answer(9001, "pw_id or txn_id is required");
        }
        let Some(payment) = self.payment(text("pw_id"), text("txn_id")) else {
            return answer(9001, "pw_id and txn_id are of two payments");
        };
        if action == "requery" {
            return json(200, &value!({ "status": 200, "message": "", "transaction_status": payment.status }));
        }
        let tagged = tag(payment.status, &body);
        match tagged {
            Err((code, fault)) => answer(code, fault),
            Ok(next) => {
                payment.status = next;
                let key = payment.txn_id.clone().or_else(|| payment.pw_id.clone()).unwrap_or_default();
                let state = value!({ "stage": body.get("stage"), "transaction_status": next });
                let told = value!({ "stage": body.get("stage"), "reason": body.get("reason") });
                self.tags.accept(&key, state, told);
                json(200, &value!({ "status": "200", "message": "" }))
            }
        }
    }

    fn is_write(request: &Request<Bytes>) -> bool {
        object(request).is_some_and(|body| body.get("action").and_then(Value::as_str) == Some("tag-chargeback"))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.tags.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.tags.keep_last(cases);
        self.payments.keep_last(cases);
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
    /// The payment with these ids, which learns the one that it did not have; `None` if they are of two payments.
    fn payment(&mut self, pw_id: Option<&str>, txn_id: Option<&str>) -> Option<&mut Payment> {
        let by_pw_id = pw_id.and_then(|id| self.by_pw_id.get(id)).copied();
        let by_txn_id = txn_id.and_then(|id| self.by_txn_id.get(id)).copied();
        let place = match (by_pw_id, by_txn_id) {
            (Some(one), Some(other)) if one != other => return None,
            (Some(place), _) | (None, Some(place)) => place,
            (None, None) => {
                let (number, gone) = self.payments.add(Payment { pw_id: None, txn_id: None, status: PAID });
                for payment in gone {
                    payment.pw_id.and_then(|id| self.by_pw_id.remove(&id));
                    payment.txn_id.and_then(|id| self.by_txn_id.remove(&id));
                }
                number
            }
        };
        let payment = self.payments.get_mut(place)?;
        let ids = [(&mut payment.pw_id, pw_id, &mut self.by_pw_id), (&mut payment.txn_id, txn_id, &mut self.by_txn_id)];
        for (held, given, places) in ids {
            match (held.as_deref(), given) {
                (Some(held), Some(given)) if held != given => return None,
                (None, Some(given)) => {
                    places.insert(given.to_owned(), place);
                    *held = Some(given.to_owned());
                }
                _ => {}
            }
        }
        Some(payment)
    }
}

/// The status that a tag leads to, or Pipwave's code and why not.
fn tag(status: u16, body: &Map<String, Value>) -> Result<u16, (u16, &'static str)> {
    let stage = body.get("stage").and_then(Value::as_str).unwrap_or_default();
    let reason = body.get("reason").and_then(Value::as_str);
    let known = [None, Some("unauthorized"), Some("non_receipt"), Some("not_as_described"), Some("others")];
    if body.get("reason").is_some_and(|reason| !reason.is_string()) || !known.contains(&reason) {
        return Err((9001, "invalid reason"));
    }
    match (stage, status) {
        ("disputed" | "chargeback", FULLY_REFUNDED) => Err((4001, "the payment is fully refunded")),
        ("disputed" | "chargeback", PAID | PARTIALLY_REFUNDED) if reason.is_none() => {
            Err((9001, "reason is required where a case is opened"))
        }
        ("disputed", PAID | PARTIALLY_REFUNDED | DISPUTED) => Ok(DISPUTED),
        ("chargeback", PAID | PARTIALLY_REFUNDED | DISPUTED | CHARGED_BACK) => Ok(CHARGED_BACK),
        ("dispute won" | "dispute resolved", DISPUTED) | ("chargeback reversed", CHARGED_BACK) => Ok(PAID),
        ("dispute won" | "dispute resolved" | "chargeback reversed" | "disputed" | "chargeback", _) => {
            Err((4501, "the payment's status does not allow this stage"))
        }
        _ => Err((9001, "invalid stage")),
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
    ///
    /// The id is the merchant's (`txn_id`); [`set_payment_by_pw_id`](Self::set_payment_by_pw_id) takes Pipwave's.
    pub fn set_payment(&self, txn_id: &str, status: u16) {
        self.set(None, Some(txn_id), status);
    }

    /// As [`set_payment`](Self::set_payment), by Pipwave's id of the payment.
    pub fn set_payment_by_pw_id(&self, pw_id: &str, status: u16) {
        self.set(Some(pw_id), None, status);
    }

    fn set(&self, pw_id: Option<&str>, txn_id: Option<&str>, status: u16) {
        if let Some(payment) = self.lock().machine.payment(pw_id, txn_id) {
            payment.status = status;
        }
    }
}

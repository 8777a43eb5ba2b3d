//! A fake Tutelar.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Map, Value, json as value};

use super::fake::{Fake, Machine, RecordedCase, Records};
use super::wire::{header, json, object, path};
use super::{API_KEY, API_SECRET, TOKEN};

/// Tutelar's state: the status of each order.
#[derive(Debug)]
pub struct TutelarFake {
    orders: Records,
    refunds: Records,
    token: String,
}

impl Default for TutelarFake {
    fn default() -> Self {
        Self { orders: Records::default(), refunds: Records::default(), token: TOKEN.to_owned() }
    }
}

const STATUSES: &[&str] = &["contested", "accepted", "defeated", "refunded", "prearbitration"];

impl Machine for TutelarFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        let path = path(request);
        let (version, call) = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["api", version @ ("v1" | "v2"), "fraud-detector", "transaction", call @ ("chargeback" | "refund")]
                if request.method() == Method::POST =>
            {
                ((*version).to_owned(), (*call).to_owned())
            }
            _ => return refuse(404, 300, "Request not found"),
        };
        let expected = match version.as_str() {
            "v1" => format!("Basic {}", BASE64.encode(format!("{API_KEY}:{API_SECRET}"))),
            _ => format!("Bearer {}", self.token),
        };
        if header(request, "authorization") != Some(&expected) {
            return refuse(401, 101, "Invalid API key or secret");
        }
        let Some(body) = object(request) else { return refuse(400, 112, "Required field missing") };
        if let Some(refusal) = fault(&body, &call) {
            return refusal;
        }
        let order = body["orderId"].as_str().unwrap_or_default().to_owned();
        let told = Value::Object(body);
        let records = if call == "chargeback" { &mut self.orders } else { &mut self.refunds };
        records.accept(&order, told.clone(), told);
        json(
            200,
            &value!({
                "success": true,
                "message": "Chargeback status updated successfully",
                "data": { "orderId": order, "processedTime": 8 },
            }),
        )
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.orders.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.orders.keep_last(cases);
        self.refunds.keep_last(cases);
    }

    fn refusal(&self) -> Response<Bytes> {
        refuse(422, 300, "No data found")
    }

    fn server_error(&self) -> Response<Bytes> {
        refuse(500, 300, "Something went wrong")
    }
}

fn refuse(status: u16, code: u16, message: &str) -> Response<Bytes> {
    json(status, &value!({ "success": false, "code": code, "message": message, "data": {} }))
}

fn fault(body: &Map<String, Value>, call: &str) -> Option<Response<Bytes>> {
    let known = ["status", "orderId", "reason"];
    let texts = known.iter().all(|key| body.get(*key).is_some_and(Value::is_string));
    if !texts || body.keys().any(|key| !known.contains(&key.as_str()) && key != "referenceNo") {
        return Some(refuse(400, 112, "Required field missing"));
    }
    let statuses = if call == "chargeback" { STATUSES } else { &["requested", "processed"] };
    if !statuses.contains(&body["status"].as_str()?) {
        return Some(refuse(422, 300, "Invalid status"));
    }
    let order = body["orderId"].as_str()?;
    if order.is_empty() {
        return Some(refuse(400, 103, "Order id is empty"));
    }
    if !order.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
        return Some(refuse(400, 104, "Order id has invalid characters"));
    }
    if order.len() > 40 {
        return Some(refuse(400, 105, "Order id is too long"));
    }
    body["reason"].as_str()?.is_empty().then(|| refuse(400, 112, "Required field missing"))
}

impl Fake<TutelarFake> {
    /// What it was told of refunds, by order id.
    #[must_use]
    pub fn refunds(&self) -> Vec<RecordedCase> {
        self.lock().machine.refunds.all()
    }

    /// Stops accepting the current token of version 2, and accepts this one from now on.
    pub fn expire_token(&self, next: &str) {
        next.clone_into(&mut self.lock().machine.token);
    }
}

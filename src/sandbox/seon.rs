//! A fake SEON.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json as value};

use super::credentials::API_KEY;
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, object, opaque_debug, path, text};

const FAMILIES: &[&str] = &["not_specified_", "fraud_detection_", "bnpl_credit_risk_", "ecommerce_", "aml_"];

/// The state of the fake SEON: the label of each transaction. Every transaction exists.
#[derive(Default)]
pub struct SeonFake {
    labels: Records,
}

opaque_debug!(SeonFake);

impl Machine for SeonFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        match header(request, "x-api-key") {
            Some(API_KEY) => {}
            None | Some("") => return Err(error(401, "2001", "Missing license key.")),
            Some(_) => return Err(error(401, "2002", "Invalid license key.")),
        }
        let is_label = path(request).iter().eq(["SeonRestService", "fraud-api", "transaction-label", "v2"]);
        if !is_label || request.method() != Method::PUT {
            return Err(Reply::new(404, value!({ "message": "Not found" })));
        }
        if request.body().is_empty() {
            return Err(error(400, "1000", "The body is empty."));
        }
        let body = object(request).ok_or_else(|| error(400, "1006", "The JSON cannot be read."))?;
        let labels = labels(&body)?;
        for (transaction_id, label) in labels {
            let state = value!({ "label": label });
            self.labels.accept(&transaction_id, state.clone(), state);
        }
        Ok(Reply::new(200, value!({ "success": true, "error": {}, "data": {} })))
    }

    fn is_write(request: &Request<Bytes>) -> bool {
        request.method() == Method::PUT
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.labels.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.labels.keep_last(cases);
    }

    fn rejection(&self) -> Reply {
        error(400, "1001", "A field has the wrong form.")
    }

    fn server_error(&self) -> Reply {
        Reply::new(500, value!({ "message": "Internal server error" }))
    }
}

/// Checks a body, and returns the ids with their labels.
fn labels(body: &serde_json::Map<String, Value>) -> Result<Vec<(String, String)>, Reply> {
    let wrong = || error(400, "1001", "A field has the wrong form.");
    let list = body.get("transactions").and_then(Value::as_array).ok_or_else(wrong)?;
    if list.is_empty() {
        return Err(error(400, "1005", "There are no transactions."));
    }
    if list.len() > 50 || body.len() != 1 {
        return Err(wrong());
    }
    let mut labels = Vec::new();
    for entry in list {
        let entry = entry.as_object().filter(|entry| entry.len() == 2).ok_or_else(wrong)?;
        let (id, label) = (text(entry, "transaction_id"), text(entry, "label"));
        if id.is_empty() || !FAMILIES.iter().any(|family| label.starts_with(family)) {
            return Err(wrong());
        }
        labels.push((id.to_owned(), label.to_owned()));
    }
    Ok(labels)
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::new(status, value!({ "success": false, "error": { "code": code, "message": message }, "data": {} }))
}

//! A fake Riskified.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Request};
use serde_json::{Map, Value, json as value};
use sha2::Sha256;

use super::credentials::{API_SECRET, SHOP_DOMAIN};
use super::fake::Fake;
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, object, opaque_debug, path, text};

const STATUSES: &[&str] = &[
    "approved",
    "checkout",
    "cancelled",
    "declined",
    "declined_fraud",
    "declined_business",
    "chargeback_fraud",
    "chargeback_not_fraud",
];
const DECISION_KEYS: &[&str] = &["external_status", "decided_at", "reason", "amount", "currency", "notes"];

/// The state of the fake Riskified: the decision about each order, and the claims.
#[derive(Default)]
pub struct RiskifiedFake {
    decisions: Records,
    claims: Records,
}

opaque_debug!(RiskifiedFake);

impl Machine for RiskifiedFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        if header(request, "x-riskified-shop-domain") != Some(SHOP_DOMAIN) || !is_signed(request) {
            return Err(error(401, "the signature does not match"));
        }
        let path = path(request);
        let call = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["api", call] if request.method() == Method::POST => (*call).to_owned(),
            _ => return Err(error(404, "no such call")),
        };
        let body = object(request).ok_or_else(|| error(400, "not a JSON object"))?;
        let order = body.get("order").and_then(Value::as_object).ok_or_else(|| error(400, "order"))?;
        let id = text(order, "id").to_owned();
        if id.is_empty() || body.len() != 1 {
            return Err(error(400, "id"));
        }
        match call.as_str() {
            "decision" => {
                let decision = decision(order)?;
                self.decisions.accept(&id, decision.clone(), decision);
            }
            "chargeback" => {
                let order = Value::Object(order.clone());
                self.claims.accept(&id, order.clone(), order);
            }
            _ => return Err(error(404, "no such call")),
        }
        let order = value!({ "id": id, "status": "submitted", "description": "Under review" });
        Ok(Reply::new(200, value!({ "order": order, "warnings": [] })))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.decisions.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.decisions.keep_last(cases);
        self.claims.keep_last(cases);
    }

    fn rejection(&self) -> Reply {
        error(400, "the request is refused")
    }

    fn server_error(&self) -> Reply {
        error(500, "contact support")
    }
}

/// Returns true if the signature is that of the bytes of the body.
fn is_signed(request: &Request<Bytes>) -> bool {
    let signature = header(request, "x-riskified-hmac-sha256").and_then(|signature| hex::decode(signature).ok());
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(API_SECRET.as_bytes()) else { return false };
    mac.update(request.body());
    signature.is_some_and(|signature| mac.verify_slice(&signature).is_ok())
}

/// Checks and returns the decision of an order.
fn decision(order: &Map<String, Value>) -> Result<Value, Reply> {
    let decision = order.get("decision").and_then(Value::as_object).ok_or_else(|| error(400, "decision"))?;
    for (key, value) in decision {
        let is_valid = match key.as_str() {
            "amount" => value.is_number(),
            key => DECISION_KEYS.contains(&key) && value.is_string(),
        };
        if !is_valid {
            return Err(error(400, key));
        }
    }
    if !STATUSES.contains(&text(decision, "external_status")) {
        return Err(error(400, "external_status"));
    }
    Ok(Value::Object(decision.clone()))
}

fn error(status: u16, message: &str) -> Reply {
    Reply::new(status, value!({ "error": { "message": message } }))
}

impl Fake<RiskifiedFake> {
    /// Returns the claims for reimbursement, by order id. No report files one.
    ///
    /// ```
    /// # use chargeback::riskified::Claim;
    /// # use chargeback::sandbox::Sandbox;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::in_memory();
    /// let riskified = sandbox.connect(sandbox.riskified_connector()).build()?;
    /// riskified.file_reimbursement_claim(Claim::new("ORD-1")).await?;
    /// assert_eq!(sandbox.riskified().claims()[0].key, "ORD-1");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn claims(&self) -> Vec<RecordedCase> {
        self.lock().machine.claims.all()
    }
}

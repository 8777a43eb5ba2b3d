//! A fake Spade.

use bytes::Bytes;
use chrono::DateTime;
use http::{Method, Request};
use serde_json::{Map, Value, json as value};

use super::credentials::API_KEY;
use super::fake::Fake;
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, length, object, opaque_debug, path};

const CHARGEBACK_KEYS: &[&str] = &["state", "chargebackNotes", "occurredAt"];
const REFUND_KEYS: &[&str] = &["refundNotes", "occurredAt"];
const DECLINE_KEYS: &[&str] = &["declineCode", "declineDescription", "declineNotes", "occurredAt"];
const FRAUD_KEYS: &[&str] = &["isFraud", "fraudType", "fraudNotes"];
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

/// The state of the fake Spade: the feedback on each enrichment.
#[derive(Default)]
pub struct SpadeFake {
    chargebacks: Records,
    others: Records,
}

opaque_debug!(SpadeFake);

impl Machine for SpadeFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        if header(request, "x-api-key") != Some(API_KEY) {
            return Err(details(403, "Incorrect authentication credentials."));
        }
        let path = path(request);
        let (id, call) = match path.as_slice() {
            [first, id, call] if first == "enrichments" && request.method() == Method::POST => (id, call.as_str()),
            _ => return Err(details(404, "Not found.")),
        };
        let keys = match call {
            "chargeback" => CHARGEBACK_KEYS,
            "refund" => REFUND_KEYS,
            "decline" => DECLINE_KEYS,
            "fraud" => &[],
            _ => return Err(details(404, "Not found.")),
        };
        let body = object(request).ok_or_else(|| error("body", "Not a JSON object."))?;
        validate(keys, &body)?;
        self.record(id, call, body);
        Ok(details(200, "Chargeback successfully reported."))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.chargebacks.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.chargebacks.keep_last(cases);
        self.others.keep_last(cases);
    }

    fn rejection(&self) -> Reply {
        error("state", "This state is not allowed.")
    }

    fn server_error(&self) -> Reply {
        details(500, "Internal server error.")
    }
}

impl SpadeFake {
    fn record(&mut self, id: &str, call: &str, body: Map<String, Value>) {
        if call == "chargeback" {
            let body = Value::Object(body);
            self.chargebacks.accept(id, body.clone(), body);
        } else {
            let feedback = value!({ "call": call, "body": body });
            self.others.accept(id, feedback.clone(), feedback);
        }
    }
}

/// Checks a body: the keys of the call and of fraud, their values, and the rules between them.
fn validate(keys: &[&str], body: &Map<String, Value>) -> Result<(), Reply> {
    for (key, value) in body {
        if !keys.contains(&key.as_str()) && !FRAUD_KEYS.contains(&key.as_str()) {
            return Err(error(key, "Unknown field."));
        }
        if !is_valid(key, value) {
            return Err(error(key, "Invalid value."));
        }
    }
    if keys.contains(&"state") && !body.contains_key("state") {
        return Err(error("state", "This field is required."));
    }
    let is_fraud = body.get("isFraud") == Some(&Value::Bool(true));
    match ["fraudType", "fraudNotes"].into_iter().find(|key| body.contains_key(*key) && !is_fraud) {
        Some(key) => Err(error(key, "Only if isFraud is true.")),
        None => Ok(()),
    }
}

fn is_valid(key: &str, value: &Value) -> bool {
    match key {
        "state" => matches!(value.as_str(), Some("chargeback_won" | "chargeback_lost" | "chargeback_pending")),
        "occurredAt" => value.as_str().is_some_and(|at| DateTime::parse_from_rfc3339(at).is_ok()),
        "isFraud" => value.is_boolean(),
        "fraudType" => value.as_str().is_some_and(|kind| FRAUD_TYPES.contains(&kind)),
        "declineCode" => length(value).is_some_and(|length| length <= 128),
        _ => length(value).is_some_and(|length| length <= 512),
    }
}

fn error(field: &str, message: &str) -> Reply {
    let mut errors = Map::new();
    errors.insert(field.to_owned(), value!([message]));
    Reply::new(400, Value::Object(errors))
}

fn details(status: u16, details: &str) -> Reply {
    Reply::new(status, value!({ "details": details }))
}

impl Fake<SpadeFake> {
    /// Returns the feedback about refunds, declines and fraud, by enrichment id. Each entry has the keys `call` and
    /// `body`.
    ///
    /// ```
    /// # use chargeback::sandbox::Sandbox;
    /// # use chargeback::spade::{self, WonMeans};
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::in_memory();
    /// let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?;
    /// let received = Chargeback::builder("CB-1", Stage::Received, Reason::FraudCardAbsent, chrono::Utc::now())
    ///     .vendor_payment(spade::ID, "0b6d1f0e")
    ///     .build()?;
    /// spade.report(&received).await?;
    /// assert_eq!(sandbox.spade().cases()[0].state["state"], "chargeback_pending");
    /// assert!(sandbox.spade().other_feedback().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn other_feedback(&self) -> Vec<RecordedCase> {
        self.lock().machine.others.all()
    }
}

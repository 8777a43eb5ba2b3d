//! A fake Pipwave.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Map, Value, json as value};
use sha1::{Digest as _, Sha1};

use super::bounded_log::BoundedLog;
use super::credentials::{API_KEY, API_SECRET};
use super::fake::Fake;
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, object, opaque_debug, path};

const PAID: u16 = 10;
const DISPUTED: u16 = 13;
const CHARGED_BACK: u16 = 15;
const FULLY_REFUNDED: u16 = 20;
const PARTIALLY_REFUNDED: u16 = 25;

const REQUERY_SIGNED_KEYS: &[&str] = &["action", "api_key", "pw_id", "timestamp", "txn_id"];
const TAG_SIGNED_KEYS: &[&str] = &["action", "api_key", "pw_id", "stage", "timestamp", "txn_id"];
const REASONS: [&str; 4] = ["unauthorized", "non_receipt", "not_as_described", "others"];

/// The state of the fake Pipwave: the status of each payment. An unknown payment has the status paid.
#[derive(Default)]
pub struct PipwaveFake {
    tags: Records,
    payments: BoundedLog<Payment>,
    by_pw_id: HashMap<String, usize>,
    by_txn_id: HashMap<String, usize>,
}

opaque_debug!(PipwaveFake);

struct Payment {
    pw_id: Option<String>,
    txn_id: Option<String>,
    status: u16,
}

impl Machine for PipwaveFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        if path(request) != ["payment"] || request.method() != Method::POST {
            return Err(error(404, "invalid path"));
        }
        let body = object(request).ok_or_else(|| error(9001, "not a JSON object"))?;
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        if header(request, "x-api-key") != Some(API_KEY) || text("api_key") != Some(API_KEY) {
            return Err(error(403, "invalid API key"));
        }
        let action = text("action").unwrap_or_default();
        validate(action, &body)?;
        let payment = self.payment(text("pw_id"), text("txn_id"));
        let payment = payment.ok_or_else(|| error(9001, "pw_id and txn_id are of two payments"))?;
        if action == "requery" {
            let reply = value!({ "status": 200, "message": "", "transaction_status": payment.status });
            return Ok(Reply::new(200, reply));
        }
        let status = status_after_tag(payment.status, &body)?;
        payment.status = status;
        let key = payment.txn_id.clone().or_else(|| payment.pw_id.clone()).unwrap_or_default();
        let state = value!({ "stage": body.get("stage"), "transaction_status": status });
        let write = value!({ "stage": body.get("stage"), "reason": body.get("reason") });
        self.tags.accept(&key, state, write);
        Ok(Reply::new(200, value!({ "status": "200", "message": "" })))
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

    fn rejection(&self) -> Reply {
        error(4501, "there is no disputed chargeback")
    }

    fn server_error(&self) -> Reply {
        error(500, "server error").with_status(500)
    }
}

impl PipwaveFake {
    /// Returns the payment with these ids, and stores an id that it did not have. Creates an unknown payment.
    /// Returns `None` if the ids belong to two payments.
    fn payment(&mut self, pw_id: Option<&str>, txn_id: Option<&str>) -> Option<&mut Payment> {
        let by_pw_id = pw_id.and_then(|id| self.by_pw_id.get(id)).copied();
        let by_txn_id = txn_id.and_then(|id| self.by_txn_id.get(id)).copied();
        let number = match (by_pw_id, by_txn_id) {
            (Some(one), Some(other)) if one != other => return None,
            (Some(number), _) | (None, Some(number)) => number,
            (None, None) => self.add_payment(),
        };
        let payment = self.payments.get_mut(number)?;
        let ids = [(&mut payment.pw_id, pw_id, &mut self.by_pw_id), (&mut payment.txn_id, txn_id, &mut self.by_txn_id)];
        for (known, given, numbers) in ids {
            match (known.as_deref(), given) {
                (Some(known), Some(given)) if known != given => return None,
                (None, Some(given)) => {
                    numbers.insert(given.to_owned(), number);
                    *known = Some(given.to_owned());
                }
                _ => {}
            }
        }
        Some(payment)
    }

    fn add_payment(&mut self) -> usize {
        let (number, removed) = self.payments.push(Payment { pw_id: None, txn_id: None, status: PAID });
        for (_, payment) in removed {
            payment.pw_id.and_then(|id| self.by_pw_id.remove(&id));
            payment.txn_id.and_then(|id| self.by_txn_id.remove(&id));
        }
        number
    }
}

/// Checks the action, the keys, the signature and the ids of a body.
fn validate(action: &str, body: &Map<String, Value>) -> Result<(), Reply> {
    let (signed, unsigned): (_, &[&str]) = match action {
        "tag-chargeback" => (TAG_SIGNED_KEYS, &["signature", "reason"]),
        "requery" => (REQUERY_SIGNED_KEYS, &["signature"]),
        _ => return Err(error(404, "invalid action")),
    };
    if let Some(key) = body.keys().find(|key| !signed.contains(&key.as_str()) && !unsigned.contains(&key.as_str())) {
        return Err(error(9001, &format!("unknown field {key}")));
    }
    let is_signed = body.get("signature").and_then(Value::as_str) == Some(&signature(body, signed));
    if !body.get("timestamp").is_some_and(Value::is_i64) || !is_signed {
        return Err(error(401, "invalid signature"));
    }
    let fits = |key: &str, max: usize| match body.get(key) {
        None => true,
        Some(id) => id.as_str().is_some_and(|id| (1..=max).contains(&id.chars().count())),
    };
    let has_id = body.contains_key("pw_id") || body.contains_key("txn_id");
    if fits("pw_id", 32) && fits("txn_id", 255) && has_id {
        Ok(())
    } else {
        Err(error(9001, "pw_id or txn_id is required"))
    }
}

/// Returns the status of a payment after a tag.
fn status_after_tag(status: u16, body: &Map<String, Value>) -> Result<u16, Reply> {
    let stage = body.get("stage").and_then(Value::as_str).unwrap_or_default();
    let reason = body.get("reason");
    if reason.is_some_and(|reason| reason.as_str().is_none_or(|reason| !REASONS.contains(&reason))) {
        return Err(error(9001, "invalid reason"));
    }
    match (stage, status) {
        ("disputed" | "chargeback", FULLY_REFUNDED) => Err(error(4001, "the payment is fully refunded")),
        ("disputed" | "chargeback", PAID | PARTIALLY_REFUNDED) if reason.is_none() => {
            Err(error(9001, "reason is required where a case is opened"))
        }
        ("disputed", PAID | PARTIALLY_REFUNDED | DISPUTED) => Ok(DISPUTED),
        ("chargeback", PAID | PARTIALLY_REFUNDED | DISPUTED | CHARGED_BACK) => Ok(CHARGED_BACK),
        ("dispute won" | "dispute resolved", DISPUTED) | ("chargeback reversed", CHARGED_BACK) => Ok(PAID),
        ("dispute won" | "dispute resolved" | "chargeback reversed" | "disputed" | "chargeback", _) => {
            Err(error(4501, "the payment's status does not allow this stage"))
        }
        _ => Err(error(9001, "invalid stage")),
    }
}

/// Builds an error reply. Pipwave replies with HTTP 200 and its own status in the body.
fn error(status: u16, message: &str) -> Reply {
    Reply::new(200, value!({ "status": status, "message": [message] }))
}

/// Computes the vendor's signature. The code is independent of the connector's, so that the fake can check it.
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
    /// Sets the status of a payment, by the merchant's id of it (`txn_id`).
    ///
    /// The status is a number from Pipwave's table: 10 paid, 13 disputed, 15 charged back, 20 fully refunded,
    /// 25 partially refunded.
    ///
    /// ```
    /// use chargeback::sandbox::Sandbox;
    /// use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let pipwave = sandbox.connect(sandbox.pipwave_connector()).build()?;
    /// sandbox.pipwave().set_payment("txn-1", 20);
    /// let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    ///     .transaction_id("txn-1")
    ///     .build()?;
    /// // Pipwave does not accept a dispute about a payment that is fully refunded.
    /// assert_eq!(pipwave.report(&received).await.unwrap_err().vendor_code(), Some("4001"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_payment(&self, txn_id: &str, status: u16) {
        self.set_status(None, Some(txn_id), status);
    }

    /// Sets the status of a payment, by Pipwave's id of it (`pw_id`). See [`set_payment`](Self::set_payment).
    ///
    /// ```
    /// use chargeback::pipwave::{Requery, TransactionStatus};
    /// use chargeback::sandbox::Sandbox;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), chargeback::Error> {
    /// let sandbox = Sandbox::in_memory();
    /// sandbox.pipwave().set_payment_by_pw_id("PW-1", 15);
    /// let pipwave = sandbox.connect(sandbox.pipwave_connector()).build()?;
    /// let reply = pipwave.requery(Requery::Payment("PW-1".into())).await?.reply;
    /// assert_eq!(reply.status, TransactionStatus::ChargedBack);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_payment_by_pw_id(&self, pw_id: &str, status: u16) {
        self.set_status(Some(pw_id), None, status);
    }

    fn set_status(&self, pw_id: Option<&str>, txn_id: Option<&str>, status: u16) {
        if let Some(payment) = self.lock().machine.payment(pw_id, txn_id) {
            payment.status = status;
        }
    }
}

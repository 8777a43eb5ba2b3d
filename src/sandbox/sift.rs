//! A fake Sift.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Map, Value, json as value};

use super::credentials::API_KEY;
use super::fake::Fake;
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, object, opaque_debug, path, text};

const TEXTS: &[&str] = &[
    "$type",
    "$api_key",
    "$user_id",
    "$session_id",
    "$order_id",
    "$transaction_id",
    "$chargeback_state",
    "$chargeback_reason",
    "$ach_return_code",
    "$ip",
];
const STATES: &[&str] = &["$received", "$accepted", "$disputed", "$won", "$lost"];
const REASONS: &[&str] = &[
    "$fraud",
    "$duplicate",
    "$product_not_received",
    "$product_unacceptable",
    "$other",
    "$authorization",
    "$consumer_disputes",
    "$processing_errors",
    "$cancel_subscription",
    "$friendly_fraud",
    "$ach_return",
    "$ach_reversal",
];
const SOURCES: &[&str] = &["CHARGEBACK", "MANUAL_REVIEW", "AUTOMATED_RULE"];

/// The state of the fake Sift: the last chargeback event of each order, and decisions.
#[derive(Default)]
pub struct SiftFake {
    events: Records,
    decisions: Records,
}

opaque_debug!(SiftFake);

impl Machine for SiftFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        let path = path(request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["v205", "events"] if request.method() == Method::POST => self.event(request),
            ["v3", "accounts", _, "users", user, "decisions"] if request.method() == Method::POST => {
                self.decision(request, user)
            }
            ["v3", "accounts", _, "users", _, "orders", order, "decisions"] if request.method() == Method::POST => {
                self.decision(request, order)
            }
            _ => Err(Reply::new(404, Value::Null)),
        }
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.events.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.events.keep_last(cases);
        self.decisions.keep_last(cases);
    }

    fn rejection(&self) -> Reply {
        error(50, "Invalid Request")
    }

    fn server_error(&self) -> Reply {
        error(-1, "Unexpected server-side error").with_status(500)
    }
}

impl SiftFake {
    fn event(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        let mut body = object(request).ok_or_else(|| error(56, "Invalid JSON"))?;
        // Every reply repeats the request, with the key.
        let echo = |reply: Reply| reply.with("request", String::from_utf8_lossy(request.body()).into_owned());
        if text(&body, "$api_key") != API_KEY {
            return Err(echo(error(51, "Invalid API Key. Please check your credentials and try again.")));
        }
        validate(&body).map_err(echo)?;
        let key = ["$order_id", "$transaction_id"].map(|id| text(&body, id)).into_iter().find(|id| !id.is_empty());
        let key = key.unwrap_or_default().to_owned();
        body.remove("$api_key");
        let body = Value::Object(body);
        self.events.accept(&key, body.clone(), body);
        Ok(echo(Reply::new(200, value!({ "status": 0, "error_message": "OK", "time": 1_790_000_000 }))))
    }

    fn decision(&mut self, request: &Request<Bytes>, key: &str) -> Result<Reply, Reply> {
        let expected = format!("Basic {}", BASE64.encode(format!("{API_KEY}:")));
        if header(request, "authorization") != Some(expected.as_str()) {
            return Err(Reply::new(401, value!({ "error": "invalid_credentials" })));
        }
        let body = object(request).ok_or_else(|| Reply::new(400, value!({ "error": "bad_request" })))?;
        let is_reviewed = text(&body, "source") != "MANUAL_REVIEW" || !text(&body, "analyst").is_empty();
        if text(&body, "decision_id").is_empty() || !SOURCES.contains(&text(&body, "source")) || !is_reviewed {
            return Err(Reply::new(400, value!({ "error": "bad_request" })));
        }
        let body = Value::Object(body);
        self.decisions.accept(key, body.clone(), body);
        Ok(Reply::new(200, value!({ "decision": { "id": "decision" } })))
    }
}

/// Checks an event: reserved names and their types, the lists of values, the characters of the user id, and an id.
fn validate(body: &Map<String, Value>) -> Result<(), Reply> {
    for (name, value) in body {
        let is_reserved = name.starts_with('$');
        match name.as_str() {
            "$time" if value.is_i64() => {}
            "$merchant_profile" if value.is_object() => {}
            text if TEXTS.contains(&text) && value.is_string() => {}
            text if TEXTS.contains(&text) => return Err(error(53, "Invalid characters in field value")),
            _ if is_reserved => return Err(error(105, "Not a valid reserved field")),
            _ if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {}
            _ => return Err(error(52, "Invalid characters in field name")),
        }
    }
    let user = text(body, "$user_id");
    if !user.chars().all(|c| c.is_ascii_alphanumeric() || "=.-_+@:&^%!$".contains(c)) {
        return Err(error(53, "Invalid characters in field value"));
    }
    if text(body, "$type") != "$chargeback" {
        return Err(error(55, "Missing required field"));
    }
    if text(body, "$order_id").is_empty() && text(body, "$transaction_id").is_empty() {
        return Err(error(55, "Missing required field"));
    }
    let is_listed = |name: &str, list: &[&str]| !body.contains_key(name) || list.contains(&text(body, name));
    if !is_listed("$chargeback_state", STATES) || !is_listed("$chargeback_reason", REASONS) {
        return Err(error(109, "Invalid parameter value"));
    }
    Ok(())
}

fn error(code: i64, message: &str) -> Reply {
    Reply::new(400, value!({ "status": code, "error_message": message }))
}

impl Fake<SiftFake> {
    /// Returns the decisions, by user id or order id.
    ///
    /// ```
    /// # use chargeback::sandbox::Sandbox;
    /// # use chargeback::sift::{ApplyDecision, Decision, DecisionSource};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::in_memory();
    /// let sift = sandbox.connect(sandbox.sift_connector()).build()?;
    /// let block = Decision::new("block_user", DecisionSource::Chargeback);
    /// sift.apply_decision(ApplyDecision::to_user("account-1", "user-1", block)).await?;
    /// assert_eq!(sandbox.sift().decisions()[0].key, "user-1");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn decisions(&self) -> Vec<RecordedCase> {
        self.lock().machine.decisions.all()
    }
}

//! A fake Thirdwatch.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Map, Value, json as value};

use super::credentials::API_KEY;
use super::fake::Fake;
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, object, opaque_debug, path, text};

const CHARGEBACK_KEYS: &[&str] =
    &["_userId", "_sessionId", "_orderId", "_transactionId", "_chargebackState", "_chargebackReason", "_customInfo"];
const TAG_KEYS: &[&str] = &["_userId", "_isBad", "_abuseType", "_description", "_source", "_analyst", "_customInfo"];
const UNTAG_KEYS: &[&str] = &["_userId", "_abuseType", "_analyst", "_customInfo"];

/// The state of the fake Thirdwatch: the last event of each payment, and the tags of users.
#[derive(Default)]
pub struct ThirdwatchFake {
    events: Records,
    tags: Records,
}

opaque_debug!(ThirdwatchFake);

impl Machine for ThirdwatchFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        if header(request, "x-thirdwatch-api-key") != Some(API_KEY) {
            return Err(error(401, "invalid api key"));
        }
        let path = path(request);
        let call = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["event", "v1", call] if request.method() == Method::POST => (*call).to_owned(),
            _ => return Err(error(404, "no such call")),
        };
        let body = object(request).ok_or_else(|| error(400, "not a JSON object"))?;
        let keys = match call.as_str() {
            "chargeback" => CHARGEBACK_KEYS,
            "tag" => TAG_KEYS,
            "untag" => UNTAG_KEYS,
            _ => return Err(error(404, "no such call")),
        };
        validate(&call, keys, &body)?;
        self.record(&call, body);
        Ok(Reply::new(200, value!({ "status": "recorded" })))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.events.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.events.keep_last(cases);
        self.tags.keep_last(cases);
    }

    fn rejection(&self) -> Reply {
        error(400, "the event is refused")
    }

    fn server_error(&self) -> Reply {
        error(500, "internal error")
    }
}

impl ThirdwatchFake {
    fn record(&mut self, call: &str, body: Map<String, Value>) {
        let user = text(&body, "_userId").to_owned();
        let keys = ["_transactionId", "_orderId", "_userId", "_sessionId"];
        let key = keys.into_iter().map(|key| text(&body, key)).find(|key| !key.is_empty());
        let key = key.unwrap_or_default().to_owned();
        let body = Value::Object(body);
        match call {
            "chargeback" => self.events.accept(&key, body.clone(), body),
            "tag" => self.tags.accept(&user, body.clone(), body),
            _ => self.tags.accept(&user, Value::Null, body),
        }
    }
}

/// Checks a body against the vendor's models: known keys, their types, and a user or session id.
fn validate(call: &str, keys: &[&str], body: &Map<String, Value>) -> Result<(), Reply> {
    for (key, value) in body {
        let is_valid = match key.as_str() {
            "_isBad" => value.is_boolean(),
            "_customInfo" => value.is_object(),
            _ => value.is_string(),
        };
        if !keys.contains(&key.as_str()) || !is_valid {
            return Err(error(400, &format!("{key} is not known or of the wrong type")));
        }
    }
    let has_user = !text(body, "_userId").is_empty();
    let has_session = call == "chargeback" && !text(body, "_sessionId").is_empty();
    if has_user || has_session { Ok(()) } else { Err(error(400, "_userId is required")) }
}

fn error(status: u16, message: &str) -> Reply {
    Reply::new(status, value!({ "error": message }))
}

impl Fake<ThirdwatchFake> {
    /// Returns the tags by `_userId`. The state is the body of the last tag, or null after an untag.
    ///
    /// ```
    /// use chargeback::sandbox::Sandbox;
    /// use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let connector = sandbox.thirdwatch_connector().tag_after_fraud();
    /// let thirdwatch = sandbox.connect(connector).build()?;
    /// let lost = Chargeback::builder("CB-1", Stage::Lost, Reason::FraudCardAbsent, chrono::Utc::now())
    ///     .transaction_id("txn-1")
    ///     .user_id("user-1")
    ///     .build()?;
    /// thirdwatch.report(&lost).await?;
    /// assert_eq!(sandbox.thirdwatch().cases()[0].state["_chargebackState"], "_lost");
    /// assert_eq!(sandbox.thirdwatch().tags()[0].key, "user-1");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn tags(&self) -> Vec<RecordedCase> {
        self.lock().machine.tags.all()
    }
}

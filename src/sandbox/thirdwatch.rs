//! A fake Thirdwatch.

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Map, Value, json as value};

use super::API_KEY;
use super::fake::{Fake, Machine, RecordedCase, Records};
use super::wire::{header, json, object, path};

/// Thirdwatch's state: the last event of each payment, and who is tagged.
#[derive(Debug, Default)]
pub struct ThirdwatchFake {
    events: Records,
    tags: Records,
}

const CHARGEBACK_KEYS: &[&str] =
    &["_userId", "_sessionId", "_orderId", "_transactionId", "_chargebackState", "_chargebackReason", "_customInfo"];
const TAG_KEYS: &[&str] = &["_userId", "_isBad", "_abuseType", "_description", "_source", "_analyst", "_customInfo"];
const UNTAG_KEYS: &[&str] = &["_userId", "_abuseType", "_analyst", "_customInfo"];

impl Machine for ThirdwatchFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        if header(request, "x-thirdwatch-api-key") != Some(API_KEY) {
            return json(401, &value!({ "error": "invalid api key" }));
        }
        let path = path(request);
        let call = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["event", "v1", call] if request.method() == Method::POST => (*call).to_owned(),
            _ => return json(404, &value!({ "error": "no such call" })),
        };
        let Some(body) = object(request) else { return json(400, &value!({ "error": "not a JSON object" })) };
        let keys = match call.as_str() {
            "chargeback" => CHARGEBACK_KEYS,
            "tag" => TAG_KEYS,
            "untag" => UNTAG_KEYS,
            _ => return json(404, &value!({ "error": "no such call" })),
        };
        match fault(&body, keys, &call) {
            Some(error) => return json(400, &value!({ "error": error })),
            None => self.record(&call, body),
        }
        json(200, &value!({ "status": "recorded" }))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.events.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.events.keep_last(cases);
        self.tags.keep_last(cases);
    }

    fn refusal(&self) -> Response<Bytes> {
        json(400, &value!({ "error": "the event is refused" }))
    }

    fn server_error(&self) -> Response<Bytes> {
        json(500, &value!({ "error": "internal error" }))
    }
}

impl ThirdwatchFake {
    fn record(&mut self, call: &str, body: Map<String, Value>) {
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let user = text("_userId");
        let key = ["_transactionId", "_orderId", "_userId", "_sessionId"].into_iter().map(text);
        let key = key.into_iter().find(|key| !key.is_empty()).unwrap_or_default();
        let body = Value::Object(body);
        match call {
            "chargeback" => self.events.accept(&key, body.clone(), body),
            "tag" => self.tags.accept(&user, body.clone(), body),
            _ => self.tags.accept(&user, Value::Null, body),
        }
    }
}

/// What is wrong with a body, by the vendor's models: known keys of the right types, and somebody named.
fn fault(body: &Map<String, Value>, keys: &[&str], call: &str) -> Option<String> {
    for (key, value) in body {
        let right = match key.as_str() {
            "_isBad" => value.is_boolean(),
            "_customInfo" => value.is_object(),
            _ => value.is_string(),
        };
        if !keys.contains(&key.as_str()) || !right {
            return Some(format!("{key} is not known or of the wrong type"));
        }
    }
    let named = |key: &str| body.get(key).and_then(Value::as_str).is_some_and(|id| !id.is_empty());
    let somebody = named("_userId") || (call == "chargeback" && named("_sessionId"));
    (!somebody).then(|| "_userId is required".to_owned())
}

impl Fake<ThirdwatchFake> {
    /// Who was tagged, by `_userId`, and how: the last tag's body, or null after an untag.
    #[must_use]
    pub fn tags(&self) -> Vec<RecordedCase> {
        self.lock().machine.tags.all()
    }
}

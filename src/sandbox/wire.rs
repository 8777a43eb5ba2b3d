//! Helpers that read requests and build replies.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::{Map, Value};

/// Implements `Debug` without the fields, which hold the values of reports.
macro_rules! opaque_debug {
    ($Type:ident) => {
        impl std::fmt::Debug for $Type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Type)).finish_non_exhaustive()
            }
        }
    };
}

pub(super) use opaque_debug;

/// A JSON reply of a fake vendor. The body of `null` is empty.
#[derive(Clone, PartialEq)]
pub struct Reply {
    status: u16,
    body: Value,
}

opaque_debug!(Reply);

impl Reply {
    pub(super) const fn new(status: u16, body: Value) -> Self {
        Self { status, body }
    }

    /// Adds a text to the object of the body.
    pub(super) fn with(mut self, key: &str, text: String) -> Self {
        if let Value::Object(object) = &mut self.body {
            object.insert(key.to_owned(), text.into());
        }
        self
    }

    /// Returns the same body with another status.
    pub(super) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

impl From<Reply> for Response<Bytes> {
    fn from(reply: Reply) -> Self {
        let body = if reply.body.is_null() { String::new() } else { reply.body.to_string() };
        respond(reply.status, "application/json", body)
    }
}

/// Builds an HTML page with this title.
pub(super) fn page(status: u16, title: &str) -> Response<Bytes> {
    respond(status, "text/html", format!("<html><head><title>{title}</title></head><body></body></html>"))
}

/// Builds a reply with an empty body.
pub(super) fn empty(status: u16) -> Response<Bytes> {
    respond(status, "application/json", String::new())
}

fn respond(status: u16, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut reply = Response::new(Bytes::from(body));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// Adds the header `Retry-After`, if a number of seconds is given.
pub(super) fn retry_after(mut reply: Response<Bytes>, seconds: Option<u64>) -> Response<Bytes> {
    if let Some(seconds) = seconds {
        reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    reply
}

/// Returns a header as text.
pub(super) fn header<'r>(request: &'r Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

/// Parses the body as a JSON object. Returns `None` without a JSON content type.
pub(super) fn object(request: &Request<Bytes>) -> Option<Map<String, Value>> {
    let is_json = header(request, "content-type").is_some_and(|kind| kind.starts_with("application/json"));
    match serde_json::from_slice(request.body()) {
        Ok(Value::Object(object)) if is_json => Some(object),
        _ => None,
    }
}

/// Returns the unescaped segments of the path.
pub(super) fn path(request: &Request<Bytes>) -> Vec<String> {
    request.uri().path().trim_matches('/').split('/').map(unescape).collect()
}

/// Returns the unescaped value of a query parameter.
pub(super) fn query(request: &Request<Bytes>, name: &str) -> Option<String> {
    let pairs = request.uri().query()?.split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| unescape(value))
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digits = [*high, *low];
                let byte = std::str::from_utf8(&digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
                bytes.extend(byte);
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the text at this key, or an empty string.
pub(super) fn text<'b>(body: &'b Map<String, Value>, key: &str) -> &'b str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the number of Unicode characters of a string, which is the length in JSON Schema.
pub(super) fn length(value: &Value) -> Option<usize> {
    value.as_str().map(|text| text.chars().count())
}

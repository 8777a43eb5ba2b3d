//! Requests and replies of the fakes.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::{Map, Value};

/// A JSON reply.
pub(super) fn json(status: u16, body: &Value) -> Response<Bytes> {
    respond(status, "application/json", body.to_string())
}

/// A page.
pub(super) fn page(status: u16, title: &str) -> Response<Bytes> {
    respond(status, "text/html", format!("<html><head><title>{title}</title></head><body></body></html>"))
}

/// An empty reply.
pub(super) fn empty(status: u16) -> Response<Bytes> {
    respond(status, "application/json", String::new())
}

fn respond(status: u16, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut reply = Response::new(Bytes::from(body));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// With `Retry-After`.
pub(super) fn retry_after(mut reply: Response<Bytes>, seconds: Option<u64>) -> Response<Bytes> {
    if let Some(seconds) = seconds {
        reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    reply
}

/// A header as text.
pub(super) fn header<'r>(request: &'r Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

/// The body as a JSON object, sent as JSON.
pub(super) fn object(request: &Request<Bytes>) -> Option<Map<String, Value>> {
    let is_json = header(request, "content-type").is_some_and(|kind| kind.starts_with("application/json"));
    match serde_json::from_slice(request.body()) {
        Ok(Value::Object(object)) if is_json => Some(object),
        _ => None,
    }
}

/// The parts of the path, unescaped.
pub(super) fn path(request: &Request<Bytes>) -> Vec<String> {
    request.uri().path().trim_matches('/').split('/').map(unescape).collect()
}

/// The value of a query parameter, unescaped.
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

/// How many characters, as JSON Schema counts.
pub(super) fn length(value: &Value) -> Option<usize> {
    value.as_str().map(|text| text.chars().count())
}

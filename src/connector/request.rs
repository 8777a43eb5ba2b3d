//! Writes a request: address, headers, JSON body.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::base_url::BaseUrl;
use crate::util::violation::Violation;

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Room for the headers of a request and those that HTTP stacks add, so that it need not grow.
const HEADERS: usize = 6;

/// Room for most bodies, so that they need not grow.
const BODY: usize = 1024;

/// A request in the making. Values cannot break out of their place: path parts and query values are percent-encoded, and
/// what cannot be a header is a [`Violation`].
///
/// ```
/// use chargeback::connector::HttpRequestBuilder;
///
/// let base = "https://api.example.com/v1".parse()?;
/// let request = HttpRequestBuilder::post(&base, &["cases", "a/b", "chargeback"])
///     .secret_header("x-api-key", "k-1")
///     .json(&serde_json::json!({ "state": "won" }))?;
/// assert_eq!(request.uri(), "https://api.example.com/v1/cases/a%2Fb/chargeback");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a request must be finished with `json` or `empty`"]
pub struct HttpRequestBuilder {
    method: Method,
    uri: String,
    headers: HeaderMap,
    fault: Option<Violation>,
}

impl fmt::Debug for HttpRequestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequestBuilder").field("method", &self.method).finish_non_exhaustive()
    }
}

impl HttpRequestBuilder {
    /// A `POST` to the path made of these parts.
    pub fn post(base: &BaseUrl, path: &[&str]) -> Self {
        Self::new(Method::POST, base, path)
    }

    /// A `GET` from the path made of these parts.
    pub fn get(base: &BaseUrl, path: &[&str]) -> Self {
        Self::new(Method::GET, base, path)
    }

    fn new(method: Method, base: &BaseUrl, path: &[&str]) -> Self {
        let length = path.iter().fold(base.as_str().len(), |length, part| length + 1 + part.len());
        let mut uri = String::with_capacity(length);
        uri.push_str(base.as_str());
        let mut fault = None;
        for part in path {
            // Servers and proxies resolve dot segments even when they are escaped.
            if matches!(*part, "" | "." | "..") {
                fault = Some(Violation::new("path", "a part of the path is empty or a dot segment"));
            }
            uri.push('/');
            uri.extend(utf8_percent_encode(part, RESERVED));
        }
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self { method, uri, headers, fault }
    }

    /// Adds a query parameter; name and value are percent-encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.uri.push(if self.uri.contains('?') { '&' } else { '?' });
        self.uri.extend(utf8_percent_encode(name, RESERVED));
        self.uri.push('=');
        self.uri.extend(utf8_percent_encode(value, RESERVED));
        self
    }

    /// Adds a header, in place of an earlier one of that name. Plans show its value.
    pub fn header(self, name: &'static str, value: &str) -> Self {
        self.add(name, value, false)
    }

    /// Adds a header whose value is a secret: plans show `[redacted]`, and HTTP stacks keep it out of their logs.
    pub fn secret_header(self, name: &'static str, value: &str) -> Self {
        self.add(name, value, true)
    }

    fn add(mut self, name: &'static str, value: &str, secret: bool) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(secret);
                self.headers.insert(name, value);
            }
            (Err(_), _) => self.fault = Some(Violation::new(name, "not a header's name")),
            (_, Err(_)) => self.fault = Some(Violation::new(name, "has a character that a header cannot carry")),
        }
        self
    }

    /// Finishes with a JSON body, `Content-Type` and `Accept` of `application/json`.
    ///
    /// # Errors
    ///
    /// [`Violation`] if a value given on the way cannot be sent, or the body cannot be written.
    pub fn json(self, body: &impl Serialize) -> Result<Request<Bytes>, Violation> {
        let mut json = Vec::with_capacity(BODY);
        serde_json::to_writer(&mut json, body).map_err(|_| Violation::new("body", "cannot be written as JSON"))?;
        let mut request = self.finish(Bytes::from(json))?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    /// Finishes without a body, with an `Accept` of `application/json`.
    ///
    /// # Errors
    ///
    /// [`Violation`] if a value given on the way cannot be sent.
    pub fn empty(self) -> Result<Request<Bytes>, Violation> {
        self.finish(Bytes::new())
    }

    fn finish(self, body: Bytes) -> Result<Request<Bytes>, Violation> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut request = Request::new(body);
        *request.method_mut() = self.method;
        *request.uri_mut() = Uri::try_from(self.uri).map_err(|_| Violation::new("path", "too long for an address"))?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

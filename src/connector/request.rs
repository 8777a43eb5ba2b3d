//! The builder of a vendor's HTTP request.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::base_url::BaseUrl;
use crate::util::violation::Violation;
use crate::util::wiped::WipedBuffer;

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The initial capacity for headers, including those that an HTTP stack adds, so that the map does not grow.
const HEADERS: usize = 6;

/// The initial capacity for a body, so that most bodies do not grow.
const BODY: usize = 1024;

/// Builds an HTTP request with a JSON body or without a body.
///
/// Values cannot change the structure of the request: path segments, query names and query values are percent-encoded.
/// A value that is not valid in a header, and an empty or dot segment in the path, is a [`Violation`].
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
#[must_use = "a builder does nothing until `json` or `empty`"]
pub struct HttpRequestBuilder {
    method: Method,
    uri: String,
    headers: HeaderMap,
    violation: Option<Violation>,
}

impl fmt::Debug for HttpRequestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequestBuilder").field("method", &self.method).finish_non_exhaustive()
    }
}

impl HttpRequestBuilder {
    /// Starts a `POST` request. The path of the base URL is followed by these segments.
    pub fn post(base: &BaseUrl, path: &[&str]) -> Self {
        Self::new(Method::POST, base, path)
    }

    /// Starts a `GET` request. The path of the base URL is followed by these segments.
    pub fn get(base: &BaseUrl, path: &[&str]) -> Self {
        Self::new(Method::GET, base, path)
    }

    /// Starts a request with any method. The path of the base URL is followed by these segments.
    ///
    /// ```
    /// use chargeback::connector::HttpRequestBuilder;
    ///
    /// let base = "https://api.example.com/v1".parse()?;
    /// let request = HttpRequestBuilder::new(http::Method::PUT, &base, &["cases", "7"]).empty()?;
    /// assert_eq!((request.method().as_str(), request.uri().path()), ("PUT", "/v1/cases/7"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(method: Method, base: &BaseUrl, path: &[&str]) -> Self {
        let length = path.iter().fold(base.as_str().len(), |length, segment| length + 1 + segment.len());
        let mut uri = String::with_capacity(length);
        uri.push_str(base.as_str());
        let mut violation = None;
        for segment in path {
            // Servers and proxies resolve dot segments even if they are percent-encoded.
            if matches!(*segment, "" | "." | "..") {
                violation = Some(Violation::new("path", "has an empty segment or a dot segment"));
            }
            uri.push('/');
            uri.extend(utf8_percent_encode(segment, RESERVED));
        }
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self { method, uri, headers, violation }
    }

    /// Adds a query parameter. Name and value are percent-encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.uri.push(if self.uri.contains('?') { '&' } else { '?' });
        self.uri.extend(utf8_percent_encode(name, RESERVED));
        self.uri.push('=');
        self.uri.extend(utf8_percent_encode(value, RESERVED));
        self
    }

    /// Sets a header. The value replaces an earlier value of the same name. Plans show the value.
    pub fn header(self, name: &'static str, value: &str) -> Self {
        self.add(name, value, false)
    }

    /// Sets a header whose value is a secret. Plans show `[redacted]`, and HTTP stacks do not log the value.
    pub fn secret_header(self, name: &'static str, value: &str) -> Self {
        self.add(name, value, true)
    }

    fn add(mut self, name: &'static str, value: &str, secret: bool) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(secret);
                self.headers.insert(name, value);
            }
            (Err(_), _) => self.violation = Some(Violation::new(name, "not a valid header name")),
            (_, Err(_)) => self.violation = Some(Violation::new(name, "has a character that is not valid in a header")),
        }
        self
    }

    /// Builds the request with a JSON body. `Content-Type` and `Accept` are `application/json`.
    ///
    /// # Errors
    ///
    /// [`Violation`] if a path segment or header is not valid, or the body cannot be serialized.
    pub fn json(self, body: &impl Serialize) -> Result<Request<Bytes>, Violation> {
        let mut json = Vec::with_capacity(BODY);
        serde_json::to_writer(&mut json, body).map_err(unserializable)?;
        self.finish_json(Bytes::from(json))
    }

    /// Finishes as [`json`](Self::json) does, with a body that contains a secret: its memory is overwritten on drop.
    pub(crate) fn secret_json(self, body: &impl Serialize) -> Result<Request<Bytes>, Violation> {
        let mut json = WipedBuffer::with_capacity(BODY);
        serde_json::to_writer(&mut json, body).map_err(unserializable)?;
        self.finish_json(json.into_bytes())
    }

    /// Serializes the body, and finishes the request with a secret header that is computed from the exact bytes of the
    /// body, such as a signature.
    ///
    /// ```
    /// use chargeback::connector::{BaseUrl, HttpRequestBuilder};
    ///
    /// const BASE: BaseUrl = BaseUrl::from_static("https://api.acme.example");
    ///
    /// let length = |body: &[u8]| body.len().to_string();
    /// let request = HttpRequestBuilder::post(&BASE, &["cases"]).json_signed(&[1, 2], "x-length", length)?;
    /// assert_eq!((request.body().as_ref(), request.headers()["x-length"].as_bytes()), (&b"[1,2]"[..], &b"5"[..]));
    /// # Ok::<(), chargeback::Violation>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same violations as [`json`](Self::json).
    pub fn json_signed(
        self,
        body: &impl Serialize,
        header: &'static str,
        sign: impl FnOnce(&[u8]) -> String,
    ) -> Result<Request<Bytes>, Violation> {
        let mut json = Vec::with_capacity(BODY);
        serde_json::to_writer(&mut json, body).map_err(unserializable)?;
        let signature = sign(&json);
        self.secret_header(header, &signature).finish_json(Bytes::from(json))
    }

    fn finish_json(self, json: Bytes) -> Result<Request<Bytes>, Violation> {
        let mut request = self.finish(json)?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    /// Builds the request without a body. `Accept` is `application/json`.
    ///
    /// # Errors
    ///
    /// [`Violation`] if a path segment or header is not valid.
    pub fn empty(self) -> Result<Request<Bytes>, Violation> {
        self.finish(Bytes::new())
    }

    fn finish(self, body: Bytes) -> Result<Request<Bytes>, Violation> {
        if let Some(violation) = self.violation {
            return Err(violation);
        }
        let mut request = Request::new(body);
        *request.method_mut() = self.method;
        *request.uri_mut() = Uri::try_from(self.uri).map_err(|_| Violation::new("path", "too long for a URL"))?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

fn unserializable(_: serde_json::Error) -> Violation {
    Violation::new("body", "cannot be serialized as JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: BaseUrl = BaseUrl::from_static("https://x.example/v1");

    fn uri(path: &[&str]) -> String {
        HttpRequestBuilder::get(&BASE, path).empty().unwrap().uri().to_string()
    }

    #[test]
    fn segments_are_percent_encoded() {
        assert_eq!(uri(&[]), "https://x.example/v1");
        assert_eq!(uri(&["cases", "aZ09-._~"]), "https://x.example/v1/cases/aZ09-._~");
        assert_eq!(uri(&["a/b", "c?d#e", "f%2Fg"]), "https://x.example/v1/a%2Fb/c%3Fd%23e/f%252Fg");
        assert_eq!(uri(&["a b", "\u{e9}", "\r\n"]), "https://x.example/v1/a%20b/%C3%A9/%0D%0A");
        assert_eq!(uri(&["...", ".a"]), "https://x.example/v1/.../.a");
    }

    #[test]
    fn empty_and_dot_segments_are_rejected() {
        for segment in ["", ".", ".."] {
            let violation = HttpRequestBuilder::post(&BASE, &["cases", segment, "x"]).json(&()).unwrap_err();
            assert_eq!(violation.to_string(), "path: has an empty segment or a dot segment", "{segment:?}");
        }
    }

    #[test]
    fn query_parameters_are_percent_encoded() {
        let request = HttpRequestBuilder::get(&BASE, &["find"]).query("case id", "a&b=c").query("page", "1");
        let request = request.empty().unwrap();
        assert_eq!(request.uri(), "https://x.example/v1/find?case%20id=a%26b%3Dc&page=1");
    }

    #[test]
    fn headers_are_replaced_and_secrets_are_sensitive() {
        let request = HttpRequestBuilder::post(&BASE, &[])
            .header("x-a", "1")
            .secret_header("X-A", "2")
            .json(&serde_json::json!({ "a": 1 }))
            .unwrap();
        assert_eq!(request.headers().get_all("x-a").iter().collect::<Vec<_>>(), ["2"]);
        assert!(request.headers()["x-a"].is_sensitive());
        assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(request.body(), &br#"{"a":1}"#[..]);
    }

    #[test]
    fn invalid_headers_and_long_urls_are_rejected() {
        let get = || HttpRequestBuilder::get(&BASE, &[]);
        let rule = |request: HttpRequestBuilder| request.empty().unwrap_err().to_string();
        assert_eq!(rule(get().header("x-a", "a\nb")), "x-a: has a character that is not valid in a header");
        assert_eq!(rule(get().header("x a", "b")), "x a: not a valid header name");
        assert_eq!(rule(get().query("a", &"b".repeat(70_000))), "path: too long for a URL");
    }
}

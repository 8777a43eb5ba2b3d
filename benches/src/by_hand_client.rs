//! Reports as a careful program sends them without this crate: reqwest, serde, and the same limits and checks.

use std::time::Duration;

use chargeback::Chargeback;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Response};
use reqwest::redirect;
use serde::Deserialize;

use crate::by_hand::{self, Call};
use crate::cases::Vendor;
use crate::replies;

/// The largest reply, in bytes.
const REPLY_BYTES: usize = 256 * 1024;

/// A client with the limits of this crate: 5 s to connect, 15 s for an attempt, no redirects, no retries.
#[derive(Debug, Clone)]
pub struct Client(reqwest::Client);

/// The part of RevCent's search reply that a program needs.
#[derive(Debug, Deserialize)]
struct Found {
    results: Vec<serde_json::Value>,
}

impl Client {
    /// Creates a client.
    ///
    /// # Panics
    ///
    /// Panics if TLS cannot be set up.
    #[must_use]
    pub fn new() -> Self {
        let client = reqwest::Client::builder()
            .user_agent("chargeback/0.1.0")
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(15))
            .pool_idle_timeout(Duration::from_secs(20))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy();
        Self(client.build().expect("a client"))
    }

    /// Reports a case, and reads the acknowledgement.
    ///
    /// # Panics
    ///
    /// Panics if the vendor does not acknowledge the report.
    pub async fn report(&self, vendor: Vendor, origin: &str, case: &Chargeback) {
        if vendor == Vendor::RevCent {
            for search in by_hand::searches(origin, case) {
                let reply = self.send(search).await;
                let found: Found = serde_json::from_slice(reply.body()).expect("a reply");
                assert!(found.results.is_empty(), "the case exists");
            }
        }
        let reply = self.send(by_hand::call(vendor, origin, case)).await;
        std::hint::black_box(replies::by_hand(vendor, &reply));
    }

    async fn send(&self, call: Call) -> Response<bytes::Bytes> {
        let method = if call.body.is_some() { Method::POST } else { Method::GET };
        let request =
            self.0.request(method, &call.address).header(ACCEPT, HeaderValue::from_static("application/json"));
        let request = request.header(call.key_name, call.key);
        let request = match call.body {
            Some(body) => request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body),
            None => request,
        };
        let mut reply = request.send().await.expect("a reply");
        assert_eq!(reply.status(), 200);
        assert!(reply.content_length().is_none_or(|length| length <= REPLY_BYTES as u64), "too large");
        let mut body = bytes::Bytes::new();
        while let Some(chunk) = reply.chunk().await.expect("a body") {
            assert!(body.len() + chunk.len() <= REPLY_BYTES, "too large");
            body = if body.is_empty() { chunk } else { [body, chunk].concat().into() };
        }
        Response::new(body)
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

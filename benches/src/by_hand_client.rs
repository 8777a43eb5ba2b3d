//! Reports as a careful program sends them without this crate: serde and the same limits and checks, over reqwest or
//! over the connection pool of hyper-util.

use std::time::Duration;

use bytes::Bytes;
use chargeback::Chargeback;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use reqwest::redirect;
use serde::Deserialize;

use crate::by_hand::{self, Call};
use crate::cases::Vendor;
use crate::replies;

/// The largest reply, in bytes.
const REPLY_BYTES: usize = 256 * 1024;

/// The time limits of this crate.
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(15);
const IDLE: Duration = Duration::from_secs(20);

/// A client with the limits of this crate: no redirects and no retries.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "a process has one client")]
pub enum Client {
    Reqwest(reqwest::Client),
    Pool(legacy::Client<HttpConnector, Full<Bytes>>),
}

/// The part of RevCent's search reply that a program needs.
#[derive(Debug, Deserialize)]
struct Found {
    results: Vec<serde_json::Value>,
}

impl Client {
    /// Creates a client over reqwest.
    ///
    /// # Panics
    ///
    /// Panics if TLS cannot be set up.
    #[must_use]
    pub fn over_reqwest() -> Self {
        let client = reqwest::Client::builder()
            .user_agent("chargeback/0.1.0")
            .connect_timeout(CONNECT)
            .timeout(ATTEMPT)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy();
        Self::Reqwest(client.build().expect("a client"))
    }

    /// Creates a client over hyper-util.
    #[must_use]
    pub fn over_pool() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        Self::Pool(legacy::Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).build(connector))
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

    async fn send(&self, call: Call) -> Response<Bytes> {
        match self {
            Self::Reqwest(client) => over_reqwest(client, call).await,
            Self::Pool(client) => {
                tokio::time::timeout(ATTEMPT, over_pool(client, call)).await.expect("a reply in time")
            }
        }
    }
}

async fn over_reqwest(client: &reqwest::Client, call: Call) -> Response<Bytes> {
    let method = if call.body.is_some() { Method::POST } else { Method::GET };
    let request = client.request(method, &call.address).header(ACCEPT, HeaderValue::from_static("application/json"));
    let request = request.header(call.key_name, call.key);
    let request = match call.body {
        Some(body) => request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body),
        None => request,
    };
    let mut reply = request.send().await.expect("a reply");
    assert_eq!(reply.status(), 200);
    assert!(reply.content_length().is_none_or(|length| length <= REPLY_BYTES as u64), "too large");
    let mut body = Bytes::new();
    while let Some(chunk) = reply.chunk().await.expect("a body") {
        assert!(body.len() + chunk.len() <= REPLY_BYTES, "too large");
        body = if body.is_empty() { chunk } else { [body, chunk].concat().into() };
    }
    Response::new(body)
}

async fn over_pool(client: &legacy::Client<HttpConnector, Full<Bytes>>, call: Call) -> Response<Bytes> {
    let mut request = call.into_request().map(Full::new);
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("chargeback/0.1.0"));
    let reply = client.request(request).await.expect("a reply");
    assert_eq!(reply.status(), 200);
    Response::new(Limited::new(reply.into_body(), REPLY_BYTES).collect().await.expect("a body").to_bytes())
}

//! A transport that plays a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::{HttpProvider, async_trait};
use http::{Request, Response};
use serde_json::Value;

/// The scripted result of one request.
#[derive(Debug, Clone)]
pub enum Play {
    Reply { status: u16, headers: Vec<(&'static str, String)>, body: Bytes },
    NotSent,
    Lost,
    Hang,
    TooLarge,
}

impl Play {
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Reply { status, headers: Vec::new(), body: Bytes::from(body.into()) }
    }

    /// A reply without a body.
    pub fn empty(status: u16) -> Self {
        Self::json(status, "")
    }

    pub fn retry_after(status: u16, seconds: u64) -> Self {
        let headers = vec![("retry-after", seconds.to_string())];
        Self::Reply { status, headers, body: Bytes::from_static(b"{}") }
    }
}

/// A transport that plays a script and records the requests.
#[derive(Debug, Clone, Default)]
pub struct Script {
    plays: Arc<Mutex<VecDeque<Play>>>,
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Script {
    pub fn new(plays: impl IntoIterator<Item = Play>) -> Self {
        Self { plays: Arc::new(Mutex::new(plays.into_iter().collect())), sent: Arc::default() }
    }

    pub fn empty() -> Self {
        Self::default()
    }

    pub fn sent(&self) -> Vec<Request<Bytes>> {
        self.sent.lock().unwrap().clone()
    }

    /// The method and path of each request.
    pub fn calls(&self) -> Vec<String> {
        let line = |request: &Request<Bytes>| {
            format!("{} {}", request.method(), request.uri().path_and_query().map_or("", |path| path.as_str()))
        };
        self.sent().iter().map(line).collect()
    }

    pub fn left(&self) -> usize {
        self.plays.lock().unwrap().len()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        self.sent.lock().unwrap().push(request);
        let play = self.plays.lock().unwrap().pop_front().expect("the script has a result for the request");
        match play {
            Play::Reply { status, headers, body } => {
                let mut reply = Response::builder().status(status);
                for (name, value) in headers {
                    reply = reply.header(name, value);
                }
                Ok(reply.body(body).unwrap())
            }
            Play::NotSent => Err(TransportFailure::new(FailurePhase::NotSent).caused_by("connection refused")),
            Play::Lost => Err(TransportFailure::new(FailurePhase::MaybeSent).caused_by("connection reset")),
            Play::TooLarge => Err(TransportFailure::new(FailurePhase::ReplyTooLarge)),
            Play::Hang => std::future::pending().await,
        }
    }
}

/// A provider with a scripted transport and default settings.
pub fn provider<V: Connector>(vendor: V, script: &Script) -> HttpProvider<V> {
    HttpProvider::builder(vendor).transport(script.clone()).build().unwrap()
}

/// The body of a request as JSON.
pub fn body(request: &Request<Bytes>) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

pub fn header<'r>(request: &'r Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name).map(|value| value.to_str().unwrap())
}

//! The sandbox: requests that the fakes reject, injected faults, recorded cases.

mod fake;
mod fault;
mod loopback;
mod maxmind;
mod pipwave;
mod ravelin;
mod revcent;
mod riskified;
mod seon;
mod sift;
mod spade;
mod thirdwatch;
mod tutelar;

use chargeback::transport::{RequestLimits, Transport};
use chargeback::{Reason, Stage};
use http::Request;
use serde_json::Value;

use crate::support::plain;

/// Sends a request through a transport and returns the status and the body.
async fn send(transport: &dyn Transport, request: Request<bytes::Bytes>) -> (u16, Value) {
    let reply = transport.send(request, &RequestLimits::default()).await.unwrap();
    (reply.status().as_u16(), serde_json::from_slice(reply.body()).unwrap_or_default())
}

fn post(base: &str, path: &str, key: (&str, &str), body: &Value) -> Request<bytes::Bytes> {
    Request::post(format!("{base}{path}"))
        .header("content-type", "application/json")
        .header(key.0, key.1)
        .body(body.to_string().into())
        .unwrap()
}

fn received() -> chargeback::Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

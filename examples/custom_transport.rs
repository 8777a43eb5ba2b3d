//! A transport around another one that counts requests by host and result, without paths, keys or bodies. The same form
//! can record requests, add a header for a proxy, or use another HTTP client.
//!
//! `cargo run --example custom_transport --features sandbox`

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::transport::{HttpTransport, RequestLimits, Transport, TransportFailure};
use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage, async_trait};
use chrono::Utc;
use http::{Request, Response};

/// Counts requests. Clones share the inner transport and the counts.
#[derive(Debug, Clone)]
struct Counting<T> {
    inner: T,
    counts: Arc<Mutex<BTreeMap<(String, String), u64>>>,
}

impl<T> Counting<T> {
    fn new(inner: T) -> Self {
        Self { inner, counts: Arc::default() }
    }

    /// Returns the number of requests by host and result.
    fn counts(&self) -> BTreeMap<(String, String), u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl<T: Transport> Transport for Counting<T> {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        // The path can hold ids of cases and payments.
        let host = request.uri().host().unwrap_or_default().to_owned();
        // The future can be dropped here when the attempt ends, so a dropped request is not counted.
        let reply = self.inner.send(request, limits).await;
        let result = match &reply {
            Ok(reply) => reply.status().to_string(),
            Err(failure) => format!("{:?}", failure.phase()),
        };
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry((host, result)).or_default() += 1;
        reply
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let sandbox = Sandbox::start().await;
    let transport = Counting::new(HttpTransport::new(Duration::from_secs(2))?);
    let revcent = sandbox.connect(sandbox.revcent_connector()).transport(transport.clone()).build()?;
    let received = Chargeback::builder("CB-2610-0001", Stage::Received, Reason::NotReceived, Utc::now())
        .gateway_transaction_id("gw-10726")
        .build()?;
    let receipt = revcent.report(&received).await?;
    println!("sent `{}` in {} requests", receipt.stage_value(), receipt.attempts());

    // RevCent creates the next case, and the connection breaks before the reply.
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let next = Chargeback::builder("CB-2610-0002", Stage::Received, Reason::Duplicate, Utc::now())
        .gateway_transaction_id("gw-10727")
        .build()?;
    let receipt = revcent.report(&next).await?;
    println!("found by lookup: {}; cases at RevCent: {}", receipt.was_reconciled(), sandbox.revcent().cases().len());

    for ((host, result), count) in transport.counts() {
        println!("{host}: {result}: {count}");
    }
    Ok(())
}

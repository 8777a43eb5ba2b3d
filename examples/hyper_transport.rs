//! A transport over another HTTP stack: hyper-util's pool in place of reqwest. It is whole but for TLS, for which a connector
//! such as hyper-rustls would stand in place of `HttpConnector`.
//!
//! `cargo run --example hyper_transport --features sandbox`

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::{Chargeback, ChargebackProvider as _, Error, Reason, Stage, Timeouts, async_trait};
use chrono::Utc;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// Plain HTTP over hyper-util, connections kept and shared by clones.
#[derive(Debug, Clone)]
pub struct HyperTransport {
    client: Client<HttpConnector, Full<Bytes>>,
}

impl HyperTransport {
    /// A transport that gives up connecting after `connect`: hyper-util has one such time for all requests.
    #[must_use]
    pub fn new(connect: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(connect));
        connector.set_nodelay(true);
        // The pool sends a request again only if it was handed back unsent, and follows no redirect.
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_timer(TokioTimer::new())
            .build(connector);
        Self { client }
    }
}

#[async_trait]
impl Transport for HyperTransport {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        // `RequestLimits::attempt` needs nothing here: the caller drops this future then, and the connection with it.
        let reply = self.client.request(request.map(Full::new)).await.map_err(|error| {
            let phase = if error.is_connect() { FailurePhase::NotSent } else { FailurePhase::MaybeSent };
            failure(phase, error)
        })?;
        let (head, body) = reply.into_parts();
        match Limited::new(body, limits.reply_bytes).collect().await {
            Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(TransportFailure::new(FailurePhase::ReplyTooLarge)),
            Err(error) => Err(failure(FailurePhase::MaybeSent, error)),
        }
    }
}

/// A failure with its cause. hyper's errors hold no header, no body and no path.
fn failure(phase: FailurePhase, error: impl Into<Box<dyn StdError + Send + Sync>>) -> TransportFailure {
    let error = error.into();
    let mut causes = std::iter::successors(Some(&*error as &dyn StdError), |cause| (*cause).source());
    let timed_out = causes
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut));
    let failure = TransportFailure::new(phase).caused_by(error);
    if timed_out { failure.timed_out() } else { failure }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let sandbox = Sandbox::start().await;
    let transport = HyperTransport::new(Timeouts::default().connect);
    let revcent = sandbox.connect(sandbox.revcent_connector()).transport(transport.clone()).build()?;
    let received = Chargeback::builder("CB-2610-0001", Stage::Received, Reason::NotReceived, Utc::now())
        .gateway_transaction_id("gw-10726")
        .build()?;

    let receipt = revcent.report(&received).await?;
    println!("told `{}` in {} requests", receipt.stage_value(), receipt.attempts());

    // RevCent creates the next case, and the connection breaks before it answers.
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let next = Chargeback::builder("CB-2610-0002", Stage::Received, Reason::Duplicate, Utc::now())
        .gateway_transaction_id("gw-10727")
        .build()?;
    let receipt = revcent.report(&next).await?;
    println!("read back: {}; cases at RevCent: {}", receipt.was_reconciled(), sandbox.revcent().cases().len());

    // Nobody listens there, so nothing was sent.
    let nobody =
        sandbox.spade_connector(chargeback::spade::WonMeans::MerchantWon).base_url("http://127.0.0.1:9".parse()?);
    let spade = sandbox.connect(nobody).transport(transport).retry(chargeback::RetryPolicy::never()).build()?;
    let told = next.to_builder().vendor_payment(chargeback::spade::ID, "0b6d1f0e").build()?;
    match spade.report(&told).await {
        Err(Error::Transport(error)) => println!("spade: {error}"),
        other => println!("spade: {other:?}"),
    }
    Ok(())
}

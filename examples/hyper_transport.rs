//! A transport over hyper-util instead of reqwest. The example has no TLS; replace `HttpConnector` by a TLS
//! connector for hyper, for example by hyper-rustls.
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
use hyper_util::client::legacy::connect::{HttpConnector, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

/// Plain HTTP over hyper-util. Clones share the connection pool.
#[derive(Debug, Clone)]
pub struct HyperTransport {
    client: Client<HttpConnector, Full<Bytes>>,
}

impl HyperTransport {
    /// Creates a transport with this time limit for connecting. hyper-util has one limit for all requests.
    #[must_use]
    pub fn new(connect: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(connect));
        connector.set_nodelay(true);
        // The pool repeats a request only if no part of it was sent, and does not follow redirects.
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
        let mut request = request.map(Full::new);
        let connection = capture_connection(&mut request);
        // The caller also enforces `RequestLimits::attempt`. It cannot know whether a connection was there, so an
        // attempt that never connected would have an unknown outcome.
        let reply = timeout(limits.attempt, self.client.request(request)).await.map_err(|elapsed| {
            let is_connected = connection.connection_metadata().is_some();
            let phase = if is_connected { FailurePhase::MaybeSent } else { FailurePhase::NotSent };
            TransportFailure::new(phase).caused_by(elapsed).timed_out()
        })?;
        let reply = reply.map_err(|error| {
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

/// Creates a failure with its cause. Errors of hyper contain no headers, bodies or paths.
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
    println!("sent `{}` in {} requests", receipt.stage_value(), receipt.attempts());

    // RevCent creates the next case, and the connection breaks before the reply.
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let next = Chargeback::builder("CB-2610-0002", Stage::Received, Reason::Duplicate, Utc::now())
        .gateway_transaction_id("gw-10727")
        .build()?;
    let receipt = revcent.report(&next).await?;
    println!("found by lookup: {}; cases at RevCent: {}", receipt.was_reconciled(), sandbox.revcent().cases().len());

    // No server listens on this port, so nothing is sent.
    let unreachable =
        sandbox.spade_connector(chargeback::spade::WonMeans::MerchantWon).base_url("http://127.0.0.1:9".parse()?);
    let spade = sandbox.connect(unreachable).transport(transport).retry(chargeback::RetryPolicy::never()).build()?;
    let next = next.to_builder().vendor_payment(chargeback::spade::ID, "0b6d1f0e").build()?;
    match spade.report(&next).await {
        Err(Error::Transport(error)) => println!("spade: {error}"),
        other => println!("spade: {other:?}"),
    }
    Ok(())
}

//! Shared helpers: a scripted transport, sample chargebacks, and short forms for errors and requests.

pub mod log_capture;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::transport::{Clock, FailurePhase, Jitter, RequestLimits, TokioClock, Transport, TransportFailure};
use chargeback::{
    Chargeback, ChargebackBuilder, Currency, Error, Fraud, FraudKind, HttpProvider, Money, Network, NetworkCode,
    Processor, Reason, Representment, Stage, async_trait, pipwave, revcent, spade,
};
use chrono::{DateTime, TimeZone, Utc};
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
    pub fn of(plays: impl IntoIterator<Item = Play>) -> Self {
        Self { plays: Arc::new(Mutex::new(plays.into_iter().collect())), sent: Arc::default() }
    }

    pub fn silent() -> Self {
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

/// A clock with a fixed time of day.
#[derive(Debug, Default)]
pub struct FixedClock(TokioClock);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        at(3, 9)
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.0.sleep(time)
    }
}

/// Jitter that always takes half of the back-off.
#[derive(Debug)]
pub struct HalfJitter;

impl Jitter for HalfJitter {
    fn sample(&self) -> f64 {
        0.5
    }
}

/// A provider with a scripted transport and default settings.
pub fn provider<V: Connector>(vendor: V, script: &Script) -> HttpProvider<V> {
    HttpProvider::builder(vendor).transport(script.clone()).build().unwrap()
}

pub fn at(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, day, hour, 30, 0).unwrap()
}

pub const ENRICHMENT: &str = "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11";
pub const TRANSACTION: &str = "P4r7XkzvGqsB2oQmUwLA";

/// A chargeback with the fields that each vendor requires.
pub fn plain(case_id: &str, stage: Stage, reason: Reason) -> ChargebackBuilder {
    Chargeback::builder(case_id, stage, reason, at(3, 9))
        .order_id("ORD_10726")
        .transaction_id("txn-1")
        .user_id("user-1")
        .vendor_payment(spade::ID, ENRICHMENT)
        .vendor_payment(revcent::ID, TRANSACTION)
}

/// A chargeback with every field set, each to a unique text.
pub fn full(stage: Stage, reason: Reason) -> ChargebackBuilder {
    let mut fight = Representment::initiated().initiated_at(at(5, 14));
    if matches!(stage, Stage::Won | Stage::Lost | Stage::Reversed) {
        fight = fight.completed_at(at(20, 8));
    }
    Chargeback::builder("canary-case-id", stage, reason, at(6, 6))
        .order_id("canary-order-id")
        .transaction_id("canary-transaction-id")
        .gateway_transaction_id("canary-gateway-id")
        .user_id("canary-user-id")
        .session_id("canary-session-id")
        .vendor_payment(spade::ID, "canary-enrichment-id")
        .vendor_payment(revcent::ID, "canaryrevcentpayment")
        .vendor_payment(pipwave::ID, "canary-pw-id")
        .amount(Money::from_minor_units(987_654_321, Currency::KWD))
        .network_code(NetworkCode::new(Network::from("canary-network"), "canary-code"))
        .opened_at(at(1, 1))
        .received_at(at(2, 2))
        .due_by(at(28, 23))
        .processor(Processor::new("canary-processor").dispute_id("canary-dispute-id").payment_id("canary-payment-id"))
        .arn("canary-arn")
        .case_number("canary-case-number")
        .notes("canary-notes")
        .metadata("canary-name", "canary-value")
        .fraud(Fraud::new(FraudKind::CardTesting).notes("canary-fraud-notes"))
        .representment(fight)
}

/// The body of a request as JSON.
pub fn body(request: &Request<Bytes>) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

pub fn header<'r>(request: &'r Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name).map(|value| value.to_str().unwrap())
}

/// The name of an error's variant.
pub fn kind(error: &Error) -> &'static str {
    match error {
        Error::Configuration(_) => "configuration",
        Error::Invalid(_) => "invalid",
        Error::Unsupported(_) => "unsupported",
        Error::Authentication(_) => "authentication",
        Error::Rejected(_) => "rejected",
        Error::NotFound(_) => "not found",
        Error::Conflict(_) => "conflict",
        Error::InDoubt(_) => "in doubt",
        Error::NotStarted(_) => "not started",
        Error::RateLimited(_) => "rate limited",
        Error::Unavailable(_) => "unavailable",
        Error::Transport(_) => "transport",
        Error::Timeout(_) => "timeout",
        Error::Unreadable(_) => "unreadable",
        _ => "new",
    }
}

/// Installs a second, permanent subscriber. Call this function before a test captures the log.
///
/// With a single subscriber, `tracing` caches the interest of the first thread that reaches a log statement. That thread
/// may belong to another test without a subscriber, which would disable the statement for all threads. With two
/// subscribers, `tracing` asks each of them.
pub fn keep_second_subscriber() {
    static SECOND: LazyLock<tracing::Dispatch> =
        LazyLock::new(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new()));
    LazyLock::force(&SECOND);
}

/// The violations of an invalid input, as text.
pub fn violations(error: &Error) -> Vec<String> {
    match error {
        Error::Invalid(error) => error.violations().iter().map(ToString::to_string).collect(),
        other => panic!("not invalid: {other}"),
    }
}

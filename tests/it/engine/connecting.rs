//! Attempts that never connect: the deadline cuts them short, and nothing was sent.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chargeback::connector::Connector;
use chargeback::pipwave::{Environment, Pipwave};
use chargeback::revcent::{FirstReport, RevCent};
use chargeback::spade::{Spade, WonMeans};
use chargeback::{
    ChargebackProvider, Delivery, Error, GateError, HttpProvider, OpenGate, ReportContext, RetryPolicy, Timeouts,
    WriteGate, async_trait, spade,
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use super::{pipwave_connector, received};
use crate::support::sockets::{SocketTransport, on_each_transport};
use crate::support::{Play, Script, kind};

on_each_transport!(
    server_that_accepts_no_connection_gets_nothing;
    tls: server_without_a_tls_handshake_gets_nothing,
);

/// A server whose queue of connections is full: no connection is established.
struct Full {
    base: String,
    _held: (TcpListener, Vec<TcpStream>),
}

async fn full() -> Option<Full> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    for _ in 0..64 {
        match timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
            Ok(stream) => held.push(stream.unwrap()),
            Err(_) => return Some(Full { base: format!("http://{address}"), _held: (listener, held) }),
        }
    }
    // The operating system has no limit, so the case cannot be built.
    None
}

/// A server that accepts connections and never answers the TLS handshake.
async fn without_handshake() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    (format!("https://{address}"), listener)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Limits that end before the five seconds for connecting: the attempt, the operation, or both with retries.
fn limits() -> [Timeouts; 3] {
    let whole = Timeouts::default();
    [
        whole.attempt(millis(150)).operation(millis(400)),
        whole.operation(millis(250)),
        whole.connect(millis(250)).attempt(millis(250)).operation(millis(600)),
    ]
}

fn check(provider: &HttpProvider<impl Connector>, report: Result<chargeback::Receipt, Error>) {
    let error = report.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("timeout", Delivery::NotSent), "{error}");
    assert!(!provider.is_in_doubt("case-1"), "{error}");
}

async fn never_connects<T: SocketTransport, C: Connector>(connector: impl Fn() -> C) {
    for limits in limits() {
        for shared in [false, true] {
            let mut builder = HttpProvider::builder(connector()).timeouts(limits);
            builder = builder.retry(RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO));
            // Without this, the provider creates the default transport.
            if shared || T::NAME != "over_reqwest" {
                builder = builder.transport(T::with_connect(Duration::from_secs(60)));
            }
            let provider = builder.build().unwrap();
            let start = Instant::now();
            check(&provider, provider.report(&received()).await);
            assert!(start.elapsed() < Duration::from_secs(3));
        }
    }
    let transport = T::with_connect(Duration::from_secs(5));
    let provider = HttpProvider::builder(connector()).transport(transport).build().unwrap();
    let deadline = tokio::time::Instant::now() + millis(250);
    let context = ReportContext::new(&OpenGate).deadline(deadline);
    check(&provider, provider.report_with(&received(), &context).await);
}

async fn no_vendor_connects<T: SocketTransport>(base: &str) {
    let address = || base.parse().unwrap();
    tokio::join!(
        never_connects::<T, _>(
            || Spade::new("k", spade::Environment::EastSandbox, WonMeans::IssuerWon).base_url(address())
        ),
        never_connects::<T, _>(|| Pipwave::new("k", "s", Environment::Live).base_url(address())),
        never_connects::<T, _>(|| RevCent::new("k").first_report(FirstReport::CreateAtOnce).base_url(address())),
    );
}

async fn server_that_accepts_no_connection_gets_nothing<T: SocketTransport>() {
    let full = full().await;
    assert!(full.is_some() || std::env::consts::OS != "linux", "the listener of the test is not full");
    if let Some(full) = full {
        no_vendor_connects::<T>(&full.base).await;
    }
}

async fn server_without_a_tls_handshake_gets_nothing<T: SocketTransport>() {
    let (base, _listener) = without_handshake().await;
    no_vendor_connects::<T>(&base).await;
}

/// A gate that takes this long to store its mark.
#[derive(Debug)]
struct Slow(Duration);

#[async_trait]
impl WriteGate for Slow {
    async fn before_first_write(&self) -> Result<(), GateError> {
        tokio::time::sleep(self.0).await;
        Ok(())
    }

    fn may_send(&self) -> bool {
        true
    }
}

#[tokio::test(start_paused = true)]
async fn request_is_not_sent_after_the_gate_used_the_time() {
    for (seconds, sent) in [(44, 1), (45, 0), (60, 0)] {
        let script = Script::new([Play::json(200, r#"{"status":200}"#)]);
        let pipwave = HttpProvider::builder(pipwave_connector()).transport(script.clone()).build().unwrap();
        let gate = Slow(Duration::from_secs(seconds));
        let report = pipwave.report_with(&received(), &ReportContext::new(&gate)).await;
        assert_eq!(script.sent().len(), sent, "{seconds}");
        if sent == 0 {
            check(&pipwave, report);
        }
    }
}

//! End to end: the roads by which the same requests are posted, each in a process of its own.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::{Chargeback, ChargebackProvider, HttpProvider, Timeouts};
use http::{HeaderValue, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::cases::{self, Which};
use crate::hyper_transport::HyperTransport;
use crate::{by_hand, process};

/// By which road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Road {
    /// hyper, a connection for each of those at once; prepared requests.
    Hyper,
    /// hyper-util's pool; prepared requests.
    Pool,
    /// reqwest as it comes; prepared requests.
    Reqwest,
    /// `report()`, as it comes.
    Report,
    /// `report()` over the transport of `examples/hyper_transport.rs`.
    ReportOverHyper,
}

impl Road {
    pub const ALL: [Self; 5] = [Self::Hyper, Self::Pool, Self::Reqwest, Self::Report, Self::ReportOverHyper];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hyper => "hyper",
            Self::Pool => "pool",
            Self::Reqwest => "reqwest",
            Self::Report => "report",
            Self::ReportOverHyper => "report-over-hyper",
        }
    }

    /// The road of this name.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|road| road.name() == name).expect("a road's name")
    }
}

/// What a run took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Took {
    pub cpu: f64,
    pub wall: f64,
    pub requests: u64,
}

impl Took {
    /// CPU seconds of a hundred thousand requests.
    #[must_use]
    pub fn cpu_of_100_000(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
        let requests = self.requests as f64;
        self.cpu / requests * 100_000.0
    }
}

/// How many reports before the clock runs: connections are made, and what is made once is.
const WARM_UP: u64 = 2_000;

/// So many cases are prepared, and used in turn: more than run at once, and no more than a cache holds, as a case that was
/// just made is in it. RevCent is told of each but once, so there they come from memory.
const RING: u64 = 128;

/// Makes so many reports, or posts their requests, so many at once.
///
/// # Panics
///
/// If one of them fails.
pub async fn run(road: Road, which: Which, concurrency: u64, reports: u64, origin: &str) -> Took {
    match road {
        Road::Hyper => over_hyper(concurrency, reports, which, origin).await,
        Road::Pool => over_pool(concurrency, reports, which, origin).await,
        Road::Reqwest => over_reqwest(concurrency, reports, which, origin).await,
        Road::Report => report(provider(which, origin, false), concurrency, reports, which).await,
        Road::ReportOverHyper => report(provider(which, origin, true), concurrency, reports, which).await,
    }
}

async fn report(provider: Arc<dyn ChargebackProvider>, concurrency: u64, reports: u64, which: Which) -> Took {
    let cases = if which == Which::RevCent { reports + WARM_UP } else { RING };
    let cases: Arc<[Chargeback]> = (0..cases).map(|number| cases::case(which, number)).collect();
    measure(concurrency, reports, which, |turns| {
        let (provider, cases) = (Arc::clone(&provider), Arc::clone(&cases));
        async move {
            for turn in turns {
                let case = usize::try_from(turn).expect("a number") % cases.len();
                let _ = provider.report(&cases[case]).await.expect("a receipt");
            }
        }
    })
    .await
}

async fn over_hyper(concurrency: u64, reports: u64, which: Which, origin: &str) -> Took {
    let requests: Arc<[_]> = prepare(which, origin).into_iter().map(of_origin).collect();
    let address: Arc<str> = origin.trim_start_matches("http://").into();
    measure(concurrency, reports, which, |turns| {
        let (requests, address) = (Arc::clone(&requests), Arc::clone(&address));
        async move {
            let stream = TcpStream::connect(&*address).await.expect("a connection");
            stream.set_nodelay(true).expect("an option");
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
            tokio::spawn(connection);
            for _ in turns {
                for request in requests.iter() {
                    sender.ready().await.expect("a connection");
                    let reply = sender.send_request(request.clone().map(Full::new)).await.expect("a reply");
                    assert_eq!(reply.status(), 200);
                    let _ = reply.into_body().collect().await.expect("a body").to_bytes();
                }
            }
        }
    })
    .await
}

async fn over_pool(concurrency: u64, reports: u64, which: Which, origin: &str) -> Took {
    let requests: Arc<[_]> = prepare(which, origin).into();
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
    measure(concurrency, reports, which, |turns| {
        let (requests, client) = (Arc::clone(&requests), client.clone());
        async move {
            for _ in turns {
                for request in requests.iter() {
                    let reply = client.request(request.clone().map(Full::new)).await.expect("a reply");
                    assert_eq!(reply.status(), 200);
                    let _ = reply.into_body().collect().await.expect("a body").to_bytes();
                }
            }
        }
    })
    .await
}

async fn over_reqwest(concurrency: u64, reports: u64, which: Which, origin: &str) -> Took {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let prepared = prepare(which, origin).into_iter().map(|request| {
        let url = reqwest::Url::parse(&request.uri().to_string()).expect("an address");
        (request.method().clone(), url, request.headers().clone(), request.body().clone())
    });
    let prepared: Arc<[_]> = prepared.collect();
    measure(concurrency, reports, which, |turns| {
        let (prepared, client) = (Arc::clone(&prepared), client.clone());
        async move {
            for _ in turns {
                for (method, url, headers, body) in prepared.iter() {
                    let request = client.request(method.clone(), url.clone()).headers(headers.clone());
                    let reply = request.body(body.clone()).send().await.expect("a reply");
                    assert_eq!(reply.status(), 200);
                    let _ = reply.bytes().await.expect("a body");
                }
            }
        }
    })
    .await
}

/// The requests that a report makes, with the header that names the client.
fn prepare(which: Which, origin: &str) -> Vec<Request<Bytes>> {
    let case = &cases::case(which, 0);
    let mut requests = Vec::new();
    if which == Which::RevCent {
        requests.extend(by_hand::searches(origin, case));
    }
    requests.push(by_hand::request(which, origin, case));
    for request in &mut requests {
        request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static("chargeback/0.1.0"));
    }
    requests
}

/// As hyper wants it on a connection: a path, and the host as a header.
fn of_origin(mut request: Request<Bytes>) -> Request<Bytes> {
    let host = request.uri().authority().expect("an authority").as_str();
    let host = HeaderValue::from_str(host).expect("a host");
    request.headers_mut().insert(header::HOST, host);
    let path = request.uri().path_and_query().expect("a path").clone();
    *request.uri_mut() = path.into();
    request
}

/// A provider of this vendor.
///
/// # Panics
///
/// If it cannot be built.
#[must_use]
pub fn provider(which: Which, origin: &str, over_hyper: bool) -> Arc<dyn ChargebackProvider> {
    fn connect<V: Connector>(vendor: V, over_hyper: bool) -> Arc<dyn ChargebackProvider> {
        let builder = HttpProvider::builder(vendor);
        let builder =
            if over_hyper { builder.transport(HyperTransport::new(Timeouts::default().connect)) } else { builder };
        Arc::new(builder.build().expect("a provider"))
    }
    match which {
        Which::Thirdwatch => connect(cases::thirdwatch(origin), over_hyper),
        Which::RevCent => connect(cases::revcent(origin), over_hyper),
        Which::Tutelar => connect(cases::tutelar(origin), over_hyper),
        Which::Spade => connect(cases::spade(origin), over_hyper),
        Which::Pipwave => connect(cases::pipwave(origin), over_hyper),
    }
}

/// Hands out numbers to those at once, and starts the clock after the warm-up.
#[derive(Debug, Clone)]
struct Turns {
    next: Arc<AtomicU64>,
    end: u64,
    start: Arc<OnceLock<(Duration, Instant)>>,
}

impl Iterator for Turns {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let turn = self.next.fetch_add(1, Relaxed);
        if turn == WARM_UP {
            let _ = self.start.set((process::cpu(), Instant::now()));
        }
        (turn < self.end).then_some(turn)
    }
}

/// Does the work in as many tasks as shall run at once.
async fn measure<F>(concurrency: u64, reports: u64, which: Which, work: impl Fn(Turns) -> F) -> Took
where
    F: Future<Output = ()> + Send + 'static,
{
    let turns = Turns { next: Arc::default(), end: WARM_UP + reports, start: Arc::default() };
    let mut tasks = JoinSet::new();
    for _ in 0..concurrency {
        tasks.spawn(work(turns.clone()));
    }
    tasks.join_all().await;
    let (cpu, start) = turns.start.get().expect("the clock ran");
    let (cpu, wall) = (process::cpu() - *cpu, start.elapsed());
    Took { cpu: cpu.as_secs_f64(), wall: wall.as_secs_f64(), requests: reports * which.requests() }
}

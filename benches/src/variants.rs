//! End-to-end measurements: several variants send the same requests. Each measurement is a separate process.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::transport::HyperTransport;
use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Throttled, Timeouts};
use http::{HeaderValue, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::by_hand::Call;
use crate::by_hand_client::Client;
use crate::cases::{self, Vendor};
use crate::{by_hand, process};

/// A way to send the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// hyper with one connection for each task, and prepared requests.
    Hyper,
    /// The connection pool of hyper-util, with prepared requests.
    Pool,
    /// reqwest with default settings, and prepared requests.
    Reqwest,
    /// reqwest, serde and the limits of this crate, without this crate.
    ByHand,
    /// The same over the connection pool of hyper-util.
    ByHandOverPool,
    /// `report()` with default settings.
    Report,
    /// `report()` with `HyperTransport`.
    ReportOverHyper,
}

impl Variant {
    pub const ALL: [Self; 7] = [
        Self::Hyper,
        Self::Pool,
        Self::Reqwest,
        Self::ByHand,
        Self::ByHandOverPool,
        Self::Report,
        Self::ReportOverHyper,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hyper => "hyper",
            Self::Pool => "pool",
            Self::Reqwest => "reqwest",
            Self::ByHand => "by-hand",
            Self::ByHandOverPool => "by-hand-over-pool",
            Self::Report => "report",
            Self::ReportOverHyper => "report-over-hyper",
        }
    }

    /// Returns the name in the tables.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Hyper => "hyper, one connection per task, prepared bytes",
            Self::Pool => "hyper-util pool, prepared bytes",
            Self::Reqwest => "reqwest, prepared bytes",
            Self::ByHand => "hand-written: reqwest, serde, the same limits",
            Self::ByHandOverPool => "hand-written: hyper-util pool, serde, the same limits",
            Self::Report => "`report()`",
            Self::ReportOverHyper => "`report()` over `HyperTransport`",
        }
    }

    /// Returns the place in [`ALL`](Self::ALL).
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }

    /// Returns the variant with this name.
    ///
    /// # Panics
    ///
    /// Panics if the name is unknown.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|variant| variant.name() == name).expect("a variant's name")
    }
}

/// The cost of a run: CPU and wall time in seconds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Cost {
    pub cpu: f64,
    pub wall: f64,
    pub requests: u64,
}

impl Cost {
    /// Returns the CPU seconds per 100,000 requests.
    #[must_use]
    pub fn cpu_per_100_000(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
        let requests = self.requests as f64;
        self.cpu / requests * 100_000.0
    }
}

/// The number of reports before the measurement, to open connections and to initialize the program.
const WARM_UP: u64 = 2_000;

/// The number of prepared cases, which are used in turn.
///
/// More cases than concurrent reports, and few enough for the CPU cache: in a program, a new case is in the cache
/// too. A report to RevCent needs a new case each time, so these cases are read from memory.
const PREPARED_CASES: u64 = 128;

/// Sends this number of reports, or their requests, with this concurrency.
///
/// # Panics
///
/// Panics if a report or a request fails.
pub async fn run(variant: Variant, vendor: Vendor, concurrency: u64, reports: u64, origin: &str) -> Cost {
    match variant {
        Variant::Hyper => over_hyper(concurrency, reports, vendor, origin).await,
        Variant::Pool => over_pool(concurrency, reports, vendor, origin).await,
        Variant::Reqwest => over_reqwest(concurrency, reports, vendor, origin).await,
        Variant::ByHand => by_hand_report(Client::over_reqwest(), concurrency, reports, vendor, origin).await,
        Variant::ByHandOverPool => by_hand_report(Client::over_pool(), concurrency, reports, vendor, origin).await,
        Variant::Report => report(provider(vendor, origin, false), concurrency, reports, vendor).await,
        Variant::ReportOverHyper => report(provider(vendor, origin, true), concurrency, reports, vendor).await,
    }
}

/// Returns the cases of a run. RevCent needs a new case for each report.
fn prepare_cases(reports: u64, vendor: Vendor) -> Arc<[Chargeback]> {
    let cases = if vendor == Vendor::RevCent { reports + WARM_UP } else { PREPARED_CASES };
    (0..cases).map(|number| cases::case(vendor, number)).collect()
}

async fn by_hand_report(client: Client, concurrency: u64, reports: u64, vendor: Vendor, origin: &str) -> Cost {
    let (cases, origin) = (prepare_cases(reports, vendor), Arc::<str>::from(origin));
    measure(concurrency, reports, vendor, |numbers| {
        let (cases, client, origin) = (Arc::clone(&cases), client.clone(), Arc::clone(&origin));
        async move {
            for number in numbers {
                let case = usize::try_from(number).expect("a number") % cases.len();
                client.report(vendor, &origin, &cases[case]).await;
            }
        }
    })
    .await
}

async fn report(provider: Arc<dyn Throttled>, concurrency: u64, reports: u64, vendor: Vendor) -> Cost {
    let cases = prepare_cases(reports, vendor);
    measure(concurrency, reports, vendor, |numbers| {
        let (provider, cases) = (Arc::clone(&provider), Arc::clone(&cases));
        async move {
            for number in numbers {
                let case = usize::try_from(number).expect("a number") % cases.len();
                let _ = provider.report(&cases[case]).await.expect("a receipt");
            }
        }
    })
    .await
}

async fn over_hyper(concurrency: u64, reports: u64, vendor: Vendor, origin: &str) -> Cost {
    let requests: Arc<[_]> = prepare(vendor, origin).into_iter().map(to_origin_form).collect();
    let address: Arc<str> = origin.trim_start_matches("http://").into();
    measure(concurrency, reports, vendor, |numbers| {
        let (requests, address) = (Arc::clone(&requests), Arc::clone(&address));
        async move {
            let stream = TcpStream::connect(&*address).await.expect("a connection");
            stream.set_nodelay(true).expect("an option");
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
            tokio::spawn(connection);
            for _ in numbers {
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

async fn over_pool(concurrency: u64, reports: u64, vendor: Vendor, origin: &str) -> Cost {
    let requests: Arc<[_]> = prepare(vendor, origin).into();
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: legacy::Client<_, Full<Bytes>> = legacy::Client::builder(TokioExecutor::new()).build(connector);
    measure(concurrency, reports, vendor, |numbers| {
        let (requests, client) = (Arc::clone(&requests), client.clone());
        async move {
            for _ in numbers {
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

async fn over_reqwest(concurrency: u64, reports: u64, vendor: Vendor, origin: &str) -> Cost {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let prepared = prepare(vendor, origin).into_iter().map(|request| {
        let url = reqwest::Url::parse(&request.uri().to_string()).expect("an address");
        (request.method().clone(), url, request.headers().clone(), request.body().clone())
    });
    let prepared: Arc<[_]> = prepared.collect();
    measure(concurrency, reports, vendor, |numbers| {
        let (prepared, client) = (Arc::clone(&prepared), client.clone());
        async move {
            for _ in numbers {
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

/// Builds the requests of a report, with the header that names the client.
fn prepare(vendor: Vendor, origin: &str) -> Vec<Request<Bytes>> {
    let case = &cases::case(vendor, 0);
    let mut requests = Vec::new();
    if vendor == Vendor::RevCent {
        requests.extend(by_hand::searches(origin, case).map(Call::into_request));
    }
    requests.push(by_hand::request(vendor, origin, case));
    for request in &mut requests {
        request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static("chargeback/0.1.0"));
    }
    requests
}

/// Converts a request to the form that a hyper connection needs: a path, and the host as a header.
fn to_origin_form(mut request: Request<Bytes>) -> Request<Bytes> {
    let host = request.uri().authority().expect("an authority").as_str();
    let host = HeaderValue::from_str(host).expect("a host");
    request.headers_mut().insert(header::HOST, host);
    let path = request.uri().path_and_query().expect("a path").clone();
    *request.uri_mut() = path.into();
    request
}

/// Builds a provider for this vendor.
///
/// # Panics
///
/// Panics if the provider cannot be built.
#[must_use]
pub fn provider(vendor: Vendor, origin: &str, over_hyper: bool) -> Arc<dyn Throttled> {
    fn connect<C: Connector>(connector: C, over_hyper: bool) -> Arc<dyn Throttled> {
        let builder = HttpProvider::builder(connector);
        let builder = if over_hyper {
            builder.transport(HyperTransport::new(Timeouts::default().connect).expect("a transport"))
        } else {
            builder
        };
        Arc::new(builder.build().expect("a provider"))
    }
    match vendor {
        Vendor::Thirdwatch => connect(cases::thirdwatch(origin), over_hyper),
        Vendor::RevCent => connect(cases::revcent(origin), over_hyper),
        Vendor::Tutelar => connect(cases::tutelar(origin), over_hyper),
        Vendor::Spade => connect(cases::spade(origin), over_hyper),
        Vendor::Pipwave => connect(cases::pipwave(origin), over_hyper),
    }
}

/// Distributes case numbers to the concurrent tasks and starts the measurement after the warm-up.
#[derive(Debug, Clone)]
struct CaseNumbers {
    next: Arc<AtomicU64>,
    end: u64,
    start: Arc<OnceLock<(Duration, Instant)>>,
}

impl Iterator for CaseNumbers {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let number = self.next.fetch_add(1, Relaxed);
        if number == WARM_UP {
            let _ = self.start.set((process::cpu(), Instant::now()));
        }
        (number < self.end).then_some(number)
    }
}

/// Runs the work in concurrent tasks and measures its cost.
async fn measure<F>(concurrency: u64, reports: u64, vendor: Vendor, work: impl Fn(CaseNumbers) -> F) -> Cost
where
    F: Future<Output = ()> + Send + 'static,
{
    let numbers = CaseNumbers { next: Arc::default(), end: WARM_UP + reports, start: Arc::default() };
    let mut tasks = JoinSet::new();
    for _ in 0..concurrency {
        tasks.spawn(work(numbers.clone()));
    }
    tasks.join_all().await;
    let (cpu, start) = numbers.start.get().expect("the clock ran");
    let (cpu, wall) = (process::cpu() - *cpu, start.elapsed());
    Cost { cpu: cpu.as_secs_f64(), wall: wall.as_secs_f64(), requests: reports * vendor.requests() }
}

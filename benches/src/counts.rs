//! Counts of allocations and instructions for the translation, encoding and decoding of one report.
//!
//! Instructions are counted by callgrind, as the difference of two runs of this program.

use std::hint::black_box;
use std::process::Stdio;

use async_trait::async_trait;
use bytes::Bytes;
use chargeback::connector::{Attempt, Case, Connector, Operation as _};
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider};
use http::{Request, Response};

use crate::alloc::{Counts, counts};
use crate::cases::{self, Vendor};
use crate::{by_hand, replies};

/// The origin of the requests. The requests are not sent.
const ORIGIN: &str = "http://127.0.0.1:8080";

/// The work to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Translate, encode and sign, with the connector.
    Encode,
    /// The same request with hand-written code.
    EncodeByHand,
    /// Only the `serde_json` part of the hand-written code.
    JsonAlone,
    /// Decode the acknowledgement, with the connector.
    Decode,
    /// Decode the acknowledgement into a plain struct.
    DecodeByHand,
    /// A complete report over a transport that replies immediately.
    Report,
}

impl Work {
    pub const ALL: [Self; 6] =
        [Self::Encode, Self::EncodeByHand, Self::JsonAlone, Self::Decode, Self::DecodeByHand, Self::Report];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encode => "encode",
            Self::EncodeByHand => "encode-by-hand",
            Self::JsonAlone => "json-alone",
            Self::Decode => "decode",
            Self::DecodeByHand => "decode-by-hand",
            Self::Report => "report",
        }
    }

    /// Returns the work with this name.
    ///
    /// # Panics
    ///
    /// Panics if the name is unknown.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|work| work.name() == name).expect("something to count")
    }
}

/// A task for a connector of any type.
trait ConnectorTask {
    type Out;
    fn run<C: Connector>(self, connector: C) -> Self::Out;
}

fn run_with_connector<T: ConnectorTask>(vendor: Vendor, task: T) -> T::Out {
    match vendor {
        Vendor::Thirdwatch => task.run(cases::thirdwatch(ORIGIN)),
        Vendor::RevCent => task.run(cases::revcent_at_once(ORIGIN)),
        Vendor::Tutelar => task.run(cases::tutelar(ORIGIN)),
        Vendor::Spade => task.run(cases::spade(ORIGIN)),
        Vendor::Pipwave => task.run(cases::pipwave(ORIGIN)),
    }
}

/// Translates and encodes a case, as in a report.
///
/// # Panics
///
/// Panics if the vendor does not support the case.
pub fn encode<C: Connector>(connector: &C, case: &Chargeback) -> Request<Bytes> {
    let translation = connector.translate(&Case::new(case)).expect("a translation");
    let step = translation.steps().next().expect("a step");
    step.encode(connector, &Attempt::new(cases::now())).expect("a request")
}

struct Encoding(u64, Chargeback);

impl ConnectorTask for Encoding {
    type Out = ();

    fn run<C: Connector>(self, connector: C) {
        for _ in 0..self.0 {
            black_box(encode(black_box(&connector), black_box(&self.1)));
        }
    }
}

struct Decoding(u64, Chargeback, Response<Bytes>);

impl ConnectorTask for Decoding {
    type Out = ();

    fn run<C: Connector>(self, connector: C) {
        let translation = connector.translate(&Case::new(&self.1)).expect("a translation");
        let step = translation.steps().next().expect("a step");
        for _ in 0..self.0 {
            black_box(step.decode(black_box(&self.2)).is_ok());
        }
    }
}

/// A transport that replies immediately.
#[derive(Debug)]
struct ImmediateReply(&'static str);

#[async_trait]
impl Transport for ImmediateReply {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        black_box(request);
        Ok(Response::new(Bytes::from_static(self.0.as_bytes())))
    }
}

struct Reporting(u64, Vec<Chargeback>, &'static str);

impl ConnectorTask for Reporting {
    type Out = ();

    fn run<C: Connector>(self, connector: C) {
        let provider = HttpProvider::builder(connector).transport(ImmediateReply(self.2)).build().expect("a provider");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            for (case, _) in self.1.iter().cycle().zip(0..self.0) {
                let _ = black_box(provider.report(black_box(case)).await.expect("a receipt"));
            }
        });
    }
}

/// Repeats the work.
pub fn repeat(work: Work, vendor: Vendor, times: u64) {
    let case = cases::case(vendor, 0);
    let reply = replies::reply(vendor);
    match work {
        Work::Encode => run_with_connector(vendor, Encoding(times, case)),
        Work::EncodeByHand => {
            for _ in 0..times {
                black_box(by_hand::request(vendor, ORIGIN, black_box(&case)));
            }
        }
        Work::JsonAlone => by_hand::json_alone(vendor, &case, |once| {
            for _ in 0..times {
                black_box(once());
            }
        }),
        Work::Decode => run_with_connector(vendor, Decoding(times, case, reply)),
        Work::DecodeByHand => {
            for _ in 0..times {
                black_box(replies::by_hand(vendor, black_box(&reply)));
            }
        }
        Work::Report => {
            // A second report of a case would create nothing at RevCent. Both runs build the same number of cases.
            let cases = (0..4 * TIMES).map(|number| cases::case(vendor, number)).collect();
            run_with_connector(vendor, Reporting(times, cases, replies::acknowledgement(vendor)));
        }
    }
}

/// The number of repetitions in the first run of callgrind.
const TIMES: u64 = 500;

/// Counts the instructions of one repetition with callgrind.
///
/// # Panics
///
/// Panics if valgrind is missing or fails.
#[must_use]
pub fn instructions(work: Work, vendor: Vendor) -> u64 {
    let count = |times: u64| {
        let program = std::env::current_exe().expect("this program");
        let output = std::process::Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(program)
            .args(["repeat", work.name(), vendor.name(), &times.to_string()])
            .stdout(Stdio::null())
            .output()
            .expect("valgrind");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let total = log.lines().find_map(|line| line.split_once("Collected :")).expect("a count");
        total.1.trim().parse::<u64>().expect("a number")
    };
    (count(3 * TIMES) - count(TIMES)) / (2 * TIMES)
}

/// The allocations of one request.
#[derive(Debug, Clone, Copy)]
pub struct Allocations {
    /// All allocations.
    pub made: u64,
    /// Allocations that are freed or reallocated before the request is ready.
    pub temporary: u64,
    /// Allocations of the step, for a second attempt, and of the list of losses.
    pub by_report: u64,
    /// Allocations of the request.
    pub by_request: u64,
}

struct Allocating(Chargeback);

impl ConnectorTask for Allocating {
    type Out = Allocations;

    fn run<C: Connector>(self, connector: C) -> Allocations {
        // The first call makes the allocations that are made only once.
        drop(encode(&connector, &self.0));
        let start = counts();
        let translation = connector.translate(&Case::new(&self.0)).expect("a translation");
        let request = {
            let step = translation.steps().next().expect("a step");
            step.encode(&connector, &Attempt::new(cases::now())).expect("a request")
        };
        let ready = counts().since(start);
        let before = counts();
        drop(translation);
        let by_report = counts().since(before).freed;
        drop(request);
        let temporary = ready.freed + ready.grown;
        Allocations {
            made: ready.made + ready.grown,
            temporary,
            by_report,
            by_request: ready.made - ready.freed - by_report,
        }
    }
}

/// Counts the allocations of one request with the connector.
#[must_use]
pub fn allocations(vendor: Vendor) -> Allocations {
    run_with_connector(vendor, Allocating(cases::case(vendor, 0)))
}

/// Counts the allocations of the same request with hand-written code.
#[must_use]
pub fn allocations_by_hand(vendor: Vendor) -> u64 {
    let case = cases::case(vendor, 0);
    drop(by_hand::request(vendor, ORIGIN, &case));
    let start = counts();
    let request = by_hand::request(vendor, ORIGIN, &case);
    let Counts { made, grown, .. } = counts().since(start);
    drop(request);
    made + grown
}

struct Comparing(Vendor, Chargeback);

impl ConnectorTask for Comparing {
    type Out = ();

    fn run<C: Connector>(self, connector: C) {
        let (ours, hand) = (encode(&connector, &self.1), by_hand::request(self.0, ORIGIN, &self.1));
        assert_eq!(String::from_utf8_lossy(ours.body()), String::from_utf8_lossy(hand.body()));
        assert_eq!((ours.method(), ours.uri()), (hand.method(), hand.uri()));
        assert_eq!(ours.headers(), hand.headers());
    }
}

/// Checks that the hand-written requests are identical to those of the connectors.
pub fn compare() {
    for vendor in Vendor::ALL {
        run_with_connector(vendor, Comparing(vendor, cases::case(vendor, 0)));
    }
}

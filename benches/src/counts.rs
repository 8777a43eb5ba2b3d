//! One vendor's translating, encoding and decoding, counted: allocations here, instructions by callgrind, which runs this
//! program twice and takes the difference.

use std::hint::black_box;
use std::process::Stdio;

use async_trait::async_trait;
use bytes::Bytes;
use chargeback::connector::{Attempt, Case, Connector, Operation as _};
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider};
use http::{Request, Response};

use crate::alloc::{Counts, counts};
use crate::cases::{self, Which};
use crate::{by_hand, replies};

/// The origin of requests that are not sent.
const ORIGIN: &str = "http://127.0.0.1:8080";

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Translate, encode and sign, by the vendor.
    Encode,
    /// The same request by hand.
    EncodeByHand,
    /// Of it, `serde_json` alone.
    JsonAlone,
    /// Decode the acknowledgement, by the vendor.
    Decode,
    /// The same into a plain struct.
    DecodeByHand,
    /// A whole report, over a transport that answers at once.
    Report,
}

impl What {
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

    /// The one of this name.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|what| what.name() == name).expect("something to count")
    }
}

/// Something that a vendor whose type is known does.
trait Doing {
    type Out;
    fn with<V: Connector>(self, vendor: V) -> Self::Out;
}

fn with_connector<D: Doing>(which: Which, doing: D) -> D::Out {
    match which {
        Which::Thirdwatch => doing.with(cases::thirdwatch(ORIGIN)),
        Which::RevCent => doing.with(cases::revcent_at_once(ORIGIN)),
        Which::Tutelar => doing.with(cases::tutelar(ORIGIN)),
        Which::Spade => doing.with(cases::spade(ORIGIN)),
        Which::Pipwave => doing.with(cases::pipwave(ORIGIN)),
    }
}

/// Translates and encodes, as a report does.
///
/// # Panics
///
/// If the vendor cannot be told of the case.
pub fn encode<V: Connector>(vendor: &V, case: &Chargeback) -> Request<Bytes> {
    let translation = vendor.translate(&Case::new(case)).expect("a translation");
    let step = translation.steps().next().expect("a step");
    step.encode(vendor, &Attempt::new(cases::now())).expect("a request")
}

struct Encoding(u64, Chargeback);

impl Doing for Encoding {
    type Out = ();

    fn with<V: Connector>(self, vendor: V) {
        for _ in 0..self.0 {
            black_box(encode(black_box(&vendor), black_box(&self.1)));
        }
    }
}

struct Decoding(u64, Chargeback, Response<Bytes>);

impl Doing for Decoding {
    type Out = ();

    fn with<V: Connector>(self, vendor: V) {
        let translation = vendor.translate(&Case::new(&self.1)).expect("a translation");
        let step = translation.steps().next().expect("a step");
        for _ in 0..self.0 {
            black_box(step.decode(black_box(&self.2)).is_ok());
        }
    }
}

/// Answers at once.
#[derive(Debug)]
struct AtOnce(&'static str);

#[async_trait]
impl Transport for AtOnce {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        black_box(request);
        Ok(Response::new(Bytes::from_static(self.0.as_bytes())))
    }
}

struct Reporting(u64, Vec<Chargeback>, &'static str);

impl Doing for Reporting {
    type Out = ();

    fn with<V: Connector>(self, vendor: V) {
        let provider = HttpProvider::builder(vendor).transport(AtOnce(self.2)).build().expect("a provider");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            for (case, _) in self.1.iter().cycle().zip(0..self.0) {
                let _ = black_box(provider.report(black_box(case)).await.expect("a receipt"));
            }
        });
    }
}

/// Does it so many times.
pub fn repeat(what: What, which: Which, times: u64) {
    let case = cases::case(which, 0);
    let reply = replies::reply(which);
    match what {
        What::Encode => with_connector(which, Encoding(times, case)),
        What::EncodeByHand => {
            for _ in 0..times {
                black_box(by_hand::request(which, ORIGIN, black_box(&case)));
            }
        }
        What::JsonAlone => by_hand::json_alone(which, &case, |once| {
            for _ in 0..times {
                black_box(once());
            }
        }),
        What::Decode => with_connector(which, Decoding(times, case, reply)),
        What::DecodeByHand => {
            for _ in 0..times {
                black_box(replies::by_hand(which, black_box(&reply)));
            }
        }
        What::Report => {
            // RevCent creates a case once. Cases are made before and after, the same number in both runs.
            let cases = (0..4 * TIMES).map(|number| cases::case(which, number)).collect();
            with_connector(which, Reporting(times, cases, replies::acknowledgement(which)));
        }
    }
}

/// How often it is done under callgrind, the first time.
const TIMES: u64 = 500;

/// Instructions of one, by callgrind.
///
/// # Panics
///
/// If valgrind is missing or fails.
#[must_use]
pub fn instructions(what: What, which: Which) -> u64 {
    let count = |times: u64| {
        let program = std::env::current_exe().expect("this program");
        let output = std::process::Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(program)
            .args(["repeat", what.name(), which.name(), &times.to_string()])
            .stdout(Stdio::null())
            .output()
            .expect("valgrind");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let total = said.lines().find_map(|line| line.split_once("Collected :")).expect("a count");
        total.1.trim().parse::<u64>().expect("a number")
    };
    (count(3 * TIMES) - count(TIMES)) / (2 * TIMES)
}

/// Allocations of one request.
#[derive(Debug, Clone, Copy)]
pub struct Allocations {
    /// All of them.
    pub made: u64,
    /// Freed or outgrown before the request is ready.
    pub wasted: u64,
    /// Kept by the step, for a second attempt, and by the list of losses.
    pub by_report: u64,
    /// Kept by the request.
    pub by_request: u64,
}

struct Allocating(Chargeback);

impl Doing for Allocating {
    type Out = Allocations;

    fn with<V: Connector>(self, vendor: V) -> Allocations {
        // Once before, so that what is made once is.
        drop(encode(&vendor, &self.0));
        let start = counts();
        let translation = vendor.translate(&Case::new(&self.0)).expect("a translation");
        let request = {
            let step = translation.steps().next().expect("a step");
            step.encode(&vendor, &Attempt::new(cases::now())).expect("a request")
        };
        let ready = counts().since(start);
        let before = counts();
        drop(translation);
        let by_report = counts().since(before).freed;
        drop(request);
        let wasted = ready.freed + ready.grown;
        Allocations {
            made: ready.made + ready.grown,
            wasted,
            by_report,
            by_request: ready.made - ready.freed - by_report,
        }
    }
}

/// The allocations of one request, by the vendor.
#[must_use]
pub fn allocations(which: Which) -> Allocations {
    with_connector(which, Allocating(cases::case(which, 0)))
}

/// How many allocations the same request takes by hand.
#[must_use]
pub fn allocations_by_hand(which: Which) -> u64 {
    let case = cases::case(which, 0);
    drop(by_hand::request(which, ORIGIN, &case));
    let start = counts();
    let request = by_hand::request(which, ORIGIN, &case);
    let Counts { made, grown, .. } = counts().since(start);
    drop(request);
    made + grown
}

struct Comparing(Which, Chargeback);

impl Doing for Comparing {
    type Out = ();

    fn with<V: Connector>(self, vendor: V) {
        let (ours, hand) = (encode(&vendor, &self.1), by_hand::request(self.0, ORIGIN, &self.1));
        assert_eq!(String::from_utf8_lossy(ours.body()), String::from_utf8_lossy(hand.body()));
        assert_eq!((ours.method(), ours.uri()), (hand.method(), hand.uri()));
        assert_eq!(ours.headers(), hand.headers());
    }
}

/// Checks that the request by hand is the vendor's to the letter: else the comparison means nothing.
pub fn compare() {
    for which in Which::ALL {
        with_connector(which, Comparing(which, cases::case(which, 0)));
    }
}

//! Reports chargebacks from a merchant's backend to fraud and payment vendors.
//!
//! Build one [`Chargeback`] and send it to [Thirdwatch](thirdwatch), [RevCent](revcent), [Tutelar](tutelar),
//! [Spade](spade), [Pipwave](pipwave), [MaxMind](maxmind), [Sift](sift), [Ravelin](ravelin), [SEON](seon),
//! [Riskified](riskified), or [your own connector](connector). Each report returns a [`Receipt`] that lists every field
//! the vendor could not accept, and each [`Error`] states whether the vendor acted.
//!
//! ```no_run
//! use chargeback::spade::{self, Spade};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider};
//! use chargeback::{Currency, Money, Reason, Stage};
//! use chrono::Utc;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let spade = HttpProvider::new(Spade::from_env()?)?;
//!
//! let received =
//!     Chargeback::builder("CB-2610-0001", Stage::Received, Reason::NotReceived, Utc::now())
//!         .order_id("ORD_10726")
//!         .amount(Money::from_decimal("129.90", Currency::USD)?)
//!         .vendor_payment(spade::ID, "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11")
//!         .build()?;
//! let receipt = spade.report(&received).await?;
//! assert_eq!(receipt.stage_value(), "chargeback_pending");
//!
//! // When the case is decided:
//! let won = received.moved_to(Stage::Won, Utc::now())?;
//! spade.report(&won).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where to find things
//!
//! | Task | API |
//! |---|---|
//! | Describe a case | [`Chargeback::builder`] |
//! | Send a report to one vendor | [`ChargebackProvider::report`] on an [`HttpProvider`] |
//! | Preview the requests without sending them | [`ChargebackProvider::plan`] |
//! | Check which fields were sent, changed or dropped | [`Receipt::losses`] |
//! | Check which stages and fields a vendor supports | [`ChargebackProvider::capabilities`] |
//! | Decide the next step after an error | [`Error::advice`]; [`Error::delivery`] for the effect at the vendor |
//! | Set time limits, retries, and losses that are not acceptable | [`HttpProviderBuilder`] |
//! | Send a report to several vendors and filter out late or repeated stages | [`Reporter`], [`lifecycle`] |
//! | Deliver reports durably, across crashes, restarts and processes | [`outbox`] |
//! | Send a stream of reports | [`Reporter::report_all`] |
//! | Verify and parse the webhooks of processors | [`webhooks`] |
//! | Look up the meaning of a network's reason code | [`reason_codes`] |
//! | Make a native call of one vendor | the methods of `HttpProvider<Spade>` and others, listed at [`HttpProvider`] |
//! | Add a vendor | [`connector`] |
//! | Replace the HTTP client or the clock, or add a proxy | [`transport`] |
//! | Test a program without a network | [`sandbox`] |
//! | Use the crate without an async runtime | [`blocking`] |
//!
//! The examples of the repository are complete programs: `quickstart` and `one_vendor` are the first to read.
//!
//! # Data flow
//!
//! A **processor** sends webhooks. A **vendor** receives reports. A **connector** translates for one vendor, and a
//! **provider** is the object through which an application reports.
//!
#![doc = include_str!("../docs/dataflow.svg")]
//!
//! # Stages
//!
#![doc = include_str!("provider/stages.md")]
//!
//! # Errors
//!
//! Check [`Error::delivery`] first. [`Delivery`] covers all attempts of a report:
//!
//! | `Delivery` | Meaning | Next step |
//! |---|---|---|
//! | `NotSent` | No request that can change the record reached the vendor. | Correct the input or settings, or retry. |
//! | `Rejected` | The vendor replied that it did not act. | Correct the report, or retry if [`Error::is_retryable`]. |
//! | `Unknown` | The vendor may have acted. | Report again later through the same provider. |
//!
//! If a second write could do harm, the case is in doubt after `Unknown`. The provider then looks up the vendor's
//! record before the next write. If no lookup can determine the outcome, a person must check with the vendor and call
//! [`resolve_doubt`](ChargebackProvider::resolve_doubt).
//!
//! [`Error::advice`] maps every error to one next step, for example for a worker that stores reports.
//!
//! An error is returned after all retries. [`RetryPolicy`] has the table of events and actions. The example
//! `handle_errors` shows each case.
//!
//! # Guarantees
//!
//! - A stage without a value at the vendor fails before anything is sent.
//! - Every field that you set is sent, or is listed as a [`Loss`] on the receipt. The plan lists all losses that do not
//!   depend on a reply.
//! - If a vendor does not define the meaning of a value, the connector requires a setting without a default:
//!   [`spade::WonMeans`], [`tutelar::DefeatedMeans`], [`maxmind::WonTag`], [`seon::WonLabel`], [`ravelin::Alerts`].
//! - A request that must not be sent twice is sent again only after a lookup of the vendor's record.
//! - Within one provider and its clones, reports of the same case run one at a time.
//! - No report moves money. RevCent's switch for refunds is sent only by
//!   [`create_chargeback_and_void_transaction`](HttpProvider::create_chargeback_and_void_transaction), and Riskified's
//!   claim only by [`file_reimbursement_claim`](HttpProvider::file_reimbursement_claim); both are sent only once.
//! - Keys and personal data do not appear in `Debug`, `Display`, error chains or logs of this crate. Accessors return
//!   the texts that may contain them. Errors of serde from reading a [`Chargeback`] or a vendor's request may quote
//!   the input.
//!
//! Across processes and restarts, an [`outbox`] keeps the accepted reports until every vendor has acknowledged them.
//! For an application with its own delivery, a [`Ledger`](lifecycle::Ledger) keeps the reported stages, the cases in
//! doubt and the vendor's case ids ([`Receipt::vendor_case`]).
//!
//! The connectors follow published documents and clients, and were not tested against live services. The module of each
//! vendor lists its sources and their confidence.
//!
//! # Logs
//!
//! The crate uses [`tracing`](https://docs.rs/tracing):
//!
//! | Span or event | Level | Fields |
//! |---|---|---|
//! | span `chargeback`: a report or native call | `INFO` | `vendor`, `operation`, `outcome` |
//! | span `attempt`: one request | `DEBUG` | `operation`, `attempt`, `http.response.status_code`, `outcome` |
//! | the end of an attempt, a lookup | `DEBUG` | `outcome`; `operation`, `lookup` |
//! | a report or call with the delivery `Unknown` | `WARN` | `vendor`, `operation`, `outcome` |
//! | a step that failed after its report was acknowledged | `WARN` | `vendor`, `operation` |
//! | a panic during a report, see [`Error::Panicked`] | `WARN` | `vendor`, `operation`, `outcome` |
//! | span `delivery`: one report from an [`outbox`] | `INFO` | `vendor`, `lane`, `outcome`, `step`, `reason` |
//! | a failed call of an outbox's store; a panic of a store | `WARN` | `vendor`, `lane`, `operation`, `error` |
//!
//! At `TRACE`, reqwest and hyper log addresses. The address of RevCent's search contains the case id.
//!
//! # Features
//!
//! | Feature | Default | Adds |
//! |---|---|---|
//! | `reqwest` | yes | `transport::HttpTransport`, the default [`transport`] |
//! | `rustls` | yes | TLS for reqwest, with the operating system's roots; enables `reqwest` |
//! | `hyper` | no | `transport::HyperTransport` with TLS; the default transport without `reqwest` |
//! | `blocking` | no | [`blocking`]: calls for programs without an async runtime |
//! | `bulk` | no | [`Reporter::report_all`] with a rate limit for each vendor |
//! | `webhooks` | no | [`webhooks`]: verification and parsing of processor webhooks |
//! | `outbox` | no | [`outbox`]: durable delivery with retries, order and an operator's view |
//! | `outbox-sqlite` | no | the store of an outbox in an `SQLite` file, for any number of processes on one machine |
//! | `metrics` | no | metrics of the outbox through the crate `metrics`; enables `outbox` |
//! | `sandbox` | no | [`sandbox`]: all vendors as fakes for tests; enables `bulk` |
//!
//! On a machine without root certificates, a provider with TLS fails when it is built or at the first call.
//!
#![cfg_attr(feature = "blocking", doc = "[`blocking`]: crate::blocking")]
#![cfg_attr(not(feature = "blocking"), doc = "[`blocking`]: https://docs.rs/chargeback/latest/chargeback/blocking/")]
#![cfg_attr(feature = "bulk", doc = "[`Reporter::report_all`]: crate::Reporter::report_all")]
#![cfg_attr(not(feature = "bulk"), doc = "[`Reporter::report_all`]: crate::Reporter")]
#![cfg_attr(feature = "outbox", doc = "[`outbox`]: crate::outbox")]
#![cfg_attr(not(feature = "outbox"), doc = "[`outbox`]: https://docs.rs/chargeback/latest/chargeback/outbox/")]
#![cfg_attr(feature = "webhooks", doc = "[`webhooks`]: crate::webhooks")]
#![cfg_attr(not(feature = "webhooks"), doc = "[`webhooks`]: https://docs.rs/chargeback/latest/chargeback/webhooks/")]
#![cfg_attr(feature = "sandbox", doc = "[`sandbox`]: crate::sandbox")]
#![cfg_attr(not(feature = "sandbox"), doc = "[`sandbox`]: https://docs.rs/chargeback/latest/chargeback/sandbox/")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::print_stdout, clippy::print_stderr)]

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
pub mod connector;
mod engine;
mod error;
pub mod lifecycle;
mod model;
#[cfg(feature = "outbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "outbox")))]
pub mod outbox;
mod provider;
mod providers;
pub mod reason_codes;
mod reporter;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
mod util;
#[cfg(feature = "webhooks")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhooks")))]
pub mod webhooks;

pub use async_trait::async_trait;
pub use {bytes, chrono, http};

pub use crate::engine::{CallReceipt, HttpProvider, HttpProviderBuilder, LossPolicy, RetryPolicy, Timeouts, Turns};
pub use crate::error::{
    Advice, AdviceKind, ConfigurationError, ConflictError, Delivery, Error, ErrorDetails, ErrorKind, ErrorRecord,
    InDoubtError, InvalidError, LookupState, NotStartedError, PanickedError, TimeLimit, TimeoutError, TransportError,
    UnreadableError, UnsupportedError, VendorError,
};
pub use crate::model::{
    Category, Chargeback, ChargebackBuilder, Currency, DecimalNumber, Field, Fraud, FraudKind, Money, Network,
    NetworkCode, ParseCurrencyError, ParseDecimalError, ParseMoneyError, ParseProviderIdError, ParseTimeError, Payment,
    Processor, ProviderId, Reason, Representment, RepresentmentOutcome, Rfc3339, Stage, VendorReference,
};
pub use crate::provider::{
    Capabilities, ChargebackProvider, Fidelity, FieldSupport, GateError, Loss, LossKind, OpenGate, Plan,
    PlannedRequest, PlannedStep, Receipt, ReceiptRecord, ReportContext, Resolution, StageSupport, StepOutcome,
    StepRecord, StepReport, Throttled, TurnGuard, WriteGate, report_behind_gate,
};
pub use crate::providers::{maxmind, pipwave, ravelin, revcent, riskified, seon, sift, spade, thirdwatch, tutelar};
#[cfg(any(feature = "bulk", feature = "outbox"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "bulk", feature = "outbox"))))]
pub use crate::reporter::RateLimit;
pub use crate::reporter::{
    Blocked, Outcome, OutcomeKind, OutcomeRecord, Outcomes, ProviderOutcome, Reporter, ReporterBuilder, Requirement,
    ResolveError, Skipped, Target, UnknownProvider,
};
#[cfg(feature = "bulk")]
#[cfg_attr(docsrs, doc(cfg(feature = "bulk")))]
pub use crate::reporter::{BulkOptions, BulkOutcome, BulkReport, Stop};
pub use crate::util::parse_value::ParseValueError;
pub use crate::util::secret::Secret;
pub use crate::util::unknown_value::UnknownValue;
pub use crate::util::violation::Violation;

/// The transport of requests, time and randomness.
///
/// The default is `HttpTransport` over reqwest, or `HyperTransport` if the feature `reqwest` is off and `hyper` is on.
/// Implement [`Transport`](crate::transport::Transport) for another HTTP stack, a proxy or a recorder, and pass it to
/// [`HttpProviderBuilder::transport`].
pub mod transport {
    pub use crate::engine::{
        Clock, FailurePhase, Jitter, RandomJitter, RequestLimits, TokioClock, Transport, TransportFailure,
    };
    #[cfg(feature = "reqwest")]
    #[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
    pub use crate::engine::{HttpTransport, HttpTransportBuilder};
    #[cfg(feature = "hyper")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
    pub use crate::engine::{HyperTransport, HyperTransportBuilder};
}

/// The README's example is compiled with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

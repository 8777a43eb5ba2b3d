//! Tell fraud and payment vendors about chargebacks: one model, one async trait, one typed error, five vendors.
//!
//! A payment was charged back, or the case moved on, and several vendors must hear of it, each in its own words. Describe
//! the case once, as a [`Chargeback`]; every [`ChargebackProvider`] tells its vendor:
//! [Thirdwatch](thirdwatch), [RevCent](revcent), [Tutelar](tutelar), [Spade](spade) and [Pipwave](pipwave), or
//! [one of yours](vendor).
//!
//! ```no_run
//! use chargeback::spade::{self, Spade};
//! use chargeback::{Chargeback, ChargebackProvider as _, Currency, HttpProvider, Money, Reason, Stage};
//! use chrono::Utc;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let spade = HttpProvider::new(Spade::from_env()?)?;
//!
//! let received = Chargeback::builder("CB-2610-0001", Stage::Received, Reason::NotReceived, Utc::now())
//!     .order_id("ORD_10726")
//!     .amount(Money::from_decimal("129.90", Currency::USD)?)
//!     .vendor_payment(spade::ID, "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11")
//!     .build()?;
//! let receipt = spade.report(&received).await?;
//! assert_eq!(receipt.stage_value(), "chargeback_pending");
//!
//! // Weeks later.
//! let _ = spade.report(&received.moved_to(Stage::Won, Utc::now())?).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is where
//!
//! | To | use |
//! |---|---|
//! | describe a case | [`Chargeback`] with [`Stage`], [`Reason`], [`NetworkCode`], [`Money`], [`Representment`], [`Fraud`] |
//! | tell a vendor | [`ChargebackProvider::report`]; see before what would be sent with [`plan`](ChargebackProvider::plan) |
//! | know what it was told | [`Receipt`], and the [`Loss`] list on it |
//! | ask what a vendor can express | [`Capabilities`] |
//! | know what a network's reason code means | [`reason_codes`] |
//! | tell several vendors at once, and hold back what is late or impossible | [`Reporter`], [`lifecycle`] |
//! | handle what went wrong | [`Error`], and [`Delivery`] first |
//! | set time limits, retry, and which losses to refuse | [`HttpProviderBuilder`], [`Timeouts`], [`RetryPolicy`], [`LossPolicy`] |
//! | call a vendor's own API | the methods of `HttpProvider<Spade>` and its like, listed with [`HttpProvider`] |
//! | add a vendor | [`vendor`] |
//! | bring another HTTP stack, a proxy or a clock | [`transport`] |
//! | take processors' webhooks | `webhooks` (with the feature of that name) |
//! | test your program | `sandbox` (with the feature of that name) |
//!
//! # What each vendor can be told
//!
#![doc = include_str!("provider/stages.md")]
//!
//! # When it goes wrong
//!
//! Every [`Error`] says whether the vendor acted. Ask that first, then the cause.
//!
//! | [`Delivery`] | means | so |
//! |---|---|---|
//! | `NotSent` | nothing that could make the vendor act has reached it | mend what the error names, or report again |
//! | `Rejected` | the vendor answered that it did not act | mend, or wait if [`is_retryable`](Error::is_retryable) |
//! | `Unknown` | it may have acted | report again later through the same provider, which looks before it writes what must not be written twice; if it stays so, a person looks, and says what they found with [`resolve_doubt`](HttpProvider::resolve_doubt) |
//!
//! The client has retried what is [safe to retry](RetryPolicy) by then, within the deadline. `examples/handle_errors.rs`
//! plays all of this through.
//!
//! # Promises
//!
//! - **Never silently wrong.** What a vendor cannot express is refused before it is sent, or sent with a [`Loss`] on the
//!   receipt. Every field that you set is sent or listed. Words whose meaning a vendor leaves open are settings
//!   without a default ([`spade::WonMeans`], [`tutelar::DefeatedMeans`]).
//! - **Never silently twice, never silently lost.** Only what is safe to repeat is repeated; what is not is looked up at the vendor
//!   first. Reports of one case through one provider are made one after another. No report moves money:
//!   RevCent's refunding switch is sent by [one call that says so](HttpProvider::create_chargeback_and_void_transaction), once.
//! - **Never leaks.** No key and no person's data in this crate's `Debug`, `Display`, error chains or logs. What is shown
//!   goes through accessors named for it. An error of serde from reading a [`Chargeback`] or a vendor's request is
//!   serde's own, and may quote a piece of what was read.
//!
//! Across processes, and after a restart, order and single creation are the caller's: keep
//! [`Receipt::vendor_case`] and what you have reported.
//!
//! # Logs
//!
//! By `tracing`: a span `chargeback` for each report or call (`vendor`, `operation`, `outcome`) and a child `attempt` for each
//! request (`operation`, `attempt`, `http.response.status_code`, `outcome`). An outcome that is unknown, and a step that failed
//! after its report, are warnings, which name the vendor even where a filter leaves the spans out. The HTTP stack below logs on
//! its own account: at `TRACE`, reqwest and hyper may show addresses, in which RevCent's search has the case id.
//!
//! # Features
//!
//! `rustls` (default): TLS with the operating system's root certificates; an image without them fails when the provider is
//! built or at the first call. Without the feature, `https` needs a [transport](transport) of your own.
//! `bulk`: [`Reporter`] takes a stream of chargebacks, each vendor at its pace. `blocking`: calls that wait, for programs
//! without an async runtime. `webhooks`: processors' webhooks, verified and read. `sandbox`: the five vendors as fakes; it brings `bulk`.
//!
//! Every fact about a vendor stands in its module with its source, and how sure it is. Nothing was checked against the live
//! services.
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
    ConfigurationError, ConflictError, Delivery, Error, ErrorDetails, ErrorKind, ErrorRecord, InDoubtError,
    InvalidError, NotStartedError, TimeLimit, TimeoutError, TransportError, UnreadableError, UnsupportedError,
    VendorError,
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
pub use crate::providers::{pipwave, revcent, spade, thirdwatch, tutelar};
pub use crate::reporter::{
    Blocked, Outcome, OutcomeKind, OutcomeRecord, Outcomes, ProviderOutcome, Reporter, ReporterBuilder, Requirement,
    ResolveError, Skipped, Target, UnknownProvider,
};
#[cfg(feature = "bulk")]
#[cfg_attr(docsrs, doc(cfg(feature = "bulk")))]
pub use crate::reporter::{BulkOptions, BulkOutcome, BulkReport, RateLimit, Stop};
pub use crate::util::parse_value::ParseValueError;
pub use crate::util::secret::Secret;
pub use crate::util::unknown_value::UnknownValue;
pub use crate::util::violation::Violation;

/// The transport of requests, time and randomness.
///
/// The default is [`HttpTransport`] over reqwest. Implement [`Transport`] for another HTTP stack, a proxy or a recorder,
/// and pass it to [`HttpProviderBuilder::transport`].
pub mod transport {
    #[expect(unused_imports, reason = "linked by the documentation above")]
    use crate::HttpProviderBuilder;
    pub use crate::engine::{
        Clock, FailurePhase, HttpTransport, HttpTransportBuilder, Jitter, RandomJitter, RequestLimits, TokioClock,
        Transport, TransportFailure,
    };
}

/// The README's example is compiled with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

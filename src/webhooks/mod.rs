//! Processors' webhooks: verified, and parsed into [`Chargeback`](crate::Chargeback)s that can be reported.
//!
//! The API takes the headers and the **raw** body of a request and needs no web framework. Each processor has a module
//! with a `Verifier`. A verifier checks the signature and returns a `VerifiedPayload`; only a verified payload can be
//! parsed:
//!
//! ```
//! use chargeback::Reporter;
//! use chargeback::webhooks::{Event, Mapping, stripe};
//! use http::{HeaderMap, StatusCode};
//!
//! async fn handle(verifier: &stripe::Verifier, reporter: &Reporter, headers: &HeaderMap, body: &[u8]) -> StatusCode {
//!     let payload = match verifier.verify(headers, body) {
//!         Ok(payload) => payload,
//!         // Not verified.
//!         Err(_) => return StatusCode::BAD_REQUEST,
//!     };
//!     match payload.parse(&Mapping::default()) {
//!         Ok(Event::Dispute(event)) => drop(reporter.report(&event.chargeback).await),
//!         Ok(Event::Unknown(unknown)) => eprintln!("needs review: unknown {}", unknown.field),
//!         // An inquiry, a test, no change, or not about a dispute.
//!         Ok(_) => (),
//!         // Verified and not understood: store `error.payload()`, and alert a person.
//!         Err(error) => eprintln!("needs review: {error}"),
//!     }
//!     StatusCode::OK
//! }
//! ```
//!
//! # Responses
//!
//! | Result | Response |
//! |---|---|
//! | [`VerifyError`]: not verified | 4xx; nothing in the delivery can be trusted |
//! | [`ParseError`]: verified, and not understood | store the payload, alert a person, 200 |
//! | [`Event::Unknown`] | alert a person, 200 |
//! | any other [`Event`] | 200 |
//!
//! A processor sends a delivery again until the response is 200, for days, and may then disable the endpoint. So an
//! error status helps only if the same bytes can be accepted later. Adyen queues all later events behind a rejected
//! one.
//!
//! # Before a chargeback, and tests
//!
//! An inquiry or a fraud report is not a chargeback, and vendors have no stage for it. If an answered inquiry were
//! reported, a vendor would hold a chargeback that never was, and the first real stage would be refused. So
//! [`Event::PreDispute`] has no chargeback that can be reported by accident, and neither has [`Event::TestMode`].
//!
//! # Signed data
//!
//! | Processor | Signed | Not signed | Time |
//! |---|---|---|---|
//! | [`stripe`] | body, time | | 5 minutes old, 1 minute ahead; see [`Tolerance`] |
//! | [`adyen`] | of each item: ids, amount, event code, success | date, reason, status, deadline, other data | none |
//! | [`checkout`] | body | | none |
//! | [`braintree`] | payload | | in the payload, not checked |
//! | [`paypal`] | body (by CRC-32), id and time of the delivery | | 4 days old, 5 minutes ahead; see [`Tolerance`] |
//! | [`pipwave`] | ids, amount, currency and status of the payment | type, stage of the chargeback | not checked |
//!
//! A delivery without a checked time can be replayed.
//!
//! [`DisputeEvent::unsigned_fields`] lists the fields of a chargeback that depend on unsigned data. CRC-32 is not a
//! cryptographic hash: anyone who has one signed delivery of `PayPal` can make other bodies with the same checksum, so
//! accept each delivery id once (see [`paypal`]). Serve webhooks over TLS only.
//!
//! # Repeats and order
//!
//! Every processor sends a webhook again until the receiver responds, and none preserves the order. Drop events whose
//! [`event_id`](DisputeEvent::event_id) was seen before, and do not report stages that are older than the last reported
//! one. An outbox (feature `outbox`) does both, and survives crashes: the example `outbox` enqueues each event before
//! it replies. Without it, use a [`Reporter`](crate::Reporter) with a ledger, which skips older stages.
//!
//! # Unknown values
//!
//! A status that this crate does not know is an [`Event::Unknown`], neither a default nor an error. An unknown reason
//! is a [`Reason::Unknown`](crate::Reason::Unknown) with the text of the processor. An optional field that cannot be
//! used, for example an amount in an unknown currency, is left out: its text is in the chargeback's notes, and
//! [`DisputeEvent::unread_fields`] names it. Every event contains the raw payload.
//!
//! Nothing was checked against the live services: this module follows the processors' documentation, SDKs and published
//! samples.

// Every processor has the same files: `mod` (sources, tables), `verifier`, `payload` (fields), `stage` (mapping).
pub mod adyen;
pub mod braintree;
pub mod checkout;
pub mod paypal;
pub mod pipwave;
pub mod stripe;

mod amount;
mod envelope;
mod error;
mod event;
mod json;
mod mapping;
mod problems;
mod reading;
mod reason;
mod source;
mod time;
mod verify;

pub use self::error::{ParseError, VerifyError};
pub use self::event::{
    Cycle, DisputeEvent, Event, Notice, PreDisputeEvent, PreDisputeState, TestModeEvent, UnknownValue,
};
pub use self::mapping::{Mapping, ReferenceKind};
pub use self::source::Source;
pub use self::verify::{Secrets, Tolerance};

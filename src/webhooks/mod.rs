//! Processors' webhooks: verified, and parsed into [`Chargeback`](crate::Chargeback)s that can be reported.
//!
//! The API takes the headers and the **raw** body of a request and needs no web framework. Each processor has a module
//! with a `Verifier`. A verifier checks the signature and returns a `VerifiedPayload`; only a verified payload can be
//! parsed:
//!
//! ```
//! use chargeback::webhooks::{Event, Mapping, Secrets, stripe};
//! use http::HeaderMap;
//!
//! fn handle(headers: &HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//!     // The new secret, and the old one during a rotation.
//!     let verifier = stripe::Verifier::new(Secrets::new("whsec_new").or("whsec_old"))?;
//!     // After an error, respond with status 400. The processor sends the webhook again.
//!     let payload = verifier.verify(headers, body)?;
//!     match payload.parse(&Mapping::default())? {
//!         Event::Dispute(event) => println!("{} is now {}", event.chargeback.case_id(), event.chargeback.stage()),
//!         Event::Unknown(unknown) => eprintln!("needs review: {unknown:?}"),
//!         Event::NoChange(_) | Event::NotADispute(_) => (),
//!         _ => (),
//!     }
//!     Ok(())
//! }
//! ```
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
//! [`event_id`](DisputeEvent::event_id) was seen before. Send the others through a [`Reporter`](crate::Reporter) with a
//! ledger, which skips stages that are older than the last reported one. The example `webhook_server` does both.
//!
//! # Unknown values
//!
//! A status that this crate does not know is an [`Event::Unknown`], neither a default nor an error. An unknown
//! reason is a [`Reason::Unknown`](crate::Reason::Unknown) with the text of the processor. Every event contains the
//! raw payload.
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
mod time;
mod verify;

pub use self::error::WebhookError;
pub use self::event::{Cycle, DisputeEvent, Event, Notice, Source, UnknownValue};
pub use self::mapping::{Mapping, ReferenceKind};
pub use self::verify::{Secrets, Tolerance};

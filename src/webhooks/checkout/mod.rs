//! Checkout.com: dispute events of workflows.
//!
//! ```
//! use chargeback::webhooks::{Event, Mapping, checkout};
//! use http::HeaderMap;
//!
//! # type Done = Result<(), Box<dyn std::error::Error>>;
//! fn handle(verifier: &checkout::Verifier, headers: &HeaderMap, body: &[u8]) -> Done {
//!     if let Event::Dispute(event) = verifier.verify(headers, body)?.parse(&Mapping::default())? {
//!         println!("{} is {}", event.chargeback.case_id(), event.chargeback.stage());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Sources
//!
//! Checkout.com's event pages, its .NET SDK (categories, resolved reasons) and its page on amounts. The bodies of
//! `dispute_received`, `_won`, `_accepted`, `_canceled`, `_evidence_submitted` and three of the arbitration events are
//! assumed to equal those of similar events (confidence: medium).
//!
//! # Signature
//!
//! The header `Cko-Signature` is the hexadecimal HMAC-SHA256 over the raw body, by the key of the workflow's
//! webhook. The signature has no time, so a delivery can be replayed: drop repeats by
//! [`event_id`](crate::webhooks::DisputeEvent::event_id).
//!
//! # Stages
//!
//! The stage depends on the event `type`, because the body has no status. Events are resent and may arrive in any
//! order.
//!
//! | Event `type` | [`Stage`](crate::Stage) |
//! |---|---|
//! | `request_for_information_received` | `Inquiry` |
//! | `dispute_received`, `dispute_evidence_required` | `Received` |
//! | `dispute_evidence_submitted`, `dispute_evidence_acknowledged_by_scheme` | `UnderReview` |
//! | `dispute_accepted` | `Accepted` |
//! | `dispute_expired` | `Expired` |
//! | `dispute_won`, `dispute_arbitration_won` | `Won` |
//! | `dispute_lost`, `dispute_arbitration_lost` | `Lost` |
//! | `dispute_canceled` | `Withdrawn` |
//! | `dispute_resolved` by Visa's rapid dispute resolution (`resolved_reason`) | `Refunded` |
//! | `dispute_resolved` otherwise | `Closed` |
//! | `dispute_arbitration_evidence_submitted`, `dispute_arbitration_sent_to_scheme` | `Arbitration` |
//! | any other `dispute_*` or `request_for_information_*` | unknown `type` |
//! | any other | not a dispute |
//!
//! # Fields
//!
//! - **Amount.** Checkout.com lists the currencies in whole units and those in thousandths, and counts all others in
//!   hundredths. CLP, CLF, UYI and UYW (hundredths) differ from ISO 4217. Until 2022 the page listed CLF in whole
//!   units.
//! - **Reason.** The network's code decides, then Checkout.com's `category`.

mod payload;
mod stage;
mod verifier;

pub use self::payload::VerifiedPayload;
pub use self::verifier::Verifier;

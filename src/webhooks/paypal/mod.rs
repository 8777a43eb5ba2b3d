//! `PayPal`: events about customers' disputes.
//!
//! ```
//! use chargeback::webhooks::{Event, Mapping, paypal};
//! use http::HeaderMap;
//!
//! fn handle(verifier: &paypal::Verifier, headers: &HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//!     let payload = verifier.verify(headers, body)?;
//!     // Accept each delivery id once: the signature covers only a CRC-32 of the body.
//!     println!("delivery {}", payload.transmission_id());
//!     if let Event::Dispute(event) = payload.parse(&Mapping::default())? {
//!         println!("{} is {}", event.chargeback.case_id(), event.chargeback.stage());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Sources
//!
//! `PayPal`'s description of its disputes API and of webhook signatures, its pages on dispute webhooks, and its
//! Java SDK with the certificate names that the SDK trusts. Confidence is medium where a stage below is an
//! interpretation.
//!
//! # Signature
//!
//! The signature is RSA with SHA-256 over the id and time of the delivery, the id of the webhook, and the CRC-32 of the
//! body. A header contains the address of the certificate, and anyone can write that header. **This crate fetches
//! nothing.** There are two ways to verify a delivery:
//!
//! - **With certificates.** Give the [`Verifier`] the [`Certificate`]s to trust. Fetch a certificate from
//!   [`certificate_url`], which accepts only `PayPal`'s addresses, create a [`Certificate`] from the chain, and
//!   keep it.
//! - **By `PayPal`'s API.** Post the [`VerificationRequest`] that [`Verifier::verification_request`] returns, and
//!   pass the reply to [`VerificationRequest::verify_reply`].
//!
//! CRC-32 is not a cryptographic hash. Anyone who has one signed delivery can make another body with the same checksum,
//! including another event id. The id of the delivery cannot be forged: accept each
//! [`transmission_id`](VerifiedPayload::transmission_id) once, in addition to dropping repeats by
//! [`event_id`](crate::webhooks::DisputeEvent::event_id), and serve webhooks over TLS only.
//!
//! # Stages
//!
//! The stage depends on `status`, `dispute_life_cycle_stage` and, for a resolved dispute,
//! `dispute_outcome.outcome_code`.
//!
//! | `status` | `dispute_life_cycle_stage` | `outcome_code` | [`Stage`](crate::Stage) |
//! |---|---|---|---|
//! | `RESOLVED` | | `RESOLVED_BUYER_FAVOUR` | `Lost` |
//! | `RESOLVED` | | `RESOLVED_SELLER_FAVOUR`, `RESOLVED_WITH_PAYOUT` | `Won` |
//! | `RESOLVED` | | `CANCELED_BY_BUYER` | `Withdrawn` |
//! | `RESOLVED` | | `ACCEPTED`, `DENIED`, `NONE` or missing | `Closed` |
//! | `RESOLVED` | | any other | unknown `dispute_outcome.outcome_code` |
//! | any open | `INQUIRY` | | `Inquiry` |
//! | any open | `PRE_ARBITRATION` | | `PreArbitration` |
//! | any open | `ARBITRATION` | | `Arbitration` |
//! | any open | `CHARGEBACK` | | `Received` |
//! | `UNDER_REVIEW`, `WAITING_FOR_BUYER_RESPONSE`, and the merchant has answered | `CHARGEBACK` | | `UnderReview` |
//! | any open, `RESOLVED` | any other | | unknown `dispute_life_cycle_stage` |
//! | any other | | | unknown `status` |
//!
//! - The open values of `status` are `OPEN`, `WAITING_FOR_BUYER_RESPONSE`, `WAITING_FOR_SELLER_RESPONSE`,
//!   `UNDER_REVIEW` and `OTHER`. These values state whose turn it is, and not that the merchant has answered.
//! - The merchant has answered if `evidences` or `supporting_info` has an entry with the source `SUBMITTED_BY_SELLER`
//!   and a life cycle stage after `INQUIRY`.
//! - An `INQUIRY` is [before a chargeback](crate::webhooks::Event::PreDispute), whatever its status and outcome.
//! - `CHARGEBACK` is a claim that `PayPal` decides, unless the dispute's channel is `EXTERNAL`. `PRE_ARBITRATION` and
//!   `ARBITRATION` are appeals by the merchant.
//! - `RESOLVED_WITH_PAYOUT` is `Won` because `PayPal` bears the loss. `ACCEPTED`, `DENIED` and `NONE` do not state who
//!   won.
//! - A dispute over several payments is an unknown value, because a chargeback has one payment.
//! - `external_reason_code` is a code of the card's network, which the event does not name. The code is kept as text.
//! - Events other than `CUSTOMER.DISPUTE.*` are not disputes. `CUSTOMER.DISPUTE.*` events other than `CREATED`,
//!   `UPDATED` and `RESOLVED` have an unknown `event_type`.

mod certificate;
mod headers;
mod online;
mod payload;
mod stage;
mod verifier;

pub use self::certificate::Certificate;
pub use self::headers::certificate_url;
pub use self::online::VerificationRequest;
pub use self::payload::VerifiedPayload;
pub use self::verifier::Verifier;

//! Braintree: dispute notifications, which are signed XML in a form.
//!
//! ```
//! use chargeback::webhooks::{Event, Mapping, braintree};
//!
//! fn handle(verifier: &braintree::Verifier, form: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//!     if let Event::Dispute(event) = verifier.verify(form)?.parse(&Mapping::default())? {
//!         println!("{} is {}", event.chargeback.case_id(), event.chargeback.stage());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Sources
//!
//! The webhook gateways and testing gateways of Braintree's SDKs; its pages on webhooks and pre-dispute programmes.
//! Confidence is high unless a lower one is given below.
//!
//! # Signature
//!
//! A delivery is a form with the fields `bt_signature` and `bt_payload`. The signature is HMAC-SHA1 over
//! `bt_payload`, and the key is the SHA-1 of the private key; Braintree specifies both. The SDKs also accept a
//! payload whose last line feed was lost, and so does this crate. The time is part of the signed payload and is not
//! checked.
//!
//! # Stages
//!
//! The stage depends on the dispute's `status`; for an open case, also on its `kind`.
//!
//! | `status` | `kind` | `pre-dispute-program` | [`Stage`](crate::Stage) |
//! |---|---|---|---|
//! | `open`, `under_review` | `retrieval` | | `Inquiry` |
//! | `open`, `under_review` | `pre_arbitration` | | `PreArbitration` |
//! | `open`, `under_review` | `chargeback` or missing | | `Received` |
//! | `open`, `under_review` | any other | | unknown `kind` |
//! | `under_review` after `disputed` | | | `UnderReview` |
//! | `disputed` | | | `UnderReview` |
//! | `accepted`, `auto_accepted` | | `visa_rdr` | `Refunded` |
//! | `accepted`, `auto_accepted` | | any other | `Accepted` |
//! | `expired` | | | `Expired` |
//! | `won` | | | `Won` |
//! | `lost` | | | `Lost` |
//! | any other | | | unknown `status` |
//!
//! - `under_review` is an internal review at `PayPal`, so it does not show that the merchant has answered. `disputed`
//!   in the status history does.
//! - A `retrieval` is [before a chargeback](crate::webhooks::Event::PreDispute), whatever its status.
//! - A case that was settled by Visa's rapid dispute resolution arrives as `auto_accepted`.
//! - A case that is partly won is `Won`. Only the payload contains the amount that was won.
//! - A notification whose kind does not start with `dispute_` is not a dispute. One without a dispute is an unknown
//!   `subject`.
//!
//! # Fields
//!
//! - **Amount.** The amount is `amount-disputed`, as decimal text.
//! - **Deadline.** `reply-by-date` is a day without a time zone; this crate uses the end of that day in UTC.
//! - **Event id.** Braintree gives no id. The id is built from the dispute, the kind and the time.

mod payload;
mod stage;
mod verifier;
mod xml;

pub use self::payload::VerifiedPayload;
pub use self::verifier::Verifier;

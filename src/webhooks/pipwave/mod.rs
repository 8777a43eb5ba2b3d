//! Pipwave: the notification (IPN) that a payment was charged back.
//!
//! # Sources
//!
//! Pipwave's page on instant payment notifications and its table of status codes. Its plugins and pages belong to
//! different versions, in which the numbers had other meanings. Confidence is medium.
//!
//! # Signature
//!
//! [`chargeback::pipwave::Notification`](crate::pipwave::Notification) checks the signature.
//!
//! - **Signed:** the time, the ids, and the payment's amount, currency and status.
//! - **Not signed:** everything about the chargeback: `type` and every `reverse_*` field.
//!
//! So check with Pipwave before you act on a notification. [`VerifiedPayload::requery`] returns the query, and
//! [`VerifiedPayload::confirmation`] compares the reply:
//!
//! ```
//! use chargeback::pipwave::Pipwave;
//! use chargeback::webhooks::pipwave::{Confirmation, VerifiedPayload};
//! use chargeback::{Error, HttpProvider};
//!
//! async fn is_confirmed(pipwave: &HttpProvider<Pipwave>, payload: &VerifiedPayload) -> Result<bool, Error> {
//!     let Some(query) = payload.requery() else { return Ok(false) };
//!     let receipt = pipwave.requery(query).await?;
//!     Ok(payload.confirmation(&receipt.reply) == Confirmation::Confirmed)
//! }
//! ```
//!
//! Respond with [`RESPONSE_BODY`]; otherwise Pipwave sends the notification again every 5 minutes.
//!
//! # Stages
//!
//! The stage depends on `reverse_status`, if `type` is `chargeback`.
//!
//! | `reverse_status` | Meaning | [`Stage`](crate::Stage) |
//! |---|---|---|
//! | 1 | pending | `Received` |
//! | 6 | won | `Won` |
//! | 7 | resolved | `Closed` |
//! | 8 | reversed | `Reversed` |
//! | 10 | finalised | `Lost` |
//! | any other | | unknown `reverse_status` |
//!
//! A notification of another `type` is not a dispute. If its signed status shows that the payment is disputed or
//! charged back, `type` is an unknown value.
//!
//! # Fields
//!
//! - **Case id.** The case id contains the id of the payment (`pw_id`), which is signed. The id of the chargeback
//!   is not signed and may be missing.
//! - **Amount and reason.** Neither is set: Pipwave gives only the amount of the payment, and no reason.
//! - **Payload.** The payload contains the API key, as sent by Pipwave.
//!
//! Do not report a chargeback that Pipwave sent to Pipwave itself: exclude these cases from that vendor's target
//! ([`Target::filter`](crate::Target::filter)). The tag could return as another notification.

mod confirmation;
mod payload;
mod stage;
mod verifier;

pub use self::confirmation::Confirmation;
pub use self::payload::VerifiedPayload;
pub use self::verifier::Verifier;

/// The response body that Pipwave requires. With any other body, Pipwave sends the notification again.
pub const RESPONSE_BODY: &str = "OK";

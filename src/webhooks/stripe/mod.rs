//! Stripe: dispute events and early fraud warnings.
//!
//! ```
//! use chargeback::webhooks::{Event, Mapping, stripe};
//! use http::HeaderMap;
//!
//! fn handle(verifier: &stripe::Verifier, headers: &HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//!     if let Event::Dispute(event) = verifier.verify(headers, body)?.parse(&Mapping::default())? {
//!         println!("{} is {}", event.chargeback.case_id(), event.chargeback.stage());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Sources
//!
//! Stripe's pages on webhook signatures, the dispute object and currencies; the types of stripe-go and async-stripe
//! (API version 2026-09-30); the published test vector of async-stripe. Confidence is high unless a lower one is
//! given below.
//!
//! # Signature
//!
//! The header `Stripe-Signature` has the form `t=<Unix seconds>,v1=<hex>`, with one `v1` for each secret. A
//! signature is HMAC-SHA256 over `<t>.<body>`. The key is the endpoint's secret as shown, with `whsec_`. Other
//! schemes in the header, such as `v0`, are ignored.
//!
//! # Stages
//!
//! The stage depends on the dispute's `status`, for the events `charge.dispute.created`, `.updated`, `.closed`,
//! `.funds_withdrawn` and `.funds_reinstated`. The event name does not state who won, and the two events about funds
//! carry the same object.
//!
//! | `status` | [`Stage`](crate::Stage) |
//! |---|---|
//! | `warning_needs_response` | `Inquiry` |
//! | `warning_under_review`, `under_review` | `UnderReview` |
//! | `warning_closed` | `Closed` |
//! | `needs_response` | `Received` |
//! | `won` | `Won` |
//! | `lost` | `Lost` |
//! | `prevented`, and the old `charge_refunded` | `Refunded` |
//! | any other | unknown `status` |
//!
//! | Any other event | Result |
//! |---|---|
//! | `radar.early_fraud_warning.*` | `Alert` |
//! | any other `charge.dispute.*` | unknown `type` |
//! | a thin event about a dispute, for example `v1.charge.dispute.created` | unknown `type`, with the id to fetch |
//! | any other | not a dispute |
//!
//! - The statuses `warning_*` and `prevented`, and the case types `block` and `resolution`, are [before a
//!   chargeback](crate::webhooks::Event::PreDispute). Their stage stays `Inquiry`; the table shows their result.
//! - An inquiry that becomes a chargeback keeps its id. Its status then has no `warning_`.
//! - `prevented`: the network settled the case by a refund before it became a chargeback.
//! - An early fraud warning is a separate case. The case id contains the id of the warning.
//! - A thin event has only the id of its object, in `related_object`.
//!
//! # Fields
//!
//! - **Amount.** Stripe lists the currencies in whole units and those in thousandths, and counts all others in
//!   hundredths. ISK and UGX (hundredths) and MGA (whole units) differ from ISO 4217. Stripe also lists UGX as a
//!   currency without a fraction; this crate follows the page's special cases, as merchants' plugins do (confidence:
//!   medium).
//! - **Reason.** The network's code decides. If a code stands for several reasons (Mastercard `4853`), Stripe's
//!   `reason` decides.
//! - **Representment.** Set if Stripe has submitted evidence (`submission_count` above 0). Stripe does not state
//!   the time.
//! - **Test mode.** `livemode` of the event or of its object; if one of them is false, the event is a
//!   [`TestMode`](crate::webhooks::Event::TestMode).

mod payload;
mod stage;
mod verifier;

pub use self::payload::VerifiedPayload;
pub use self::verifier::Verifier;

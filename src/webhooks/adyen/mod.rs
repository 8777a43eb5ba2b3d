//! Adyen: standard webhooks about disputes, with one or several items in a delivery.
//!
//! ```
//! use chargeback::webhooks::{Event, Mapping, VerifyError, adyen};
//!
//! fn handle(verifier: &adyen::Verifier, body: &[u8]) -> Result<&'static str, VerifyError> {
//!     for event in verifier.verify(body)?.parse(&Mapping::default()) {
//!         match event {
//!             Ok(Event::Dispute(event)) => println!("{} is {}", event.chargeback.case_id(), event.chargeback.stage()),
//!             Ok(_) => (),
//!             Err(error) => eprintln!("one item cannot be parsed: {error}"),
//!         }
//!     }
//!     Ok(adyen::RESPONSE_BODY)
//! }
//! ```
//!
//! # Sources
//!
//! Adyen's `OpenAPI` description of its webhooks with its examples, its pages on dispute notifications and currency
//! codes, and its SDKs' test vectors.
//!
//! # Signature
//!
//! Each item has its own signature: HMAC-SHA256 over eight fields joined by colons. The key is 64 hexadecimal digits.
//! Items that are not about disputes may be unsigned, and are not checked. An item about a dispute without a correct
//! signature is [rejected](VerifiedPayload::rejected) and does not affect the others.
//!
//! - **Signed:** `pspReference`, `originalReference`, `merchantAccountCode`, `merchantReference`, the amount's
//!   value and currency, `eventCode` and `success`.
//! - **Not signed:** the date, the reason, the status of the dispute, the deadline and all other additional data.
//!   Anyone who has one signed item can send it again with other values in these fields, for example with another
//!   date.
//! - **Refused:** a colon in a signed field other than `merchantReference`. Adyen does not escape colons, so the same
//!   signed text could be split into other values.
//!
//! Accept webhooks only over TLS, with basic authentication, and from Adyen's addresses. Drop repeats by
//! [`event_id`](crate::webhooks::DisputeEvent::event_id). Respond with status 200 and [`RESPONSE_BODY`]; otherwise
//! Adyen sends the delivery again.
//!
//! # Stages
//!
//! The stage depends on `eventCode` and on `additionalData.disputeStatus`. Columns: the status is missing (as always in
//! Brazil), the merchant has not answered (`Unresponded`, `Undefended`), the merchant has answered (`Responded`,
//! `Pending`), or the case is over. `=` means no change, `?` an unknown value, and a hyphen the same as in the first
//! column. All other cells are a [`Stage`](crate::Stage).
//!
//! | `eventCode` | missing | not answered | answered | `Accepted` | `Expired` | `Lost` | `Won` |
//! |---|---|---|---|---|---|---|---|
//! | `NOTIFICATION_OF_FRAUD` | Alert | - | - | - | - | - | - |
//! | `REQUEST_FOR_INFORMATION` | Inquiry | Inquiry | Inquiry | Accepted | Expired | Lost | Won |
//! | `INFORMATION_SUPPLIED` | `UnderReview` | - | - | - | - | - | - |
//! | `NOTIFICATION_OF_CHARGEBACK` | Received | Received | Received | Accepted | Expired | Lost | Won |
//! | `CHARGEBACK` | Received | Received | `UnderReview` | Accepted | Expired | Lost | Won |
//! | `DISPUTE_DEFENSE_PERIOD_ENDED` | ? | Expired | = | Accepted | Expired | Expired | = |
//! | `CHARGEBACK_REVERSED` | Reversed | Reversed | Reversed | ? | ? | ? | Reversed |
//! | `ISSUER_RESPONSE_TIMEFRAME_EXPIRED` | Won | Won | Won | ? | ? | ? | Won |
//! | `ISSUER_COMMENTS` | = | - | - | - | - | - | - |
//! | `SECOND_CHARGEBACK` | Lost | Received | `UnderReview` | Accepted | Expired | Lost | Won |
//! | `PREARBITRATION_OPEN` | `PreArbitration` | - | - | - | - | - | - |
//! | `PREARBITRATION_DECLINED` | `UnderReview` | - | - | - | - | - | - |
//! | `PREARBITRATION_WON`, `_ISSUER_WITHDRAWN` | Won | Won | Won | ? | ? | ? | Won |
//! | `PREARBITRATION_LOST`, `_ACCEPTED` | Lost | Lost | Lost | Lost | Lost | Lost | ? |
//! | `SCHEME_ARBITRATION` | Arbitration | - | - | - | - | - | - |
//! | `SCHEME_ARBITRATION_WON` | Won | Won | Won | ? | ? | ? | Won |
//! | `SCHEME_ARBITRATION_LOST` | Lost | Lost | Lost | Lost | Lost | Lost | ? |
//! | any other about disputes | ? | - | - | - | - | - | - |
//!
//! - A status that Adyen does not document is an unknown value for every event about disputes.
//! - An item about disputes whose `success` is not `true` is an unknown value too.
//! - Fraud reports and requests for information are [before a chargeback](crate::webhooks::Event::PreDispute), whatever
//!   their status. Their stage stays Alert or Inquiry; the table shows their result. `INFORMATION_SUPPLIED` and
//!   `DISPUTE_DEFENSE_PERIOD_ENDED` exist for requests and for chargebacks; an item with the marks of neither is an
//!   unknown value.
//! - `CHARGEBACK_REVERSED` is Reversed and not Won because Adyen calls the event not final.
//! - A `SECOND_CHARGEBACK` is lost when it begins, unless the status shows that it is open.
//!
//! # Fields
//!
//! - **Amount.** Adyen lists the decimals of each currency. CLP and ISK (hundredths), CVE and IDR (whole units)
//!   differ from ISO 4217. Adyen's Java library counts currencies that are not on the page in hundredths.
//! - **Test mode.** A delivery whose `live` is `false` is of the test mode. `live` is not signed.
//! - **Reason.** The network's code decides. The codes of fraud reports are from another list and are not used: the
//!   reason of a fraud report is [`FraudOther`](crate::Reason::FraudOther).

mod payload;
mod stage;
mod verifier;

pub use self::payload::{RejectedItem, VerifiedPayload};
pub use self::verifier::Verifier;

/// The response body that Adyen requires. With any other body, Adyen sends the delivery again.
pub const RESPONSE_BODY: &str = "[accepted]";

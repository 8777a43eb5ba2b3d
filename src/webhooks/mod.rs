//! Processors' webhooks in: verified, and read as [`Chargeback`]s that can be reported.
//!
//! Bytes in, no web framework: hand over the headers and the **raw** body as they arrived. Each processor has a module with a
//! `Verifier` that checks who sent it and gives a `Verified` payload, which alone can be parsed:
//!
//! ```
//! use chargeback::webhooks::{Event, Mapping, Secrets, stripe};
//! use http::HeaderMap;
//!
//! fn received(headers: &HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//!     // The new secret, and the old one while it is being replaced.
//!     let verifier = stripe::Verifier::new(Secrets::new("whsec_new").or("whsec_old"))?;
//!     // An error means: answer 400, and the processor sends it again.
//!     let payload = verifier.verify(headers, body)?;
//!     match payload.parse(&Mapping::default())? {
//!         Event::Dispute(intake) => println!("{} is now {}", intake.chargeback.case_id(), intake.chargeback.stage()),
//!         Event::Unknown(word) => eprintln!("look at it: {word:?}"),
//!         Event::NoChange(_) | Event::NotADispute(_) => (),
//!         _ => (),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # What each scheme signs
//!
//! | Processor | Signed | Not signed | Time |
//! |---|---|---|---|
//! | [`stripe`] | the whole body and the time | | 5 minutes old, 1 minute ahead; see [`Tolerance`] |
//! | [`adyen`] | eight fields of each item: ids, amount, event code, success | date, reason, status, deadlines, all additional data | none: it can be replayed |
//! | [`checkout`] | the whole body | | none: it can be replayed |
//! | [`braintree`] | the whole payload | | in the payload, not checked |
//! | [`paypal`] | the whole body (by its CRC-32), id and time of the delivery | | 4 days old, 5 minutes ahead; see [`Tolerance`] |
//! | [`pipwave`] | ids, amount, currency and status of the payment | that it is a chargeback, and where it stands | not checked |
//!
//! [`DisputeEvent::unsigned`] lists the fields of a chargeback that rest on something unsigned. CRC-32 is no cryptographic sum: who has one
//! signed delivery of PayPal can make other bodies with the same sum, so take each delivery's id once ([`paypal`] says how). Serve webhooks
//! over TLS alone.
//!
//! # Repeats and order
//!
//! Every processor repeats until it is answered, and none keeps the order. Drop what has an [`event_id`](DisputeEvent::event_id) that you
//! have seen, and give what remains to a [`Reporter`](crate::Reporter) with a ledger, which holds back what is older than what was told.
//! The example `webhook_server` does both.
//!
//! # Unknown words
//!
//! A status that this crate does not know is [`Event::Unknown`], never a default and never an error; an unknown reason is
//! [`Reason::Unknown`](crate::Reason::Unknown) and keeps its text. The raw payload is kept in any case.
//!
//! Nothing here was checked against the live services: it follows the processors' documents, SDKs and published samples.

pub mod adyen;
mod amount;
pub mod braintree;
pub mod checkout;
mod draft;
mod mapping;
pub mod paypal;
pub mod pipwave;
mod read;
pub mod stripe;
mod verify;

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};

pub use self::mapping::{Mapping, ReferenceIs};
pub use self::verify::{Secrets, Tolerance, WebhookError};
use crate::model::{Chargeback, Field};
use crate::util::redact::Presence;
use crate::util::string_enum::string_enum;

string_enum! {
    /// The processor that sent a webhook.
    pub enum Source {
        /// Stripe.
        Stripe = "stripe",
        /// Adyen.
        Adyen = "adyen",
        /// Checkout.com.
        Checkout = "checkout",
        /// Braintree.
        Braintree = "braintree",
        /// `PayPal`.
        PayPal = "paypal",
        /// Pipwave, which is a vendor too.
        Pipwave = "pipwave",
    }
}

string_enum! {
    /// In which round a case is.
    pub enum Cycle {
        /// Before any chargeback: a fraud report, an inquiry, a retrieval request. No money has moved.
        PreDispute = "pre_dispute",
        /// A chargeback.
        Dispute = "dispute",
        /// After the first round: a second chargeback, pre-arbitration, arbitration.
        SecondRound = "second_round",
    }
}

/// What a webhook tells.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A dispute is new or has moved: report it.
    Dispute(Box<DisputeEvent>),
    /// It is about a dispute, and the case stands where it stood.
    NoChange(Notice),
    /// It is about something else.
    NotADispute(Notice),
    /// It is about a dispute, in a word that this crate does not know: a person should look at it.
    Unknown(UnknownWord),
}

/// A dispute as a processor tells it.
#[derive(Clone)]
#[non_exhaustive]
pub struct DisputeEvent {
    /// What to drop repeats by. The processor's own id of the event, or one made of what identifies it where the processor gives
    /// none, or none that is signed (Adyen, Braintree, Pipwave).
    pub event_id: String,
    /// Who sent it.
    pub source: Source,
    /// The processor's word for the event: `charge.dispute.created`.
    pub event: String,
    /// Since when the case stands where it stands, by the processor: the time of the event. The same as the chargeback's.
    pub occurred_at: DateTime<Utc>,
    /// Whether it is about real money; `None` where the processor does not say. Adyen does not sign it.
    pub live: Option<bool>,
    /// In which round the case is. Vendors have no word for what comes before a chargeback, and would take its later stages for those of
    /// one: report [`PreDispute`](Cycle::PreDispute) only to who knows the difference.
    pub cycle: Cycle,
    /// The case, to be reported. Its id is the processor's name and its id of the dispute: `stripe-du_1QK`.
    pub chargeback: Chargeback,
    /// The fields of the chargeback that rest on something that the processor does not sign.
    pub unsigned: &'static [Field],
    /// The payload to the letter. It holds people's data, and Pipwave's the key of the API.
    pub payload: Bytes,
}

/// What this crate reads of an event that moves no dispute.
#[derive(Clone)]
#[non_exhaustive]
pub struct Notice {
    /// As [`DisputeEvent::event_id`]; empty where there is none.
    pub event_id: String,
    /// Who sent it.
    pub source: Source,
    /// The processor's word for the event.
    pub event: String,
    /// The payload to the letter. It holds people's data.
    pub payload: Bytes,
}

/// A word about a dispute that this crate does not know.
#[derive(Clone)]
#[non_exhaustive]
pub struct UnknownWord {
    /// The event.
    pub notice: Notice,
    /// Where the word stands: `status`.
    pub field: &'static str,
    /// The word; empty if there is none where one is needed.
    pub word: String,
}

impl fmt::Debug for DisputeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisputeEvent")
            .field("event_id", &self.event_id)
            .field("source", &self.source)
            .field("event", &self.event)
            .field("occurred_at", &self.occurred_at)
            .field("live", &self.live)
            .field("cycle", &self.cycle)
            .field("chargeback", &self.chargeback)
            .field("payload", &self.payload.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("event_id", &self.event_id)
            .field("source", &self.source)
            .field("event", &self.event)
            .field("payload", &self.payload.len())
            .finish()
    }
}

impl fmt::Debug for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Presence(!self.word.is_empty());
        f.debug_struct("UnknownWord")
            .field("notice", &self.notice)
            .field("field", &self.field)
            .field("word", &word)
            .finish()
    }
}

//! The events that webhooks are parsed into.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::model::{Chargeback, Field};
use crate::util::redact::Presence;
use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::webhooks";
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
    path = "chargeback::webhooks";
    /// The phase of a case.
    pub enum Cycle {
        /// Before any chargeback: a fraud report, an inquiry, a retrieval request. No money has moved.
        PreDispute = "pre_dispute",
        /// A chargeback.
        Dispute = "dispute",
        /// After the first round: a second chargeback, pre-arbitration, arbitration.
        SecondRound = "second_round",
    }
}

/// A parsed webhook.
///
/// ```
/// use chargeback::webhooks::{Cycle, Event};
/// use chargeback::{Chargeback, Reporter};
///
/// async fn handle(reporter: &Reporter, event: Event) {
///     match event {
///         // Vendors have no stages for cases that are not chargebacks yet.
///         Event::Dispute(event) if event.cycle == Cycle::PreDispute => (),
///         Event::Dispute(event) => drop(reporter.report(&event.chargeback).await),
///         Event::Unknown(unknown) => eprintln!("needs review: {} has an unknown value", unknown.field),
///         // No change, or not about a dispute.
///         _ => (),
///     }
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A dispute is new or has changed. Report the chargeback.
    Dispute(Box<DisputeEvent>),
    /// The event is about a dispute and does not change the stage.
    NoChange(Notice),
    /// The event is not about a dispute.
    NotADispute(Notice),
    /// The event is about a dispute and has a value that this crate does not know. A person should check the event.
    Unknown(UnknownValue),
}

/// A dispute as a processor reports it.
///
/// ```
/// use chargeback::webhooks::DisputeEvent;
///
/// fn log(event: &DisputeEvent) {
///     println!("{} {} ({})", event.source, event.event_type, event.event_id);
///     if event.unsigned_fields.contains(&chargeback::Field::Stage) {
///         println!("confirm the stage with the processor");
///     }
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct DisputeEvent {
    /// The key for dropping repeats: the processor's id of the event. Adyen, Braintree and Pipwave give no id, or none
    /// that is signed; for these, the key is built from the fields that identify the event.
    pub event_id: String,
    /// The processor that sent the event.
    pub source: Source,
    /// The processor's name for the event, for example `charge.dispute.created`.
    pub event_type: String,
    /// The time of the event at the processor, since when the case is at this stage. Equal to the chargeback's
    /// `occurred_at`.
    pub occurred_at: DateTime<Utc>,
    /// True if the event is about real money; `None` if the processor does not state it. Not signed by Adyen.
    pub live: Option<bool>,
    /// The phase of the case. Vendors have no stages before a chargeback and would treat later stages of such a case as
    /// those of a chargeback: do not report [`PreDispute`](Cycle::PreDispute) cases to them.
    pub cycle: Cycle,
    /// The case, ready to report. The case id is the processor's name and dispute id, for example `stripe-du_1QK`.
    pub chargeback: Chargeback,
    /// The fields of the chargeback that depend on data that the processor does not sign.
    pub unsigned_fields: &'static [Field],
    /// The payload as received. Contains personal data, and for Pipwave the API key.
    pub payload: Bytes,
}

/// An event that does not change a dispute.
///
/// ```
/// use chargeback::webhooks::Event;
///
/// /// Returns the key for dropping repeats.
/// fn key(event: &Event) -> Option<&str> {
///     match event {
///         Event::Dispute(event) => Some(&event.event_id),
///         Event::NoChange(notice) | Event::NotADispute(notice) => Some(&notice.event_id),
///         Event::Unknown(unknown) => Some(&unknown.notice.event_id),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Notice {
    /// The key for dropping repeats, as [`DisputeEvent::event_id`]; empty if the event has none.
    pub event_id: String,
    /// The processor that sent the event.
    pub source: Source,
    /// The processor's name for the event.
    pub event_type: String,
    /// The payload as received. Contains personal data.
    pub payload: Bytes,
}

/// A value about a dispute that this crate does not know.
///
/// ```
/// use chargeback::webhooks::UnknownValue;
///
/// fn alert(unknown: &UnknownValue) -> String {
///     format!("{}: unknown {} in {}", unknown.notice.source, unknown.field, unknown.notice.event_type)
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct UnknownValue {
    /// The event with the value.
    pub notice: Notice,
    /// The field with the value, for example `status`.
    pub field: &'static str,
    /// The value; empty if a required value is missing. Not shown by `Debug`.
    pub value: String,
}

impl fmt::Debug for DisputeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisputeEvent")
            .field("event_id", &self.event_id)
            .field("source", &self.source)
            .field("event_type", &self.event_type)
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
            .field("event_type", &self.event_type)
            .field("payload", &self.payload.len())
            .finish()
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownValue")
            .field("notice", &self.notice)
            .field("field", &self.field)
            .field("value", &Presence(!self.value.is_empty()))
            .finish()
    }
}

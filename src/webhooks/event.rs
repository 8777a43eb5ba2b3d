//! The events that webhooks are parsed into.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::source::Source;
use crate::model::{Chargeback, Field, Money, Payment, Reason, Stage};
use crate::util::redact::Presence;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

string_enum! {
    path = "chargeback::webhooks";
    /// The round of a chargeback.
    pub enum Cycle {
        /// The first round.
        Dispute = "dispute",
        /// After the first round: a second chargeback, pre-arbitration, arbitration.
        SecondRound = "second_round",
    }
}

/// A parsed webhook.
///
/// Only [`Dispute`](Self::Dispute) has a chargeback that can be reported directly. The other two variants with a case,
/// [`PreDispute`](Self::PreDispute) and [`TestMode`](Self::TestMode), return a chargeback only from a method whose name
/// states the exception.
///
/// ```
/// use chargeback::Reporter;
/// use chargeback::webhooks::Event;
///
/// async fn handle(reporter: &Reporter, event: Event) {
///     match event {
///         Event::Dispute(event) => drop(reporter.report(&event.chargeback).await),
///         Event::Unknown(unknown) => eprintln!("needs review: unknown {}", unknown.field),
///         // An inquiry, a test, no change, or not about a dispute.
///         _ => (),
///     }
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A chargeback is new or has changed. Report it.
    Dispute(Box<DisputeEvent>),
    /// A fraud report, an inquiry or another step before any chargeback. Do not report it: vendors have no stages for
    /// such cases.
    PreDispute(Box<PreDisputeEvent>),
    /// A case of the processor's test mode. Do not report it to vendors' production systems.
    TestMode(Box<TestModeEvent>),
    /// The event is about a dispute and does not change the stage.
    NoChange(Notice),
    /// The event is not about a dispute.
    NotADispute(Notice),
    /// The event is about a dispute and has a value that this crate does not know. A person should check the event.
    Unknown(UnknownValue),
}

/// A chargeback as a processor reports it.
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
    /// The round of the chargeback.
    pub cycle: Cycle,
    /// The case, ready to report. The case id is the processor's name and dispute id, for example `stripe-du_1QK`.
    pub chargeback: Chargeback,
    /// The fields of the chargeback that depend on data that the processor does not sign.
    pub unsigned_fields: Vec<Field>,
    /// The optional fields of the payload that could not be used, for example an amount in an unknown currency. The
    /// chargeback does not have them; its notes contain their text.
    pub unread_fields: Vec<Violation>,
    /// The payload as received. Contains personal data, and for Pipwave the API key.
    pub payload: Bytes,
}

/// The progress of a case before any chargeback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PreDisputeState {
    /// The case is open, and the merchant has not answered.
    Open,
    /// The merchant has answered, and the processor or issuer reviews the answer.
    Answered,
    /// The case is over without a chargeback, with this result. Example: an inquiry that was closed.
    Over(Stage),
}

/// A case before any chargeback: a fraud report, an inquiry, a retrieval request. No money has moved.
///
/// If the case becomes a chargeback, the processor sends an [`Event::Dispute`].
///
/// ```
/// use chargeback::Stage;
/// use chargeback::webhooks::{Event, PreDisputeState};
///
/// fn needs_answer(event: &Event) -> bool {
///     match event {
///         Event::PreDispute(event) => event.stage() == Stage::Inquiry && event.state == PreDisputeState::Open,
///         _ => false,
///     }
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct PreDisputeEvent {
    /// The key for dropping repeats, as [`DisputeEvent::event_id`].
    pub event_id: String,
    /// The processor that sent the event.
    pub source: Source,
    /// The processor's name for the event.
    pub event_type: String,
    /// The time of the event at the processor.
    pub occurred_at: DateTime<Utc>,
    /// True if the event is about a real payment; `None` if the processor does not state it. Not signed by Adyen.
    pub live: Option<bool>,
    /// The progress of the case.
    pub state: PreDisputeState,
    /// The fields of the case that depend on data that the processor does not sign.
    pub unsigned_fields: Vec<Field>,
    /// The optional fields of the payload that could not be used, as [`DisputeEvent::unread_fields`].
    pub unread_fields: Vec<Violation>,
    /// The payload as received. Contains personal data.
    pub payload: Bytes,
    pub(super) case: Chargeback,
}

impl PreDisputeEvent {
    /// Returns the case id: the processor's name and id of the case, for example `stripe-issfr_1QK`.
    #[must_use]
    pub fn case_id(&self) -> &str {
        self.case.case_id()
    }

    /// Returns [`Stage::Alert`] or [`Stage::Inquiry`], whatever the [`state`](Self::state).
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.case.stage()
    }

    /// Returns the reason.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        self.case.reason()
    }

    /// Returns the amount, if the processor gives one.
    #[must_use]
    pub const fn amount(&self) -> Option<Money> {
        self.case.amount()
    }

    /// Returns the deadline for an answer.
    #[must_use]
    pub const fn due_by(&self) -> Option<DateTime<Utc>> {
        self.case.due_by()
    }

    /// Returns the ids of the payment.
    #[must_use]
    pub const fn payment(&self) -> &Payment {
        self.case.payment()
    }

    /// Returns the case as a [`Chargeback`] at the stage `alert` or `inquiry`, although no chargeback exists.
    ///
    /// No vendor of this crate supports these stages. Use the value for your own connector or your own records.
    #[must_use]
    pub fn into_chargeback_before_dispute(self) -> Chargeback {
        self.case
    }
}

/// A case of the processor's test mode.
#[derive(Clone)]
#[non_exhaustive]
pub struct TestModeEvent {
    /// The key for dropping repeats, as [`DisputeEvent::event_id`].
    pub event_id: String,
    /// The processor that sent the event.
    pub source: Source,
    /// The processor's name for the event.
    pub event_type: String,
    /// The payload as received.
    pub payload: Bytes,
    pub(super) event: Event,
}

impl TestModeEvent {
    /// Returns the [`Event::Dispute`] or [`Event::PreDispute`] that a live event would be, for example to report it to
    /// vendors' sandboxes.
    ///
    /// ```
    /// use chargeback::webhooks::Event;
    ///
    /// /// The application runs against sandboxes only.
    /// fn in_staging(event: Event) -> Event {
    ///     match event {
    ///         Event::TestMode(test) => test.treat_as_live(),
    ///         event => event,
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn treat_as_live(self) -> Event {
        self.event
    }
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
    /// The processor's id of the dispute, if the event has nothing else about it, as Stripe's thin events. Fetch the
    /// dispute from the processor.
    pub dispute_id: Option<String>,
}

// Event ids may contain unsigned text, so `Debug` shows only their presence.
impl fmt::Debug for DisputeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisputeEvent")
            .field("event_id", &Presence(!self.event_id.is_empty()))
            .field("source", &self.source)
            .field("event_type", &self.event_type)
            .field("occurred_at", &self.occurred_at)
            .field("live", &self.live)
            .field("cycle", &self.cycle)
            .field("chargeback", &self.chargeback)
            .field("unread_fields", &self.unread_fields)
            .field("payload", &self.payload.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PreDisputeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreDisputeEvent")
            .field("event_id", &Presence(!self.event_id.is_empty()))
            .field("source", &self.source)
            .field("event_type", &self.event_type)
            .field("occurred_at", &self.occurred_at)
            .field("live", &self.live)
            .field("state", &self.state)
            .field("case", &self.case)
            .field("unread_fields", &self.unread_fields)
            .field("payload", &self.payload.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TestModeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestModeEvent").field("event", &self.event).finish_non_exhaustive()
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("event_id", &Presence(!self.event_id.is_empty()))
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
            .field("dispute_id", &Presence::new(self.dispute_id.as_ref()))
            .finish()
    }
}

//! From a processor's values to an [`Event`].

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::error::ParseError;
use super::event::{Cycle, DisputeEvent, Event, Notice, PreDisputeEvent, PreDisputeState, TestModeEvent, UnknownValue};
use super::json::{Object, object, text_at};
use super::mapping::{Mapping, MerchantIds};
use super::problems::{Problems, Unread};
use super::reading::{Phase, Reading};
use super::reason::ReasonValues;
use super::source::Source;
use crate::model::{
    Chargeback, ChargebackBuilder, Field, Fraud, Money, Processor, ProviderId, Reason, Representment, Stage,
};
use crate::util::violation::Violation;

/// The longest text of an unread field in the notes, in characters.
const LONGEST_NOTE: usize = 100;

/// The part of an event that every event has, and the settings for the rest.
pub(super) struct Envelope<'m> {
    pub(super) source: Source,
    /// Empty if the event has none; then the event cannot be a dispute.
    pub(super) event_id: String,
    pub(super) event_type: String,
    pub(super) payload: Bytes,
    pub(super) mapping: &'m Mapping,
}

impl<'m> Envelope<'m> {
    /// Opens a JSON event. Returns the body with the envelope.
    ///
    /// Only the type is required: an event that is not about a dispute may have any other form.
    pub(super) fn open(
        source: Source,
        body: &Bytes,
        type_field: &'static str,
        mapping: &'m Mapping,
    ) -> Result<(Object, Self), ParseError> {
        let error = |violations| ParseError::new(source, violations, body.clone());
        let object = object(body).ok_or_else(|| error(vec![Violation::new("body", "not a JSON object")]))?;
        let mut problems = Problems::default();
        let event_type = problems.required(type_field, text_at(&object, &[type_field]));
        problems.finish().map_err(error)?;
        let event_id = text_at(&object, &["id"]).unwrap_or_default();
        Ok((object, Self { source, event_id, event_type, payload: body.clone(), mapping }))
    }

    /// Returns the event for a reading. The details of a dispute are read by `dispute`.
    pub(super) fn read(
        self,
        reading: Reading,
        dispute: impl FnOnce(&Self, Stage) -> Result<DisputeDraft, Vec<Violation>>,
    ) -> Result<Event, ParseError> {
        match reading {
            Reading::Stage(stage) => {
                let payload = self.payload.clone();
                self.dispute(stage, dispute)
                    .map_err(|(source, violations)| ParseError::new(source, violations, payload))
            }
            Reading::NoChange => Ok(Event::NoChange(self.notice())),
            Reading::NotADispute => Ok(self.not_a_dispute()),
            Reading::Unknown { field, value } => Ok(self.unknown(field, value)),
        }
    }

    fn notice(self) -> Notice {
        Notice { event_id: self.event_id, source: self.source, event_type: self.event_type, payload: self.payload }
    }

    pub(super) fn not_a_dispute(self) -> Event {
        Event::NotADispute(self.notice())
    }

    pub(super) fn unknown(self, field: &'static str, value: String) -> Event {
        Event::Unknown(UnknownValue { notice: self.notice(), field, value, dispute_id: None })
    }

    /// Returns the event for a dispute that has to be fetched.
    pub(super) fn unknown_dispute(self, field: &'static str, value: String, dispute_id: Option<String>) -> Event {
        Event::Unknown(UnknownValue { notice: self.notice(), field, value, dispute_id })
    }

    fn dispute(
        self,
        stage: Stage,
        dispute: impl FnOnce(&Self, Stage) -> Result<DisputeDraft, Vec<Violation>>,
    ) -> Result<Event, (Source, Vec<Violation>)> {
        let source = self.source;
        if self.event_id.is_empty() {
            return Err((source, vec![Violation::new("id", "missing")]));
        }
        let draft = dispute(&self, stage).map_err(|violations| (source, violations))?;
        let Some(reason) = draft.reason.reason(source, &self.mapping.reasons) else {
            let code = draft.reason.network_code.map(|code| code.to_string()).unwrap_or_default();
            return Ok(self.unknown("network_code", code));
        };
        self.event(draft, reason).map_err(|violations| (source, violations))
    }

    fn event(self, mut draft: DisputeDraft, reason: Reason) -> Result<Event, Vec<Violation>> {
        let (occurred_at, live, phase, stage) = (draft.occurred_at, draft.live, draft.phase, draft.stage);
        let mut unsigned_fields = draft.unsigned_fields.to_vec();
        unsigned_fields.append(&mut draft.ids.unsigned);
        let unread_fields = draft.unread.iter().map(|unread| unread.violation.clone()).collect();
        let Self { source, event_id, event_type, payload, .. } = self;
        let case = draft.build(source, reason)?;
        let test = (live == Some(false)).then(|| (event_id.clone(), event_type.clone(), payload.clone()));
        let event = match cycle(phase) {
            None => Event::PreDispute(Box::new(PreDisputeEvent {
                event_id,
                source,
                event_type,
                occurred_at,
                live,
                state: state_before_dispute(stage),
                unsigned_fields,
                unread_fields,
                payload,
                case,
            })),
            Some(cycle) => Event::Dispute(Box::new(DisputeEvent {
                event_id,
                source,
                event_type,
                occurred_at,
                live,
                cycle,
                chargeback: case,
                unsigned_fields,
                unread_fields,
                payload,
            })),
        };
        Ok(match test {
            Some((event_id, event_type, payload)) => {
                Event::TestMode(Box::new(TestModeEvent { event_id, source, event_type, payload, event }))
            }
            None => event,
        })
    }
}

/// Returns the round of a chargeback; `None` before any chargeback.
const fn cycle(phase: Phase) -> Option<Cycle> {
    match phase {
        Phase::PreDispute => None,
        Phase::Dispute => Some(Cycle::Dispute),
        Phase::SecondRound => Some(Cycle::SecondRound),
    }
}

/// Returns the stage of a case before any chargeback. An answer or a result does not make a chargeback of it.
const fn stage_before_dispute(stage: Stage) -> Stage {
    if matches!(stage, Stage::Alert) { Stage::Alert } else { Stage::Inquiry }
}

/// Returns the progress of a case before any chargeback.
const fn state_before_dispute(stage: Stage) -> PreDisputeState {
    match stage {
        Stage::Alert | Stage::Inquiry | Stage::Received => PreDisputeState::Open,
        Stage::Contested | Stage::UnderReview | Stage::PreArbitration | Stage::Arbitration => PreDisputeState::Answered,
        _ => PreDisputeState::Over(stage),
    }
}

/// The values of a dispute, before they are checked.
pub(super) struct DisputeDraft {
    pub(super) dispute_id: String,
    pub(super) stage: Stage,
    pub(super) occurred_at: DateTime<Utc>,
    pub(super) phase: Phase,
    pub(super) reason: ReasonValues,
    pub(super) amount: Option<Money>,
    pub(super) opened_at: Option<DateTime<Utc>>,
    pub(super) received_at: Option<DateTime<Utc>>,
    pub(super) due_by: Option<DateTime<Utc>>,
    /// The processor's id of the payment. For vendors, this is the gateway's id.
    pub(super) payment_id: Option<String>,
    pub(super) ids: MerchantIds,
    pub(super) arn: Option<String>,
    pub(super) case_number: Option<String>,
    pub(super) fraud: Option<Fraud>,
    /// True if the processor shows that the merchant has answered.
    pub(super) contested: bool,
    pub(super) vendor_payment: Option<(ProviderId, String)>,
    pub(super) unsigned_fields: &'static [Field],
    /// The optional fields that cannot be used.
    pub(super) unread: Vec<Unread>,
    pub(super) live: Option<bool>,
}

impl DisputeDraft {
    /// Creates a draft with the required values and nothing else.
    pub(super) fn new(dispute_id: String, stage: Stage, occurred_at: DateTime<Utc>, phase: Phase) -> Self {
        Self {
            dispute_id,
            stage,
            occurred_at,
            phase,
            reason: ReasonValues::default(),
            amount: None,
            opened_at: None,
            received_at: None,
            due_by: None,
            payment_id: None,
            ids: MerchantIds::default(),
            arn: None,
            case_number: None,
            fraud: None,
            contested: false,
            vendor_payment: None,
            unsigned_fields: &[],
            unread: Vec::new(),
            live: None,
        }
    }

    fn build(self, source: Source, reason: Reason) -> Result<Chargeback, Vec<Violation>> {
        let mut processor = Processor::new(source.as_str()).dispute_id(self.dispute_id.clone());
        processor.payment_id.clone_from(&self.payment_id);
        let case_id = format!("{source}-{}", self.dispute_id);
        let is_dispute = cycle(self.phase).is_some();
        let stage = if is_dispute { self.stage } else { stage_before_dispute(self.stage) };
        let notes = self.notes(&reason);
        let mut builder = Chargeback::builder(case_id, stage, reason, self.occurred_at).processor(processor);
        builder = set(builder, self.reason.network_code, ChargebackBuilder::network_code);
        builder = set(builder, self.amount, ChargebackBuilder::amount);
        builder = set(builder, self.opened_at, ChargebackBuilder::opened_at);
        builder = set(builder, self.received_at, ChargebackBuilder::received_at);
        builder = set(builder, self.due_by, ChargebackBuilder::due_by);
        builder = set(builder, self.payment_id, ChargebackBuilder::gateway_transaction_id);
        builder = set(builder, self.ids.order, ChargebackBuilder::order_id);
        builder = set(builder, self.ids.transaction, ChargebackBuilder::transaction_id);
        builder = set(builder, self.ids.user, ChargebackBuilder::user_id);
        builder = set(builder, self.ids.session, ChargebackBuilder::session_id);
        builder = set(builder, self.arn, ChargebackBuilder::arn);
        builder = set(builder, self.case_number, ChargebackBuilder::case_number);
        builder = set(builder, self.fraud, ChargebackBuilder::fraud);
        builder = set(builder, notes, ChargebackBuilder::notes);
        builder = set(builder, self.vendor_payment, |builder, (vendor, id)| builder.vendor_payment(vendor, id));
        // An answer to an inquiry is not a representment.
        if self.contested && is_dispute {
            builder = builder.representment(Representment::initiated());
        }
        builder.build().map_err(|error| error.violations().to_vec())
    }

    /// Returns the texts that fit no field, so that a person can see them: unread fields, and a reason code without its
    /// network.
    fn notes(&self, reason: &Reason) -> Option<String> {
        let unread = self.unread.iter().map(|unread| (unread.violation.field(), unread.text.as_str()));
        let code = self.reason.unshown_code(reason).map(|code| ("reason code without a network", code));
        let note = |(field, text): (&str, &str)| {
            let text: String = text.chars().take(LONGEST_NOTE).collect();
            format!("{field}: {text}")
        };
        let notes: Vec<String> = unread.chain(code).map(note).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

fn set<T>(
    builder: ChargebackBuilder,
    value: Option<T>,
    setter: impl FnOnce(ChargebackBuilder, T) -> ChargebackBuilder,
) -> ChargebackBuilder {
    match value {
        Some(value) => setter(builder, value),
        None => builder,
    }
}

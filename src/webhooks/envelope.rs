//! From a processor's values to an [`Event`].

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::error::WebhookError;
use super::event::{Cycle, DisputeEvent, Event, Notice, Source, UnknownValue};
use super::json::{Object, object, text_at};
use super::mapping::{Mapping, ReferenceKind};
use super::problems::Problems;
use super::reading::Reading;
use super::reason::ReasonValues;
use crate::model::{
    Chargeback, ChargebackBuilder, Field, Fraud, Money, Processor, ProviderId, Reason, Representment, Stage,
};

/// The part of an event that every event has, and the settings for the rest.
pub(super) struct Envelope<'m> {
    pub(super) source: Source,
    pub(super) event_id: String,
    pub(super) event_type: String,
    pub(super) payload: Bytes,
    pub(super) mapping: &'m Mapping,
}

impl<'m> Envelope<'m> {
    /// Opens a JSON event that has an id. Returns the body with the envelope.
    pub(super) fn open(
        source: Source,
        body: &Bytes,
        type_field: &'static str,
        mapping: &'m Mapping,
    ) -> Result<(Object, Self), WebhookError> {
        let object = object(body)?;
        let mut problems = Problems::default();
        let event_type = problems.required(type_field, text_at(&object, &[type_field]));
        let event_id = problems.required("id", text_at(&object, &["id"]));
        problems.finish()?;
        Ok((object, Self { source, event_id, event_type, payload: body.clone(), mapping }))
    }

    /// Returns the event for a reading. The details of a dispute are read by `dispute`.
    pub(super) fn read(
        self,
        reading: Reading,
        dispute: impl FnOnce(&Self, Stage) -> Result<DisputeDraft, WebhookError>,
    ) -> Result<Event, WebhookError> {
        match reading {
            Reading::Stage(stage) => {
                let draft = dispute(&self, stage)?;
                self.dispute(draft)
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
        Event::Unknown(UnknownValue { notice: self.notice(), field, value })
    }

    fn dispute(self, draft: DisputeDraft) -> Result<Event, WebhookError> {
        let Some(reason) = draft.reason.reason(self.source, &self.mapping.reasons) else {
            let code = draft.reason.network_code.map(|code| code.to_string()).unwrap_or_default();
            return Ok(self.unknown("network_code", code));
        };
        let (occurred_at, live, cycle, unsigned_fields) =
            (draft.occurred_at, draft.live, draft.cycle, draft.unsigned_fields);
        let chargeback = draft.build(self.source, reason)?;
        let Self { source, event_id, event_type, payload, .. } = self;
        Ok(Event::Dispute(Box::new(DisputeEvent {
            event_id,
            source,
            event_type,
            occurred_at,
            live,
            cycle,
            chargeback,
            unsigned_fields,
            payload,
        })))
    }
}

/// The values of a dispute, before they are checked.
pub(super) struct DisputeDraft {
    pub(super) dispute_id: String,
    pub(super) stage: Stage,
    pub(super) occurred_at: DateTime<Utc>,
    pub(super) cycle: Cycle,
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
    pub(super) live: Option<bool>,
}

impl DisputeDraft {
    /// Creates a draft with the required values and nothing else.
    pub(super) fn new(dispute_id: String, stage: Stage, occurred_at: DateTime<Utc>, cycle: Cycle) -> Self {
        Self {
            dispute_id,
            stage,
            occurred_at,
            cycle,
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
            live: None,
        }
    }

    fn build(self, source: Source, reason: Reason) -> Result<Chargeback, WebhookError> {
        let mut processor = Processor::new(source.as_str()).dispute_id(self.dispute_id.clone());
        processor.payment_id.clone_from(&self.payment_id);
        let case_id = format!("{source}-{}", self.dispute_id);
        let mut builder = Chargeback::builder(case_id, self.stage, reason, self.occurred_at).processor(processor);
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
        builder = set(builder, self.vendor_payment, |builder, (vendor, id)| builder.vendor_payment(vendor, id));
        // An answer to an inquiry is not a representment.
        if self.contested && self.cycle != Cycle::PreDispute {
            builder = builder.representment(Representment::initiated());
        }
        builder.build().map_err(|error| WebhookError::Body(error.violations().to_vec()))
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

/// The merchant's own ids of the payment.
#[derive(Default)]
pub(super) struct MerchantIds {
    pub(super) order: Option<String>,
    pub(super) transaction: Option<String>,
    pub(super) user: Option<String>,
    pub(super) session: Option<String>,
}

impl MerchantIds {
    /// Creates the ids from the one reference that the merchant gave to the payment.
    pub(super) fn from_reference(reference: Option<String>, mapping: &Mapping) -> Self {
        match mapping.reference {
            ReferenceKind::Order => Self { order: reference, ..Self::default() },
            ReferenceKind::Transaction => Self { transaction: reference, ..Self::default() },
            ReferenceKind::OrderAndTransaction => {
                Self { order: reference.clone(), transaction: reference, ..Self::default() }
            }
        }
    }
}

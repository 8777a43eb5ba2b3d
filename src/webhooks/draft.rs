//! From a processor's words to a chargeback.

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::mapping::{Mapping, ReferenceIs};
use super::read::{Broken, Object, object, text_at};
use super::verify::WebhookError;
use super::{Cycle, DisputeEvent, Event, Notice, Source, UnknownWord};
use crate::model::{
    Chargeback, ChargebackBuilder, Field, Fraud, Money, Network, NetworkCode, Processor, ProviderId, Reason,
    Representment, Stage,
};
use crate::reason_codes::{CodeKind, ReasonCode, ReasonTable};

/// What a processor says of a dispute, read and not yet checked.
pub(super) struct Draft {
    pub(super) dispute_id: String,
    pub(super) stage: Stage,
    pub(super) occurred_at: DateTime<Utc>,
    pub(super) why: Why,
    pub(super) amount: Option<Money>,
    pub(super) opened_at: Option<DateTime<Utc>>,
    pub(super) received_at: Option<DateTime<Utc>>,
    pub(super) due_by: Option<DateTime<Utc>>,
    /// The processor's id of the payment, which is the gateway's id for the vendors.
    pub(super) payment_id: Option<String>,
    pub(super) ids: Ids,
    pub(super) arn: Option<String>,
    pub(super) case_number: Option<String>,
    pub(super) fraud: Option<Fraud>,
    pub(super) cycle: Cycle,
    /// Whether the processor says that the merchant has answered.
    pub(super) contested: bool,
    pub(super) vendor_payment: Option<(ProviderId, String)>,
    pub(super) unsigned: &'static [Field],
    pub(super) live: Option<bool>,
}

/// The merchant's own ids of the payment.
#[derive(Default)]
pub(super) struct Ids {
    pub(super) order: Option<String>,
    pub(super) transaction: Option<String>,
    pub(super) user: Option<String>,
    pub(super) session: Option<String>,
}

impl Ids {
    /// From the one reference that the merchant gave to the payment.
    pub(super) fn of_reference(reference: Option<String>, mapping: &Mapping) -> Self {
        match mapping.reference {
            ReferenceIs::Order => Self { order: reference, ..Self::default() },
            ReferenceIs::Transaction => Self { transaction: reference, ..Self::default() },
            ReferenceIs::OrderAndTransaction => {
                Self { order: reference.clone(), transaction: reference, ..Self::default() }
            }
        }
    }
}

/// What a processor says of the reason.
#[derive(Default)]
pub(super) struct Why {
    /// The network's code.
    pub(super) code: Option<NetworkCode>,
    /// The processor's own word, under the processor's name.
    pub(super) word: Option<NetworkCode>,
    /// What the processor's own word means, where the table has none of its words, or the event says it.
    pub(super) meaning: Option<Reason>,
    /// Free text.
    pub(super) text: Option<String>,
}

impl Why {
    /// The reason: by the network's code; where that stands for several or is none, by the processor's word; else unknown, with
    /// what text there is. `None` if the code is bookkeeping, which makes no chargeback.
    fn reason(&self, source: Source, table: &ReasonTable) -> Option<Reason> {
        let row = self.code.as_ref().and_then(|code| table.lookup(code));
        let own = self.word.as_ref().and_then(|word| table.lookup(word));
        let said = own.filter(|row| row.kind() == CodeKind::Reason).map(ReasonCode::reason).or(self.meaning.as_ref());
        let umbrella = own.filter(|row| row.kind() == CodeKind::Umbrella).map(ReasonCode::reason);
        let reason = match row.map(|row| (row.kind(), row.reason())) {
            Some((CodeKind::Adjustment, _)) => return None,
            Some((CodeKind::Reason, reason)) => Some(reason),
            Some((CodeKind::Umbrella, reason)) => said.filter(|said| **said != Reason::Other).or(Some(reason)),
            // News of the case and papers of a second round say nothing of the reason.
            Some((_, reason)) => said.or(umbrella).or(Some(reason)),
            None => said.or(umbrella),
        };
        Some(reason.cloned().unwrap_or_else(|| Reason::from(self.words(source))))
    }

    /// What there is in words, for a reason that nobody knows.
    fn words(&self, source: Source) -> String {
        let word = self.word.as_ref().map(|word| word.code().to_owned());
        let code = self.code.as_ref().map(ToString::to_string);
        let words = self.text.clone().or(word).or(code).unwrap_or_default();
        // A word that happens to be one of ours need not mean the same.
        if Reason::from(words.as_str()).is_known() { format!("{source} {words}") } else { words }
    }
}

/// The event around a dispute.
pub(super) struct Frame<'m> {
    pub(super) source: Source,
    pub(super) event_id: String,
    pub(super) event: String,
    pub(super) payload: Bytes,
    pub(super) mapping: &'m Mapping,
}

impl<'m> Frame<'m> {
    /// Opens an event in JSON that has an id of its own: the event, and what is known of it before its subject is read.
    pub(super) fn open(
        source: Source,
        body: &Bytes,
        name_at: &'static str,
        mapping: &'m Mapping,
    ) -> Result<(Object, Self), WebhookError> {
        let object = object(body)?;
        let mut broken = Broken::default();
        let event = broken.needed(name_at, text_at(&object, &[name_at]));
        let event_id = broken.needed("id", text_at(&object, &["id"]));
        broken.finish()?;
        Ok((object, Self { source, event_id, event, payload: body.clone(), mapping }))
    }

    fn notice(self) -> Notice {
        Notice { event_id: self.event_id, source: self.source, event: self.event, payload: self.payload }
    }

    pub(super) fn not_a_dispute(self) -> Event {
        Event::NotADispute(self.notice())
    }

    pub(super) fn no_change(self) -> Event {
        Event::NoChange(self.notice())
    }

    pub(super) fn unknown(self, field: &'static str, word: impl Into<String>) -> Event {
        Event::Unknown(UnknownWord { notice: self.notice(), field, word: word.into() })
    }

    pub(super) fn dispute(self, draft: Draft) -> Result<Event, WebhookError> {
        let Some(reason) = draft.why.reason(self.source, &self.mapping.reasons) else {
            let code = draft.why.code.map(|code| code.to_string()).unwrap_or_default();
            return Ok(self.unknown("network_code", code));
        };
        let (occurred_at, live, unsigned, cycle) = (draft.occurred_at, draft.live, draft.unsigned, draft.cycle);
        let chargeback = draft.build(self.source, reason)?;
        let Self { source, event_id, event, payload, .. } = self;
        let intake = DisputeEvent { event_id, source, event, occurred_at, live, cycle, chargeback, unsigned, payload };
        Ok(Event::Dispute(Box::new(intake)))
    }
}

impl Draft {
    fn build(self, source: Source, reason: Reason) -> Result<Chargeback, WebhookError> {
        let mut processor = Processor::new(source.as_str()).dispute_id(self.dispute_id.clone());
        processor.payment_id.clone_from(&self.payment_id);
        let case_id = format!("{source}-{}", self.dispute_id);
        let mut builder = Chargeback::builder(case_id, self.stage, reason, self.occurred_at).processor(processor);
        builder = set(builder, self.why.code, ChargebackBuilder::network_code);
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
        // An answer to an inquiry is no representment.
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

/// The network by a processor's word for it: `mc`, `MasterCard`, `American Express`.
pub(super) fn network(word: &str) -> Network {
    let plain: String = word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.as_str() {
        "visa" => Network::Visa,
        "mc" | "mastercard" => Network::Mastercard,
        "amex" | "americanexpress" => Network::Amex,
        "discover" => Network::Discover,
        "diners" | "dinersclub" => Network::Diners,
        "jcb" => Network::Jcb,
        "cup" | "unionpay" => Network::UnionPay,
        "sepa" | "sepadirectdebit" | "sepadebit" => Network::Sepa,
        _ => word.into(),
    }
}

/// A code of a network or of a processor, if both are there.
pub(super) fn code(network: Option<Network>, code: Option<String>) -> Option<NetworkCode> {
    Some(NetworkCode::new(network?, code?)).filter(|code| !code.code().is_empty())
}

/// A processor's own word for the reason.
pub(super) fn word(source: Source, word: Option<String>) -> Option<NetworkCode> {
    code(Some(source.as_str().into()), word)
}

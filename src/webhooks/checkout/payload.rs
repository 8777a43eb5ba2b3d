//! The fields of an event.

use bytes::Bytes;

use super::stage::{is_arbitration, phase, reading};
use crate::model::{Reason, Stage};
use crate::util::violation::Violation;
use crate::webhooks::amount::CurrencyDigits;
use crate::webhooks::envelope::{DisputeDraft, Envelope};
use crate::webhooks::error::ParseError;
use crate::webhooks::event::Event;
use crate::webhooks::json::{Object, at, text_at, text_at_pointer, time_at};
use crate::webhooks::mapping::{Mapping, MerchantIds};
use crate::webhooks::problems::Problems;
use crate::webhooks::reason::{ReasonValues, network, network_values};
use crate::webhooks::source::Source;
use crate::webhooks::time::parse_time;
use crate::webhooks::verify::redacted_debug;

/// Checkout.com's page on amounts: two lists of currencies, all others in hundredths.
const DIGITS: CurrencyDigits = CurrencyDigits {
    none: &["BIF", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"],
    three: &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
};

/// A delivery that Checkout.com has signed.
///
/// ```
/// use chargeback::webhooks::{Event, Mapping, ParseError, checkout};
///
/// fn is_dispute(payload: &checkout::VerifiedPayload) -> Result<bool, ParseError> {
///     Ok(matches!(payload.parse(&Mapping::default())?, Event::Dispute(_)))
/// }
/// ```
#[derive(Clone)]
pub struct VerifiedPayload {
    body: Bytes,
}

redacted_debug!(VerifiedPayload);

impl VerifiedPayload {
    pub(super) const fn new(body: Bytes) -> Self {
        Self { body }
    }

    /// Parses the event. See the example of [`Verifier`](super::Verifier).
    ///
    /// # Errors
    ///
    /// Returns [`ParseError`] if the body is not a Checkout.com event, or a dispute lacks a required field.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, ParseError> {
        let (event, envelope) = Envelope::open(Source::Checkout, &self.body, "type", mapping)?;
        let reading = reading(&envelope.event_type, text_at(&event, &["data", "resolved_reason"]).as_deref());
        envelope.read(reading, |envelope, stage| dispute(envelope, &event, stage))
    }
}

fn dispute(envelope: &Envelope<'_>, event: &Object, stage: Stage) -> Result<DisputeDraft, Vec<Violation>> {
    let mut problems = Problems::default();
    let data = |name: &str| text_at(event, &["data", name]);
    let dispute_id = problems.required("data.id", data("id"));
    let payment_id = problems.required("data.payment_id", data("payment_id"));
    let occurred_at = time_at(event, &["timestamp"]).or_else(|| time_at(event, &["created_on"]));
    let occurred_at = problems.required_time("timestamp", occurred_at);
    let amount = at(event, &["data", "amount"]);
    let amount = problems.minor_units("data.amount", amount, data("currency"), &DIGITS);
    let opened_at = problems.optional_time("data.date", data("date"), parse_time);
    let due_by = problems.optional_time("data.evidence_required_by", data("evidence_required_by"), parse_time);
    let unread = problems.finish()?;
    let event_type = envelope.event_type.as_str();
    let ids = MerchantIds::from_reference(data("payment_reference"), envelope.mapping);
    let ids = ids.named((Source::Checkout, envelope.mapping), |place| text_at_pointer(event, place), |_| true);
    Ok(DisputeDraft {
        reason: reason(event),
        amount,
        opened_at,
        received_at: (event_type == "dispute_received").then_some(occurred_at),
        due_by,
        payment_id: Some(payment_id),
        ids,
        contested: matches!(stage, Stage::UnderReview | Stage::Won) || is_arbitration(event_type),
        unread,
        ..DisputeDraft::new(dispute_id, stage, occurred_at, phase(event_type, stage))
    })
}

/// Returns the network's code and Checkout.com's category.
fn reason(event: &Object) -> ReasonValues {
    let scheme = text_at(event, &["data", "payment_method"]).map(|name| network(&name));
    let category = text_at(event, &["data", "category"]);
    ReasonValues {
        stated: category.as_deref().and_then(category_reason),
        text: category,
        ..network_values(scheme, text_at(event, &["data", "reason_code"]))
    }
}

fn category_reason(category: &str) -> Option<Reason> {
    Some(match category {
        "fraudulent" => Reason::FraudOther,
        "unrecognized" => Reason::Unrecognized,
        "canceled_recurring" => Reason::CancelledRecurring,
        "product_service_not_received" => Reason::NotReceived,
        "not_as_described" => Reason::NotAsDescribed,
        "credit_not_issued" => Reason::CreditNotProcessed,
        "duplicate" => Reason::Duplicate,
        "incorrect_amount" => Reason::IncorrectAmount,
        "general" => Reason::Other,
        _ => return None,
    })
}

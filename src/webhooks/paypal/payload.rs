//! The fields of an event.

use bytes::Bytes;
use serde_json::Value;

use super::stage::{DisputeState, phase, reading};
use crate::model::Stage;
use crate::util::violation::Violation;
use crate::webhooks::envelope::{DisputeDraft, Envelope};
use crate::webhooks::error::ParseError;
use crate::webhooks::event::Event;
use crate::webhooks::json::{Object, at, text_at, text_at_pointer, time_at};
use crate::webhooks::mapping::{Mapping, MerchantIds};
use crate::webhooks::problems::Problems;
use crate::webhooks::reading::{Phase, Reading};
use crate::webhooks::reason::{ReasonValues, processor_code};
use crate::webhooks::source::Source;
use crate::webhooks::time::parse_time;
use crate::webhooks::verify::redacted_debug;

/// A delivery that `PayPal` has signed or confirmed.
#[derive(Clone)]
pub struct VerifiedPayload {
    transmission_id: String,
    body: Bytes,
}

redacted_debug!(VerifiedPayload);

impl VerifiedPayload {
    pub(super) const fn new(transmission_id: String, body: Bytes) -> Self {
        Self { transmission_id, body }
    }

    /// Returns `PayPal`'s id of the delivery, which is signed. If two bodies arrive with one id, one of them is forged.
    #[must_use]
    pub fn transmission_id(&self) -> &str {
        &self.transmission_id
    }

    /// Parses the event. See the examples of [`Verifier`](super::Verifier).
    ///
    /// # Errors
    ///
    /// Returns [`ParseError`] if the body is not a `PayPal` event, or a dispute lacks a required field.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, ParseError> {
        let (event, envelope) = Envelope::open(Source::PayPal, &self.body, "event_type", mapping)?;
        let empty = Object::new();
        let dispute = at(&event, &["resource"]).and_then(Value::as_object).unwrap_or(&empty);
        let text = |path: &[&str]| text_at(dispute, path);
        let status = text(&["status"]).unwrap_or_default();
        let life_cycle = text(&["dispute_life_cycle_stage"]).unwrap_or_default();
        let outcome = text(&["dispute_outcome", "outcome_code"]);
        let state = DisputeState {
            status: &status,
            life_cycle: &life_cycle,
            outcome: outcome.as_deref(),
            is_answered: is_answered(dispute),
        };
        let reading = match reading(&envelope.event_type, &state) {
            Reading::Stage(_) if payments(dispute).len() > 1 => {
                Reading::unknown("disputed_transactions", payments(dispute).len().to_string())
            }
            reading => reading,
        };
        envelope.read(reading, |envelope, stage| read_dispute(envelope, &event, dispute, (stage, phase(&life_cycle))))
    }
}

/// Returns true if the merchant has answered the claim: evidence or information that the seller submitted after the
/// inquiry.
fn is_answered(dispute: &Object) -> bool {
    let entries = |name: &str| at(dispute, &[name]).and_then(Value::as_array).into_iter().flatten();
    entries("evidences").chain(entries("supporting_info")).filter_map(Value::as_object).any(|entry| {
        let text = |name: &str| text_at(entry, &[name]);
        text("source").as_deref() == Some("SUBMITTED_BY_SELLER")
            && matches!(
                text("dispute_life_cycle_stage").as_deref(),
                Some("CHARGEBACK" | "PRE_ARBITRATION" | "ARBITRATION")
            )
    })
}

fn payments(dispute: &Object) -> &[Value] {
    at(dispute, &["disputed_transactions"]).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn read_dispute(
    envelope: &Envelope<'_>,
    event: &Object,
    dispute: &Object,
    (stage, phase): (Stage, Phase),
) -> Result<DisputeDraft, Vec<Violation>> {
    let mut problems = Problems::default();
    let text = |path: &[&str]| text_at(dispute, path);
    let dispute_id = problems.required("resource.dispute_id", text(&["dispute_id"]));
    // The time of the change. Without it, the time of the event, which is never earlier.
    let changed = time_at(dispute, &["update_time"]).or_else(|| time_at(event, &["create_time"]));
    let occurred_at = problems.required_time("create_time", changed.or_else(|| time_at(dispute, &["create_time"])));
    let opened_at = problems.optional_time("resource.create_time", text(&["create_time"]), parse_time);
    let due_by = text(&["seller_response_due_date"]);
    let due_by = problems.optional_time("resource.seller_response_due_date", due_by, parse_time);
    let (amount, currency) = (text(&["dispute_amount", "value"]), text(&["dispute_amount", "currency_code"]));
    let amount = problems.decimal("dispute_amount", amount, currency);
    let unread = problems.finish()?;
    let payment = payments(dispute).first().and_then(Value::as_object);
    let payment_text = |name: &str| text_at(payment?, &[name]);
    let ids = MerchantIds::from_reference(payment_text("invoice_number"), envelope.mapping);
    let ids = ids.named((Source::PayPal, envelope.mapping), |place| text_at_pointer(event, place), |_| true);
    Ok(DisputeDraft {
        reason: ReasonValues {
            processor_code: processor_code(Source::PayPal, text(&["reason"])),
            // The code of the card's network, which is not given.
            code_without_network: text(&["external_reason_code"]),
            ..ReasonValues::default()
        },
        amount,
        opened_at,
        received_at: (envelope.event_type == "CUSTOMER.DISPUTE.CREATED").then_some(occurred_at),
        due_by,
        payment_id: payment_text("seller_transaction_id"),
        ids,
        contested: matches!(stage, Stage::UnderReview | Stage::PreArbitration | Stage::Arbitration),
        unread,
        ..DisputeDraft::new(dispute_id, stage, occurred_at, phase)
    })
}

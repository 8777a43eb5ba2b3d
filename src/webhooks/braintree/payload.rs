//! The fields of a notification.

use bytes::Bytes;

use super::stage::{cycle, reading};
use super::xml::{self, Element};
use crate::model::Stage;
use crate::webhooks::envelope::{DisputeDraft, Envelope, MerchantIds};
use crate::webhooks::error::WebhookError;
use crate::webhooks::event::{Event, Source};
use crate::webhooks::mapping::Mapping;
use crate::webhooks::problems::Problems;
use crate::webhooks::reason::{ReasonValues, network, network_code, processor_code};
use crate::webhooks::time::{parse_end_of_day, parse_time};
use crate::webhooks::verify::redacted_debug;

/// A notification that Braintree has signed.
#[derive(Clone)]
pub struct VerifiedPayload {
    body: Bytes,
}

redacted_debug!(VerifiedPayload);

impl VerifiedPayload {
    pub(super) const fn new(body: Bytes) -> Self {
        Self { body }
    }

    /// Parses the notification. See the example of [`Verifier`](super::Verifier).
    ///
    /// # Errors
    ///
    /// Returns [`WebhookError::Body`] if the payload is not a Braintree notification, or a dispute lacks a required
    /// field.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, WebhookError> {
        let not_xml = || WebhookError::body("bt_payload", "not the XML of a notification");
        let text = std::str::from_utf8(&self.body).map_err(|_| not_xml())?;
        let document = xml::document(text.trim_start()).ok_or_else(not_xml)?;
        let root = Element::root(&document, "notification").ok_or_else(not_xml)?;
        let mut problems = Problems::default();
        let event_type = problems.required("kind", root.text(&["kind"]));
        problems.finish()?;
        let timestamp = root.text(&["timestamp"]).unwrap_or_default();
        let dispute = root.child(&["subject", "dispute"]);
        let id = dispute.and_then(|dispute| dispute.text(&["id"])).unwrap_or_default();
        let event_id = format!("{id}:{event_type}:{timestamp}");
        let envelope =
            Envelope { source: Source::Braintree, event_id, event_type, payload: self.body.clone(), mapping };
        if !envelope.event_type.starts_with("dispute_") {
            return Ok(envelope.not_a_dispute());
        }
        let Some(dispute) = dispute else { return Ok(envelope.unknown("subject", String::new())) };
        let programme = dispute.text(&["pre-dispute-program"]);
        let status = dispute.text(&["status"]).unwrap_or_default();
        let reading = reading(&status, dispute.text(&["kind"]).as_deref(), programme.as_deref());
        envelope.read(reading, |envelope, stage| read_dispute(envelope, dispute, stage, &timestamp))
    }
}

fn read_dispute(
    envelope: &Envelope<'_>,
    dispute: Element<'_, '_>,
    stage: Stage,
    timestamp: &str,
) -> Result<DisputeDraft, WebhookError> {
    let mut problems = Problems::default();
    let dispute_id = problems.required("dispute.id", dispute.text(&["id"]));
    let occurred_at = problems.required_time("timestamp", parse_time(timestamp));
    let payment_id = problems.required("dispute.transaction.id", dispute.text(&["transaction", "id"]));
    let amount = dispute.text(&["amount-disputed"]).or_else(|| dispute.text(&["amount"]));
    let due_by = problems.optional_time("dispute.reply-by-date", dispute.text(&["reply-by-date"]), parse_end_of_day);
    let opened_at = problems.optional_time("dispute.created-at", dispute.text(&["created-at"]), parse_time);
    let amount = problems.decimal("dispute.amount", amount, dispute.text(&["currency-iso-code"]));
    problems.finish()?;
    Ok(DisputeDraft {
        reason: reason(dispute),
        amount,
        opened_at,
        received_at: (envelope.event_type == "dispute_opened").then_some(occurred_at),
        due_by,
        payment_id: Some(payment_id),
        ids: MerchantIds { order: dispute.text(&["transaction", "order-id"]), ..MerchantIds::default() },
        case_number: dispute.text(&["case-number"]),
        contested: stage == Stage::UnderReview || dispute.history().any(|status| status == "disputed"),
        ..DisputeDraft::new(dispute_id, stage, occurred_at, cycle(dispute.text(&["kind"]).as_deref()))
    })
}

/// Returns the network's code, Braintree's own reason and its free text.
fn reason(dispute: Element<'_, '_>) -> ReasonValues {
    let scheme = dispute.text(&["transaction", "payment-instrument-subtype"]).map(|name| network(&name));
    ReasonValues {
        network_code: network_code(scheme, dispute.text(&["reason-code"])),
        processor_code: processor_code(Source::Braintree, dispute.text(&["reason"])),
        text: dispute.text(&["reason-description"]),
        ..ReasonValues::default()
    }
}

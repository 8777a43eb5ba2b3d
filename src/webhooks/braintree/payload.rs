//! The fields of a notification.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::stage::{phase, reading};
use super::xml::{self, Element};
use crate::model::Stage;
use crate::util::violation::Violation;
use crate::webhooks::envelope::{DisputeDraft, Envelope};
use crate::webhooks::error::ParseError;
use crate::webhooks::event::Event;
use crate::webhooks::json::tokens;
use crate::webhooks::mapping::{Mapping, MerchantIds};
use crate::webhooks::problems::Problems;
use crate::webhooks::reason::{ReasonValues, network, network_values, processor_code};
use crate::webhooks::source::Source;
use crate::webhooks::time::{parse_end_of_day, parse_time};
use crate::webhooks::verify::redacted_debug;

/// A notification that Braintree has signed.
#[derive(Clone)]
pub struct VerifiedPayload {
    body: Bytes,
}

redacted_debug!(VerifiedPayload);

impl VerifiedPayload {
    /// Decodes the payload. A payload that is not Base64 is kept as it is, and an error of [`parse`](Self::parse).
    pub(super) fn new(bt_payload: &str) -> Self {
        let packed: String = bt_payload.chars().filter(|letter| !letter.is_whitespace()).collect();
        let body = STANDARD.decode(packed).unwrap_or_else(|_| bt_payload.as_bytes().to_vec());
        Self { body: body.into() }
    }

    /// Parses the notification. See the example of [`Verifier`](super::Verifier).
    ///
    /// # Errors
    ///
    /// Returns [`ParseError`] if the payload is not a Braintree notification, or a dispute lacks a required field.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, ParseError> {
        let error = |violations| ParseError::new(Source::Braintree, violations, self.body.clone());
        let not_xml = || error(vec![Violation::new("bt_payload", "not the XML of a notification")]);
        let text = std::str::from_utf8(&self.body).map_err(|_| not_xml())?;
        let document = xml::document(text.trim_start()).ok_or_else(not_xml)?;
        let root = Element::root(&document, "notification").ok_or_else(not_xml)?;
        let mut problems = Problems::default();
        let event_type = problems.required("kind", root.text(&["kind"]));
        problems.finish().map_err(error)?;
        let timestamp = root.text(&["timestamp"]).unwrap_or_default();
        let dispute = root.child(&["subject", "dispute"]);
        let id = dispute.and_then(|dispute| dispute.text(&["id"])).unwrap_or_default();
        let event_id = format!("{id}:{event_type}:{timestamp}");
        let envelope =
            Envelope { source: Source::Braintree, event_id, event_type, payload: self.body.clone(), mapping };
        if !envelope.event_type.starts_with("dispute_") {
            return Ok(envelope.not_a_dispute());
        }
        if let Some(repeated) = REPEATABLE.iter().find_map(|path| root.repeated(path)) {
            return Err(error(vec![Violation::new(repeated, "occurs twice")]));
        }
        let Some(dispute) = dispute else { return Ok(envelope.unknown("subject", String::new())) };
        let (status, kind) = (dispute.text(&["status"]).unwrap_or_default(), dispute.text(&["kind"]));
        let programme = dispute.text(&["pre-dispute-program"]);
        let reading = reading((&status, is_answered(dispute)), kind.as_deref(), programme.as_deref());
        envelope.read(reading, |envelope, stage| {
            let draft = read_dispute(envelope, dispute, stage, &timestamp)?;
            let read = |place: &str| root.text(&tokens(place).collect::<Vec<_>>());
            let ids = draft.ids.named((Source::Braintree, mapping), read, |_| true);
            Ok(DisputeDraft { ids, ..draft })
        })
    }
}

/// The elements whose values are read: the elements in them must not occur twice.
const REPEATABLE: [&[&str]; 4] = [&[], &["subject"], &["subject", "dispute"], &["subject", "dispute", "transaction"]];

/// Returns true if the dispute has been `disputed`, which is an act of the merchant.
fn is_answered(dispute: Element<'_, '_>) -> bool {
    dispute.text(&["status"]).as_deref() == Some("disputed") || dispute.history().any(|status| status == "disputed")
}

fn read_dispute(
    envelope: &Envelope<'_>,
    dispute: Element<'_, '_>,
    stage: Stage,
    timestamp: &str,
) -> Result<DisputeDraft, Vec<Violation>> {
    let mut problems = Problems::default();
    let dispute_id = problems.required("dispute.id", dispute.text(&["id"]));
    let occurred_at = problems.required_time("timestamp", parse_time(timestamp));
    let payment_id = problems.required("dispute.transaction.id", dispute.text(&["transaction", "id"]));
    let amount = dispute.text(&["amount-disputed"]).or_else(|| dispute.text(&["amount"]));
    let due_by = problems.optional_time("dispute.reply-by-date", dispute.text(&["reply-by-date"]), parse_end_of_day);
    let opened_at = problems.optional_time("dispute.created-at", dispute.text(&["created-at"]), parse_time);
    let amount = problems.decimal("dispute.amount", amount, dispute.text(&["currency-iso-code"]));
    let unread = problems.finish()?;
    Ok(DisputeDraft {
        reason: reason(dispute),
        amount,
        opened_at,
        received_at: (envelope.event_type == "dispute_opened").then_some(occurred_at),
        due_by,
        payment_id: Some(payment_id),
        ids: MerchantIds { order: dispute.text(&["transaction", "order-id"]), ..MerchantIds::default() },
        case_number: dispute.text(&["case-number"]),
        contested: is_answered(dispute),
        unread,
        ..DisputeDraft::new(dispute_id, stage, occurred_at, phase(dispute.text(&["kind"]).as_deref()))
    })
}

/// Returns the network's code, Braintree's own reason and its free text.
fn reason(dispute: Element<'_, '_>) -> ReasonValues {
    let scheme = dispute.text(&["transaction", "payment-instrument-subtype"]).map(|name| network(&name));
    ReasonValues {
        processor_code: processor_code(Source::Braintree, dispute.text(&["reason"])),
        text: dispute.text(&["reason-description"]),
        ..network_values(scheme, dispute.text(&["reason-code"]))
    }
}

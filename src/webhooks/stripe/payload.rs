//! The fields of an event.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::stage::reading;
use crate::model::{Fraud, FraudKind, Network, Reason, Stage};
use crate::webhooks::amount::DigitExceptions;
use crate::webhooks::envelope::{DisputeDraft, Envelope, MerchantIds};
use crate::webhooks::error::WebhookError;
use crate::webhooks::event::{Cycle, Event, Source};
use crate::webhooks::json::{Object, at, seconds_at, text_at};
use crate::webhooks::mapping::Mapping;
use crate::webhooks::problems::Problems;
use crate::webhooks::reason::{ReasonValues, network, network_code, processor_code};
use crate::webhooks::verify::redacted_debug;

/// Currencies that Stripe counts differently from ISO 4217.
const DIGIT_EXCEPTIONS: DigitExceptions = &[("ISK", 2), ("MGA", 0), ("UGX", 2)];

/// A delivery that Stripe has signed.
#[derive(Clone)]
pub struct VerifiedPayload {
    body: Bytes,
}

redacted_debug!(VerifiedPayload);

impl VerifiedPayload {
    pub(super) const fn new(body: Bytes) -> Self {
        Self { body }
    }

    /// Parses the event.
    ///
    /// ```
    /// use chargeback::Stage;
    /// use chargeback::webhooks::{Event, Mapping, WebhookError, stripe};
    ///
    /// fn stage(payload: &stripe::VerifiedPayload) -> Result<Option<Stage>, WebhookError> {
    ///     Ok(match payload.parse(&Mapping::default())? {
    ///         Event::Dispute(event) => Some(event.chargeback.stage()),
    ///         _ => None,
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`WebhookError::Body`] if the body is not a Stripe event, or a dispute lacks a required field.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, WebhookError> {
        let (event, envelope) = Envelope::open(Source::Stripe, &self.body, "type", mapping)?;
        let mut problems = Problems::default();
        let created = problems.required_time("created", seconds_at(&event, &["created"]));
        problems.finish()?;
        let empty = Object::new();
        let subject = at(&event, &["data", "object"]).and_then(Value::as_object).unwrap_or(&empty);
        let status = text_at(subject, &["status"]).unwrap_or_default();
        let reading = reading(&envelope.event_type, &status);
        envelope.read(reading, |envelope, stage| match stage {
            Stage::Alert => warning(envelope.mapping, subject, created),
            _ => dispute(envelope, subject, (stage, &status), created),
        })
    }
}

fn dispute(
    envelope: &Envelope<'_>,
    dispute: &Object,
    (stage, status): (Stage, &str),
    created: DateTime<Utc>,
) -> Result<DisputeDraft, WebhookError> {
    let mut problems = Problems::default();
    let dispute_id = problems.required("data.object.id", text_at(dispute, &["id"]));
    let payment_id = problems.required("data.object.charge", id_of(dispute, "charge"));
    let (count, currency) = (at(dispute, &["amount"]), text_at(dispute, &["currency"]));
    let amount = problems.minor_units("data.object.amount", count, currency, DIGIT_EXCEPTIONS);
    let opened_at = problems.optional_seconds("data.object.created", dispute, &["created"]);
    let due_by = problems.optional_seconds("evidence_details.due_by", dispute, &["evidence_details", "due_by"]);
    problems.finish()?;
    let submitted = at(dispute, &["evidence_details", "submission_count"]).and_then(Value::as_i64);
    Ok(DisputeDraft {
        reason: reason(dispute),
        amount,
        opened_at,
        received_at: (envelope.event_type == "charge.dispute.created").then_some(created),
        due_by,
        payment_id: Some(payment_id),
        ids: ids(dispute, envelope.mapping),
        case_number: text_at(dispute, &["payment_method_details", "paypal", "case_id"]),
        contested: submitted.is_some_and(|count| count > 0),
        live: at(dispute, &["livemode"]).and_then(Value::as_bool),
        ..DisputeDraft::new(dispute_id, stage, created, cycle(dispute, status))
    })
}

fn cycle(dispute: &Object, status: &str) -> Cycle {
    let case_type = text_at(dispute, &["payment_method_details", "card", "case_type"]);
    let before = matches!(case_type.as_deref(), Some("inquiry" | "block" | "resolution"));
    if before || status.starts_with("warning_") { Cycle::PreDispute } else { Cycle::Dispute }
}

/// Returns the code of the card network or wallet, and Stripe's own reason.
fn reason(dispute: &Object) -> ReasonValues {
    let method = |path: &[&str]| text_at(dispute, &[&["payment_method_details"], path].concat());
    // The code belongs to the network that carried the payment, which may differ from the card's brand.
    let card_network = method(&["card", "network"]).or_else(|| method(&["card", "brand"]));
    let card_network = card_network.map(|name| network(&name));
    let card_code = method(&["card", "network_reason_code"]).or_else(|| text_at(dispute, &["network_reason_code"]));
    let wallet = |name: &'static str| network_code(Some(Network::from(name)), method(&[name, "reason_code"]));
    ReasonValues {
        network_code: network_code(card_network, card_code).or_else(|| wallet("paypal")).or_else(|| wallet("klarna")),
        processor_code: processor_code(Source::Stripe, text_at(dispute, &["reason"])),
        ..ReasonValues::default()
    }
}

/// Returns the id of a field that is an id or an object with an id.
fn id_of(object: &Object, name: &str) -> Option<String> {
    text_at(object, &[name]).or_else(|| text_at(object, &[name, "id"]))
}

/// Returns the merchant's ids from the metadata of the dispute, then of the charge and the payment intent.
fn ids(dispute: &Object, mapping: &Mapping) -> MerchantIds {
    let find = |key: &str| {
        let paths = [&["metadata"][..], &["charge", "metadata"], &["payment_intent", "metadata"]];
        paths.iter().find_map(|path| text_at(dispute, &[*path, &[key]].concat()))
    };
    MerchantIds {
        order: find(&mapping.order_key),
        transaction: find(&mapping.transaction_key),
        user: find(&mapping.user_key),
        session: find(&mapping.session_key),
    }
}

fn warning(mapping: &Mapping, warning: &Object, created: DateTime<Utc>) -> Result<DisputeDraft, WebhookError> {
    let mut problems = Problems::default();
    let dispute_id = problems.required("data.object.id", text_at(warning, &["id"]));
    let payment_id = problems.required("data.object.charge", id_of(warning, "charge"));
    problems.finish()?;
    let kind = match text_at(warning, &["fraud_type"]).as_deref() {
        Some("made_with_stolen_card" | "made_with_lost_card") => Some(FraudKind::StolenCard),
        Some("made_with_counterfeit_card") => Some(FraudKind::CounterfeitCard),
        _ => None,
    };
    Ok(DisputeDraft {
        // The issuer reports fraud, whatever the kind.
        reason: ReasonValues { stated: Some(Reason::FraudOther), ..ReasonValues::default() },
        opened_at: seconds_at(warning, &["created"]),
        payment_id: Some(payment_id),
        ids: ids(warning, mapping),
        fraud: kind.map(Fraud::new),
        live: at(warning, &["livemode"]).and_then(Value::as_bool),
        ..DisputeDraft::new(dispute_id, Stage::Alert, created, Cycle::PreDispute)
    })
}

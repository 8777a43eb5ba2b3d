//! The fields of an event.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::stage::{is_about_dispute, phase, reading};
use crate::model::{Fraud, FraudKind, Network, Reason, Stage};
use crate::util::violation::Violation;
use crate::webhooks::amount::CurrencyDigits;
use crate::webhooks::envelope::{DisputeDraft, Envelope};
use crate::webhooks::error::ParseError;
use crate::webhooks::event::Event;
use crate::webhooks::json::{Object, at, seconds_at, text_at, text_at_pointer};
use crate::webhooks::mapping::{Mapping, MerchantIds};
use crate::webhooks::problems::Problems;
use crate::webhooks::reading::Phase;
use crate::webhooks::reason::{ReasonValues, network, network_code, network_values, processor_code};
use crate::webhooks::source::Source;
use crate::webhooks::verify::redacted_debug;

/// Stripe's page on currencies: the lists of zero-decimal and three-decimal currencies, all others in hundredths. UGX
/// is in the list and among the special cases, which count it in hundredths.
const DIGITS: CurrencyDigits = CurrencyDigits {
    none: &["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"],
    three: &["BHD", "JOD", "KWD", "OMR", "TND"],
};

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
    /// use chargeback::webhooks::{Event, Mapping, ParseError, stripe};
    ///
    /// fn stage(payload: &stripe::VerifiedPayload) -> Result<Option<Stage>, ParseError> {
    ///     Ok(match payload.parse(&Mapping::default())? {
    ///         Event::Dispute(event) => Some(event.chargeback.stage()),
    ///         _ => None,
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ParseError`] if the body is not a Stripe event, or a dispute lacks a required field.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, ParseError> {
        let (event, envelope) = Envelope::open(Source::Stripe, &self.body, "type", mapping)?;
        if let Some(related) = thin(&event) {
            return Ok(if is_about_dispute(&envelope.event_type) || is_dispute(related) {
                let event_type = envelope.event_type.clone();
                envelope.unknown_dispute("type", event_type, text_at(related, &["id"]))
            } else {
                envelope.not_a_dispute()
            });
        }
        let empty = Object::new();
        let subject = at(&event, &["data", "object"]).and_then(Value::as_object).unwrap_or(&empty);
        let status = text_at(subject, &["status"]).unwrap_or_default();
        let reading = reading(&envelope.event_type, &status);
        envelope.read(reading, |envelope, stage| {
            let mut problems = Problems::default();
            let created = problems.required_time("created", seconds_at(&event, &["created"]));
            let draft = match stage {
                Stage::Alert => warning(subject, created, problems)?,
                _ => dispute(envelope, subject, (stage, &status), created, problems)?,
            };
            let ids = ids(subject, envelope.mapping);
            let read = |place: &str| text_at_pointer(&event, place);
            let ids = ids.named((Source::Stripe, envelope.mapping), read, |_| true);
            Ok(DisputeDraft { ids, live: live(&event, subject), ..draft })
        })
    }
}

/// Returns the related object of a thin event, which has no other data about it; `None` for other events.
fn thin(event: &Object) -> Option<&Object> {
    let is_thin = at(event, &["data", "object"]).is_none();
    at(event, &["related_object"]).and_then(Value::as_object).filter(|_| is_thin)
}

fn is_dispute(related: &Object) -> bool {
    matches!(text_at(related, &["type"]).as_deref(), Some("dispute" | "radar.early_fraud_warning"))
}

/// Returns false if the event or its object is of the test mode.
fn live(event: &Object, subject: &Object) -> Option<bool> {
    let flags = [event, subject].map(|object| at(object, &["livemode"]).and_then(Value::as_bool));
    flags.into_iter().flatten().reduce(|one, other| one && other)
}

fn dispute(
    envelope: &Envelope<'_>,
    dispute: &Object,
    (stage, status): (Stage, &str),
    created: DateTime<Utc>,
    mut problems: Problems,
) -> Result<DisputeDraft, Vec<Violation>> {
    let dispute_id = problems.required("data.object.id", text_at(dispute, &["id"]));
    let payment_id = problems.required("data.object.charge", id_of(dispute, "charge"));
    let (count, currency) = (at(dispute, &["amount"]), text_at(dispute, &["currency"]));
    let amount = problems.minor_units("data.object.amount", count, currency, &DIGITS);
    let opened_at = problems.optional_seconds("data.object.created", dispute, &["created"]);
    let due_by = problems.optional_seconds("evidence_details.due_by", dispute, &["evidence_details", "due_by"]);
    let unread = problems.finish()?;
    let submitted = at(dispute, &["evidence_details", "submission_count"]).and_then(Value::as_i64);
    let case_type = text_at(dispute, &["payment_method_details", "card", "case_type"]);
    Ok(DisputeDraft {
        reason: reason(dispute),
        amount,
        opened_at,
        received_at: (envelope.event_type == "charge.dispute.created").then_some(created),
        due_by,
        payment_id: Some(payment_id),
        case_number: text_at(dispute, &["payment_method_details", "paypal", "case_id"]),
        contested: submitted.is_some_and(|count| count > 0),
        unread,
        ..DisputeDraft::new(dispute_id, stage, created, phase(status, case_type.as_deref()))
    })
}

/// Returns the code of the card network or wallet, and Stripe's own reason.
fn reason(dispute: &Object) -> ReasonValues {
    let method = |path: &[&str]| text_at(dispute, &[&["payment_method_details"], path].concat());
    // The code belongs to the network that carried the payment, which may differ from the card's brand.
    let card_network = method(&["card", "network"]).or_else(|| method(&["card", "brand"]));
    let card_network = card_network.map(|name| network(&name));
    let card_code = method(&["card", "network_reason_code"]).or_else(|| text_at(dispute, &["network_reason_code"]));
    let wallet = |name: &'static str| network_code(Some(Network::from(name)), method(&[name, "reason_code"]));
    let card = network_values(card_network, card_code);
    ReasonValues {
        network_code: card.network_code.or_else(|| wallet("paypal")).or_else(|| wallet("klarna")),
        processor_code: processor_code(Source::Stripe, text_at(dispute, &["reason"])),
        code_without_network: card.code_without_network,
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
        ..MerchantIds::default()
    }
}

fn warning(warning: &Object, created: DateTime<Utc>, mut problems: Problems) -> Result<DisputeDraft, Vec<Violation>> {
    let dispute_id = problems.required("data.object.id", text_at(warning, &["id"]));
    let payment_id = problems.required("data.object.charge", id_of(warning, "charge"));
    let unread = problems.finish()?;
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
        fraud: kind.map(Fraud::new),
        unread,
        ..DisputeDraft::new(dispute_id, Stage::Alert, created, Phase::PreDispute)
    })
}

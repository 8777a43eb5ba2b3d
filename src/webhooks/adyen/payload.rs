//! The fields of an item.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::stage::{cycle, implies_answer, reading};
use crate::model::{Field, Reason, Stage};
use crate::webhooks::amount::DigitExceptions;
use crate::webhooks::envelope::{DisputeDraft, Envelope, MerchantIds};
use crate::webhooks::error::WebhookError;
use crate::webhooks::event::{Event, Source};
use crate::webhooks::json::{Object, at, text_at, time_at};
use crate::webhooks::mapping::Mapping;
use crate::webhooks::problems::Problems;
use crate::webhooks::reading::Reading;
use crate::webhooks::reason::{ReasonValues, network, network_code};
use crate::webhooks::time::parse_time;
use crate::webhooks::verify::redacted_debug;

/// Currencies that Adyen counts differently from ISO 4217.
const DIGIT_EXCEPTIONS: DigitExceptions = &[("CLP", 2), ("CVE", 0), ("IDR", 0), ("ISK", 2)];

/// Fields of the chargeback that depend on data that Adyen does not sign.
const UNSIGNED: &[Field] = &[
    Field::OccurredAt,
    Field::Stage,
    Field::Reason,
    Field::NetworkCode,
    Field::ReceivedAt,
    Field::DueBy,
    Field::UserId,
    Field::Arn,
    Field::Representment,
];

/// A delivery whose items Adyen has signed.
///
/// ```
/// use chargeback::webhooks::{Event, Mapping, adyen};
///
/// /// Returns the disputes of a delivery, and skips items that cannot be parsed.
/// fn disputes(payload: &adyen::VerifiedPayload) -> Vec<String> {
///     let events = payload.parse(&Mapping::default()).into_iter().flatten();
///     events.filter_map(|event| match event {
///         Event::Dispute(event) => Some(event.chargeback.case_id().to_owned()),
///         _ => None,
///     }).collect()
/// }
/// ```
#[derive(Clone)]
pub struct VerifiedPayload {
    body: Bytes,
    items: Vec<Object>,
    live: Option<bool>,
}

redacted_debug!(VerifiedPayload);

impl VerifiedPayload {
    pub(super) const fn new(body: Bytes, items: Vec<Object>, live: Option<bool>) -> Self {
        Self { body, items, live }
    }

    /// Parses every item, in the order of the delivery. An item that cannot be parsed does not affect the others.
    ///
    /// The result of an item is [`WebhookError::TooNew`] if its date, which is not signed, is more than an hour
    /// ahead of this machine's clock. If such an item were accepted, all later events of the case would be treated
    /// as outdated.
    #[must_use]
    pub fn parse(&self, mapping: &Mapping) -> Vec<Result<Event, WebhookError>> {
        self.parse_at(mapping, Utc::now())
    }

    /// Parses every item as [`parse`](Self::parse) does, with `now` as the current time.
    #[must_use]
    pub fn parse_at(&self, mapping: &Mapping, now: DateTime<Utc>) -> Vec<Result<Event, WebhookError>> {
        self.items.iter().map(|item| self.parse_item(item, mapping, now)).collect()
    }

    fn parse_item(&self, item: &Object, mapping: &Mapping, now: DateTime<Utc>) -> Result<Event, WebhookError> {
        let mut problems = Problems::default();
        let event_type = problems.required("eventCode", text_at(item, &["eventCode"]));
        let reference = problems.required("pspReference", text_at(item, &["pspReference"]));
        problems.finish()?;
        let success = text_at(item, &["success"]).unwrap_or_default();
        let date = text_at(item, &["eventDate"]).unwrap_or_default();
        let event_id = format!("{reference}:{event_type}:{success}:{date}");
        let reading = match reading(&event_type, additional(item, "disputeStatus").as_deref()) {
            Reading::NotADispute => Reading::NotADispute,
            _ if success != "true" => Reading::unknown("success", success),
            reading => reading,
        };
        let envelope = Envelope { source: Source::Adyen, event_id, event_type, payload: self.body.clone(), mapping };
        envelope.read(reading, |envelope, stage| {
            let draft = dispute(envelope, item, stage, now)?;
            Ok(DisputeDraft { live: self.live, ..draft })
        })
    }
}

fn additional(item: &Object, name: &str) -> Option<String> {
    text_at(item, &["additionalData", name])
}

fn dispute(
    envelope: &Envelope<'_>,
    item: &Object,
    stage: Stage,
    now: DateTime<Utc>,
) -> Result<DisputeDraft, WebhookError> {
    let mut problems = Problems::default();
    let dispute_id = problems.required("pspReference", text_at(item, &["pspReference"]));
    let occurred_at = problems.required_time("eventDate", time_at(item, &["eventDate"]));
    let (count, currency) = (at(item, &["amount", "value"]), text_at(item, &["amount", "currency"]));
    let amount = problems.minor_units("amount", count, currency, DIGIT_EXCEPTIONS);
    let due_by = additional(item, "defensePeriodEndsAt");
    let due_by = problems.optional_time("additionalData.defensePeriodEndsAt", due_by, parse_time);
    problems.finish()?;
    if occurred_at > now + TimeDelta::hours(1) {
        return Err(WebhookError::TooNew);
    }
    let event_code = envelope.event_type.as_str();
    let first = matches!(event_code, "NOTIFICATION_OF_CHARGEBACK" | "REQUEST_FOR_INFORMATION");
    let ids = MerchantIds::from_reference(text_at(item, &["merchantReference"]), envelope.mapping);
    Ok(DisputeDraft {
        reason: reason(event_code, item),
        amount,
        received_at: first.then_some(occurred_at),
        due_by,
        payment_id: text_at(item, &["originalReference"]),
        ids: MerchantIds { user: additional(item, "shopperReference"), ..ids },
        arn: additional(item, "arn"),
        contested: is_answered(item) || implies_answer(event_code),
        unsigned_fields: UNSIGNED,
        ..DisputeDraft::new(dispute_id, stage, occurred_at, cycle(event_code, is_request(item)))
    })
}

fn is_answered(item: &Object) -> bool {
    matches!(additional(item, "disputeStatus").as_deref(), Some("Responded" | "Pending"))
        || additional(item, "autoDefended").as_deref() == Some("true")
}

/// Returns true if the item has a key or a status that only requests for information have.
fn is_request(item: &Object) -> bool {
    additional(item, "rfiReasonCode").is_some()
        || additional(item, "rfiSchemeCode").is_some()
        || additional(item, "disputeStatus").as_deref() == Some("Responded")
}

/// Returns the network's code and Adyen's free text.
fn reason(event_code: &str, item: &Object) -> ReasonValues {
    let (scheme, code) = match event_code {
        // Fraud reports have codes of another list than chargebacks.
        "NOTIFICATION_OF_FRAUD" => (None, None),
        "REQUEST_FOR_INFORMATION" => (additional(item, "rfiSchemeCode"), additional(item, "rfiReasonCode")),
        _ => (additional(item, "chargebackSchemeCode"), additional(item, "chargebackReasonCode")),
    };
    let scheme = scheme.or_else(|| text_at(item, &["paymentMethod"])).map(|name| network(&name));
    ReasonValues {
        network_code: network_code(scheme, code),
        stated: (event_code == "NOTIFICATION_OF_FRAUD").then_some(Reason::FraudOther),
        text: text_at(item, &["reason"]).filter(|text| text != "null"),
        ..ReasonValues::default()
    }
}

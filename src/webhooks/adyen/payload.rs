//! The fields of an item.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::stage::{implies_answer, phase, reading};
use crate::model::{Field, Reason, Stage};
use crate::util::violation::Violation;
use crate::webhooks::amount::CurrencyDigits;
use crate::webhooks::envelope::{DisputeDraft, Envelope};
use crate::webhooks::error::{ParseError, VerifyError};
use crate::webhooks::event::Event;
use crate::webhooks::json::{Object, at, text_at, text_at_pointer, time_at, tokens};
use crate::webhooks::mapping::{Mapping, MerchantIds};
use crate::webhooks::problems::Problems;
use crate::webhooks::reading::Reading;
use crate::webhooks::reason::{ReasonValues, network, network_values};
use crate::webhooks::source::Source;
use crate::webhooks::time::parse_time;
use crate::webhooks::verify::redacted_debug;

/// Adyen's page on currency codes, and its Java library for codes that are not on the page: two lists of currencies,
/// all others in hundredths.
const DIGITS: CurrencyDigits = CurrencyDigits {
    none: &["CVE", "DJF", "GNF", "IDR", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"],
    three: &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
};

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

/// An item of a delivery that is not an unsigned dispute.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) object: Object,
    /// False for an item that is not about a dispute: its signature is not checked.
    pub(super) is_signed: bool,
}

/// An item about a dispute without a correct signature. The other items of the delivery are not affected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedItem {
    /// The position of the item in the delivery, counted from 0.
    pub position: usize,
    /// The reason.
    pub error: VerifyError,
}

/// The items of a delivery: those about disputes are signed by Adyen.
#[derive(Clone)]
pub struct VerifiedPayload {
    body: Bytes,
    items: Vec<Item>,
    rejected: Vec<RejectedItem>,
    live: Option<bool>,
}

redacted_debug!(VerifiedPayload);

impl VerifiedPayload {
    pub(super) const fn new(body: Bytes, items: Vec<Item>, rejected: Vec<RejectedItem>, live: Option<bool>) -> Self {
        Self { body, items, rejected, live }
    }

    /// Returns the items about disputes that are not signed correctly, and are not parsed. Alert a person, and respond
    /// with status 200: Adyen would send the whole delivery again, and later events would wait behind it.
    #[must_use]
    pub fn rejected(&self) -> &[RejectedItem] {
        &self.rejected
    }

    /// Parses every item that was not rejected, in the order of the delivery. An item that cannot be parsed does not
    /// affect the others.
    ///
    /// The result of an item is an error if its date, which is not signed, is more than an hour ahead of this machine's
    /// clock. If such an item were accepted, all later events of the case would be treated as outdated.
    #[must_use]
    pub fn parse(&self, mapping: &Mapping) -> Vec<Result<Event, ParseError>> {
        self.parse_at(mapping, Utc::now())
    }

    /// Parses every item as [`parse`](Self::parse) does, with `now` as the current time.
    #[must_use]
    pub fn parse_at(&self, mapping: &Mapping, now: DateTime<Utc>) -> Vec<Result<Event, ParseError>> {
        self.items.iter().map(|item| self.parse_item(item, mapping, now)).collect()
    }

    fn parse_item(&self, item: &Item, mapping: &Mapping, now: DateTime<Utc>) -> Result<Event, ParseError> {
        let Item { object: item, is_signed } = item;
        let mut problems = Problems::default();
        let event_type = problems.required("eventCode", text_at(item, &["eventCode"]));
        let error = |violations| ParseError::new(Source::Adyen, violations, self.body.clone());
        problems.finish().map_err(error)?;
        let text = |name: &str| text_at(item, &[name]).unwrap_or_default();
        let (reference, success, date) = (text("pspReference"), text("success"), text("eventDate"));
        let event_id = format!("{reference}:{event_type}:{success}:{date}");
        let reading = match reading(&event_type, additional(item, "disputeStatus").as_deref()) {
            Reading::NotADispute => Reading::NotADispute,
            _ if !is_signed => Reading::NotADispute,
            _ if success != "true" => Reading::unknown("success", success),
            Reading::Stage(_) if is_ambiguous(&event_type, item) => Reading::unknown(CHARGEBACK_CODE, String::new()),
            reading => reading,
        };
        let envelope = Envelope { source: Source::Adyen, event_id, event_type, payload: self.body.clone(), mapping };
        envelope.read(reading, |envelope, stage| {
            let draft = dispute(envelope, item, stage, now)?;
            Ok(DisputeDraft { live: self.live, ..draft })
        })
    }
}

const CHARGEBACK_CODE: &str = "additionalData.chargebackReasonCode";

/// The fields that Adyen signs, as places of a [`Mapping`].
const SIGNED_PLACES: [&str; 6] = [
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "amount/value",
    "amount/currency",
];

fn is_signed_place(place: &str) -> bool {
    let tokens: Vec<&str> = tokens(place).collect();
    SIGNED_PLACES.contains(&tokens.join("/").as_str())
}

fn additional(item: &Object, name: &str) -> Option<String> {
    text_at(item, &["additionalData", name])
}

fn dispute(
    envelope: &Envelope<'_>,
    item: &Object,
    stage: Stage,
    now: DateTime<Utc>,
) -> Result<DisputeDraft, Vec<Violation>> {
    let mut problems = Problems::default();
    let dispute_id = problems.required("pspReference", text_at(item, &["pspReference"]));
    let occurred_at = problems.required_time("eventDate", time_at(item, &["eventDate"]));
    let (count, currency) = (at(item, &["amount", "value"]), text_at(item, &["amount", "currency"]));
    let amount = problems.minor_units("amount", count, currency, &DIGITS);
    let due_by = additional(item, "defensePeriodEndsAt");
    let due_by = problems.optional_time("additionalData.defensePeriodEndsAt", due_by, parse_time);
    let unread = problems.finish()?;
    if occurred_at.signed_duration_since(now) > TimeDelta::hours(1) {
        return Err(vec![Violation::new("eventDate", "more than an hour in the future")]);
    }
    let event_code = envelope.event_type.as_str();
    let first = matches!(event_code, "NOTIFICATION_OF_CHARGEBACK" | "REQUEST_FOR_INFORMATION");
    let ids = MerchantIds::from_reference(text_at(item, &["merchantReference"]), envelope.mapping);
    let ids = MerchantIds { user: additional(item, "shopperReference"), ..ids };
    let named = (Source::Adyen, envelope.mapping);
    Ok(DisputeDraft {
        reason: reason(event_code, item),
        amount,
        received_at: first.then_some(occurred_at),
        due_by,
        payment_id: text_at(item, &["originalReference"]),
        ids: ids.named(named, |place| text_at_pointer(item, place), is_signed_place),
        arn: additional(item, "arn"),
        contested: is_answered(item) || implies_answer(event_code),
        unsigned_fields: UNSIGNED,
        unread,
        ..DisputeDraft::new(dispute_id, stage, occurred_at, phase(event_code, is_request(item)))
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

/// Returns true if an event exists for requests and chargebacks, and the item has the marks of neither.
fn is_ambiguous(event_code: &str, item: &Object) -> bool {
    let has_mark = additional(item, "chargebackReasonCode").is_some()
        || additional(item, "chargebackSchemeCode").is_some()
        || matches!(
            additional(item, "disputeStatus").as_deref(),
            Some("Undefended" | "Pending" | "Accepted" | "Lost" | "Won")
        );
    matches!(event_code, "INFORMATION_SUPPLIED" | "DISPUTE_DEFENSE_PERIOD_ENDED") && !has_mark && !is_request(item)
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
        stated: (event_code == "NOTIFICATION_OF_FRAUD").then_some(Reason::FraudOther),
        text: text_at(item, &["reason"]).filter(|text| text != "null"),
        ..network_values(scheme, code)
    }
}

//! Adyen: standard webhooks about disputes, one or several in a delivery.
//!
//! Sources: Adyen's `OpenAPI` description of its webhooks with its examples, its pages on dispute notifications and currency codes, its
//! SDKs' test vectors. Where a status is missing or two readings are open, it is said below.
//!
//! **Signed** are eight fields of each item: `pspReference`, `originalReference`, `merchantAccountCode`, `merchantReference`, amount, currency,
//! `eventCode` and `success`. **Not signed** are the date, the reason, the status of the dispute, the deadline and all other
//! additional data: whoever holds one signed item can send it again with others, under another date too. Take webhooks over TLS with basic
//! authentication and from Adyen's addresses alone, and drop repeats by [`event_id`](crate::webhooks::DisputeEvent::event_id).
//!
//! - `CHARGEBACK` is [`Received`](crate::Stage::Received), but what `disputeStatus` says if it says that the case is over, and
//!   [`UnderReview`](crate::Stage::UnderReview) if it says that the merchant has answered already. `SECOND_CHARGEBACK` is the same, but
//!   [`Lost`](crate::Stage::Lost) without a status. In Brazil there is none.
//! - `CHARGEBACK_REVERSED` is [`Reversed`](crate::Stage::Reversed) whatever the status says: Adyen calls it not final.
//! - `DISPUTE_DEFENSE_PERIOD_ENDED` is [`Expired`](crate::Stage::Expired) if the merchant never answered, Accepted if it accepted, and no
//!   change if it did answer; without a status it is an unknown word.
//! - An item whose `success` is not `true`, whose status contradicts the event, or whose code is a new one that sounds like disputes, is
//!   an unknown word.
//! - Amounts: Adyen counts CLP and ISK in hundredths, CVE and IDR in whole units. Others as ISO 4217.
//! - Answer `[accepted]` with status 200, or Adyen sends it again.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::amount::Exceptions;
use super::draft::{Draft, Frame, Ids, Why, code, network};
use super::mapping::Mapping;
use super::read::{Broken, Object, at, object, text, text_at, time, time_at};
use super::verify::{Secrets, WebhookError, is_one_of, misconfigured, sha256};
use super::{Cycle, Event, Source};
use crate::error::Error;
use crate::model::{Field, Reason, Stage};

/// What to answer, so that Adyen does not send it again.
pub const ANSWER: &str = "[accepted]";

const SIGNATURE: &str = "additionalData.hmacSignature";

/// Where Adyen's count differs from ISO 4217.
const EXCEPTIONS: Exceptions = &[("CLP", 2), ("CVE", 0), ("IDR", 0), ("ISK", 2)];

/// What rests on something that Adyen does not sign.
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

/// Checks the signature of each item: HMAC-SHA256 over eight fields, by the key of the webhook.
#[derive(Debug, Clone)]
pub struct Verifier {
    secrets: Secrets,
}

impl Verifier {
    /// With the HMAC key as Adyen shows it (64 hexadecimal digits), and others that are being replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if a key is empty or not hexadecimal.
    pub fn new(secrets: impl Into<Secrets>) -> Result<Self, Error> {
        let secrets = secrets.into().check("secrets")?;
        if secrets.iter().any(|secret| hex::decode(secret.expose()).is_err()) {
            return Err(misconfigured("secrets", "not hexadecimal, as Adyen shows the HMAC key"));
        }
        Ok(Self { secrets })
    }

    /// Checks every item of a delivery. One that is not signed, or wrongly, and none is taken.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; answer 401, and Adyen sends it again.
    pub fn verify(&self, body: &[u8]) -> Result<Verified, WebhookError> {
        let post = object(body)?;
        let items = at(&post, &["notificationItems"]).and_then(Value::as_array);
        let items = items.ok_or_else(|| WebhookError::body("notificationItems", "not a list"))?;
        let item = |item: &Value| item.get("NotificationRequestItem").and_then(Value::as_object).cloned();
        let items: Option<Vec<Object>> = items.iter().map(item).collect();
        let items = items.ok_or_else(|| WebhookError::body("notificationItems", "an item is no object"))?;
        for item in &items {
            self.check(item)?;
        }
        let live = text_at(&post, &["live"]).map(|live| live == "true");
        Ok(Verified { body: Bytes::copy_from_slice(body), items, live })
    }

    fn check(&self, item: &Object) -> Result<(), WebhookError> {
        let given = at(item, &["additionalData", "hmacSignature"]).ok_or(WebhookError::Missing(SIGNATURE))?;
        let given = given.as_str().and_then(|text| STANDARD.decode(text).ok());
        let given = given.ok_or(WebhookError::Malformed(SIGNATURE))?;
        let message = signed_text(item);
        let given = [given];
        let signed = |hexadecimal: &str| {
            hex::decode(hexadecimal).is_ok_and(|key| is_one_of(&sha256(&key, &[message.as_bytes()]), &given))
        };
        let found = self.secrets.iter().fold(false, |found, secret| found | signed(secret.expose()));
        if found { Ok(()) } else { Err(WebhookError::NoMatch) }
    }
}

/// The eight values with colons between, to the letter; what is missing is empty, and nothing is escaped.
fn signed_text(item: &Object) -> String {
    const PATHS: [&[&str]; 8] = [
        &["pspReference"],
        &["originalReference"],
        &["merchantAccountCode"],
        &["merchantReference"],
        &["amount", "value"],
        &["amount", "currency"],
        &["eventCode"],
        &["success"],
    ];
    let mut message = String::new();
    for (place, path) in PATHS.iter().enumerate() {
        let colon = if place == 0 { "" } else { ":" };
        let value = at(item, path).and_then(text).unwrap_or_default();
        // Writing to a text cannot fail.
        let _ = write!(message, "{colon}{value}");
    }
    message
}

/// A delivery whose items Adyen has signed.
#[derive(Clone)]
pub struct Verified {
    body: Bytes,
    items: Vec<Object>,
    live: Option<bool>,
}

super::verify::hidden_body!(Verified);

impl Verified {
    /// Reads every item, in the order of the delivery. One that cannot be read does not keep the others from it.
    ///
    /// An item whose date, which is not signed, lies more than an hour ahead of this machine's clock is [`WebhookError::TooNew`]: taken,
    /// it would make all that comes later look late.
    #[must_use]
    pub fn parse(&self, mapping: &Mapping) -> Vec<Result<Event, WebhookError>> {
        self.parse_at(mapping, Utc::now())
    }

    /// As [`parse`](Self::parse), by a clock of yours.
    #[must_use]
    pub fn parse_at(&self, mapping: &Mapping, now: DateTime<Utc>) -> Vec<Result<Event, WebhookError>> {
        self.items.iter().map(|item| self.parse_item(item, mapping, now)).collect()
    }

    fn parse_item(&self, item: &Object, mapping: &Mapping, now: DateTime<Utc>) -> Result<Event, WebhookError> {
        let mut broken = Broken::default();
        let event = broken.needed("eventCode", text_at(item, &["eventCode"]));
        let reference = broken.needed("pspReference", text_at(item, &["pspReference"]));
        broken.finish()?;
        let success = text_at(item, &["success"]).unwrap_or_default();
        let date = text_at(item, &["eventDate"]).unwrap_or_default();
        let event_id = format!("{reference}:{event}:{success}:{date}");
        let frame = Frame { source: Source::Adyen, event_id, event, payload: self.body.clone(), mapping };
        let status = text_at(item, &["additionalData", "disputeStatus"]);
        let reading = reading(&frame.event, status.as_deref());
        match reading {
            Reading::Other => Ok(frame.not_a_dispute()),
            _ if success != "true" => Ok(frame.unknown("success", success)),
            Reading::NoChange => Ok(frame.no_change()),
            Reading::Unknown("eventCode") => {
                let event = frame.event.clone();
                Ok(frame.unknown("eventCode", event))
            }
            Reading::Unknown(field) => Ok(frame.unknown(field, status.unwrap_or_default())),
            Reading::Stage(stage) => dispute(frame, item, stage, (self.live, now)),
        }
    }
}

enum Reading {
    Stage(Stage),
    NoChange,
    /// Of which field.
    Unknown(&'static str),
    Other,
}

/// What an event and the status beside it say. A status that Adyen does not document, or that contradicts the event, is unknown.
fn reading(event: &str, status: Option<&str>) -> Reading {
    let over = match status {
        None | Some("Unresponded" | "Undefended" | "Responded" | "Pending") => None,
        Some("Accepted") => Some(Stage::Accepted),
        Some("Expired") => Some(Stage::Expired),
        Some("Lost") => Some(Stage::Lost),
        Some("Won") => Some(Stage::Won),
        Some(_) if is_of_disputes(event) => return Reading::Unknown("additionalData.disputeStatus"),
        Some(_) => return Reading::Other,
    };
    let answered = matches!(status, Some("Responded" | "Pending"));
    let open = if answered { Stage::UnderReview } else { Stage::Received };
    let stage = match event {
        "NOTIFICATION_OF_FRAUD" => Stage::Alert,
        "REQUEST_FOR_INFORMATION" => over.unwrap_or(Stage::Inquiry),
        "NOTIFICATION_OF_CHARGEBACK" => over.unwrap_or(Stage::Received),
        // The second round is lost as it begins, unless a status says that it is open.
        "SECOND_CHARGEBACK" if status.is_none() => Stage::Lost,
        "CHARGEBACK" | "SECOND_CHARGEBACK" => over.unwrap_or(open),
        "INFORMATION_SUPPLIED" | "PREARBITRATION_DECLINED" => Stage::UnderReview,
        "CHARGEBACK_REVERSED" => Stage::Reversed,
        "DISPUTE_DEFENSE_PERIOD_ENDED" => match over {
            Some(Stage::Lost) => Stage::Expired,
            Some(Stage::Won) => return Reading::NoChange,
            Some(over) => over,
            None if answered => return Reading::NoChange,
            None if status.is_some() => Stage::Expired,
            None => return Reading::Unknown("additionalData.disputeStatus"),
        },
        "PREARBITRATION_OPEN" => Stage::PreArbitration,
        "PREARBITRATION_ACCEPTED" | "PREARBITRATION_LOST" | "SCHEME_ARBITRATION_LOST" => Stage::Lost,
        "ISSUER_RESPONSE_TIMEFRAME_EXPIRED"
        | "PREARBITRATION_WON"
        | "PREARBITRATION_ISSUER_WITHDRAWN"
        | "SCHEME_ARBITRATION_WON" => Stage::Won,
        "SCHEME_ARBITRATION" => Stage::Arbitration,
        "ISSUER_COMMENTS" => return Reading::NoChange,
        _ if is_of_disputes(event) => return Reading::Unknown("eventCode"),
        _ => return Reading::Other,
    };
    let lost = [Stage::Accepted, Stage::Expired, Stage::Lost];
    let contradicts = match stage {
        Stage::Won | Stage::Reversed => over.is_some_and(|over| lost.contains(&over)),
        Stage::Lost => over == Some(Stage::Won),
        _ => false,
    };
    if contradicts { Reading::Unknown("additionalData.disputeStatus") } else { Reading::Stage(stage) }
}

/// Whether an event's code is one about disputes, or looks like one that is new.
fn is_of_disputes(event: &str) -> bool {
    ["CHARGEBACK", "DISPUTE", "PREARBITRATION", "ARBITRATION", "NOTIFICATION_OF_", "REQUEST_FOR_INFORMATION", "ISSUER_"]
        .iter()
        .any(|word| event.contains(word))
        || event == "INFORMATION_SUPPLIED"
}

fn dispute(
    frame: Frame<'_>,
    item: &Object,
    stage: Stage,
    (live, now): (Option<bool>, DateTime<Utc>),
) -> Result<Event, WebhookError> {
    let mut broken = Broken::default();
    let dispute_id = broken.needed("pspReference", text_at(item, &["pspReference"]));
    let occurred_at = broken.needed_time("eventDate", time_at(item, &["eventDate"]));
    let (count, currency) = (at(item, &["amount", "value"]), text_at(item, &["amount", "currency"]));
    let amount = broken.minor_units("amount", count, currency, EXCEPTIONS);
    let more = |name: &str| text_at(item, &["additionalData", name]);
    let due_by = broken.if_any("additionalData.defensePeriodEndsAt", more("defensePeriodEndsAt"), time);
    broken.finish()?;
    if occurred_at > now + TimeDelta::hours(1) {
        return Err(WebhookError::TooNew);
    }
    let first = matches!(frame.event.as_str(), "NOTIFICATION_OF_CHARGEBACK" | "REQUEST_FOR_INFORMATION");
    let mut ids = Ids::of_reference(text_at(item, &["merchantReference"]), frame.mapping);
    ids.user = more("shopperReference");
    let answered = matches!(more("disputeStatus").as_deref(), Some("Responded" | "Pending"))
        || more("autoDefended").as_deref() == Some("true")
        || matches!(
            frame.event.as_str(),
            "INFORMATION_SUPPLIED" | "CHARGEBACK_REVERSED" | "SECOND_CHARGEBACK" | "ISSUER_RESPONSE_TIMEFRAME_EXPIRED"
        )
        || frame.event.starts_with("PREARBITRATION")
        || frame.event.starts_with("SCHEME_ARBITRATION");
    let draft = Draft {
        dispute_id,
        stage,
        occurred_at,
        why: why(&frame.event, item),
        amount,
        opened_at: None,
        received_at: first.then_some(occurred_at),
        due_by,
        payment_id: text_at(item, &["originalReference"]),
        ids,
        arn: more("arn"),
        case_number: None,
        fraud: None,
        cycle: cycle(&frame.event, item),
        contested: answered,
        vendor_payment: None,
        unsigned: UNSIGNED,
        live,
    };
    frame.dispute(draft)
}

fn cycle(event: &str, item: &Object) -> Cycle {
    let more = |name: &str| text_at(item, &["additionalData", name]);
    // Only a request for information has these keys, and this status.
    let request = more("rfiReasonCode").is_some() || more("rfiSchemeCode").is_some();
    let request = request || more("disputeStatus").as_deref() == Some("Responded");
    match event {
        "NOTIFICATION_OF_FRAUD" | "REQUEST_FOR_INFORMATION" => Cycle::PreDispute,
        "INFORMATION_SUPPLIED" | "DISPUTE_DEFENSE_PERIOD_ENDED" if request => Cycle::PreDispute,
        "SECOND_CHARGEBACK" => Cycle::SecondRound,
        _ if event.contains("ARBITRATION") => Cycle::SecondRound,
        _ => Cycle::Dispute,
    }
}

fn why(event: &str, item: &Object) -> Why {
    let more = |name: &str| text_at(item, &["additionalData", name]);
    let text = text_at(item, &["reason"]).filter(|text| text != "null");
    let fraud_note = event == "NOTIFICATION_OF_FRAUD";
    let (scheme, reason_code) = match event {
        // The codes of fraud reports are those of another list than chargebacks'.
        "NOTIFICATION_OF_FRAUD" => (None, None),
        "REQUEST_FOR_INFORMATION" => (more("rfiSchemeCode"), more("rfiReasonCode")),
        _ => (more("chargebackSchemeCode"), more("chargebackReasonCode")),
    };
    let scheme = scheme.or_else(|| text_at(item, &["paymentMethod"])).map(|name| network(&name));
    Why { code: code(scheme, reason_code), meaning: fraud_note.then_some(Reason::FraudOther), text, ..Why::default() }
}

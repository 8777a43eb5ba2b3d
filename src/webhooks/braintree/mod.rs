//! Braintree: dispute notifications, which are signed XML within a form.
//!
//! Sources: the webhook gateways and testing gateways of Braintree's SDKs, its pages on webhooks and pre-dispute programmes. Sure, but
//! for what is said below.
//!
//! - The signature is HMAC-SHA1 by the SHA-1 of the private key: the vendor's choice. The SDKs also take a payload whose last
//!   line feed was lost, and so does this.
//! - The stage is that of the dispute's `status`; of an open one, that of its `kind` (`retrieval`, `pre_arbitration`). What Visa's
//!   rapid dispute resolution settled comes as `auto_accepted`, and is [`Refunded`](crate::Stage::Refunded) here.
//! - The amount is `amount-disputed`. A case that is won in part is [`Won`](crate::Stage::Won); how much was won stands in the payload alone.
//! - `reply-by-date` is a day without a zone: it is read as the end of that day in UTC.
//! - There is no id of the event: it is made of dispute, kind and time. The time is in the signed payload, and not checked.

mod xml;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::{Digest as _, Sha1};

use self::xml::Element;
use super::draft::{Draft, Frame, Ids, Why, code, network, word};
use super::mapping::Mapping;
use super::read::{Broken, end_of_day, time};
use super::verify::{MOST_SIGNATURES, WebhookError, is_one_of, misconfigured};
use super::{Cycle, Event, Source};
use crate::error::Error;
use crate::model::Stage;
use crate::util::secret::Secret;

/// Checks Braintree's signature by the keys of the merchant's API.
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: Vec<(String, Secret)>,
}

impl Verifier {
    /// With a public key and its private key.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if one of them is empty.
    pub fn new(public_key: impl Into<String>, private_key: impl Into<Secret>) -> Result<Self, Error> {
        Self { keys: Vec::new() }.or(public_key, private_key)
    }

    /// And another pair of keys, which is taken as well.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if one of them is empty.
    pub fn or(mut self, public_key: impl Into<String>, private_key: impl Into<Secret>) -> Result<Self, Error> {
        let (public_key, private_key) = (public_key.into(), private_key.into());
        if public_key.trim().is_empty() {
            return Err(misconfigured("public_key", "empty"));
        }
        if private_key.is_blank() {
            return Err(misconfigured("private_key", "empty"));
        }
        self.keys.push((public_key, private_key));
        Ok(self)
    }

    /// Checks a delivery as it is posted: a form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; answer 400.
    pub fn verify(&self, form: &[u8]) -> Result<Verified, WebhookError> {
        let field = |name: &'static str| {
            let mut found = url::form_urlencoded::parse(form).filter(|(key, _)| key == name).map(|(_, value)| value);
            let value = found.next().ok_or(WebhookError::Missing(name))?;
            if found.next().is_some() { Err(WebhookError::Malformed(name)) } else { Ok(value) }
        };
        self.verify_fields(&field("bt_signature")?, &field("bt_payload")?)
    }

    /// Checks the two fields of the form.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; answer 400.
    pub fn verify_fields(&self, bt_signature: &str, bt_payload: &str) -> Result<Verified, WebhookError> {
        let malformed = WebhookError::Malformed("bt_signature");
        let pairs: Option<Vec<(&str, &str)>> =
            bt_signature.split('&').map(|pair| pair.trim().split_once('|')).collect();
        let pairs = pairs.filter(|pairs| pairs.len() <= MOST_SIGNATURES).ok_or(malformed)?;
        let mut found = false;
        for (public_key, private_key) in &self.keys {
            let ours = pairs.iter().filter(|(key, _)| key == public_key);
            let offered: Vec<Vec<u8>> = ours.filter_map(|(_, signature)| hex::decode(signature.trim()).ok()).collect();
            if !offered.is_empty() {
                found |= is_one_of(&sha1(private_key, &[bt_payload]), &offered);
                found |= is_one_of(&sha1(private_key, &[bt_payload, "\n"]), &offered);
            }
        }
        if !found {
            return Err(WebhookError::NoMatch);
        }
        let packed: String = bt_payload.chars().filter(|letter| !letter.is_whitespace()).collect();
        let xml = STANDARD.decode(packed).map_err(|_| WebhookError::body("bt_payload", "not Base64"))?;
        Ok(Verified { body: xml.into() })
    }
}

/// The vendor's HMAC-SHA1. HMAC takes keys of every length, so there is always one.
fn sha1(private_key: &Secret, parts: &[&str]) -> Vec<u8> {
    let key = Sha1::digest(private_key.expose());
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&key) else { return Vec::new() };
    for part in parts {
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

/// A notification that Braintree has signed.
#[derive(Clone)]
pub struct Verified {
    body: Bytes,
}

super::verify::hidden_body!(Verified);

impl Verified {
    /// Reads the notification.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Body`] if it is no notification of Braintree's, or a dispute lacks what it must have.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, WebhookError> {
        let no_xml = || WebhookError::body("bt_payload", "not the XML of a notification");
        let text = std::str::from_utf8(&self.body).map_err(|_| no_xml())?;
        let document = xml::document(text.trim_start()).ok_or_else(no_xml)?;
        let root = Element::root(&document, "notification").ok_or_else(no_xml)?;
        let mut broken = Broken::default();
        let event = broken.needed("kind", root.text(&["kind"]));
        broken.finish()?;
        let when = root.text(&["timestamp"]).unwrap_or_default();
        let dispute = root.child(&["subject", "dispute"]);
        let id = dispute.and_then(|dispute| dispute.text(&["id"])).unwrap_or_default();
        let event_id = format!("{id}:{event}:{when}");
        let frame = Frame { source: Source::Braintree, event_id, event, payload: self.body.clone(), mapping };
        match dispute {
            _ if !frame.event.starts_with("dispute_") => Ok(frame.not_a_dispute()),
            Some(dispute) => read(frame, dispute, &when),
            None => Ok(frame.unknown("subject", "")),
        }
    }
}

fn stage(status: &str, kind: Option<&str>, programme: Option<&str>) -> Option<Stage> {
    Some(match (status, kind) {
        ("open", Some("retrieval")) => Stage::Inquiry,
        ("open", Some("pre_arbitration")) => Stage::PreArbitration,
        ("open", Some("chargeback") | None) => Stage::Received,
        ("disputed" | "under_review", _) => Stage::UnderReview,
        ("accepted" | "auto_accepted", _) if programme == Some("visa_rdr") => Stage::Refunded,
        ("accepted" | "auto_accepted", _) => Stage::Accepted,
        ("expired", _) => Stage::Expired,
        ("won", _) => Stage::Won,
        ("lost", _) => Stage::Lost,
        _ => return None,
    })
}

fn read(frame: Frame<'_>, dispute: Element<'_, '_>, when: &str) -> Result<Event, WebhookError> {
    let status = dispute.text(&["status"]).unwrap_or_default();
    let kind = dispute.text(&["kind"]);
    let programme = dispute.text(&["pre-dispute-program"]);
    let Some(stage) = stage(&status, kind.as_deref(), programme.as_deref()) else {
        let (field, word) = if status == "open" { ("kind", kind.unwrap_or_default()) } else { ("status", status) };
        return Ok(frame.unknown(field, word));
    };
    let mut broken = Broken::default();
    let dispute_id = broken.needed("dispute.id", dispute.text(&["id"]));
    let occurred_at = broken.needed_time("timestamp", time(when));
    let payment_id = broken.needed("dispute.transaction.id", dispute.text(&["transaction", "id"]));
    let amount = dispute.text(&["amount-disputed"]).or_else(|| dispute.text(&["amount"]));
    let due_by = broken.if_any("dispute.reply-by-date", dispute.text(&["reply-by-date"]), end_of_day);
    let opened_at = broken.if_any("dispute.created-at", dispute.text(&["created-at"]), time);
    let amount = broken.decimal("dispute.amount", amount, dispute.text(&["currency-iso-code"]));
    broken.finish()?;
    let scheme = dispute.text(&["transaction", "payment-instrument-subtype"]).map(|name| network(&name));
    let draft = Draft {
        dispute_id,
        stage,
        occurred_at,
        why: Why {
            code: code(scheme, dispute.text(&["reason-code"])),
            word: word(Source::Braintree, dispute.text(&["reason"])),
            text: dispute.text(&["reason-description"]),
            ..Why::default()
        },
        amount,
        opened_at,
        received_at: (frame.event == "dispute_opened").then_some(occurred_at),
        due_by,
        payment_id: Some(payment_id),
        ids: Ids { order: dispute.text(&["transaction", "order-id"]), ..Ids::default() },
        arn: None,
        case_number: dispute.text(&["case-number"]),
        fraud: None,
        cycle: match kind.as_deref() {
            Some("retrieval") => Cycle::PreDispute,
            Some("pre_arbitration") => Cycle::SecondRound,
            _ => Cycle::Dispute,
        },
        contested: stage == Stage::UnderReview || dispute.history().any(|status| status == "disputed"),
        vendor_payment: None,
        unsigned: &[],
        live: None,
    };
    frame.dispute(draft)
}

//! `PayPal`: events about customers' disputes.
//!
//! Sources: `PayPal`'s description of its disputes API and of webhook signatures, its pages on dispute webhooks, its Java SDK (whose
//! certificates it trusts). Medium sure where a stage is our reading.
//!
//! The signature is RSA with SHA-256 over id and time of the delivery, the webhook's id and the CRC-32 of the body. Its certificate is
//! named by an address in a header, which anybody can write. **This crate fetches nothing.** Either
//!
//! - give the [`Verifier`] the [`Certificate`]s that you trust: fetch one from [`certificate_url`], which checks that the address is
//!   `PayPal`'s, keep it, and make it a [`Certificate`] by its chain; or
//! - ask `PayPal` itself: [`Verifier::question`] gives what to post to
//!   `/v1/notifications/verify-webhook-signature`, and [`Question::answered`] reads the reply.
//!
//! CRC-32 is no cryptographic sum: who holds one signed delivery can make another body with the same sum, and another event's id in it.
//! What cannot be forged is the id of the delivery: take each [`transmission_id`](Verified::transmission_id) once, beside dropping
//! repeats by [`event_id`](crate::webhooks::DisputeEvent::event_id), and serve webhooks over TLS alone.
//!
//! - Stages are `PayPal`'s own: `CHARGEBACK` is a claim that `PayPal` decides ([`Received`](crate::Stage::Received)), unless its channel is
//!   `EXTERNAL`. `PRE_ARBITRATION` and `ARBITRATION` are appeals of the merchant's. In both, and in an inquiry, the stage counts and not the
//!   status; a claim that is under review, or waits for the buyer, is [`UnderReview`](crate::Stage::UnderReview), and otherwise Received.
//! - Outcomes: `RESOLVED_WITH_PAYOUT` is [`Won`](crate::Stage::Won), since `PayPal` bears the loss. `ACCEPTED`, `DENIED` and `NONE` do not say for
//!   whom: [`Closed`](crate::Stage::Closed).
//! - A dispute over several payments is an unknown word: a chargeback has one.

mod certificate;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

pub use self::certificate::Certificate;
use super::draft::{Draft, Frame, Ids, Why, word};
use super::mapping::Mapping;
use super::read::{Broken, Object, at, object, text_at, time, time_at};
use super::verify::{Tolerance, WebhookError, header, misconfigured};
use super::{Cycle, Event, Source};
use crate::error::Error;
use crate::model::Stage;

const ALGORITHM: &str = "paypal-auth-algo";
const CERTIFICATE: &str = "paypal-cert-url";
const TRANSMISSION: &str = "paypal-transmission-id";
const SIGNATURE: &str = "paypal-transmission-sig";
const TIME: &str = "paypal-transmission-time";

/// The hosts from which `PayPal` serves its certificates: those of its API, older names and newer (medium sure of the newer).
const HOSTS: [&str; 4] = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];

/// The address of the certificate that a delivery names, if it is `PayPal`'s: `https`, and one of four hosts.
///
/// # Errors
///
/// [`WebhookError`] if there is none, or it is another's: fetch nothing from there.
pub fn certificate_url(headers: &HeaderMap) -> Result<Url, WebhookError> {
    let url: Url = header(headers, CERTIFICATE)?.parse().map_err(|_| WebhookError::Malformed(CERTIFICATE))?;
    let ours = url.scheme() == "https"
        && url.host_str().is_some_and(|host| HOSTS.contains(&host))
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if ours { Ok(url) } else { Err(WebhookError::Certificate("not at an address of PayPal's")) }
}

/// Checks `PayPal`'s signature by certificates that the caller trusts.
#[derive(Debug, Clone)]
pub struct Verifier {
    webhook_id: String,
    certificates: Vec<Certificate>,
    tolerance: Tolerance,
}

impl Verifier {
    /// With the webhook's id from `PayPal`'s dashboard, which is part of what is signed. It has no certificates yet. Tolerates a
    /// delivery that is 4 days old, since `PayPal` tries for three and does not say whether it signs anew, or 5 minutes ahead.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if the id is empty.
    pub fn new(webhook_id: impl Into<String>) -> Result<Self, Error> {
        let webhook_id = webhook_id.into();
        if webhook_id.trim().is_empty() {
            return Err(misconfigured("webhook_id", "empty"));
        }
        let tolerance = Tolerance::new(Duration::from_secs(4 * 24 * 3_600), Duration::from_secs(300));
        Ok(Self { webhook_id, certificates: Vec::new(), tolerance })
    }

    /// And a certificate, any of which may have signed.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificates.push(certificate);
        self
    }

    /// How far the time of the delivery may lie from now.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Checks a delivery by this machine's clock: headers, and the raw body.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; answer 400.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<Verified, WebhookError> {
        self.verify_at(headers, body, Utc::now())
    }

    /// As [`verify`](Self::verify), by a clock of yours.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; answer 400.
    pub fn verify_at(&self, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Verified, WebhookError> {
        let _ = certificate_url(headers)?;
        if header(headers, ALGORITHM)? != "SHA256withRSA" {
            return Err(WebhookError::Malformed(ALGORITHM));
        }
        let id = header(headers, TRANSMISSION)?;
        let sent = header(headers, TIME)?;
        let signature = STANDARD.decode(header(headers, SIGNATURE)?).map_err(|_| WebhookError::Malformed(SIGNATURE))?;
        if self.certificates.is_empty() {
            return Err(WebhookError::Certificate("not given"));
        }
        let message = format!("{id}|{sent}|{}|{}", self.webhook_id, crc32fast::hash(body));
        let signed = |certificate: &&Certificate| certificate.has_signed(message.as_bytes(), &signature);
        let signers: Vec<&Certificate> = self.certificates.iter().filter(signed).collect();
        if signers.is_empty() {
            return Err(WebhookError::NoMatch);
        }
        // A certificate may be renewed with its key, and both be given.
        if !signers.iter().any(|signer| signer.is_valid_at(now)) {
            return Err(WebhookError::Certificate("no longer valid, or not yet"));
        }
        self.tolerance.check(time(sent).ok_or(WebhookError::Malformed(TIME))?, now)?;
        Ok(Verified { transmission_id: id.to_owned(), body: Bytes::copy_from_slice(body) })
    }

    /// What to ask `PayPal` about a delivery, instead of checking it here.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] if headers are missing, the certificate is not `PayPal`'s, or the body is no JSON.
    pub fn question(&self, headers: &HeaderMap, body: &[u8]) -> Result<Question, WebhookError> {
        let malformed = || WebhookError::body("body", "not a JSON object");
        let _ = object(body)?;
        let event = std::str::from_utf8(body).map_err(|_| malformed())?;
        let event: &RawValue = serde_json::from_str(event).map_err(|_| malformed())?;
        let ask = Ask {
            auth_algo: header(headers, ALGORITHM)?,
            cert_url: certificate_url(headers)?.into(),
            transmission_id: header(headers, TRANSMISSION)?,
            transmission_sig: header(headers, SIGNATURE)?,
            transmission_time: header(headers, TIME)?,
            webhook_id: &self.webhook_id,
            webhook_event: event,
        };
        let json = serde_json::to_string(&ask).map_err(|_| malformed())?;
        let transmission_id = header(headers, TRANSMISSION)?.to_owned();
        Ok(Question { json, transmission_id, body: Bytes::copy_from_slice(body) })
    }
}

#[derive(Serialize)]
struct Ask<'a> {
    auth_algo: &'a str,
    cert_url: String,
    transmission_id: &'a str,
    transmission_sig: &'a str,
    transmission_time: &'a str,
    webhook_id: &'a str,
    webhook_event: &'a RawValue,
}

/// A delivery that `PayPal` is to be asked about.
#[derive(Clone)]
pub struct Question {
    json: String,
    transmission_id: String,
    body: Bytes,
}

super::verify::hidden_body!(Question);

impl Question {
    /// What to post to `/v1/notifications/verify-webhook-signature`, with an access token of yours. It holds the delivery to the letter.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The delivery, if `PayPal`'s reply (status 200) says that it is its own.
    ///
    /// # Errors
    ///
    /// [`WebhookError::NoMatch`] if `PayPal` says that it is not, [`WebhookError::Body`] if the reply says neither.
    pub fn answered(self, reply: &[u8]) -> Result<Verified, WebhookError> {
        #[derive(Deserialize)]
        struct Answer {
            verification_status: String,
        }
        match serde_json::from_slice::<Answer>(reply).as_ref().map(|answer| answer.verification_status.as_str()) {
            Ok("SUCCESS") => Ok(Verified { transmission_id: self.transmission_id, body: self.body }),
            Ok("FAILURE") => Err(WebhookError::NoMatch),
            _ => Err(WebhookError::body("verification_status", "neither SUCCESS nor FAILURE")),
        }
    }
}

/// A delivery that `PayPal` has signed, or has said is its own.
#[derive(Clone)]
pub struct Verified {
    transmission_id: String,
    body: Bytes,
}

super::verify::hidden_body!(Verified);

impl Verified {
    /// `PayPal`'s id of the delivery, which is signed itself. Two bodies under one id: one of them is forged.
    #[must_use]
    pub fn transmission_id(&self) -> &str {
        &self.transmission_id
    }

    /// Reads the event.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Body`] if it is no event of `PayPal`'s, or a dispute lacks what it must have.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, WebhookError> {
        let (event, frame) = Frame::open(Source::PayPal, &self.body, "event_type", mapping)?;
        let name = frame.event.clone();
        match name.strip_prefix("CUSTOMER.DISPUTE.") {
            Some("CREATED" | "UPDATED" | "RESOLVED") => read(frame, &event),
            Some(_) => Ok(frame.unknown("event_type", name)),
            None => Ok(frame.not_a_dispute()),
        }
    }
}

/// The stage, or the field whose word is not known.
fn stage(dispute: &Object) -> Result<Stage, (&'static str, String)> {
    let status = text_at(dispute, &["status"]).unwrap_or_default();
    if status == "RESOLVED" {
        let outcome = text_at(dispute, &["dispute_outcome", "outcome_code"]);
        return Ok(match outcome.as_deref() {
            Some("RESOLVED_BUYER_FAVOUR") => Stage::Lost,
            Some("RESOLVED_SELLER_FAVOUR" | "RESOLVED_WITH_PAYOUT") => Stage::Won,
            Some("CANCELED_BY_BUYER") => Stage::Withdrawn,
            Some("ACCEPTED" | "DENIED" | "NONE") | None => Stage::Closed,
            Some(other) => return Err(("dispute_outcome.outcome_code", other.to_owned())),
        });
    }
    let running = ["OPEN", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE", "UNDER_REVIEW", "OTHER"];
    if !running.contains(&status.as_str()) {
        return Err(("status", status));
    }
    let life = text_at(dispute, &["dispute_life_cycle_stage"]).unwrap_or_default();
    Ok(match (life.as_str(), status.as_str()) {
        ("INQUIRY", _) => Stage::Inquiry,
        ("PRE_ARBITRATION", _) => Stage::PreArbitration,
        ("ARBITRATION", _) => Stage::Arbitration,
        // It is not the merchant's turn.
        ("CHARGEBACK", "UNDER_REVIEW" | "WAITING_FOR_BUYER_RESPONSE") => Stage::UnderReview,
        ("CHARGEBACK", _) => Stage::Received,
        _ => return Err(("dispute_life_cycle_stage", life)),
    })
}

fn read(frame: Frame<'_>, event: &Object) -> Result<Event, WebhookError> {
    let empty = Object::new();
    let dispute = at(event, &["resource"]).and_then(Value::as_object).unwrap_or(&empty);
    let stage = match stage(dispute) {
        Ok(stage) => stage,
        Err((field, word)) => return Ok(frame.unknown(field, word)),
    };
    let payments = at(dispute, &["disputed_transactions"]).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if payments.len() > 1 {
        return Ok(frame.unknown("disputed_transactions", payments.len().to_string()));
    }
    let payment = payments.first().and_then(Value::as_object).unwrap_or(&empty);
    let mut broken = Broken::default();
    let dispute_id = broken.needed("resource.dispute_id", text_at(dispute, &["dispute_id"]));
    // The change of the case, and not the delivery that tells it; without it, that of the event, which is never before.
    let changed = time_at(dispute, &["update_time"]).or_else(|| time_at(event, &["create_time"]));
    let occurred_at = broken.needed_time("create_time", changed.or_else(|| time_at(dispute, &["create_time"])));
    let opened_at = broken.if_any("resource.create_time", text_at(dispute, &["create_time"]), time);
    let due_by = text_at(dispute, &["seller_response_due_date"]);
    let due_by = broken.if_any("resource.seller_response_due_date", due_by, time);
    let (amount, currency) = (["dispute_amount", "value"], ["dispute_amount", "currency_code"]);
    let amount = broken.decimal("dispute_amount", text_at(dispute, &amount), text_at(dispute, &currency));
    broken.finish()?;
    let reason = text_at(dispute, &["reason"]);
    let draft = Draft {
        dispute_id,
        stage,
        occurred_at,
        why: Why { word: word(Source::PayPal, reason), ..Why::default() },
        amount,
        opened_at,
        received_at: (frame.event == "CUSTOMER.DISPUTE.CREATED").then_some(occurred_at),
        due_by,
        payment_id: text_at(payment, &["seller_transaction_id"]),
        ids: Ids::of_reference(text_at(payment, &["invoice_number"]), frame.mapping),
        arn: None,
        case_number: None,
        fraud: None,
        cycle: match text_at(dispute, &["dispute_life_cycle_stage"]).as_deref() {
            Some("INQUIRY") => Cycle::PreDispute,
            Some("PRE_ARBITRATION" | "ARBITRATION") => Cycle::SecondRound,
            _ => Cycle::Dispute,
        },
        contested: matches!(stage, Stage::PreArbitration | Stage::Arbitration),
        vendor_payment: None,
        unsigned: &[],
        live: None,
    };
    frame.dispute(draft)
}

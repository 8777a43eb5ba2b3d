//! Checkout.com: dispute events of workflows.
//!
//! Sources: Checkout.com's event pages, its .NET SDK (categories, resolved reasons), its page on amounts. The bodies of
//! `dispute_received`, `_won`, `_accepted`, `_canceled`, `_evidence_submitted` and three of the arbitration events are taken to be those of
//! their neighbours: medium sure.
//!
//! - The stage is that of the event's name; the body has no status. Events repeat, and come in any order.
//! - `dispute_resolved` is [`Closed`](crate::Stage::Closed), but by Visa's rapid dispute resolution [`Refunded`](crate::Stage::Refunded).
//! - Amounts: CLP is counted in hundredths (it is not on the list of currencies without a fraction: medium sure). Others as ISO 4217.
//! - The signature has no time, so a delivery can be replayed: drop repeats by [`event_id`](crate::webhooks::DisputeEvent::event_id).

use bytes::Bytes;
use http::HeaderMap;

use super::amount::Exceptions;
use super::draft::{Draft, Frame, Ids, Why, code, network};
use super::mapping::Mapping;
use super::read::{Broken, Object, at, text_at, time, time_at};
use super::verify::{Secrets, WebhookError, header};
use super::{Cycle, Event, Source};
use crate::error::Error;
use crate::model::{Reason, Stage};

const SIGNATURE: &str = "cko-signature";

/// Where Checkout.com's count differs from ISO 4217.
const EXCEPTIONS: Exceptions = &[("CLP", 2)];

/// Checks Checkout.com's signature: HMAC-SHA256 over the raw body, by the key of the workflow's webhook.
#[derive(Debug, Clone)]
pub struct Verifier {
    secrets: Secrets,
}

impl Verifier {
    /// With the signature key, and others that are being replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if a key is empty.
    pub fn new(secrets: impl Into<Secrets>) -> Result<Self, Error> {
        Ok(Self { secrets: secrets.into().check("secrets")? })
    }

    /// Checks a delivery: headers, and the raw body.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; answer 400.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<Verified, WebhookError> {
        let given = hex::decode(header(headers, SIGNATURE)?.trim()).map_err(|_| WebhookError::Malformed(SIGNATURE))?;
        if !self.secrets.have_signed(&[body], &[given]) {
            return Err(WebhookError::NoMatch);
        }
        Ok(Verified { body: Bytes::copy_from_slice(body) })
    }
}

/// A delivery that Checkout.com has signed.
#[derive(Clone)]
pub struct Verified {
    body: Bytes,
}

super::verify::hidden_body!(Verified);

impl Verified {
    /// Reads the event.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Body`] if it is no event of Checkout.com's, or a dispute lacks what it must have.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, WebhookError> {
        let (event, frame) = Frame::open(Source::Checkout, &self.body, "type", mapping)?;
        let name = frame.event.clone();
        if !name.starts_with("dispute_") && !name.starts_with("request_for_information_") {
            return Ok(frame.not_a_dispute());
        }
        match stage(&name, text_at(&event, &["data", "resolved_reason"]).as_deref()) {
            Some(stage) => dispute(frame, &event, stage),
            None => Ok(frame.unknown("type", name)),
        }
    }
}

fn stage(event: &str, resolved_reason: Option<&str>) -> Option<Stage> {
    Some(match event {
        "request_for_information_received" => Stage::Inquiry,
        "dispute_received" | "dispute_evidence_required" => Stage::Received,
        "dispute_evidence_submitted" | "dispute_evidence_acknowledged_by_scheme" => Stage::UnderReview,
        "dispute_accepted" => Stage::Accepted,
        "dispute_expired" => Stage::Expired,
        "dispute_won" | "dispute_arbitration_won" => Stage::Won,
        "dispute_lost" | "dispute_arbitration_lost" => Stage::Lost,
        "dispute_canceled" => Stage::Withdrawn,
        "dispute_resolved" if resolved_reason == Some("rapid_dispute_resolution") => Stage::Refunded,
        "dispute_resolved" => Stage::Closed,
        "dispute_arbitration_evidence_submitted" | "dispute_arbitration_sent_to_scheme" => Stage::Arbitration,
        _ => return None,
    })
}

fn dispute(frame: Frame<'_>, event: &Object, stage: Stage) -> Result<Event, WebhookError> {
    let mut broken = Broken::default();
    let dispute_id = broken.needed("data.id", text_at(event, &["data", "id"]));
    let payment_id = broken.needed("data.payment_id", text_at(event, &["data", "payment_id"]));
    let occurred_at = time_at(event, &["timestamp"]).or_else(|| time_at(event, &["created_on"]));
    let occurred_at = broken.needed_time("timestamp", occurred_at);
    let (count, currency) = (at(event, &["data", "amount"]), text_at(event, &["data", "currency"]));
    let amount = broken.minor_units("data.amount", count, currency, EXCEPTIONS);
    let opened_at = broken.if_any("data.date", text_at(event, &["data", "date"]), time);
    let due_by = text_at(event, &["data", "evidence_required_by"]);
    let due_by = broken.if_any("data.evidence_required_by", due_by, time);
    broken.finish()?;
    let scheme = text_at(event, &["data", "payment_method"]).map(|name| network(&name));
    let category = text_at(event, &["data", "category"]);
    let arbitration = frame.event.starts_with("dispute_arbitration_");
    let answered = matches!(stage, Stage::UnderReview | Stage::Won);
    let draft = Draft {
        dispute_id,
        stage,
        occurred_at,
        why: Why {
            code: code(scheme, text_at(event, &["data", "reason_code"])),
            meaning: category.as_deref().and_then(reason),
            text: category,
            ..Why::default()
        },
        amount,
        opened_at,
        received_at: (frame.event == "dispute_received").then_some(occurred_at),
        due_by,
        payment_id: Some(payment_id),
        ids: Ids::of_reference(text_at(event, &["data", "payment_reference"]), frame.mapping),
        arn: None,
        case_number: None,
        fraud: None,
        cycle: match stage {
            Stage::Inquiry => Cycle::PreDispute,
            _ if arbitration => Cycle::SecondRound,
            _ => Cycle::Dispute,
        },
        contested: answered || arbitration,
        vendor_payment: None,
        unsigned: &[],
        live: None,
    };
    frame.dispute(draft)
}

/// Checkout.com's category as a reason.
fn reason(category: &str) -> Option<Reason> {
    Some(match category {
        "fraudulent" => Reason::FraudOther,
        "unrecognized" => Reason::Unrecognized,
        "canceled_recurring" => Reason::CancelledRecurring,
        "product_service_not_received" => Reason::NotReceived,
        "not_as_described" => Reason::NotAsDescribed,
        "credit_not_issued" => Reason::CreditNotProcessed,
        "duplicate" => Reason::Duplicate,
        "incorrect_amount" => Reason::IncorrectAmount,
        "general" => Reason::Other,
        _ => return None,
    })
}

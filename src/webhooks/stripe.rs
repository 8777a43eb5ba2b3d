//! Stripe: events about disputes, and early fraud warnings.
//!
//! Sources: Stripe's pages on webhook signatures, the dispute object and currencies; the types of stripe-go and async-stripe
//! (API version 2026-09-30); the published test vector of async-stripe. Sure, but for what is said below.
//!
//! - The stage is that of the object's `status`; the event's name says nothing of who won. `funds_withdrawn` and `funds_reinstated`
//!   carry the same object, and are read as it stands.
//! - `prevented`: the network settled the case before it became a chargeback, by a refund; it is read as
//!   [`Refunded`](crate::Stage::Refunded). The old status `charge_refunded` too.
//! - An early fraud warning is an [`Alert`](crate::Stage::Alert): a case of its own, named after the warning.
//! - Amounts: Stripe counts ISK and UGX in hundredths and MGA in whole units. Others as ISO 4217. UGX stands on Stripe's list of currencies
//!   without a fraction too; its page on special cases is the one that merchants' plugins follow (medium sure).
//! - The reason is that of the network's code; where that stands for several (Mastercard `4853`), Stripe's own word decides.
//! - `representment` is set if Stripe has sent evidence on (`submission_count`); when, it does not say.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;

use super::amount::Exceptions;
use super::draft::{Draft, Frame, Ids, Why, code, network, word};
use super::mapping::Mapping;
use super::read::{Broken, Object, at, seconds_at, text_at};
use super::verify::{MOST_SIGNATURES, Secrets, Tolerance, WebhookError, header};
use super::{Cycle, Event, Source};
use crate::error::Error;
use crate::model::{Fraud, FraudKind, Network, Reason, Stage};

const SIGNATURE: &str = "stripe-signature";

/// Where Stripe's count differs from ISO 4217.
const EXCEPTIONS: Exceptions = &[("ISK", 2), ("MGA", 0), ("UGX", 2)];

/// Checks Stripe's signature: HMAC-SHA256 over time and raw body, by the endpoint's secret as it is shown, with `whsec_`.
#[derive(Debug, Clone)]
pub struct Verifier {
    secrets: Secrets,
    tolerance: Tolerance,
}

impl Verifier {
    /// With the endpoint's secret, and others that are being replaced (Stripe signs with both for up to 24 hours). Tolerates a
    /// signature that is 5 minutes old, as Stripe's libraries do, or 1 minute ahead.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if a secret is empty.
    pub fn new(secrets: impl Into<Secrets>) -> Result<Self, Error> {
        let tolerance = Tolerance::new(Duration::from_secs(300), Duration::from_secs(60));
        Ok(Self { secrets: secrets.into().check("secrets")?, tolerance })
    }

    /// How far the time of the signature may lie from now.
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
        let malformed = || WebhookError::Malformed(SIGNATURE);
        let given = header(headers, SIGNATURE)?;
        let mut time = None;
        let mut signatures = Vec::new();
        for pair in given.split(',') {
            let (key, value) = pair.trim().split_once('=').ok_or_else(malformed)?;
            match key {
                "t" if time.replace(value).is_some() => return Err(malformed()),
                "v1" => signatures.push(value),
                // Other schemes, such as `v0`, prove nothing.
                _ => (),
            }
        }
        let time = time.ok_or_else(malformed)?;
        let seconds: i64 = time.parse().map_err(|_| malformed())?;
        let signed = DateTime::from_timestamp(seconds, 0).ok_or_else(malformed)?;
        if signatures.is_empty() || signatures.len() > MOST_SIGNATURES {
            return Err(malformed());
        }
        let offered: Vec<Vec<u8>> = signatures.iter().filter_map(|signature| hex::decode(signature).ok()).collect();
        if !self.secrets.have_signed(&[time.as_bytes(), b".", body], &offered) {
            return Err(WebhookError::NoMatch);
        }
        self.tolerance.check(signed, now)?;
        Ok(Verified { body: Bytes::copy_from_slice(body) })
    }
}

/// A delivery that Stripe has signed.
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
    /// [`WebhookError::Body`] if it is no event of Stripe's, or a dispute lacks what it must have.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, WebhookError> {
        let (event, frame) = Frame::open(Source::Stripe, &self.body, "type", mapping)?;
        let mut broken = Broken::default();
        let created = broken.needed_time("created", seconds_at(&event, &["created"]));
        broken.finish()?;
        let name = frame.event.clone();
        let empty = Object::new();
        let subject = at(&event, &["data", "object"]).and_then(|subject| subject.as_object()).unwrap_or(&empty);
        match name.strip_prefix("charge.dispute.") {
            Some("created" | "updated" | "closed" | "funds_withdrawn" | "funds_reinstated") => {
                dispute(frame, subject, created)
            }
            Some(_) => Ok(frame.unknown("type", name)),
            None if name.starts_with("radar.early_fraud_warning.") => warning(frame, subject, created),
            None => Ok(frame.not_a_dispute()),
        }
    }
}

fn stage(status: &str) -> Option<Stage> {
    Some(match status {
        "warning_needs_response" => Stage::Inquiry,
        "warning_under_review" | "under_review" => Stage::UnderReview,
        "warning_closed" => Stage::Closed,
        "needs_response" => Stage::Received,
        "won" => Stage::Won,
        "lost" => Stage::Lost,
        "prevented" | "charge_refunded" => Stage::Refunded,
        _ => return None,
    })
}

fn dispute(frame: Frame<'_>, dispute: &Object, created: DateTime<Utc>) -> Result<Event, WebhookError> {
    let status = text_at(dispute, &["status"]).unwrap_or_default();
    let Some(stage) = stage(&status) else { return Ok(frame.unknown("status", status)) };
    let mut broken = Broken::default();
    let dispute_id = broken.needed("data.object.id", text_at(dispute, &["id"]));
    let payment_id = broken.needed("data.object.charge", id_of(dispute, "charge"));
    let (count, currency) = (at(dispute, &["amount"]), text_at(dispute, &["currency"]));
    let amount = broken.minor_units("data.object.amount", count, currency, EXCEPTIONS);
    let opened_at = broken.seconds_if_any("data.object.created", dispute, &["created"]);
    let due_by = broken.seconds_if_any("evidence_details.due_by", dispute, &["evidence_details", "due_by"]);
    broken.finish()?;
    let case_type = text_at(dispute, &["payment_method_details", "card", "case_type"]).unwrap_or_default();
    let before = status.starts_with("warning_") || ["inquiry", "block", "resolution"].contains(&case_type.as_str());
    let submitted = at(dispute, &["evidence_details", "submission_count"]).and_then(serde_json::Value::as_i64);
    let draft = Draft {
        dispute_id,
        stage,
        occurred_at: created,
        why: why(dispute),
        amount,
        opened_at,
        received_at: (frame.event == "charge.dispute.created").then_some(created),
        due_by,
        payment_id: Some(payment_id),
        ids: ids(dispute, frame.mapping),
        arn: None,
        case_number: text_at(dispute, &["payment_method_details", "paypal", "case_id"]),
        fraud: None,
        cycle: if before { Cycle::PreDispute } else { Cycle::Dispute },
        contested: submitted.is_some_and(|count| count > 0),
        vendor_payment: None,
        unsigned: &[],
        live: at(dispute, &["livemode"]).and_then(serde_json::Value::as_bool),
    };
    frame.dispute(draft)
}

/// The card network's code, or the code of the wallet; and Stripe's own word.
fn why(dispute: &Object) -> Why {
    let method = |path: &[&str]| text_at(dispute, &[&["payment_method_details"], path].concat());
    // The network that carried the payment has the code, not always the card's brand.
    let of_card = method(&["card", "network"]).or_else(|| method(&["card", "brand"]));
    let of_card = of_card.map(|name| network(&name));
    let card_code = method(&["card", "network_reason_code"]).or_else(|| text_at(dispute, &["network_reason_code"]));
    let of_wallet = |name: &'static str| code(Some(Network::from(name)), method(&[name, "reason_code"]));
    Why {
        code: code(of_card, card_code).or_else(|| of_wallet("paypal")).or_else(|| of_wallet("klarna")),
        word: word(Source::Stripe, text_at(dispute, &["reason"])),
        ..Why::default()
    }
}

/// The id of what may be given by its id or whole.
fn id_of(object: &Object, name: &str) -> Option<String> {
    text_at(object, &[name]).or_else(|| text_at(object, &[name, "id"]))
}

/// The merchant's ids by their names in metadata: the dispute's, then those of what is given whole.
fn ids(dispute: &Object, mapping: &Mapping) -> Ids {
    let find = |key: &str| {
        let places = [&["metadata"][..], &["charge", "metadata"], &["payment_intent", "metadata"]];
        places.iter().find_map(|place| text_at(dispute, &[*place, &[key]].concat()))
    };
    Ids {
        order: find(&mapping.order_key),
        transaction: find(&mapping.transaction_key),
        user: find(&mapping.user_key),
        session: find(&mapping.session_key),
    }
}

fn warning(frame: Frame<'_>, warning: &Object, created: DateTime<Utc>) -> Result<Event, WebhookError> {
    let mut broken = Broken::default();
    let dispute_id = broken.needed("data.object.id", text_at(warning, &["id"]));
    let payment_id = broken.needed("data.object.charge", id_of(warning, "charge"));
    broken.finish()?;
    let kind = match text_at(warning, &["fraud_type"]).as_deref() {
        Some("made_with_stolen_card" | "made_with_lost_card") => Some(FraudKind::StolenCard),
        Some("made_with_counterfeit_card") => Some(FraudKind::CounterfeitCard),
        _ => None,
    };
    let draft = Draft {
        dispute_id,
        stage: Stage::Alert,
        occurred_at: created,
        // The issuer's report is of fraud, of whatever kind.
        why: Why { meaning: Some(Reason::FraudOther), ..Why::default() },
        amount: None,
        opened_at: seconds_at(warning, &["created"]),
        received_at: None,
        due_by: None,
        payment_id: Some(payment_id),
        ids: ids(warning, frame.mapping),
        arn: None,
        case_number: None,
        fraud: kind.map(Fraud::new),
        cycle: Cycle::PreDispute,
        contested: false,
        vendor_payment: None,
        unsigned: &[],
        live: at(warning, &["livemode"]).and_then(serde_json::Value::as_bool),
    };
    frame.dispute(draft)
}

//! Pipwave: its notification (IPN), when a payment is charged back.
//!
//! Sources: Pipwave's page on instant payment notifications and its table of status codes; the check of the signature lives with
//! [`chargeback::pipwave`](crate::pipwave::Notification). Its plugins and pages are of different versions, in which the numbers meant other
//! things: medium sure.
//!
//! **Signed** are the time, the ids, the payment's amount, currency and status. **Not signed** is all that says chargeback: `type` and every
//! `reverse_*` field. So ask Pipwave before you act: [`Verified::requery`] gives the question, and
//! [`Verified::confirmed_by`] reads the answer.
//!
//! ```
//! use chargeback::webhooks::pipwave::{Confirmation, Verified};
//! use chargeback::pipwave::Pipwave;
//! use chargeback::{Error, HttpProvider};
//!
//! async fn confirmed(pipwave: &HttpProvider<Pipwave>, payload: &Verified) -> Result<bool, Error> {
//!     let Some(question) = payload.requery() else { return Ok(false) };
//!     Ok(payload.confirmed_by(&pipwave.requery(question).await?.reply) == Confirmation::Confirmed)
//! }
//! ```
//!
//! - `reverse_status`: 1 pending is [`Received`](crate::Stage::Received), 6 won, 7 resolved is [`Closed`](crate::Stage::Closed), 8 reversed,
//!   10 finalised is [`Lost`](crate::Stage::Lost).
//! - The case is named after the payment (`pw_id`), which is signed; the id of the chargeback may be missing, and is not.
//! - No amount of the chargeback is given, only the payment's: none is set. No reason is given either.
//! - A payment whose signed status says disputed or charged back, under another type, is an unknown word.
//! - A chargeback that Pipwave tells of need not be told to Pipwave: leave it out of that vendor's route
//!   ([`Target::only`](crate::Target::only)), or its tag may come back as another notification.
//! - The payload holds the key of the API, as Pipwave sends it.
//! - Answer `OK`, or Pipwave sends it again every 5 minutes.

use bytes::Bytes;
use chrono::DateTime;

use super::draft::{Draft, Frame, Ids, Why};
use super::mapping::Mapping;
use super::read::Broken;
use super::verify::{Secrets, WebhookError, misconfigured};
use super::{Cycle, Event, Source};
use crate::error::Error;
use crate::model::{Field, Stage};
use crate::providers::pipwave::{ID, Notification, NotificationError, Requery, RequeryReply, TransactionStatus};
use crate::util::secret::Secret;

/// What to answer, so that Pipwave does not send it again.
pub const ANSWER: &str = "OK";

/// What rests on something that Pipwave does not sign.
const UNSIGNED: &[Field] = &[Field::Stage, Field::ReceivedAt, Field::CaseNumber, Field::Representment];

/// Checks Pipwave's signature by the key and secret of the API.
#[derive(Debug, Clone)]
pub struct Verifier {
    api_key: Secret,
    secrets: Secrets,
}

impl Verifier {
    /// With the key, its secret, and other secrets that are being replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if one of them is empty.
    pub fn new(api_key: impl Into<Secret>, api_secrets: impl Into<Secrets>) -> Result<Self, Error> {
        let api_key = api_key.into();
        if api_key.is_blank() {
            return Err(misconfigured("api_key", "empty"));
        }
        Ok(Self { api_key, secrets: api_secrets.into().check("api_secrets")? })
    }

    /// Checks a delivery: the raw body.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; answer 400.
    pub fn verify(&self, body: &[u8]) -> Result<Verified, WebhookError> {
        let mut failed = WebhookError::NoMatch;
        let mut verified = None;
        for secret in self.secrets.iter() {
            match Notification::verify(body, &self.api_key, secret) {
                Ok(notification) => verified = Some(notification),
                Err(NotificationError::NoSignature) => failed = WebhookError::Missing("signature"),
                Err(NotificationError::Malformed) => failed = WebhookError::body("body", "not a JSON object"),
                Err(NotificationError::NoMatch) => (),
            }
        }
        let notification = verified.ok_or(failed)?;
        Ok(Verified { notification, body: Bytes::copy_from_slice(body) })
    }
}

/// A notification whose signature is Pipwave's.
#[derive(Clone)]
pub struct Verified {
    notification: Notification,
    body: Bytes,
}

super::verify::hidden_body!(Verified);

impl Verified {
    /// The notification, with accessors that say what is signed.
    #[must_use]
    pub const fn notification(&self) -> &Notification {
        &self.notification
    }

    /// The question that confirms it, by the signed id of the payment: give it to
    /// [`requery`](crate::HttpProvider::requery). `None` if it names no payment.
    #[must_use]
    pub fn requery(&self) -> Option<Requery> {
        let by_pw_id = self.notification.pw_id().map(|id| Requery::Payment(id.to_owned()));
        by_pw_id.or_else(|| self.notification.txn_id().map(|id| Requery::Transaction(id.to_owned())))
    }

    /// What Pipwave's answer says of the notification.
    #[must_use]
    pub fn confirmed_by(&self, state: &RequeryReply) -> Confirmation {
        use TransactionStatus::{ChargedBack, Disputed, FullyRefunded, Paid, PartiallyRefunded};
        let told = self.notification.unsigned_reverse_status().and_then(stage);
        match (told, state.status) {
            (Some(Stage::Received), Disputed | ChargedBack) | (Some(Stage::Lost), ChargedBack) => {
                Confirmation::Confirmed
            }
            // A payment that was won back looks like one that nobody disputed, and a resolved one like any.
            (Some(Stage::Won | Stage::Reversed), Paid)
            | (Some(Stage::Lost), Disputed)
            | (Some(Stage::Closed) | None, _)
            | (_, FullyRefunded | PartiallyRefunded) => Confirmation::CannotTell,
            _ => Confirmation::Contradicted,
        }
    }

    /// Reads the notification.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Body`] if a chargeback lacks what it must have.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, WebhookError> {
        let told = &self.notification;
        let event = told.unsigned_type().unwrap_or_default().to_owned();
        let status = told.unsigned_reverse_status().unwrap_or_default().to_owned();
        // What is signed, and the status; Pipwave's own id of the notification is neither signed nor always there.
        let signed = [told.pw_id(), told.timestamp(), told.signed_status()].map(Option::unwrap_or_default);
        let event_id = format!("{}:{status}", signed.join(":"));
        let disputed = told.transaction_status();
        let frame = Frame { source: Source::Pipwave, event_id, event, payload: self.body.clone(), mapping };
        if frame.event != "chargeback" {
            let charged_back = matches!(disputed, Some(TransactionStatus::Disputed | TransactionStatus::ChargedBack));
            // The type is not signed, and the status is: it has the last word.
            let kind = frame.event.clone();
            return Ok(if charged_back { frame.unknown("type", kind) } else { frame.not_a_dispute() });
        }
        let Some(stage) = stage(&status) else { return Ok(frame.unknown("reverse_status", status)) };
        let mut broken = Broken::default();
        let pw_id = broken.needed("pw_id", told.pw_id().map(str::to_owned));
        let seconds = told.timestamp().and_then(|text| text.parse().ok());
        let occurred_at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let occurred_at = broken.needed_time("timestamp", occurred_at);
        broken.finish()?;
        frame.dispute(Draft {
            dispute_id: pw_id.clone(),
            stage,
            occurred_at,
            why: Why::default(),
            amount: None,
            opened_at: None,
            received_at: (stage == Stage::Received).then_some(occurred_at),
            due_by: None,
            payment_id: None,
            ids: Ids { transaction: told.txn_id().map(str::to_owned), ..Ids::default() },
            arn: None,
            case_number: told.unsigned_reverse_pw_id().map(str::to_owned),
            fraud: None,
            cycle: Cycle::Dispute,
            contested: stage == Stage::Won,
            vendor_payment: Some((ID, pw_id)),
            unsigned: UNSIGNED,
            live: None,
        })
    }
}

/// What Pipwave says when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirmation {
    /// The payment's status is the one that such a chargeback gives it.
    Confirmed,
    /// The payment's status is another: do not act on the notification.
    Contradicted,
    /// The payment's status does not show it: won, reversed and resolved chargebacks cannot be seen.
    CannotTell,
}

fn stage(reverse_status: &str) -> Option<Stage> {
    Some(match reverse_status {
        "1" => Stage::Received,
        "6" => Stage::Won,
        "7" => Stage::Closed,
        "8" => Stage::Reversed,
        "10" => Stage::Lost,
        _ => return None,
    })
}

//! The fields of a notification.

use bytes::Bytes;
use chrono::DateTime;

use super::confirmation::Confirmation;
use super::stage::{reading, stage};
use crate::model::{Field, Stage};
use crate::providers::pipwave::{ID, Notification, Requery, RequeryReply};
use crate::util::violation::Violation;
use crate::webhooks::envelope::{DisputeDraft, Envelope};
use crate::webhooks::error::ParseError;
use crate::webhooks::event::Event;
use crate::webhooks::json::tokens;
use crate::webhooks::mapping::{Mapping, MerchantIds};
use crate::webhooks::problems::Problems;
use crate::webhooks::reading::Phase;
use crate::webhooks::source::Source;
use crate::webhooks::verify::redacted_debug;

/// Fields of the chargeback that depend on data that Pipwave does not sign.
const UNSIGNED: &[Field] = &[Field::Stage, Field::ReceivedAt, Field::CaseNumber, Field::Representment];

/// A notification that Pipwave has signed.
///
/// ```
/// use chargeback::webhooks::pipwave::VerifiedPayload;
///
/// fn log(payload: &VerifiedPayload) {
///     let notification = payload.notification();
///     println!("payment {:?}, status {:?}", notification.pw_id(), notification.transaction_status());
/// }
/// ```
#[derive(Clone)]
pub struct VerifiedPayload {
    notification: Notification,
    body: Bytes,
}

redacted_debug!(VerifiedPayload);

impl VerifiedPayload {
    pub(super) const fn new(notification: Notification, body: Bytes) -> Self {
        Self { notification, body }
    }

    /// Returns the notification. The names of its accessors show which fields are not signed.
    #[must_use]
    pub const fn notification(&self) -> &Notification {
        &self.notification
    }

    /// Returns the query that confirms the notification, by the signed id of the payment. Pass the query to
    /// [`requery`](crate::HttpProvider::requery). `None` if the notification has no id of a payment.
    #[must_use]
    pub fn requery(&self) -> Option<Requery> {
        let by_pw_id = self.notification.pw_id().map(|id| Requery::Payment(id.to_owned()));
        by_pw_id.or_else(|| self.notification.txn_id().map(|id| Requery::Transaction(id.to_owned())))
    }

    /// Compares the notification with Pipwave's reply to the query.
    #[must_use]
    pub fn confirmation(&self, reply: &RequeryReply) -> Confirmation {
        Confirmation::compare(self.notification.unsigned_reverse_status().and_then(stage), reply.status)
    }

    /// Parses the notification. See the example of [`Verifier`](super::Verifier).
    ///
    /// # Errors
    ///
    /// Returns [`ParseError`] if a chargeback lacks a required field.
    pub fn parse(&self, mapping: &Mapping) -> Result<Event, ParseError> {
        let notification = &self.notification;
        let event_type = notification.unsigned_type().unwrap_or_default().to_owned();
        let status = notification.unsigned_reverse_status().unwrap_or_default();
        // The notification's own id is not signed and may be missing.
        let signed = [notification.pw_id(), notification.timestamp(), notification.signed_status()];
        let event_id = format!("{}:{status}", signed.map(Option::unwrap_or_default).join(":"));
        let reading = reading(&event_type, status, notification.transaction_status());
        let envelope = Envelope { source: Source::Pipwave, event_id, event_type, payload: self.body.clone(), mapping };
        envelope.read(reading, |_, stage| {
            let draft = dispute(notification, stage)?;
            let name = |place: &str| tokens(place).collect::<Vec<_>>().join("/");
            let read = |place: &str| notification.value(&name(place)).map(str::to_owned);
            let is_signed = |place: &str| Notification::is_signed(&name(place));
            Ok(DisputeDraft { ids: draft.ids.named((Source::Pipwave, mapping), read, is_signed), ..draft })
        })
    }
}

fn dispute(notification: &Notification, stage: Stage) -> Result<DisputeDraft, Vec<Violation>> {
    let mut problems = Problems::default();
    let pw_id = problems.required("pw_id", notification.pw_id().map(str::to_owned));
    let seconds = notification.timestamp().and_then(|text| text.parse().ok());
    let occurred_at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let occurred_at = problems.required_time("timestamp", occurred_at);
    let unread = problems.finish()?;
    Ok(DisputeDraft {
        received_at: (stage == Stage::Received).then_some(occurred_at),
        ids: MerchantIds { transaction: notification.txn_id().map(str::to_owned), ..MerchantIds::default() },
        case_number: notification.unsigned_reverse_pw_id().map(str::to_owned),
        contested: stage == Stage::Won,
        vendor_payment: Some((ID, pw_id.clone())),
        unsigned_fields: UNSIGNED,
        unread,
        ..DisputeDraft::new(pw_id, stage, occurred_at, Phase::Dispute)
    })
}

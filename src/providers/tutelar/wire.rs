//! Tutelar's JSON.

use std::fmt;

use crate::exact::Rfc3339;
use crate::native::{object_struct, some};
use crate::redact::Presence;
use crate::violation::Violation;
use crate::words::closed_words;

closed_words! {
    /// Tutelar's chargeback statuses.
    pub enum ChargebackStatus {
        /// The merchant contests it.
        Contested = "contested",
        /// The merchant accepts it (medium confidence).
        Accepted = "accepted",
        /// "The chargeback dispute has been defeated": see [`DefeatedMeans`](super::DefeatedMeans).
        Defeated = "defeated",
        /// The amount was refunded.
        Refunded = "refunded",
        /// It is in pre-arbitration.
        Prearbitration = "prearbitration",
    }
}

closed_words! {
    /// Tutelar's refund statuses.
    pub enum RefundStatus {
        /// Requested.
        Requested = "requested",
        /// Processed.
        Processed = "processed",
    }
}

object_struct! {
    names = "camelCase";
    /// Body of the chargeback call.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TransactionChargeback {
        /// The status.
        pub status: ChargebackStatus,
        /// The order id given to Tutelar when the transaction was created.
        pub order_id: String,
        /// Why, free text.
        pub reason: String,
        /// A reference of the caller's, which older editions of the sibling calls demand and echo (medium confidence that
        /// this call takes it). Reports do not send it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub reference_no: Option<String>,
    }
}

impl TransactionChargeback {
    /// A status of an order, and why.
    pub fn new(status: ChargebackStatus, order_id: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { status, order_id: order_id.into(), reason: reason.into(), reference_no: None }
    }

    /// The rules that it breaks. Tutelar's page gives types and statuses, which the types here hold to, and says that all
    /// three fields are required.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        required(&self.order_id, &self.reason)
    }
}

object_struct! {
    names = "camelCase";
    /// Body of the refund call.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TransactionRefund {
        /// The status.
        pub status: RefundStatus,
        /// The order id given to Tutelar when the transaction was created.
        pub order_id: String,
        /// Why, free text.
        pub reason: String,
        /// A reference of the caller's, which older editions of the sibling calls demand and echo (medium confidence that
        /// this call takes it). Reports do not send it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub reference_no: Option<String>,
    }
}

impl TransactionRefund {
    /// A status of an order, and why.
    pub fn new(status: RefundStatus, order_id: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { status, order_id: order_id.into(), reason: reason.into(), reference_no: None }
    }

    /// The rules that it breaks. Tutelar's page gives types and statuses, which the types here hold to, and says that all
    /// three fields are required.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        required(&self.order_id, &self.reason)
    }
}

fn required(order_id: &str, reason: &str) -> Vec<Violation> {
    let fields = [("orderId", order_id), ("reason", reason)];
    fields.into_iter().filter(|(_, text)| text.is_empty()).map(|(name, _)| Violation::new(name, "empty")).collect()
}

impl fmt::Debug for TransactionChargeback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionChargeback").field("status", &self.status).finish_non_exhaustive()
    }
}

impl fmt::Debug for TransactionRefund {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionRefund").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Tutelar's acknowledgement.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Updated {
    /// What Tutelar wrote.
    pub message: Option<String>,
    /// The order that it names.
    pub order_id: Option<String>,
    /// When the request came in, by Tutelar's clock.
    pub requested_at: Option<Rfc3339>,
    /// When it was answered, by Tutelar's clock.
    pub responded_at: Option<Rfc3339>,
    /// How long it took, in milliseconds (by arithmetic on the page's sample).
    pub processed_in_ms: Option<u64>,
    /// A reference that older versions echo.
    pub reference_no: Option<String>,
}

impl fmt::Debug for Updated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updated").field("message", &Presence::of(self.message.as_ref())).finish_non_exhaustive()
    }
}

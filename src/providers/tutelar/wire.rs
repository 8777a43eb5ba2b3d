//! Tutelar's JSON.

use std::fmt;

use crate::model::Rfc3339;
use crate::util::redact::Presence;
use crate::util::strict_serde::{object_struct, some};
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

string_enum! {
    /// Tutelar's five chargeback statuses. There is none for a chargeback that has just been received.
    pub enum ChargebackStatus {
        /// The merchant contests the chargeback.
        Contested = "contested",
        /// The merchant accepts the chargeback and bears the loss (medium confidence).
        Accepted = "accepted",
        /// "The chargeback dispute has been defeated": see [`DefeatedMeans`](super::DefeatedMeans).
        Defeated = "defeated",
        /// The amount was refunded to the customer. To say so moves no money.
        Refunded = "refunded",
        /// The chargeback is in pre-arbitration, the second cycle.
        Prearbitration = "prearbitration",
    }
}

string_enum! {
    /// Tutelar's refund statuses. No report sends them.
    pub enum RefundStatus {
        /// The refund was asked for.
        Requested = "requested",
        /// The refund was carried out.
        Processed = "processed",
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST .../transaction/chargeback`, the same in versions 1 and 2.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TransactionChargeback {
        /// Where the chargeback stands; required.
        pub status: ChargebackStatus,
        /// The order id given to Tutelar when the transaction was created; required. The create call takes 1 to 40 of
        /// `A-Z`, `a-z`, `0-9`, `_` and `-`; this one gives no limit.
        pub order_id: String,
        /// Why the customer or issuer charges back: free text, required. No limit of length is documented.
        pub reason: String,
        /// A reference of the caller's, which older editions of the sibling calls demand and echo (medium confidence that
        /// this call takes it). Reports do not send it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub reference_no: Option<String>,
    }
}

impl TransactionChargeback {
    /// A chargeback status of an order, and the reason in words.
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
    /// Body of `POST .../transaction/refund`. No report sends it.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TransactionRefund {
        /// How far the refund has come; required.
        pub status: RefundStatus,
        /// The order id given to Tutelar when the transaction was created; required.
        pub order_id: String,
        /// Why it was refunded: free text, required. No limit of length is documented.
        pub reason: String,
        /// A reference of the caller's, which older editions of the sibling calls demand and echo (medium confidence that
        /// this call takes it). Reports do not send it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub reference_no: Option<String>,
    }
}

impl TransactionRefund {
    /// A refund status of an order, and the reason in words.
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

/// Tutelar's acknowledgement. Every field is optional in its page.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Updated {
    /// What Tutelar wrote, for people. `Debug` does not show it.
    pub message: Option<String>,
    /// The order id that the reply names.
    pub order_id: Option<String>,
    /// When the request came in, by Tutelar's clock.
    pub requested_at: Option<Rfc3339>,
    /// When it was answered, by Tutelar's clock.
    pub responded_at: Option<Rfc3339>,
    /// How long it took, in milliseconds (by arithmetic on the page's sample).
    pub processed_in_ms: Option<u64>,
    /// A reference that older editions of the API echo.
    pub reference_no: Option<String>,
}

impl fmt::Debug for Updated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updated").field("message", &Presence::new(self.message.as_ref())).finish_non_exhaustive()
    }
}

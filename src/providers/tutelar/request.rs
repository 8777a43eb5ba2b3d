//! Tutelar's requests. Field names in JSON are in camelCase.

use std::fmt;

use crate::util::strict_serde::object_struct;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

string_enum! {
    path = "chargeback::tutelar";
    /// Tutelar's five chargeback statuses. Tutelar has no status for a chargeback that was just received.
    pub enum ChargebackStatus {
        /// The merchant contests the chargeback.
        Contested = "contested",
        /// The merchant accepts the chargeback and bears the loss (medium confidence).
        Accepted = "accepted",
        /// "The chargeback dispute has been defeated". [`DefeatedMeans`](super::DefeatedMeans) sets the meaning.
        Defeated = "defeated",
        /// The amount was refunded to the customer. The status moves no money.
        Refunded = "refunded",
        /// The chargeback is in pre-arbitration, the second cycle.
        Prearbitration = "prearbitration",
    }
}

string_enum! {
    path = "chargeback::tutelar";
    /// Tutelar's refund statuses. No report sends them.
    pub enum RefundStatus {
        /// The refund was requested.
        Requested = "requested",
        /// The refund was processed.
        Processed = "processed",
    }
}

object_struct! {
    names = "camelCase";
    /// The call `POST .../transaction/chargeback`: sets the chargeback status of an order. Idempotent. The body is the
    /// same in versions 1 and 2.
    ///
    /// ```
    /// use chargeback::tutelar::{ChargebackStatus, TransactionChargeback};
    ///
    /// let chargeback = TransactionChargeback::new(ChargebackStatus::Accepted, "ORD_10726", "duplicate");
    /// let json = r#"{"status":"accepted","orderId":"ORD_10726","reason":"duplicate"}"#;
    /// assert_eq!(serde_json::to_string(&chargeback)?, json);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TransactionChargeback {
        /// The status of the chargeback; required.
        pub status: ChargebackStatus,
        /// The order id that Tutelar got when the transaction was created; required. The create call accepts 1 to 40 of
        /// `A-Z`, `a-z`, `0-9`, `_` and `-`; this call documents no limit.
        pub order_id: String,
        /// The reason of the chargeback as free text; required. No length limit is documented.
        pub reason: String,
        /// The caller's reference. Older editions of the sibling calls require and echo it (medium confidence that this
        /// call accepts it). Reports do not send it.
        pub reference_no: Option<String>,
    }
}

impl TransactionChargeback {
    /// Creates the call for an order, with the reason as text.
    ///
    /// ```
    /// use chargeback::tutelar::{ChargebackStatus, TransactionChargeback};
    ///
    /// let chargeback = TransactionChargeback::new(ChargebackStatus::Contested, "ORD_10726", "goods not received");
    /// assert!(chargeback.validate().is_empty());
    /// ```
    pub fn new(status: ChargebackStatus, order_id: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { status, order_id: order_id.into(), reason: reason.into(), reference_no: None }
    }

    /// Returns the rules that the call breaks: all three fields of Tutelar's page are required. The types and statuses
    /// of the page are those of this struct.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        required(&self.order_id, &self.reason)
    }
}

object_struct! {
    names = "camelCase";
    /// The call `POST .../transaction/refund`: sets the refund status of an order. Idempotent. No report sends it.
    ///
    /// ```
    /// use chargeback::tutelar::{RefundStatus, TransactionRefund};
    ///
    /// let refund = TransactionRefund::new(RefundStatus::Requested, "ORD_10726", "goods not received");
    /// assert!(refund.validate().is_empty());
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TransactionRefund {
        /// The status of the refund; required.
        pub status: RefundStatus,
        /// The order id that Tutelar got when the transaction was created; required.
        pub order_id: String,
        /// The reason of the refund as free text; required. No length limit is documented.
        pub reason: String,
        /// The caller's reference. Older editions of the sibling calls require and echo it (medium confidence that this
        /// call accepts it). Reports do not send it.
        pub reference_no: Option<String>,
    }
}

impl TransactionRefund {
    /// Creates the call for an order, with the reason as text.
    ///
    /// ```
    /// use chargeback::tutelar::{RefundStatus, TransactionRefund};
    ///
    /// let refund = TransactionRefund::new(RefundStatus::Processed, "", "goods not received");
    /// assert_eq!(refund.validate().len(), 1);
    /// ```
    pub fn new(status: RefundStatus, order_id: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { status, order_id: order_id.into(), reason: reason.into(), reference_no: None }
    }

    /// Returns the rules that the call breaks: all three fields of Tutelar's page are required. The types and statuses
    /// of the page are those of this struct.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        required(&self.order_id, &self.reason)
    }
}

fn required(order_id: &str, reason: &str) -> Vec<Violation> {
    let fields = [("orderId", order_id), ("reason", reason)];
    fields
        .into_iter()
        .filter(|(_, text)| text.is_empty())
        .map(|(name, _)| Violation::new(name, "must not be empty"))
        .collect()
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

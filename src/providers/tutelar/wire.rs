//! Tutelar's JSON.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::native::object_only;
use crate::redact::Presence;
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

/// Body of the chargeback call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct TransactionChargeback {
    /// The status.
    pub status: ChargebackStatus,
    /// The order id given to Tutelar when the transaction was created.
    pub order_id: String,
    /// Why, free text.
    pub reason: String,
}

impl TransactionChargeback {
    /// A status of an order, and why.
    pub fn new(status: ChargebackStatus, order_id: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { status, order_id: order_id.into(), reason: reason.into() }
    }
}

/// Body of the refund call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct TransactionRefund {
    /// The status.
    pub status: RefundStatus,
    /// The order id given to Tutelar when the transaction was created.
    pub order_id: String,
    /// Why, free text.
    pub reason: String,
}

impl TransactionRefund {
    /// A status of an order, and why.
    pub fn new(status: RefundStatus, order_id: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { status, order_id: order_id.into(), reason: reason.into() }
    }
}

object_only!(TransactionChargeback, TransactionRefund);

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
    /// A reference that older versions echo.
    pub reference_no: Option<String>,
}

impl fmt::Debug for Updated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updated").field("message", &Presence::of(self.message.as_ref())).finish_non_exhaustive()
    }
}

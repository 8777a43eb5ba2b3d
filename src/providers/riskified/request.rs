//! The decision about an order.

use std::fmt;

use super::claim::check_currency;
use super::values::ExternalStatus;
use crate::model::{DecimalNumber, Rfc3339};
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::violation::Violation;

object_struct! {
    names = "snake_case";
    /// The call `POST /api/decision`: sets the merchant's decision about an order. Moves no money. Idempotent (medium
    /// confidence).
    ///
    /// ```
    /// use chargeback::riskified::{Decision, ExternalStatus, ReportDecision};
    ///
    /// let report = ReportDecision::new("ORD-1", Decision::new(ExternalStatus::ChargebackFraud));
    /// assert!(report.validate().is_empty());
    /// assert_eq!(
    ///     serde_json::to_string(&report)?,
    ///     r#"{"order":{"id":"ORD-1","decision":{"external_status":"chargeback_fraud"}}}"#
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct ReportDecision {
        /// The order with the decision.
        pub order: OrderDecision,
    }
}

object_struct! {
    names = "snake_case";
    /// An order with the merchant's decision.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct OrderDecision {
        /// The merchant's id of the order.
        pub id: String,
        /// The decision.
        pub decision: Decision,
    }
}

object_struct! {
    names = "snake_case";
    /// The merchant's decision about an order.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Decision {
        /// The decision.
        pub external_status: ExternalStatus,
        /// The time of the decision.
        pub decided_at: Option<Rfc3339>,
        /// The reason, free text. Reports send the code of the network, or else the reason as words.
        pub reason: Option<String>,
        /// The amount in major units, as an exact decimal.
        pub amount: Option<DecimalNumber>,
        /// The ISO 4217 code of the amount.
        pub currency: Option<String>,
        /// A note, free text.
        pub notes: Option<String>,
    }
}

impl Decision {
    /// Creates a decision without time, reason, amount and note.
    #[must_use]
    pub const fn new(external_status: ExternalStatus) -> Self {
        Self { external_status, decided_at: None, reason: None, amount: None, currency: None, notes: None }
    }
}

impl ReportDecision {
    /// Creates a decision about an order.
    pub fn new(order_id: impl Into<String>, decision: Decision) -> Self {
        Self { order: OrderDecision { id: order_id.into(), decision } }
    }

    /// Returns the rules that the call breaks.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let id = self.order.id.is_empty().then(|| Violation::new("id", "required"));
        let currency = check_currency("currency", self.order.decision.currency.as_deref());
        id.into_iter().chain(currency).collect()
    }
}

impl fmt::Debug for ReportDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportDecision").field("order", &self.order).finish()
    }
}

impl fmt::Debug for OrderDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderDecision").field("id", &Presence(true)).field("decision", &self.decision).finish()
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision").field("external_status", &self.external_status).finish_non_exhaustive()
    }
}

//! Ravelin's request. Field names in JSON are in camelCase.

use std::fmt;

use crate::providers::text::check_length;
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

/// Ravelin's limit for ids, in characters. Its page for payment service providers states the limit.
const ID_LIMIT: usize = 300;

string_enum! {
    path = "chargeback::ravelin";
    /// Ravelin's stages of a dispute.
    pub enum DisputeStage {
        /// An issuer's warning before a chargeback. By the merchant's settings at Ravelin, it blocks the customer.
        EarlyFraudWarning = "EARLY_FRAUD_WARNING",
        /// A request for information before a chargeback.
        RequestForInformation = "REQUEST_FOR_INFORMATION",
        /// A notification that a chargeback will follow. No report sends it.
        NotificationOfChargeback = "NOTIFICATION_OF_CHARGEBACK",
        /// A chargeback.
        Chargeback = "CHARGEBACK",
        /// A second chargeback for the same payment. No report sends it.
        SecondChargeback = "SECOND_CHARGEBACK",
        /// The chargeback was taken back.
        ChargebackReversed = "CHARGEBACK_REVERSED",
        /// The case is before arbitration.
        PreArbitration = "PREARBITRATION",
        /// The case is in arbitration.
        Arbitration = "ARBITRATION",
    }
}

string_enum! {
    path = "chargeback::ravelin";
    /// The outcome of a dispute for the merchant. An open dispute has none.
    pub enum DisputeOutcome {
        /// The merchant did not contest the dispute.
        Accepted = "ACCEPTED",
        /// The merchant contested the dispute and won.
        Won = "WON",
        /// The cardholder won.
        Lost = "LOST",
        /// The time to respond has passed.
        Expired = "EXPIRED",
    }
}

object_struct! {
    names = "camelCase";
    /// The call `POST /v2/dispute`: reports a dispute or its new state. Idempotent.
    ///
    /// ```
    /// use chargeback::ravelin::{Dispute, DisputeStage, ReportDispute};
    ///
    /// let mut dispute = Dispute::new("CB-1", DisputeStage::Chargeback);
    /// dispute.transaction_id = Some("txn-1".into());
    /// let report = ReportDispute::new(1_790_942_400_000, dispute);
    /// assert!(report.validate().is_empty());
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReportDispute {
        /// The time at which the data was valid, in Unix milliseconds. Ravelin merges reports by this time, so a repeat
        /// must have the same one.
        pub timestamp: i64,
        /// The merchant's name for the event: a letter or digit, then letters, digits, `-` and `_`.
        pub event_type: Option<String>,
        /// The merchant's id of the order. Ravelin takes its first successful transaction.
        pub order_id: Option<String>,
        /// The merchant's id of the customer.
        pub customer_id: Option<String>,
        /// The dispute.
        pub dispute: Dispute,
    }
}

object_struct! {
    names = "camelCase";
    /// A dispute at Ravelin. A transaction id, a gateway reference, or the id of the order is required.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Dispute {
        /// The merchant's id of the dispute, at most 300 characters.
        pub dispute_id: String,
        /// The stage of the dispute.
        pub stage: DisputeStage,
        /// The outcome, or nothing while the dispute is open.
        pub outcome: Option<DisputeOutcome>,
        /// The name of the payment gateway.
        pub gateway: Option<String>,
        /// The gateway's id of the payment, at most 300 characters.
        pub gateway_reference: Option<String>,
        /// The merchant's id of the payment.
        pub transaction_id: Option<String>,
        /// The amount in minor units.
        pub amount: Option<i64>,
        /// The ISO 4217 code of the amount: three letters.
        pub currency: Option<String>,
        /// The time at which the dispute was opened, in Unix milliseconds.
        pub dispute_time: Option<i64>,
        /// The cardholder's reason, free text.
        pub reason: Option<String>,
        /// True if the issuer bears the loss. Reports send none.
        pub liability_shifted: Option<bool>,
        /// True if the cardholder claims something other than fraud.
        pub non_fraud: Option<bool>,
        /// The descriptor on the statement of the card. Reports send none.
        pub descriptor: Option<String>,
        /// The acquirer's reference number.
        pub acquirer_reference_number: Option<String>,
    }
}

impl Dispute {
    /// Creates a dispute without outcome, payment and other data.
    pub fn new(dispute_id: impl Into<String>, stage: DisputeStage) -> Self {
        Self {
            dispute_id: dispute_id.into(),
            stage,
            outcome: None,
            gateway: None,
            gateway_reference: None,
            transaction_id: None,
            amount: None,
            currency: None,
            dispute_time: None,
            reason: None,
            liability_shifted: None,
            non_fraud: None,
            descriptor: None,
            acquirer_reference_number: None,
        }
    }
}

impl ReportDispute {
    /// Creates a report with a time in Unix milliseconds, without event type, order and customer.
    #[must_use]
    pub const fn new(timestamp: i64, dispute: Dispute) -> Self {
        Self { timestamp, event_type: None, order_id: None, customer_id: None, dispute }
    }

    /// Returns the rules that the report breaks.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        let dispute = &self.dispute;
        let references = [&dispute.gateway_reference, &dispute.transaction_id, &self.order_id];
        if !references.iter().any(|id| id.as_deref().is_some_and(|id| !id.is_empty())) {
            let rule = "required; set gatewayReference, transactionId or orderId";
            violations.push(Violation::new("gatewayReference", rule));
        }
        if dispute.dispute_id.is_empty() {
            violations.push(Violation::new("disputeId", "required"));
        }
        violations.extend(check_length("disputeId", Some(&dispute.dispute_id), ID_LIMIT));
        violations.extend(check_length("gatewayReference", dispute.gateway_reference.as_deref(), ID_LIMIT));
        if !dispute.currency.as_deref().is_none_or(is_currency) {
            violations.push(Violation::new("currency", "must have three letters"));
        }
        if !self.event_type.as_deref().is_none_or(is_event_type) {
            let rule = "must be a letter or digit, then letters, digits, - and _";
            violations.push(Violation::new("eventType", rule));
        }
        violations
    }
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_event_type(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl fmt::Debug for ReportDispute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportDispute")
            .field("timestamp", &self.timestamp)
            .field("order_id", &Presence::new(self.order_id.as_ref()))
            .field("customer_id", &Presence::new(self.customer_id.as_ref()))
            .field("dispute", &self.dispute)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Dispute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispute")
            .field("stage", &self.stage)
            .field("outcome", &self.outcome)
            .field("gateway_reference", &Presence::new(self.gateway_reference.as_ref()))
            .field("transaction_id", &Presence::new(self.transaction_id.as_ref()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_checked() {
        assert!(is_currency("GBP") && is_currency("gbp"));
        for code in ["", "GB", "GBPX", "826", "G\u{e9}"] {
            assert!(!is_currency(code), "{code}");
        }
        assert!(is_event_type("chargeback-report_1") && is_event_type("9"));
        for name in ["", "-x", "_x", "a b", "a/b"] {
            assert!(!is_event_type(name), "{name}");
        }
    }
}

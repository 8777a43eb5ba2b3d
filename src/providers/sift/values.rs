//! Sift's closed lists of values.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::sift";
    /// The state of a chargeback, `$chargeback_state`.
    pub enum ChargebackState {
        /// The merchant was notified of the chargeback.
        Received = "$received",
        /// The merchant accepts the chargeback (medium confidence).
        Accepted = "$accepted",
        /// The merchant contests the chargeback (medium confidence).
        Disputed = "$disputed",
        /// The merchant won (medium confidence).
        Won = "$won",
        /// The merchant lost.
        Lost = "$lost",
    }
}

string_enum! {
    path = "chargeback::sift";
    /// The reason of a chargeback, `$chargeback_reason`.
    pub enum ChargebackReason {
        /// The customer denies having made the payment.
        Fraud = "$fraud",
        /// The customer was charged twice.
        Duplicate = "$duplicate",
        /// The goods did not arrive.
        ProductNotReceived = "$product_not_received",
        /// The goods are not those that were bought, or are defective.
        ProductUnacceptable = "$product_unacceptable",
        /// Any other reason.
        Unlisted = "$other",
        /// The payment was not authorized correctly (medium confidence).
        Authorization = "$authorization",
        /// Another dispute of the customer, for example about a refund.
        ConsumerDisputes = "$consumer_disputes",
        /// A processing error.
        ProcessingErrors = "$processing_errors",
        /// A subscription was cancelled.
        CancelSubscription = "$cancel_subscription",
        /// The customer made the payment and denies it: a verdict on the customer.
        FriendlyFraud = "$friendly_fraud",
        /// An ACH payment was returned.
        AchReturn = "$ach_return",
        /// An ACH payment was reversed. No report sends it.
        AchReversal = "$ach_reversal",
    }
}

string_enum! {
    path = "chargeback::sift";
    /// The origin of a decision, `source`.
    pub enum DecisionSource {
        /// A chargeback.
        Chargeback = "CHARGEBACK",
        /// A person. The call then requires the analyst.
        ManualReview = "MANUAL_REVIEW",
        /// A rule.
        AutomatedRule = "AUTOMATED_RULE",
    }
}

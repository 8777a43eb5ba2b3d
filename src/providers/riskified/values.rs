//! Riskified's closed lists of values.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::riskified";
    /// The merchant's decision about an order, `external_status`.
    pub enum ExternalStatus {
        /// The order was charged back, and the customer claims fraud.
        ChargebackFraud = "chargeback_fraud",
        /// The order was charged back for another reason.
        ChargebackNotFraud = "chargeback_not_fraud",
        /// The order was approved. No report sends it.
        Approved = "approved",
        /// The customer is at the checkout. No report sends it.
        Checkout = "checkout",
        /// The order was cancelled. No report sends it.
        Cancelled = "cancelled",
        /// The order was declined. No report sends it.
        Declined = "declined",
        /// The order was declined for fraud. No report sends it.
        DeclinedFraud = "declined_fraud",
        /// The order was declined for another reason. No report sends it.
        DeclinedBusiness = "declined_business",
    }
}

string_enum! {
    path = "chargeback::riskified";
    /// The type of a notice in a claim.
    pub enum ChargebackType {
        /// A request for information. Riskified does not document whether it files a claim.
        RequestForInformation = "rfi",
        /// A chargeback.
        Chargeback = "cb",
        /// A second chargeback.
        SecondChargeback = "cb2",
    }
}

string_enum! {
    path = "chargeback::riskified";
    /// The status of a dispute in a claim.
    pub enum DisputeStatus {
        /// The chargeback can be disputed. Riskified does not document who decides.
        Candidate = "candidate",
        /// The chargeback cannot be disputed. Riskified does not document who decides.
        Ineligible = "ineligible",
        /// The dispute was sent.
        Pending = "pending",
        /// The merchant won (medium confidence).
        Won = "won",
        /// The merchant lost (medium confidence).
        Lost = "lost",
    }
}

string_enum! {
    path = "chargeback::riskified";
    /// The round of a dispute in a claim.
    pub enum DisputeType {
        /// The first dispute.
        First = "first_dispute",
        /// The second dispute.
        Second = "second_dispute",
        /// Arbitration, by our reading.
        ArbitraryCourt = "arbitrary_court",
    }
}

//! The stage of a chargeback.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback";
    /// The state of a chargeback, as the merchant sees it.
    ///
    /// `Won` and `Lost` mean that the merchant won or lost. No stage is final in practice: a won case can be
    /// charged back again, and a lost case can be appealed.
    ///
    /// Names are stable and in `snake_case` ([`as_str`](Self::as_str), `Display`, `FromStr`, serde). Any other name
    /// is an error, never a default. [`ALL`](Self::ALL) lists the stages in the order of a case's life.
    ///
    /// ```
    /// use chargeback::Stage;
    ///
    /// assert_eq!("pre_arbitration".parse::<Stage>()?, Stage::PreArbitration);
    /// assert!("settled".parse::<Stage>().is_err());
    /// # Ok::<(), chargeback::ParseValueError>(())
    /// ```
    pub enum Stage {
        /// A warning before any chargeback: an issuer's fraud report, an Ethoca or Verifi alert. No vendor of this
        /// crate supports it.
        Alert = "alert",
        /// The issuer asks for information (a retrieval request); no money has moved. No vendor of this crate
        /// supports it.
        Inquiry = "inquiry",
        /// The chargeback has arrived, and the merchant has not responded yet.
        Received = "received",
        /// The merchant does not contest the chargeback and bears the loss.
        Accepted = "accepted",
        /// The merchant contests the chargeback: a representment has been sent or is being sent.
        Contested = "contested",
        /// The issuer or the network reviews the merchant's evidence.
        UnderReview = "under_review",
        /// The issuer rejects the representment, before arbitration. At Visa, also the merchant's first response to a
        /// chargeback for fraud.
        PreArbitration = "pre_arbitration",
        /// The card network decides between issuer and acquirer.
        Arbitration = "arbitration",
        /// Decided for the merchant, who keeps the money or gets it back.
        Won = "won",
        /// Decided against the merchant, with a representment or without one.
        Lost = "lost",
        /// The money was returned to the merchant, and no final decision is known.
        Reversed = "reversed",
        /// The merchant refunded the customer to end the case. A report of this stage moves no money.
        Refunded = "refunded",
        /// The customer or issuer withdrew the chargeback.
        Withdrawn = "withdrawn",
        /// The deadline to respond has passed, and the merchant bears the loss.
        Expired = "expired",
        /// The case is over, and the winner is not known.
        Closed = "closed",
    }
}

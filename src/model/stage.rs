//! Where a chargeback stands.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback";
    /// Where a chargeback stands, seen from the merchant's seat.
    ///
    /// `Won` and `Lost` are the merchant's. No stage is truly the last one: a won case can be charged back a second time,
    /// a lost one can be appealed.
    ///
    /// Names are stable and in `snake_case` ([`as_str`](Self::as_str), `Display`, `FromStr`, serde). A name that is not
    /// among them is an error, never a default.
    ///
    /// ```
    /// use chargeback::Stage;
    ///
    /// assert_eq!("pre_arbitration".parse::<Stage>()?, Stage::PreArbitration);
    /// assert!("settled".parse::<Stage>().is_err());
    /// # Ok::<(), chargeback::ParseValueError>(())
    /// ```
    pub enum Stage {
        /// A warning before any chargeback: an issuer's fraud report, an Ethoca or Verifi alert. No vendor here can be
        /// told.
        Alert = "alert",
        /// The issuer asks for information (a retrieval request); no money has moved. No vendor here can be told.
        Inquiry = "inquiry",
        /// The chargeback has arrived and waits for the merchant.
        Received = "received",
        /// The merchant does not contest it and bears the loss.
        Accepted = "accepted",
        /// The merchant contests it: a representment has been sent or is being sent.
        Contested = "contested",
        /// The issuer or the network looks at the merchant's evidence.
        UnderReview = "under_review",
        /// The issuer rejects the representment, before arbitration; at Visa also the merchant's first answer to a
        /// chargeback for fraud.
        PreArbitration = "pre_arbitration",
        /// The card network decides between issuer and acquirer.
        Arbitration = "arbitration",
        /// Decided for the merchant, who keeps the money or gets it back.
        Won = "won",
        /// Decided against the merchant, with a representment or without one.
        Lost = "lost",
        /// The money has come back to the merchant without a decision that is known to be final.
        Reversed = "reversed",
        /// The merchant has refunded the customer to end the case. To report it moves no money.
        Refunded = "refunded",
        /// The customer or issuer has taken the chargeback back.
        Withdrawn = "withdrawn",
        /// The time to answer has run out, and the merchant bears the loss.
        Expired = "expired",
        /// Over, and nobody says who won.
        Closed = "closed",
    }
}

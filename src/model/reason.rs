//! The reason of a chargeback.

use std::fmt;

use crate::util::string_enum::{open_string_enum, string_enum};

open_string_enum! {
    path = "chargeback";
    /// A name that is not known to this crate, exactly as given. Vendors that take free text receive it unchanged.
    unknown = Unknown;
    /// The reason that the customer or issuer gives for a chargeback.
    ///
    /// Card networks have about three hundred codes for reasons, and vendors have between four values and free
    /// text. This enum holds the meanings that they share. The network's code is a separate field,
    /// [`NetworkCode`](crate::NetworkCode).
    ///
    /// Names are stable and in `snake_case`. Any other name becomes [`Unknown`](Self::Unknown) with its text, never
    /// [`Other`](Self::Other), so reading never fails. A misspelt name becomes `Unknown` too: check names from
    /// people with [`is_known`](Self::is_known).
    ///
    /// ```
    /// use chargeback::{Category, Reason};
    ///
    /// let reason: Reason = "cancelled_recurring".into();
    /// assert_eq!(reason, Reason::CancelledRecurring);
    /// assert_eq!(reason.category(), Some(Category::Consumer));
    /// assert!(!Reason::from("buyer's remorse").is_known());
    /// ```
    pub enum Reason {
        /// Fraud, and the card was not present.
        FraudCardAbsent = "fraud_card_absent",
        /// Fraud, and the card or a copy of it was present.
        FraudCardPresent = "fraud_card_present",
        /// Fraud of another or an unknown kind.
        FraudOther = "fraud_other",
        /// The customer does not recognize the payment. Often this is not fraud.
        Unrecognized = "unrecognized",
        /// The authorization was missing, declined or wrong.
        Authorization = "authorization",
        /// The payment was charged twice, or paid by other means.
        Duplicate = "duplicate",
        /// The amount differs from the agreed amount.
        IncorrectAmount = "incorrect_amount",
        /// The payment was presented to the issuer too late.
        LatePresentment = "late_presentment",
        /// Another processing error: currency, account number, transaction code.
        ProcessingError = "processing_error",
        /// Goods or services did not arrive.
        NotReceived = "not_received",
        /// Goods or services are not as described, or defective.
        NotAsDescribed = "not_as_described",
        /// The goods are counterfeit.
        CounterfeitMerchandise = "counterfeit_merchandise",
        /// The terms of sale were misrepresented.
        Misrepresentation = "misrepresentation",
        /// A credit or refund that was due has not arrived.
        CreditNotProcessed = "credit_not_processed",
        /// The recurring payment was already cancelled.
        CancelledRecurring = "cancelled_recurring",
        /// The goods or services were already cancelled.
        CancelledGoodsServices = "cancelled_goods_services",
        /// The merchant did not answer an inquiry.
        NoReply = "no_reply",
        /// A reason that is known and is not in this list.
        Other = "other",
    }
}

string_enum! {
    path = "chargeback";
    /// A family of reasons, following the families of the card networks' codes.
    pub enum Category {
        /// The customer denies having made the payment.
        Fraud = "fraud",
        /// The authorization was missing or wrong.
        Authorization = "authorization",
        /// The payment was processed incorrectly.
        Processing = "processing",
        /// The customer paid and is dissatisfied.
        Consumer = "consumer",
        /// A request for information before any chargeback. Only reason codes have this family.
        Inquiry = "inquiry",
        /// Another family. Only reason codes have this family.
        Other = "other",
    }
}

impl Reason {
    /// Returns a short English description, for vendors that take free text.
    ///
    /// An unknown reason is described by its text, or as `not stated` if the text is blank.
    ///
    /// ```
    /// use chargeback::Reason;
    ///
    /// assert_eq!(Reason::NotReceived.description(), "goods or services not received");
    /// assert_eq!(Reason::from("buyer's remorse").description(), "buyer's remorse");
    /// assert_eq!(Reason::from(" ").description(), "not stated");
    /// ```
    #[must_use]
    pub fn description(&self) -> &str {
        match self {
            Self::FraudCardAbsent => "fraud, card not present",
            Self::FraudCardPresent => "fraud, card present",
            Self::FraudOther => "fraud",
            Self::Unrecognized => "payment not recognized",
            Self::Authorization => "authorization missing or wrong",
            Self::Duplicate => "charged twice or paid by other means",
            Self::IncorrectAmount => "incorrect amount",
            Self::LatePresentment => "presented too late",
            Self::ProcessingError => "processing error",
            Self::NotReceived => "goods or services not received",
            Self::NotAsDescribed => "goods or services not as described",
            Self::CounterfeitMerchandise => "counterfeit merchandise",
            Self::Misrepresentation => "terms of sale misrepresented",
            Self::CreditNotProcessed => "credit not processed",
            Self::CancelledRecurring => "cancelled recurring payment",
            Self::CancelledGoodsServices => "cancelled goods or services",
            Self::NoReply => "no reply to an inquiry",
            Self::Other => "other",
            Self::Unknown(text) if text.as_str().trim().is_empty() => "not stated",
            Self::Unknown(text) => text.as_str(),
        }
    }

    /// Returns the family of the reason.
    ///
    /// Returns `None` for [`NoReply`](Self::NoReply), [`Other`](Self::Other) and [`Unknown`](Self::Unknown), which
    /// do not determine a family.
    ///
    /// ```
    /// use chargeback::{Category, Reason};
    ///
    /// assert_eq!(Reason::Duplicate.category(), Some(Category::Processing));
    /// assert_eq!(Reason::Other.category(), None);
    /// ```
    #[must_use]
    pub const fn category(&self) -> Option<Category> {
        match self {
            Self::FraudCardAbsent | Self::FraudCardPresent | Self::FraudOther | Self::Unrecognized => {
                Some(Category::Fraud)
            }
            Self::Authorization => Some(Category::Authorization),
            Self::Duplicate | Self::IncorrectAmount | Self::LatePresentment | Self::ProcessingError => {
                Some(Category::Processing)
            }
            Self::NotReceived
            | Self::NotAsDescribed
            | Self::CounterfeitMerchandise
            | Self::Misrepresentation
            | Self::CreditNotProcessed
            | Self::CancelledRecurring
            | Self::CancelledGoodsServices => Some(Category::Consumer),
            Self::NoReply | Self::Other | Self::Unknown(_) => None,
        }
    }
}

// The text of an unknown reason comes from outside and may hold personal data.
impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(_) => f.write_str("Reason(unknown: [redacted])"),
            known => write!(f, "Reason({})", known.as_str()),
        }
    }
}

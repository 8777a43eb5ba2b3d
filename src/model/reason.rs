//! Why the customer or issuer charges back.

use std::fmt;

use crate::util::string_enum::{open_string_enum, string_enum};

open_string_enum! {
    /// A name that is not known to this crate, exactly as given. Vendors that take free text receive it unchanged.
    unknown = Unknown;
    /// Why the customer or issuer charges the payment back.
    ///
    /// Card networks have some three hundred codes for this, and vendors between four words and free text. These are the
    /// meanings that they share; the network's own code stands beside it in a [`NetworkCode`](crate::NetworkCode), raw.
    ///
    /// Names are stable and in `snake_case`. A name that is not among them becomes [`Unknown`](Self::Unknown) and keeps its
    /// text, so reading never fails and never turns an unknown word into [`Other`](Self::Other). That goes for a misspelt name
    /// too: ask [`is_known`](Self::is_known) where the word comes from people.
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
        /// Fraud of another kind, or of one that is not known.
        FraudOther = "fraud_other",
        /// The customer does not recognise the payment. Often no fraud at all.
        Unrecognized = "unrecognized",
        /// The authorization was missing, declined or wrong.
        Authorization = "authorization",
        /// Charged twice, or paid by other means.
        Duplicate = "duplicate",
        /// The amount differs from what was agreed.
        IncorrectAmount = "incorrect_amount",
        /// The payment was presented to the issuer too late.
        LatePresentment = "late_presentment",
        /// Another fault in processing: currency, account number, transaction code.
        ProcessingError = "processing_error",
        /// Goods or services did not arrive.
        NotReceived = "not_received",
        /// Goods or services are not as described, or defective.
        NotAsDescribed = "not_as_described",
        /// The goods are counterfeit.
        CounterfeitMerchandise = "counterfeit_merchandise",
        /// The terms of sale were misrepresented.
        Misrepresentation = "misrepresentation",
        /// A credit or refund that was due has not come.
        CreditNotProcessed = "credit_not_processed",
        /// A recurring payment had been cancelled.
        CancelledRecurring = "cancelled_recurring",
        /// Goods or services had been cancelled.
        CancelledGoodsServices = "cancelled_goods_services",
        /// The merchant did not answer an inquiry.
        NoReply = "no_reply",
        /// A reason that is known, and none of these.
        Other = "other",
    }
}

string_enum! {
    /// The families of reasons, after those of the card networks' codes.
    pub enum Category {
        /// The customer says that it was not them.
        Fraud = "fraud",
        /// The authorization was missing or wrong.
        Authorization = "authorization",
        /// The payment was processed wrongly.
        Processing = "processing",
        /// The customer paid and is not content.
        Consumer = "consumer",
        /// A request for information, before any chargeback; of codes alone.
        Inquiry = "inquiry",
        /// None of these; of codes alone.
        Other = "other",
    }
}

impl Reason {
    /// The reason in a few English words, for vendors that take free text: `goods or services not received`.
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

    /// The family, or `None` where the reason says nothing about it ([`NoReply`](Self::NoReply), [`Other`](Self::Other),
    /// [`Unknown`](Self::Unknown)).
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

// The text of an unknown reason is free text from outside and may hold a person's data.
impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(_) => f.write_str("Reason(unknown: [redacted])"),
            known => write!(f, "Reason({})", known.as_str()),
        }
    }
}

//! Why the customer or issuer charges back.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::util::string_enum::string_enum;

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
/// assert_eq!(Reason::from("buyer's remorse"), Reason::Unknown("buyer's remorse".to_owned()));
/// ```
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Fraud, and the card was not present.
    FraudCardAbsent,
    /// Fraud, and the card or a copy of it was present.
    FraudCardPresent,
    /// Fraud of another kind, or of one that is not known.
    FraudOther,
    /// The customer does not recognise the payment. Often no fraud at all.
    Unrecognized,
    /// The authorization was missing, declined or wrong.
    Authorization,
    /// Charged twice, or paid by other means.
    Duplicate,
    /// The amount differs from what was agreed.
    IncorrectAmount,
    /// The payment was presented to the issuer too late.
    LatePresentment,
    /// Another fault in processing: currency, account number, transaction code.
    ProcessingError,
    /// Goods or services did not arrive.
    NotReceived,
    /// Goods or services are not as described, or defective.
    NotAsDescribed,
    /// The goods are counterfeit.
    CounterfeitMerchandise,
    /// The terms of sale were misrepresented.
    Misrepresentation,
    /// A credit or refund that was due has not come.
    CreditNotProcessed,
    /// A recurring payment had been cancelled.
    CancelledRecurring,
    /// Goods or services had been cancelled.
    CancelledGoodsServices,
    /// The merchant did not answer an inquiry.
    NoReply,
    /// A reason that is known, and none of these.
    Other,
    /// A word that is not known to this crate, as it was given. Vendors that take free text are sent it to the letter.
    Unknown(String),
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
    /// Every reason but [`Unknown`](Self::Unknown), in the order in which they are defined.
    pub const KNOWN: &'static [Self] = &[
        Self::FraudCardAbsent,
        Self::FraudCardPresent,
        Self::FraudOther,
        Self::Unrecognized,
        Self::Authorization,
        Self::Duplicate,
        Self::IncorrectAmount,
        Self::LatePresentment,
        Self::ProcessingError,
        Self::NotReceived,
        Self::NotAsDescribed,
        Self::CounterfeitMerchandise,
        Self::Misrepresentation,
        Self::CreditNotProcessed,
        Self::CancelledRecurring,
        Self::CancelledGoodsServices,
        Self::NoReply,
        Self::Other,
    ];

    /// Whether it is one of [`KNOWN`](Self::KNOWN); a misspelt word is not.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    /// The stable name (`fraud_card_absent`), or the text of [`Unknown`](Self::Unknown).
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::FraudCardAbsent => "fraud_card_absent",
            Self::FraudCardPresent => "fraud_card_present",
            Self::FraudOther => "fraud_other",
            Self::Unrecognized => "unrecognized",
            Self::Authorization => "authorization",
            Self::Duplicate => "duplicate",
            Self::IncorrectAmount => "incorrect_amount",
            Self::LatePresentment => "late_presentment",
            Self::ProcessingError => "processing_error",
            Self::NotReceived => "not_received",
            Self::NotAsDescribed => "not_as_described",
            Self::CounterfeitMerchandise => "counterfeit_merchandise",
            Self::Misrepresentation => "misrepresentation",
            Self::CreditNotProcessed => "credit_not_processed",
            Self::CancelledRecurring => "cancelled_recurring",
            Self::CancelledGoodsServices => "cancelled_goods_services",
            Self::NoReply => "no_reply",
            Self::Other => "other",
            Self::Unknown(text) => text,
        }
    }

    /// The reason in a few English words, for vendors that take free text: `goods or services not received`.
    #[must_use]
    pub fn words(&self) -> &str {
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
            Self::Unknown(text) if text.trim().is_empty() => "not stated",
            Self::Unknown(text) => text,
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

impl From<&str> for Reason {
    fn from(text: &str) -> Self {
        Self::KNOWN
            .iter()
            .find(|reason| reason.as_str() == text)
            .cloned()
            .unwrap_or_else(|| Self::Unknown(text.to_owned()))
    }
}

impl FromStr for Reason {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.into())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
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

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(deserializer)?.as_str().into())
    }
}

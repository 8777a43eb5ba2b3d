//! Spade's JSON.

use crate::model::Rfc3339;
use crate::util::redact::Presence;
use crate::util::strict_serde::{object_struct, some};
use crate::util::string_enum::string_enum;

string_enum! {
    /// Spade's states of a chargeback. Whose victory "won" is, its documents leave open.
    pub enum State {
        /// Resolved, and won: by whom, [`WonMeans`](super::WonMeans) says.
        ChargebackWon = "chargeback_won",
        /// Resolved, and lost: by whom, [`WonMeans`](super::WonMeans) says.
        ChargebackLost = "chargeback_lost",
        /// Started and not resolved, contested or not.
        ChargebackPending = "chargeback_pending",
    }
}

string_enum! {
    /// Spade's types of fraud. Its page lists the words without a text; what they mean is our reading.
    pub enum FraudType {
        /// The card's data was used without the card.
        CardNotPresent = "card_not_present",
        /// Small payments that try whether stolen cards work.
        CardTesting = "card_testing",
        /// The chargeback itself is the abuse (our reading, medium confidence).
        ChargebackFraud = "chargeback_fraud",
        /// A copy of the card was used.
        CounterfeitCard = "counterfeit_card",
        /// The merchant defrauds the customer.
        MerchantFraud = "merchant_fraud",
        /// A type that is known, and none of these.
        Other = "other",
        /// The customer was tricked into giving card data away.
        Phishing = "phishing",
        /// The card was lost or stolen.
        StolenCard = "stolen_card",
        /// Fraud, of a type that is not known; what reports send for `fraud_other`.
        Unknown = "unknown",
        /// None; odd, as it may only be given with `isFraud: true`. No report sends it.
        None = "none",
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/chargeback`.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ChargebackFeedback {
        /// Where the chargeback stands; required.
        pub state: State,
        /// Free text on the chargeback, at most 512 characters. What a report puts there, [the module](super) says.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub chargeback_notes: Option<String>,
        /// When the state changed, as RFC 3339. Reports always send it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub occurred_at: Option<Rfc3339>,
        /// Whether fraud is suspected. The default is not documented. A report sends `true` for reasons `fraud_*`, else
        /// nothing.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub is_fraud: Option<bool>,
        /// The type of fraud; only with `is_fraud` true.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub fraud_type: Option<FraudType>,
        /// Free text on the fraud, at most 512 characters; only with `is_fraud` true.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub fraud_notes: Option<String>,
    }
}

impl ChargebackFeedback {
    /// A state, without time, notes or fraud.
    #[must_use]
    pub const fn new(state: State) -> Self {
        Self { state, chargeback_notes: None, occurred_at: None, is_fraud: None, fraud_type: None, fraud_notes: None }
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/refund`. Nothing in it is required, and no report sends it.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct RefundFeedback {
        /// Free text on the refund, at most 512 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub refund_notes: Option<String>,
        /// When the payment was refunded, as RFC 3339.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub occurred_at: Option<Rfc3339>,
        /// Whether fraud is suspected. The default is not documented.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub is_fraud: Option<bool>,
        /// The type of fraud; only with `is_fraud` true.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub fraud_type: Option<FraudType>,
        /// Free text on the fraud, at most 512 characters; only with `is_fraud` true.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub fraud_notes: Option<String>,
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/decline`. Nothing in it is required, and no report sends it.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DeclineFeedback {
        /// The issuer's or network's code of the decline, at most 128 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub decline_code: Option<String>,
        /// What the code means, in words of at most 512 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub decline_description: Option<String>,
        /// Free text on the decline, at most 512 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub decline_notes: Option<String>,
        /// When the payment was declined, as RFC 3339.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub occurred_at: Option<Rfc3339>,
        /// Whether fraud is suspected. The default is not documented.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub is_fraud: Option<bool>,
        /// The type of fraud; only with `is_fraud` true.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub fraud_type: Option<FraudType>,
        /// Free text on the fraud, at most 512 characters; only with `is_fraud` true.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub fraud_notes: Option<String>,
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/fraud`. Nothing in it is required, and no report sends it.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct FraudFeedback {
        /// Whether fraud is suspected. The default is not documented.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub is_fraud: Option<bool>,
        /// The type of fraud; only with `is_fraud` true.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub fraud_type: Option<FraudType>,
        /// Free text on the fraud, at most 512 characters; only with `is_fraud` true.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub fraud_notes: Option<String>,
    }
}

impl std::fmt::Debug for ChargebackFeedback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChargebackFeedback")
            .field("state", &self.state)
            .field("chargeback_notes", &Presence::new(self.chargeback_notes.as_ref()))
            .field("occurred_at", &self.occurred_at)
            .field("is_fraud", &self.is_fraud)
            .field("fraud_type", &self.fraud_type)
            .field("fraud_notes", &Presence::new(self.fraud_notes.as_ref()))
            .finish()
    }
}

impl std::fmt::Debug for RefundFeedback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefundFeedback").field("fraud_type", &self.fraud_type).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for DeclineFeedback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeclineFeedback").field("fraud_type", &self.fraud_type).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for FraudFeedback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FraudFeedback").field("fraud_type", &self.fraud_type).finish_non_exhaustive()
    }
}

/// Spade's acknowledgement of feedback: HTTP 200 with a JSON object.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reported {
    /// What Spade wrote. All four calls are documented with the same sentence, so it proves nothing. `Debug` does not
    /// show it.
    pub details: Option<String>,
}

impl std::fmt::Debug for Reported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reported").field("details", &Presence::new(self.details.as_ref())).finish()
    }
}

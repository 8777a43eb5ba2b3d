//! Spade's JSON.

use crate::exact::Rfc3339;
use crate::native::{object_struct, some};
use crate::redact::Presence;
use crate::words::closed_words;

closed_words! {
    /// Spade's states of a chargeback. Whose victory "won" is, its documents leave open.
    pub enum State {
        /// Resolved; won.
        ChargebackWon = "chargeback_won",
        /// Resolved; lost.
        ChargebackLost = "chargeback_lost",
        /// Started and not resolved.
        ChargebackPending = "chargeback_pending",
    }
}

closed_words! {
    /// Spade's types of fraud.
    pub enum FraudType {
        /// The card was not present.
        CardNotPresent = "card_not_present",
        /// Small payments that try cards.
        CardTesting = "card_testing",
        /// The chargeback itself is the abuse (our reading, medium confidence).
        ChargebackFraud = "chargeback_fraud",
        /// A copied card.
        CounterfeitCard = "counterfeit_card",
        /// The merchant is the fraudster.
        MerchantFraud = "merchant_fraud",
        /// Another type.
        Other = "other",
        /// Card data given away by a trick.
        Phishing = "phishing",
        /// A lost or stolen card.
        StolenCard = "stolen_card",
        /// Not known.
        Unknown = "unknown",
        /// None; odd, as it may only be given with `isFraud: true`.
        None = "none",
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/chargeback`.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ChargebackFeedback {
        /// The state.
        pub state: State,
        /// Free text, at most 512 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub chargeback_notes: Option<String>,
        /// When the state changed.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub occurred_at: Option<Rfc3339>,
        /// Whether fraud is suspected.
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
    /// A state and nothing else.
    #[must_use]
    pub const fn new(state: State) -> Self {
        Self { state, chargeback_notes: None, occurred_at: None, is_fraud: None, fraud_type: None, fraud_notes: None }
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/refund`.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct RefundFeedback {
        /// Free text, at most 512 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub refund_notes: Option<String>,
        /// When it was refunded.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub occurred_at: Option<Rfc3339>,
        /// Whether fraud is suspected.
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
    /// Body of `POST /enrichments/{id}/decline`.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DeclineFeedback {
        /// The code of the decline, at most 128 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub decline_code: Option<String>,
        /// The code in words, at most 512 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub decline_description: Option<String>,
        /// Free text, at most 512 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub decline_notes: Option<String>,
        /// When it was declined.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub occurred_at: Option<Rfc3339>,
        /// Whether fraud is suspected.
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
    /// Body of `POST /enrichments/{id}/fraud`.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct FraudFeedback {
        /// Whether fraud is suspected.
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
            .field("chargeback_notes", &Presence::of(self.chargeback_notes.as_ref()))
            .field("occurred_at", &self.occurred_at)
            .field("is_fraud", &self.is_fraud)
            .field("fraud_type", &self.fraud_type)
            .field("fraud_notes", &Presence::of(self.fraud_notes.as_ref()))
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

/// Spade's acknowledgement.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reported {
    /// What Spade wrote. All four calls are documented with the same sentence.
    pub details: Option<String>,
}

impl std::fmt::Debug for Reported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reported").field("details", &Presence::of(self.details.as_ref())).finish()
    }
}

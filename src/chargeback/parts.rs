//! The parts of a [`Chargeback`](super::Chargeback).

use std::fmt;

use chrono::{DateTime, Utc};

use crate::exact::optional_time;
use crate::native::object_struct;
use crate::redact::Presence;
use crate::words::closed_words;

object_struct! {
    names = "snake_case";
    /// How the disputed payment is known to the merchant.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Payment {
        /// The merchant's order.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub order_id: Option<String>,
        /// The merchant's transaction.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub transaction_id: Option<String>,
        /// The payment gateway's transaction.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub gateway_transaction_id: Option<String>,
        /// The customer at the merchant; `None` for a guest.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<String>,
        /// The session in which the payment was made.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub session_id: Option<String>,
    }
}

impl Payment {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Debug for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { order_id, transaction_id, gateway_transaction_id, user_id, session_id } = self;
        f.debug_struct("Payment")
            .field("order_id", &Presence::of(order_id.as_ref()))
            .field("transaction_id", &Presence::of(transaction_id.as_ref()))
            .field("gateway_transaction_id", &Presence::of(gateway_transaction_id.as_ref()))
            .field("user_id", &Presence::of(user_id.as_ref()))
            .field("session_id", &Presence::of(session_id.as_ref()))
            .finish()
    }
}

object_struct! {
    names = "snake_case";
    /// What one vendor calls the payment and the case.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct VendorReference {
        /// The vendor's id of the *payment*: a Spade enrichment, a RevCent transaction, a Pipwave `pw_id`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub payment: Option<String>,
        /// The vendor's id of the *case*, from an earlier [`Receipt`](crate::Receipt): a RevCent chargeback.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub case: Option<String>,
    }
}

impl fmt::Debug for VendorReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { payment, case } = self;
        f.debug_struct("VendorReference")
            .field("payment", &Presence::of(payment.as_ref()))
            .field("case", &Presence::of(case.as_ref()))
            .finish()
    }
}

object_struct! {
    names = "snake_case";
    /// Who told the merchant of the chargeback.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Processor {
        /// Its name: `stripe`, `adyen`.
        pub name: String,
        /// Its id of the dispute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub dispute_id: Option<String>,
        /// Its id of the payment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub payment_id: Option<String>,
    }
}

impl Processor {
    /// Names a processor.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), dispute_id: None, payment_id: None }
    }

    /// Sets its id of the dispute.
    #[must_use]
    pub fn dispute_id(mut self, id: impl Into<String>) -> Self {
        self.dispute_id = Some(id.into());
        self
    }

    /// Sets its id of the payment.
    #[must_use]
    pub fn payment_id(mut self, id: impl Into<String>) -> Self {
        self.payment_id = Some(id.into());
        self
    }
}

impl fmt::Debug for Processor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, dispute_id, payment_id } = self;
        f.debug_struct("Processor")
            .field("name", name)
            .field("dispute_id", &Presence::of(dispute_id.as_ref()))
            .field("payment_id", &Presence::of(payment_id.as_ref()))
            .finish()
    }
}

closed_words! {
    /// What kind of fraud the merchant knows or suspects, finer than the [`Reason`](crate::Reason).
    pub enum FraudKind {
        /// The card was not present.
        CardNotPresent = "card_not_present",
        /// Small payments that try whether stolen cards work.
        CardTesting = "card_testing",
        /// The card was lost or stolen.
        StolenCard = "stolen_card",
        /// The card was copied.
        CounterfeitCard = "counterfeit_card",
        /// The customer was tricked into giving card data away.
        Phishing = "phishing",
        /// The seller is the fraudster (of interest to marketplaces).
        MerchantFraud = "merchant_fraud",
        /// The customer did make the payment and abuses the chargeback ("friendly fraud").
        FriendlyFraud = "friendly_fraud",
        /// Known, and none of these.
        Other = "other",
    }
}

object_struct! {
    names = "snake_case";
    /// What the merchant knows about the fraud behind a chargeback.
    ///
    /// It refines a [`Reason`](crate::Reason) that is fraud; under another reason no vendor is told of it, and the plan
    /// lists it as a loss.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Fraud {
        /// The kind of fraud.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kind: Option<FraudKind>,
        /// Free text.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub notes: Option<String>,
    }
}

impl Fraud {
    /// Fraud of a known kind.
    #[must_use]
    pub const fn of_kind(kind: FraudKind) -> Self {
        Self { kind: Some(kind), notes: None }
    }

    /// Adds free text.
    #[must_use]
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.notes = Some(notes.into());
        self
    }
}

impl fmt::Debug for Fraud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, notes } = self;
        f.debug_struct("Fraud").field("kind", kind).field("notes", &Presence::of(notes.as_ref())).finish()
    }
}

closed_words! {
    /// How a representment ended.
    pub enum RepresentmentOutcome {
        /// For the merchant.
        Won = "won",
        /// Against the merchant.
        Lost = "lost",
    }
}

object_struct! {
    names = "snake_case";
    /// The merchant's fight against the chargeback.
    ///
    /// That there is one says that it was initiated. Dates are sent to vendors only from here, never made up from
    /// [`occurred_at`](crate::Chargeback::occurred_at): RevCent freezes them at the first write.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Representment {
        /// When the merchant sent it.
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub initiated_at: Option<DateTime<Utc>>,
        /// When it was decided.
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<DateTime<Utc>>,
        /// How it was decided.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub outcome: Option<RepresentmentOutcome>,
    }
}

impl Representment {
    /// A representment that was sent, at a time that is not known.
    #[must_use]
    pub fn initiated() -> Self {
        Self::default()
    }

    /// Sets when the merchant sent it.
    #[must_use]
    pub const fn initiated_at(mut self, at: DateTime<Utc>) -> Self {
        self.initiated_at = Some(at);
        self
    }

    /// Sets when it was decided.
    #[must_use]
    pub const fn completed_at(mut self, at: DateTime<Utc>) -> Self {
        self.completed_at = Some(at);
        self
    }

    /// Sets how it was decided.
    #[must_use]
    pub const fn outcome(mut self, outcome: RepresentmentOutcome) -> Self {
        self.outcome = Some(outcome);
        self
    }
}

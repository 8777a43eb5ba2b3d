//! The parts of a [`Chargeback`](super::Chargeback).

use std::fmt;

use chrono::{DateTime, Utc};

use super::rfc3339::optional_time;
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::string_enum::string_enum;

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// The merchant's own ids of the payment that is charged back, as text. Which of them a vendor needs,
    /// [`Capabilities::needs`](crate::Capabilities::needs) says.
    ///
    /// *Payment* is what was charged back; a *transaction* is somebody's record of it, by an id of theirs.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Payment {
        /// The merchant's id of the order that was paid.
        pub order_id: Option<String>,
        /// The merchant's id of the transaction, by which the order was paid: Pipwave's `txn_id`.
        pub transaction_id: Option<String>,
        /// The payment gateway's id of the transaction.
        pub gateway_transaction_id: Option<String>,
        /// The merchant's id of the customer, case sensitive; `None` for a guest.
        pub user_id: Option<String>,
        /// The id of the session in which the payment was made.
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
            .field("order_id", &Presence::new(order_id.as_ref()))
            .field("transaction_id", &Presence::new(transaction_id.as_ref()))
            .field("gateway_transaction_id", &Presence::new(gateway_transaction_id.as_ref()))
            .field("user_id", &Presence::new(user_id.as_ref()))
            .field("session_id", &Presence::new(session_id.as_ref()))
            .finish()
    }
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// What one vendor calls the payment and the case. Only that vendor is sent it.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct VendorReference {
        /// The vendor's id of the *payment*: a Spade enrichment, a RevCent transaction, a Pipwave `pw_id`.
        pub payment: Option<String>,
        /// The vendor's id of the *case*, from an earlier [`Receipt::vendor_case`](crate::Receipt::vendor_case): a
        /// RevCent chargeback. The other four give none.
        pub case: Option<String>,
    }
}

impl fmt::Debug for VendorReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { payment, case } = self;
        f.debug_struct("VendorReference")
            .field("payment", &Presence::new(payment.as_ref()))
            .field("case", &Presence::new(case.as_ref()))
            .finish()
    }
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// The payment processor that told the merchant of the chargeback. `Debug` shows its name, and not the ids.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Processor {
        /// Its name in words of your own: `stripe`, `adyen`. Any text; it is compared with nothing.
        pub name: String,
        /// Its own id of the case: at Stripe, that of a dispute.
        pub dispute_id: Option<String>,
        /// Its own id of the payment: at Stripe, that of a charge.
        pub payment_id: Option<String>,
    }
}

impl Processor {
    /// A processor by its name, without ids.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), dispute_id: None, payment_id: None }
    }

    /// Sets the processor's own id of the case.
    #[must_use]
    pub fn dispute_id(mut self, id: impl Into<String>) -> Self {
        self.dispute_id = Some(id.into());
        self
    }

    /// Sets the processor's own id of the payment.
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
            .field("dispute_id", &Presence::new(dispute_id.as_ref()))
            .field("payment_id", &Presence::new(payment_id.as_ref()))
            .finish()
    }
}

string_enum! {
    /// What kind of fraud the merchant knows or suspects, finer than the [`Reason`](crate::Reason). Only Spade takes
    /// it, as `fraudType`.
    pub enum FraudKind {
        /// The card's data was used without the card.
        CardNotPresent = "card_not_present",
        /// Small payments that try whether stolen cards work.
        CardTesting = "card_testing",
        /// The card was lost or stolen.
        StolenCard = "stolen_card",
        /// A copy of the card was used.
        CounterfeitCard = "counterfeit_card",
        /// The customer was tricked into giving card data away.
        Phishing = "phishing",
        /// The seller is the fraudster (of interest to marketplaces).
        MerchantFraud = "merchant_fraud",
        /// The customer did make the payment and abuses the chargeback ("friendly fraud"); Spade's `chargeback_fraud`.
        FriendlyFraud = "friendly_fraud",
        /// A kind that is known, and none of these.
        Other = "other",
    }
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// What the merchant knows about the fraud behind a chargeback.
    ///
    /// It refines a [`Reason`](crate::Reason) that is fraud; under another reason no vendor is told of it, and the plan
    /// lists it as a loss.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Fraud {
        /// The kind of fraud; it decides Spade's `fraudType`. Without it, reason and network code do.
        pub kind: Option<FraudKind>,
        /// Free text on the fraud. Spade takes at most 512 characters (code points): a report cuts what is longer, and
        /// lists it as [`Truncated`](crate::LossKind::Truncated).
        pub notes: Option<String>,
    }
}

impl Fraud {
    /// Fraud of this kind, without notes.
    #[must_use]
    pub const fn new(kind: FraudKind) -> Self {
        Self { kind: Some(kind), notes: None }
    }

    /// Sets free text on the fraud, which is sent to Spade; a report cuts it after 512 characters and lists that as a
    /// loss.
    #[must_use]
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.notes = Some(notes.into());
        self
    }
}

impl fmt::Debug for Fraud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, notes } = self;
        f.debug_struct("Fraud").field("kind", kind).field("notes", &Presence::new(notes.as_ref())).finish()
    }
}

string_enum! {
    /// How a representment ended. RevCent is sent what the stage says; an outcome here that contradicts it is refused
    /// there.
    pub enum RepresentmentOutcome {
        /// Decided for the merchant: the chargeback is undone.
        Won = "won",
        /// Decided against the merchant: the chargeback stands.
        Lost = "lost",
    }
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// The merchant's representment: the payment presented a second time, with evidence against the chargeback.
    ///
    /// That there is one says that it was initiated. Dates are sent to vendors only from here, never made up from
    /// [`occurred_at`](crate::Chargeback::occurred_at): RevCent freezes them at the first write.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Representment {
        /// When the merchant sent it: RevCent's `initiated_date`. Leave it out if it is not known for sure.
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub initiated_at: Option<DateTime<Utc>>,
        /// When it was decided: RevCent's `completed_date`. Not before `initiated_at`; for RevCent it is refused at a
        /// stage that says that the representment still runs.
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<DateTime<Utc>>,
        /// How it was decided. It need not be set: the stage says it too, and must not contradict it.
        pub outcome: Option<RepresentmentOutcome>,
    }
}

impl Representment {
    /// A representment that was sent, at a time that is not known.
    #[must_use]
    pub fn initiated() -> Self {
        Self::default()
    }

    /// Sets when the merchant sent it. RevCent freezes this date at the first write.
    #[must_use]
    pub const fn initiated_at(mut self, at: DateTime<Utc>) -> Self {
        self.initiated_at = Some(at);
        self
    }

    /// Sets when it was decided. RevCent freezes this date at the first write.
    #[must_use]
    pub const fn completed_at(mut self, at: DateTime<Utc>) -> Self {
        self.completed_at = Some(at);
        self
    }

    /// Sets how it was decided; it must say what the stage says.
    #[must_use]
    pub const fn outcome(mut self, outcome: RepresentmentOutcome) -> Self {
        self.outcome = Some(outcome);
        self
    }
}

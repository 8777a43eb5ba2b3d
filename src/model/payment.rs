//! The parts of a chargeback: payment, references to vendors, processor, fraud and representment.

use std::fmt;

use chrono::{DateTime, Utc};

use super::rfc3339::optional_time;
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::string_enum::string_enum;

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// The merchant's ids of the payment that was charged back, as text.
    ///
    /// [`Capabilities::needs`](crate::Capabilities::needs) lists the ids that a vendor requires.
    ///
    /// The *payment* was charged back; a *transaction* is one party's record of the payment, with an id of that
    /// party.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .transaction_id("txn-1")
    ///     .build()?;
    /// assert_eq!(chargeback.payment().transaction_id.as_deref(), Some("txn-1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Payment {
        /// The merchant's id of the order that was paid.
        pub order_id: Option<String>,
        /// The merchant's id of the transaction that paid the order: Pipwave's `txn_id`.
        pub transaction_id: Option<String>,
        /// The payment gateway's id of the transaction.
        pub gateway_transaction_id: Option<String>,
        /// The merchant's id of the customer, which is case sensitive; `None` for a guest.
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
    /// The ids of the payment and the case at one vendor. No other vendor receives them.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage, revcent};
    ///
    /// let at = "2026-10-03T09:12:00Z".parse()?;
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, at)
    ///     .vendor_case(revcent::ID, "B2VsAx6lZ4fzpMGnXkE0")
    ///     .build()?;
    /// let reference = chargeback.vendor_reference(&revcent::ID).expect("set above");
    /// assert_eq!((reference.payment.is_none(), reference.case.is_some()), (true, true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct VendorReference {
        /// The vendor's id of the *payment*: a Spade enrichment, a RevCent transaction, a Pipwave `pw_id`,
        /// MaxMind's `minfraud_id` or `maxmind_id`, or SEON's `seon_id`.
        pub payment: Option<String>,
        /// The vendor's id of the *case*, from an earlier [`Receipt::vendor_case`](crate::Receipt::vendor_case): a
        /// RevCent chargeback. No other vendor of this crate has such an id.
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
    /// The payment processor that notified the merchant of the chargeback.
    ///
    /// `Debug` shows the name and hides the ids.
    ///
    /// ```
    /// use chargeback::Processor;
    ///
    /// let processor = Processor::new("stripe").dispute_id("du_1").payment_id("ch_1");
    /// assert_eq!(processor.dispute_id.as_deref(), Some("du_1"));
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Processor {
        /// A name of the caller's choice, such as `stripe` or `adyen`. The crate compares it with nothing.
        pub name: String,
        /// The processor's id of the case: at Stripe, the id of a dispute.
        pub dispute_id: Option<String>,
        /// The processor's id of the payment: at Stripe, the id of a charge.
        pub payment_id: Option<String>,
    }
}

impl Processor {
    /// Creates a processor with a name and no ids.
    ///
    /// ```
    /// use chargeback::Processor;
    ///
    /// assert_eq!(Processor::new("adyen").name, "adyen");
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), dispute_id: None, payment_id: None }
    }

    /// Sets the processor's id of the case.
    #[must_use]
    pub fn dispute_id(mut self, id: impl Into<String>) -> Self {
        self.dispute_id = Some(id.into());
        self
    }

    /// Sets the processor's id of the payment.
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
    path = "chargeback";
    /// The kind of fraud that the merchant knows or suspects, more precise than the [`Reason`](crate::Reason).
    ///
    /// Spade receives it as `fraudType`. Sift receives only friendly fraud, as its reason.
    pub enum FraudKind {
        /// The card's data was used without the card.
        CardNotPresent = "card_not_present",
        /// Small payments test whether stolen cards work.
        CardTesting = "card_testing",
        /// The card was lost or stolen.
        StolenCard = "stolen_card",
        /// A copy of the card was used.
        CounterfeitCard = "counterfeit_card",
        /// The customer was tricked into giving card data away.
        Phishing = "phishing",
        /// The seller is the fraudster (relevant to marketplaces).
        MerchantFraud = "merchant_fraud",
        /// The customer made the payment and abuses the chargeback ("friendly fraud"): Spade's `chargeback_fraud`.
        FriendlyFraud = "friendly_fraud",
        /// A kind that is known and is not in this list.
        Other = "other",
    }
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// The merchant's findings about the fraud that caused a chargeback.
    ///
    /// The findings refine a [`Reason`](crate::Reason) that is fraud. With any other reason no vendor receives
    /// them, and the plan lists them as a loss.
    ///
    /// ```
    /// use chargeback::{Fraud, FraudKind};
    ///
    /// let fraud = Fraud::new(FraudKind::CardTesting).notes("forty payments of 1.00 in one hour");
    /// assert_eq!(fraud.kind, Some(FraudKind::CardTesting));
    /// ```
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Fraud {
        /// The kind of fraud, which determines Spade's `fraudType`. If it is `None`, reason and network code
        /// determine it.
        pub kind: Option<FraudKind>,
        /// Free text about the fraud. Spade takes at most 512 characters (code points); a report truncates longer
        /// text and lists it as [`Truncated`](crate::LossKind::Truncated).
        pub notes: Option<String>,
    }
}

impl Fraud {
    /// Creates findings with a kind and no notes.
    ///
    /// ```
    /// use chargeback::{Fraud, FraudKind};
    ///
    /// assert_eq!(Fraud::new(FraudKind::Phishing).notes, None);
    /// ```
    #[must_use]
    pub const fn new(kind: FraudKind) -> Self {
        Self { kind: Some(kind), notes: None }
    }

    /// Sets free text about the fraud, which is sent to Spade.
    ///
    /// A report truncates it to 512 characters and lists that as a loss.
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
    path = "chargeback";
    /// The outcome of a representment.
    ///
    /// RevCent receives the outcome that the stage implies. A report to RevCent fails if the outcome set here
    /// contradicts the stage.
    pub enum RepresentmentOutcome {
        /// Decided for the merchant: the chargeback is reversed.
        Won = "won",
        /// Decided against the merchant: the chargeback remains.
        Lost = "lost",
    }
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// The merchant's representment: the payment presented a second time, with evidence against the chargeback.
    ///
    /// Its presence in a chargeback means that the representment was initiated. Vendors receive dates only from this
    /// struct, never from [`occurred_at`](crate::Chargeback::occurred_at): RevCent freezes them at the first write. The
    /// dates are sent in UTC, truncated to milliseconds.
    ///
    /// ```
    /// use chargeback::{Representment, RepresentmentOutcome};
    ///
    /// let representment = Representment::initiated()
    ///     .initiated_at("2026-10-05T10:00:00Z".parse()?)
    ///     .completed_at("2026-11-20T16:00:00Z".parse()?)
    ///     .outcome(RepresentmentOutcome::Won);
    /// assert!(representment.initiated_at < representment.completed_at);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Representment {
        /// The time at which the merchant sent it: RevCent's `initiated_date`. Leave it out if it is uncertain.
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub initiated_at: Option<DateTime<Utc>>,
        /// The time of the decision, not before `initiated_at`: RevCent's `completed_date`. A report to RevCent
        /// fails if the stage implies that the representment is still in progress.
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<DateTime<Utc>>,
        /// The decision, which must agree with the stage. `None` is enough because the stage implies the decision.
        pub outcome: Option<RepresentmentOutcome>,
    }
}

impl Representment {
    /// Creates a representment that was sent at an unknown time.
    ///
    /// ```
    /// use chargeback::Representment;
    ///
    /// assert_eq!(Representment::initiated().initiated_at, None);
    /// ```
    #[must_use]
    pub fn initiated() -> Self {
        Self::default()
    }

    /// Sets the time at which the merchant sent it. RevCent receives it in UTC, truncated to milliseconds, and freezes
    /// this date at the first write.
    #[must_use]
    pub const fn initiated_at(mut self, at: DateTime<Utc>) -> Self {
        self.initiated_at = Some(at);
        self
    }

    /// Sets the time of the decision. RevCent receives it in UTC, truncated to milliseconds, and freezes this date at
    /// the first write.
    #[must_use]
    pub const fn completed_at(mut self, at: DateTime<Utc>) -> Self {
        self.completed_at = Some(at);
        self
    }

    /// Sets the decision, which must agree with the stage.
    #[must_use]
    pub const fn outcome(mut self, outcome: RepresentmentOutcome) -> Self {
        self.outcome = Some(outcome);
        self
    }
}

//! Settings for turning a processor's values into a chargeback.

use std::borrow::Cow;

use crate::reason_codes::ReasonTable;

/// The meaning of the merchant's reference of a payment: Adyen's `merchantReference`, Checkout.com's
/// `payment_reference`, `PayPal`'s `invoice_number`.
///
/// ```
/// use chargeback::webhooks::{Mapping, ReferenceKind};
///
/// // `merchantReference` of Adyen is the id of the transaction.
/// let mapping = Mapping::default().reference_kind(ReferenceKind::Transaction);
/// # let _ = mapping;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceKind {
    /// The reference is the order id.
    #[default]
    Order,
    /// The reference is the transaction id.
    Transaction,
    /// The reference is both, because the merchant makes one payment for each order.
    OrderAndTransaction,
}

/// The places of the merchant's own ids, and the meaning of reason codes.
///
/// ```
/// use chargeback::reason_codes::{ReasonCode, ReasonTable};
/// use chargeback::webhooks::{Mapping, ReferenceKind};
/// use chargeback::{Network, NetworkCode, Reason};
///
/// let code = NetworkCode::new(Network::Jcb, "541");
/// let mapping = Mapping::default()
///     .order_key("shop_order")
///     .reference_kind(ReferenceKind::OrderAndTransaction)
///     .reasons(ReasonTable::default().with(ReasonCode::new(&code, Reason::NotReceived, "Not received")));
/// ```
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) order_key: Cow<'static, str>,
    pub(super) transaction_key: Cow<'static, str>,
    pub(super) user_key: Cow<'static, str>,
    pub(super) session_key: Cow<'static, str>,
    pub(super) reference: ReferenceKind,
    pub(super) reasons: ReasonTable,
}

impl Default for Mapping {
    /// Returns the default settings: metadata keys `order_id`, `transaction_id`, `user_id` and `session_id`; references
    /// are order ids; the crate's own [reason codes](crate::reason_codes).
    fn default() -> Self {
        Self {
            order_key: "order_id".into(),
            transaction_key: "transaction_id".into(),
            user_key: "user_id".into(),
            session_key: "session_id".into(),
            reference: ReferenceKind::default(),
            reasons: ReasonTable::default(),
        }
    }
}

impl Mapping {
    /// Sets the metadata key of the order id.
    ///
    /// Only Stripe has metadata. The keys are searched in the dispute's metadata, then in that of the charge and
    /// the payment intent if these are given as objects. In webhooks the dispute's metadata starts empty, and the
    /// charge and payment intent are ids. So look up payments by the chargeback's `gateway_transaction_id`, unless
    /// your program writes the ids to the dispute.
    ///
    /// ```
    /// use chargeback::webhooks::Mapping;
    ///
    /// let mapping = Mapping::default().order_key("shop_order").transaction_key("shop_payment").user_key("customer");
    /// # let _ = mapping;
    /// ```
    #[must_use]
    pub fn order_key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.order_key = name.into();
        self
    }

    /// Sets the metadata key of the transaction id. See [`order_key`](Self::order_key).
    #[must_use]
    pub fn transaction_key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.transaction_key = name.into();
        self
    }

    /// Sets the metadata key of the customer's id. See [`order_key`](Self::order_key).
    #[must_use]
    pub fn user_key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.user_key = name.into();
        self
    }

    /// Sets the metadata key of the session id. See [`order_key`](Self::order_key).
    #[must_use]
    pub fn session_key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.session_key = name.into();
        self
    }

    /// Sets the meaning of the merchant's reference of a payment.
    #[must_use]
    pub const fn reference_kind(mut self, reference: ReferenceKind) -> Self {
        self.reference = reference;
        self
    }

    /// Sets the reason codes, for example with rows that the crate does not have.
    #[must_use]
    pub fn reasons(mut self, table: ReasonTable) -> Self {
        self.reasons = table;
        self
    }
}

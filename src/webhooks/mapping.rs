//! Where the merchant's own ids stand in what a processor sends.

use std::borrow::Cow;

use crate::reason_codes::ReasonTable;

/// What the merchant's reference of a payment at the processor is: Adyen's `merchantReference`, Checkout.com's
/// `payment_reference`, `PayPal`'s `invoice_number`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceIs {
    /// The id of the order.
    #[default]
    Order,
    /// The id of the transaction.
    Transaction,
    /// Both, since the merchant makes one payment for each order.
    OrderAndTransaction,
}

/// How a processor's words become a chargeback: where the merchant's own ids stand, and what codes mean.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) order_key: Cow<'static, str>,
    pub(super) transaction_key: Cow<'static, str>,
    pub(super) user_key: Cow<'static, str>,
    pub(super) session_key: Cow<'static, str>,
    pub(super) reference: ReferenceIs,
    pub(super) reasons: ReasonTable,
}

impl Default for Mapping {
    /// Metadata by the names `order_id`, `transaction_id`, `user_id` and `session_id`; references are orders; the crate's own
    /// [reason table](crate::reason_codes).
    fn default() -> Self {
        Self {
            order_key: "order_id".into(),
            transaction_key: "transaction_id".into(),
            user_key: "user_id".into(),
            session_key: "session_id".into(),
            reference: ReferenceIs::default(),
            reasons: ReasonTable::default(),
        }
    }
}

impl Mapping {
    /// The name under which metadata holds the id of the order. Stripe alone has metadata: that of the dispute, which starts empty,
    /// then that of the charge and the payment intent where those are given whole, which webhooks never do. So look payments up by the
    /// chargeback's `gateway_transaction_id`, unless you write the ids to the dispute yourself.
    #[must_use]
    pub fn order_key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.order_key = name.into();
        self
    }

    /// The name under which metadata holds the id of the transaction.
    #[must_use]
    pub fn transaction_key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.transaction_key = name.into();
        self
    }

    /// The name under which metadata holds the id of the customer.
    #[must_use]
    pub fn user_key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.user_key = name.into();
        self
    }

    /// The name under which metadata holds the id of the session.
    #[must_use]
    pub fn session_key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.session_key = name.into();
        self
    }

    /// What the reference is that the merchant gave to the payment.
    #[must_use]
    pub const fn reference_is(mut self, reference: ReferenceIs) -> Self {
        self.reference = reference;
        self
    }

    /// What codes mean, with rows of your own.
    #[must_use]
    pub fn reasons(mut self, table: ReasonTable) -> Self {
        self.reasons = table;
        self
    }
}

//! Settings for turning a processor's values into a chargeback.

use std::borrow::Cow;

use super::source::Source;
use crate::model::Field;
use crate::reason_codes::ReasonTable;

/// The meaning of the merchant's reference of a payment: Adyen's `merchantReference`, Checkout.com's
/// `payment_reference`, `PayPal`'s `invoice_number`. For other fields, see [`Mapping::order_id_at`].
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
/// By default, ids come from Stripe's metadata and from the merchant's reference of a payment. The setters
/// [`order_id_at`](Self::order_id_at) and its like name any other field of a processor's payload.
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
    /// The named places of ids.
    places: Vec<(Source, MerchantId, Cow<'static, str>)>,
}

/// An id that the merchant gives to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MerchantId {
    Order,
    Transaction,
    User,
    Session,
}

/// The merchant's own ids of the payment.
#[derive(Default)]
pub(super) struct MerchantIds {
    pub(super) order: Option<String>,
    pub(super) transaction: Option<String>,
    pub(super) user: Option<String>,
    pub(super) session: Option<String>,
    /// The ids that were read from a place that [`Mapping`] names and the processor does not sign.
    pub(super) unsigned: Vec<Field>,
}

impl MerchantIds {
    /// Creates the ids from the one reference that the merchant gave to the payment.
    pub(super) fn from_reference(reference: Option<String>, mapping: &Mapping) -> Self {
        match mapping.reference {
            ReferenceKind::Order => Self { order: reference, ..Self::default() },
            ReferenceKind::Transaction => Self { transaction: reference, ..Self::default() },
            ReferenceKind::OrderAndTransaction => {
                Self { order: reference.clone(), transaction: reference, ..Self::default() }
            }
        }
    }

    /// Replaces the ids whose place is named. `read` returns the text at a place, and `is_signed` whether the processor
    /// signs it.
    pub(super) fn named(
        mut self,
        (source, mapping): (Source, &Mapping),
        read: impl Fn(&str) -> Option<String>,
        is_signed: impl Fn(&str) -> bool,
    ) -> Self {
        for (_, id, place) in mapping.places.iter().filter(|(named, ..)| *named == source) {
            let (value, field) = match id {
                MerchantId::Order => (&mut self.order, Field::OrderId),
                MerchantId::Transaction => (&mut self.transaction, Field::TransactionId),
                MerchantId::User => (&mut self.user, Field::UserId),
                MerchantId::Session => (&mut self.session, Field::SessionId),
            };
            *value = read(place);
            if value.is_some() && !is_signed(place) {
                self.unsigned.push(field);
            }
        }
        self
    }
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
            places: Vec::new(),
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

    /// Sets the place of the order id in the payloads of a processor. The id comes from this place only, even if the
    /// place is empty.
    ///
    /// The place is a JSON pointer (RFC 6901) from the root of the event; at Adyen, from the item. At Braintree, the
    /// names of elements below `notification` are separated by `/` in the same way.
    ///
    /// | Processor | Example |
    /// |---|---|
    /// | Stripe | `/data/object/metadata/shop_order` |
    /// | Adyen | `/additionalData/metadata.order` |
    /// | Checkout.com | `/data/payment_reference` |
    /// | Braintree | `/subject/dispute/transaction/purchase-order-number` |
    /// | `PayPal` | `/resource/disputed_transactions/0/custom` |
    /// | Pipwave | `/txn_id` |
    ///
    /// ```
    /// use chargeback::webhooks::{Mapping, Source};
    ///
    /// let mapping = Mapping::default().order_id_at(Source::PayPal, "/resource/disputed_transactions/0/custom");
    /// ```
    #[must_use]
    pub fn order_id_at(self, source: Source, place: impl Into<Cow<'static, str>>) -> Self {
        self.at(source, MerchantId::Order, place.into())
    }

    /// Sets the place of the transaction id. See [`order_id_at`](Self::order_id_at).
    #[must_use]
    pub fn transaction_id_at(self, source: Source, place: impl Into<Cow<'static, str>>) -> Self {
        self.at(source, MerchantId::Transaction, place.into())
    }

    /// Sets the place of the customer's id. See [`order_id_at`](Self::order_id_at).
    #[must_use]
    pub fn user_id_at(self, source: Source, place: impl Into<Cow<'static, str>>) -> Self {
        self.at(source, MerchantId::User, place.into())
    }

    /// Sets the place of the session id. See [`order_id_at`](Self::order_id_at).
    #[must_use]
    pub fn session_id_at(self, source: Source, place: impl Into<Cow<'static, str>>) -> Self {
        self.at(source, MerchantId::Session, place.into())
    }

    fn at(mut self, source: Source, id: MerchantId, place: Cow<'static, str>) -> Self {
        self.places.retain(|(named, other, _)| (*named, *other) != (source, id));
        self.places.push((source, id, place));
        self
    }

    /// Sets the reason codes, for example with rows that the crate does not have.
    #[must_use]
    pub fn reasons(mut self, table: ReasonTable) -> Self {
        self.reasons = table;
        self
    }
}

//! The processors whose webhooks this crate reads.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::webhooks";
    /// The processor that sent a webhook.
    pub enum Source {
        /// Stripe.
        Stripe = "stripe",
        /// Adyen.
        Adyen = "adyen",
        /// Checkout.com.
        Checkout = "checkout",
        /// Braintree.
        Braintree = "braintree",
        /// `PayPal`.
        PayPal = "paypal",
        /// Pipwave, which is a vendor too.
        Pipwave = "pipwave",
    }
}

//! Processors' webhooks: fixtures are signed as the processors sign, verified and parsed.
//!
//! One file for each processor, and one for each shared part.

mod adyen;
mod ambiguous;
mod amount;
mod braintree;
mod checkout;
mod event;
mod field_cases;
mod hostile;
mod mapping;
mod paypal;
mod pipwave;
mod reason;
mod samples;
mod signed;
#[cfg(feature = "sandbox")]
mod status_graphs;
mod stripe;
mod verify;

pub use self::signed::*;

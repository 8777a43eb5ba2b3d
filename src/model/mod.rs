//! The shared model: a chargeback and its parts.
//!
//! Nothing here depends on the rest of the crate except `util`.

mod builder;
mod chargeback;
mod create;
mod currency;
mod decimal;
mod field;
mod invalid;
mod money;
mod network;
mod payment;
mod provider_id;
mod reason;
mod rfc3339;
mod rules;
mod stage;
mod vendor_case;

pub use self::builder::ChargebackBuilder;
pub use self::chargeback::Chargeback;
pub use self::currency::{Currency, ParseCurrencyError};
pub use self::decimal::{DecimalNumber, ParseDecimalError};
pub use self::field::Field;
pub(crate) use self::invalid::EARLIER;
pub use self::invalid::InvalidError;
pub(crate) use self::money::Decimal;
pub use self::money::{Money, ParseMoneyError};
pub use self::network::{Network, NetworkCode};
pub use self::payment::{Fraud, FraudKind, Payment, Processor, Representment, RepresentmentOutcome, VendorReference};
pub use self::provider_id::{ParseProviderIdError, ProviderId};
pub use self::reason::{Category, Reason};
pub(crate) use self::rfc3339::TimeText;
pub use self::rfc3339::{ParseTimeError, Rfc3339};
pub use self::stage::Stage;
pub(crate) use self::vendor_case::is_blank_id;

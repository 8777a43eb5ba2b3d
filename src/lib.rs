//! Tell fraud and payment vendors about chargebacks.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod chargeback;
mod client;
mod error;
mod exact;
mod id;
mod money;
mod native;
mod provider;
mod providers;
mod reason;
mod redact;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
mod secret;
mod stage;
pub mod vendor;
mod violation;
mod words;

pub use async_trait::async_trait;

pub use crate::chargeback::{
    Chargeback, ChargebackBuilder, Field, Fraud, FraudKind, Payment, Processor, Representment, RepresentmentOutcome,
    VendorReference,
};
pub use crate::client::{Completed, HttpProvider, HttpProviderBuilder, LossPolicy, RetryPolicy, Timeouts};
pub use crate::error::{
    ConfigurationError, ConflictError, Delivery, Error, InvalidError, TimeoutError, TransportError, UnreadableError,
    UnsupportedError, VendorError,
};
pub use crate::exact::{DecimalText, ParseExactError, Rfc3339};
pub use crate::id::{ParseProviderIdError, ProviderId};
pub use crate::money::{Currency, Money, ParseCurrencyError, ParseMoneyError};
pub use crate::provider::{
    Capabilities, Carriage, ChargebackProvider, Expression, Fidelity, Loss, LossKind, Plan, PlannedRequest,
    PlannedStep, Receipt, StepOutcome, StepReport,
};
pub use crate::providers::{pipwave, revcent, spade, thirdwatch, tutelar};
pub use crate::reason::{Category, Network, NetworkCode, Reason};
pub use crate::secret::Secret;
pub use crate::stage::{ParseStageError, Stage};
pub use crate::violation::Violation;

/// How requests are carried: the transport seam, and the clock.
pub mod transport {
    pub use crate::client::{Failure, HttpTransport, Limits, Phase, Runtime, TokioRuntime, Transport};
}

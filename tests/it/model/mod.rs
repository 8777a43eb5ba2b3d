//! The shared model.

mod builder;
mod chargeback;
mod currency;
mod decimal;
mod money;
mod network;
mod provider_id;
mod reason;
mod rfc3339;
mod stage;
mod time_precision;
mod unknown_value;

//! Durable delivery.

mod bad_input;
mod fixtures;
mod logs;
#[cfg(feature = "metrics")]
mod metrics;
mod outage;
mod shutdown;
mod worker;

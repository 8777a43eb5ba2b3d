//! Durable delivery.

mod fixtures;
mod logs;
#[cfg(feature = "metrics")]
mod metrics;
mod outage;
mod paused;
mod shutdown;
mod worker;

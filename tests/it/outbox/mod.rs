//! Durable delivery.

mod logs;
#[cfg(feature = "metrics")]
mod metrics;
mod paused;

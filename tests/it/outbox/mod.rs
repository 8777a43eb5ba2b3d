//! Durable delivery.

mod bad_input;
mod broken_stores;
mod cases;
mod conformance;
mod doubts;
mod fixtures;
#[cfg(all(feature = "outbox-sqlite", unix))]
mod fleet;
#[cfg(all(feature = "outbox-sqlite", unix))]
mod kill;
mod logs;
#[cfg(feature = "metrics")]
mod metrics;
mod outage;
mod replay;
mod shutdown;
#[cfg(feature = "outbox-sqlite")]
mod sqlite;
mod sweep;
mod traces;
mod worker;

//! Durable delivery.

mod fixtures;
mod outage;
mod shutdown;
#[cfg(feature = "outbox-sqlite")]
mod sqlite;
mod worker;

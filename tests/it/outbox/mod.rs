//! Durable delivery.

mod fixtures;
mod outage;
mod shutdown;
mod worker;

//! Durable delivery.

mod bad_input;
mod fixtures;
mod outage;
mod shutdown;
mod worker;

//! Tests of the programs in `examples/`.

#[cfg(all(feature = "webhooks", feature = "sandbox", feature = "outbox", feature = "reqwest"))]
mod outbox;
#[cfg(feature = "outbox")]
mod seal;

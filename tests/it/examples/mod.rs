//! Tests of the programs in `examples/`.

#[cfg(all(feature = "webhooks", feature = "sandbox"))]
mod webhook_server;

//! Everything from outside: one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]
#![cfg_attr(not(feature = "sandbox"), allow(dead_code, reason = "most users of the helpers need the sandbox"))]

#[cfg(all(feature = "sandbox", feature = "blocking"))]
mod blocking;
#[cfg(feature = "sandbox")]
mod conformance;
mod connector;
#[path = "../../examples/custom_connector.rs"]
mod custom_connector;
mod docs;
mod engine;
mod error;
mod examples;
#[cfg(feature = "sandbox")]
mod faults;
mod fuzz;
mod house;
#[cfg(feature = "sandbox")]
mod lifecycle;
mod model;
#[cfg(feature = "sandbox")]
mod never_twice;
#[cfg(all(feature = "sandbox", feature = "outbox"))]
mod outbox;
mod provider;
mod providers;
mod reason_codes;
#[cfg(feature = "sandbox")]
mod reporter;
#[cfg(feature = "sandbox")]
mod sandbox;
mod security;
mod soak;
mod support;
mod vectors;
#[cfg(feature = "webhooks")]
mod webhooks;

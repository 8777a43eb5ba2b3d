//! Everything from outside: one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]
#![cfg_attr(not(feature = "sandbox"), allow(dead_code, reason = "most users of the helpers need the sandbox"))]

#[cfg(all(feature = "sandbox", feature = "blocking"))]
mod blocking;
#[cfg(feature = "sandbox")]
mod client;
#[cfg(feature = "sandbox")]
mod conformance;
#[path = "../../examples/custom_vendor.rs"]
mod custom_vendor;
mod details;
mod docs;
mod environment;
mod examples;
#[cfg(feature = "sandbox")]
mod faults;
mod fuzz;
mod hostile;
#[cfg(feature = "sandbox")]
mod leaks;
#[cfg(feature = "sandbox")]
mod limits;
mod model;
#[cfg(feature = "sandbox")]
mod month;
#[cfg(feature = "sandbox")]
mod never_twice;
#[cfg(feature = "sandbox")]
mod readme;
mod reason_codes;
#[cfg(feature = "sandbox")]
mod reporter;
#[cfg(feature = "sandbox")]
mod sandbox;
mod security;
mod seen;
mod soak;
mod support;
mod transport;
mod vectors;
mod vendors;
#[cfg(feature = "webhooks")]
mod webhooks;

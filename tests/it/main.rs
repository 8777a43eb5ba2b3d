//! Everything from outside: one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]

mod client;
mod conformance;
#[path = "../../examples/custom_vendor.rs"]
mod custom_vendor;
mod leaks;
mod model;
mod sandbox;
mod support;
mod transport;
mod vectors;
mod vendors;

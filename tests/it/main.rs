//! Everything from outside: one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]

mod client;
mod model;
mod support;
mod vectors;
mod vendors;

//! Tests against a real server. They start a private one on loopback; see `cluster`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]

mod clocked;
mod cluster;
mod conformance;

//! Tests that run the binary.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "helpers of tests, which are not in functions with `#[test]`"
)]

mod backfill;
mod config;
mod faults;
mod formats;
mod interrupt;
mod look;
mod manners;
mod operate;
#[cfg(feature = "postgres")]
mod postgres;
mod sandbox;
mod support;
mod webhook;

//! Tests against a real server. They start a private one on loopback; see `cluster`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]

#[path = "../../../../tests/it/outbox/cases.rs"]
mod cases;
mod clocked;
mod cluster;
mod conformance;
mod enqueue;
mod examples;
mod failures;
#[cfg(unix)]
#[path = "../../../../tests/it/outbox/fleet.rs"]
mod fleet;
#[cfg(unix)]
mod kill;
mod leaks;
mod queue;
mod rate;
#[path = "../../../../tests/it/outbox/replay.rs"]
mod replay;
mod roles;
mod schema;
#[path = "../../examples/sqlx.rs"]
mod sqlx_example;
mod support;
mod tls;
mod traces;
mod worker;

//! The rules of the outbox, each within one transaction of a store.
//!
//! The functions read and write rows through [`Tables`](super::tables::Tables). So every store that implements the
//! trait follows the same rules. Times are milliseconds by the clock of the store.

pub(super) mod act;
pub(super) mod claim;
pub(super) mod enqueue;
pub(super) mod erase;
pub(super) mod finish;
pub(super) mod pass;
pub(super) mod upkeep;
pub(super) mod vendors;
pub(super) mod view;

use std::time::Duration;

/// Adds a duration to a time in milliseconds.
pub(super) fn later(now: i64, time: Duration) -> i64 {
    now.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

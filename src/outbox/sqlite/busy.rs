//! Waiting for the write lock of another process.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::super::store_error::StoreError;
use super::errors::sql;

/// The wait between two attempts to get the lock. Another process holds it for one group of commands.
const PAUSE: Duration = Duration::from_micros(500);

thread_local! {
    static LIMIT: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Waits for locks for up to this time. The limit belongs to the connections of this thread.
pub(super) fn set(connection: &Connection, limit: Duration) -> Result<(), StoreError> {
    LIMIT.set(limit);
    connection.busy_handler(Some(wait)).map_err(sql)
}

/// Changes the limit of this thread, and returns the earlier one.
pub(super) fn limit(limit: Duration) -> Duration {
    LIMIT.replace(limit)
}

/// Returns false after the limit. `SQLite` counts the calls of one wait.
fn wait(calls: i32) -> bool {
    let now = Instant::now();
    if calls == 0 {
        SINCE.set(Some(now));
    }
    if SINCE.get().is_some_and(|since| now.duration_since(since) >= LIMIT.get()) {
        return false;
    }
    thread::sleep(PAUSE + Duration::from_micros(fastrand::u64(0..1000)));
    true
}

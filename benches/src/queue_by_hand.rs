//! A queue table that a careful engineer would write by hand, and the least work that durable storage needs.
//!
//! The queue has one row for each vendor of a case, a lease, and a mark before each request. It has no order of a case,
//! no event keys, no ledger and no breaker.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::outbox::{VENDORS, case};

const SCHEMA: &str = "
    CREATE TABLE job (id INTEGER PRIMARY KEY, vendor TEXT NOT NULL, due INTEGER NOT NULL, state TEXT NOT NULL,
        payload BLOB NOT NULL) STRICT;
    CREATE INDEX job_due ON job (vendor, due) WHERE state <> 'done';
    CREATE TABLE log (id INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT;";

/// A database with the same durability as the store of the outbox.
///
/// # Panics
///
/// Panics if the database cannot be opened.
#[must_use]
pub fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("a database");
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";
    connection.execute_batch(settings).expect("the settings");
    connection.execute_batch(SCHEMA).expect("the tables");
    connection
}

fn payload(number: u64) -> Vec<u8> {
    serde_json::to_vec(&case(number)).expect("a case is JSON")
}

/// Inserts one job for each vendor, in one transaction for each case, and returns the time of a case.
///
/// # Panics
///
/// Panics if the database fails.
pub fn enqueue(connection: &mut Connection, cases: u64) -> Duration {
    let start = Instant::now();
    for number in 0..cases {
        let payload = payload(number);
        let transaction = connection.transaction().expect("a transaction");
        for vendor in &VENDORS {
            let insert = "INSERT INTO job (vendor, due, state, payload) VALUES (?1, 0, 'ready', ?2)";
            let mut insert = transaction.prepare_cached(insert).expect("a statement");
            insert.execute(params![vendor.as_str(), payload]).expect("a row");
        }
        transaction.commit().expect("a commit");
    }
    start.elapsed() / u32::try_from(cases).expect("few cases")
}

/// Leases, marks and completes one job after the other, each step in a transaction, and returns the time of a delivery.
///
/// # Panics
///
/// Panics if the database fails.
pub fn deliver(connection: &Connection, jobs: u64) -> Duration {
    let start = Instant::now();
    let mut done: u32 = 0;
    for vendor in VENDORS.iter().cycle() {
        if u64::from(done) >= jobs {
            break;
        }
        let lease = "UPDATE job SET state = 'leased', due = 30 WHERE id = (SELECT id FROM job WHERE vendor = ?1 \
                     AND state <> 'done' ORDER BY due LIMIT 1) RETURNING id, payload";
        let mut lease = connection.prepare_cached(lease).expect("a statement");
        let job: Option<(i64, Vec<u8>)> =
            lease.query_row([vendor.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional().expect("a job");
        let Some((id, payload)) = job else { continue };
        drop(lease);
        let read: chargeback::Chargeback = serde_json::from_slice(&payload).expect("a case");
        assert!(!read.case_id().is_empty());
        for state in ["sent", "done"] {
            let step = "UPDATE job SET state = ?2 WHERE id = ?1";
            connection.prepare_cached(step).expect("a statement").execute(params![id, state]).expect("a row");
        }
        done += 1;
    }
    start.elapsed() / done
}

/// Appends the bytes of a case to a log, 64 cases in a transaction, and returns the time of a case: the lower bound of
/// durable storage.
///
/// # Panics
///
/// Panics if the database fails.
pub fn append(connection: &mut Connection, cases: u64) -> Duration {
    let start = Instant::now();
    for first in (0..cases).step_by(64) {
        let transaction = connection.transaction().expect("a transaction");
        for number in first..(first + 64).min(cases) {
            let mut insert = transaction.prepare_cached("INSERT INTO log (payload) VALUES (?1)").expect("a statement");
            insert.execute([payload(number)]).expect("a row");
        }
        transaction.commit().expect("a commit");
    }
    start.elapsed() / u32::try_from(cases).expect("few cases")
}

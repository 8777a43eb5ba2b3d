//! The thread that owns the connection and runs the calls.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{Notify, oneshot};

use super::super::hashes::StoreKey;
use super::super::store_error::StoreError;
use super::busy;
use super::command::{Command, Failed};
use super::errors::{Failure, sql};
use super::tables::SqliteTables;
use crate::model::ProviderId;

/// The largest number of calls in one transaction.
const GROUP: usize = 256;

/// The longest wait of a checkpoint for readers. The calls of the store wait meanwhile.
const CHECKPOINT_WAIT: Duration = Duration::from_millis(200);

/// The wait after a checkpoint that readers prevented.
const CHECKPOINT_RETRY: Duration = Duration::from_secs(5);

/// A message to the thread.
pub(super) enum Message {
    Run(Box<dyn Command>),
    /// Ends the thread after the calls that were sent before.
    Close(oneshot::Sender<()>),
}

/// The times after which the write-ahead log is truncated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Truncation {
    /// After the last change.
    pub(super) idle: Duration,
    /// At most, under load.
    pub(super) longest: Duration,
}

/// The state of the thread.
pub(super) struct Worker {
    connection: Connection,
    key: StoreKey,
    receiver: Receiver<Message>,
    changed: Arc<Notify>,
    truncation: Truncation,
    known_vendors: HashSet<ProviderId>,
    /// The time of the next truncation; none if nothing was written since the last one.
    truncate_at: Option<Instant>,
    truncated: Instant,
}

/// The way in which the calls of a transaction are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Isolation {
    /// A call that fails after a write ends the attempt.
    None,
    /// Each call has a savepoint. Slower, because `SQLite` copies every page that a call changes.
    Savepoints,
}

/// The failed attempt of a group.
enum Attempt {
    /// A call failed after a write. The others can be run again with savepoints.
    Again,
    /// The database does not work.
    Broken(Failure),
}

impl Worker {
    pub(super) fn new(
        connection: Connection,
        key: StoreKey,
        receiver: Receiver<Message>,
        changed: Arc<Notify>,
        truncation: Truncation,
    ) -> Self {
        let now = Instant::now();
        // An earlier process may have left a log.
        let truncate_at = Some(now + truncation.idle);
        let known_vendors = HashSet::new();
        Self { connection, key, receiver, changed, truncation, known_vendors, truncate_at, truncated: now }
    }

    /// Runs until the last clone of the store is dropped, or until the store is closed.
    pub(super) fn run(mut self) {
        let mut closing = Vec::new();
        while closing.is_empty() {
            let message = match self.truncate_at {
                Some(at) => self.receiver.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => self.receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match message {
                Ok(message) => self.serve(message, &mut closing),
                Err(RecvTimeoutError::Timeout) => self.truncate(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.truncate();
        drop(self.connection);
        for closed in closing {
            // The caller may have stopped waiting.
            let _ = closed.send(());
        }
    }

    /// Runs a call, and all that wait behind it.
    fn serve(&mut self, first: Message, closing: &mut Vec<oneshot::Sender<()>>) {
        let mut group = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Run(command) if command.is_wanted() => group.push(command),
                Message::Run(_) => (),
                Message::Close(reply) => {
                    closing.push(reply);
                    break;
                }
            }
            next = if group.len() < GROUP { self.receiver.try_recv().ok() } else { None };
        }
        if group.is_empty() {
            return;
        }
        if let Err(failure) = self.transact(&mut group) {
            for command in &mut group {
                command.fail(failure.error());
            }
        }
        for command in group {
            command.reply();
        }
    }

    /// Runs the calls in one transaction, which is durable afterwards.
    fn transact(&mut self, group: &mut [Box<dyn Command>]) -> Result<(), Failure> {
        let attempt = match self.attempt(group, Isolation::None) {
            Err(Attempt::Again) => self.attempt(group, Isolation::Savepoints),
            other => other,
        };
        attempt.map_err(|attempt| match attempt {
            Attempt::Broken(failure) => failure,
            Attempt::Again => Failure::Unavailable("a call failed within its transaction".into()),
        })
    }

    fn attempt(&mut self, group: &mut [Box<dyn Command>], isolation: Isolation) -> Result<(), Attempt> {
        let is_write = group.iter().any(|command| command.is_write());
        let begin = if is_write { "BEGIN IMMEDIATE" } else { "BEGIN" };
        self.execute(begin).map_err(broken)?;
        let mut tables = SqliteTables::new(&self.connection, &self.key, &mut self.known_vendors);
        let result = run_all(&mut tables, group, isolation);
        let made_ready = tables.made_ready;
        let result = result.and_then(|()| self.execute("COMMIT").map_err(broken));
        if result.is_err() {
            self.roll_back();
        } else if is_write {
            let now = Instant::now();
            self.truncate_at = Some((now + self.truncation.idle).min(self.truncated + self.truncation.longest));
            if made_ready {
                self.changed.notify_waiters();
            }
            if self.truncate_at.is_some_and(|at| at <= now) {
                self.truncate();
            }
        }
        result
    }

    fn execute(&self, statement: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(statement).and_then(|mut statement| statement.execute([])).map_err(sql)?;
        Ok(())
    }

    fn roll_back(&mut self) {
        SqliteTables::new(&self.connection, &self.key, &mut self.known_vendors).rolled_back();
        if !self.connection.is_autocommit() {
            // After an error of the disk, `SQLite` may have rolled back already.
            let _ = self.execute("ROLLBACK");
        }
    }

    /// Writes the log into the database, and truncates it, so that deleted data does not stay in it.
    fn truncate(&mut self) {
        let limit = busy::limit(CHECKPOINT_WAIT);
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy = self.connection.query_row(checkpoint, [], |row| row.get::<_, bool>(0)).unwrap_or(true);
        busy::limit(limit);
        let now = Instant::now();
        if is_busy {
            self.truncate_at = Some(now + CHECKPOINT_RETRY);
        } else {
            (self.truncate_at, self.truncated) = (None, now);
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn broken(error: StoreError) -> Attempt {
    Attempt::Broken(Failure::new(&error))
}

fn run_all(tables: &mut SqliteTables<'_>, group: &mut [Box<dyn Command>], isolation: Isolation) -> Result<(), Attempt> {
    for command in group {
        tables.begin_command();
        match isolation {
            Isolation::None => {
                let result = run(command, tables);
                match result {
                    Ok(()) => (),
                    Err(Failed::Refused) if !tables.wrote => (),
                    Err(Failed::Refused) => return Err(Attempt::Again),
                    Err(Failed::Broken(failure)) => return Err(Attempt::Broken(failure)),
                }
            }
            Isolation::Savepoints => isolated(command, tables)?,
        }
    }
    Ok(())
}

fn isolated(command: &mut Box<dyn Command>, tables: &mut SqliteTables<'_>) -> Result<(), Attempt> {
    let execute = |tables: &SqliteTables<'_>, statement: &str| {
        tables.connection().execute_batch(statement).map_err(|error| broken(sql(error)))
    };
    execute(tables, "SAVEPOINT command")?;
    match run(command, tables) {
        Ok(()) => execute(tables, "RELEASE command"),
        Err(Failed::Refused) => {
            tables.rolled_back();
            execute(tables, "ROLLBACK TO command; RELEASE command")
        }
        Err(Failed::Broken(failure)) => Err(Attempt::Broken(failure)),
    }
}

/// Runs a call. A panic is a refusal with a fixed text.
fn run(command: &mut Box<dyn Command>, tables: &mut SqliteTables<'_>) -> Result<(), Failed> {
    catch_unwind(AssertUnwindSafe(|| command.run(tables))).unwrap_or_else(|_| {
        command.fail(StoreError::unavailable("the call panicked"));
        tables.wrote = true;
        Err(Failed::Refused)
    })
}

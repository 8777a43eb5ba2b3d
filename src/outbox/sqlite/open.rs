//! Opening the file.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::super::hashes::StoreKey;
use super::super::store_error::StoreError;
use super::errors::sql;
use super::{busy, network_fs, schema};
use crate::util::secret::Secret;

/// The number of cached statements. Updates of lanes have one for each combination of changed columns.
const STATEMENTS: usize = 128;

/// The page cache of the connection, in KiB.
const CACHE: i64 = 8 * 1024;

/// The number of pages of the write-ahead log from which a commit copies them into the database, 4 KiB each.
const CHECKPOINT_PAGES: i64 = 2_000;

/// The size in bytes to which a checkpoint cuts a longer log.
const LOG_BYTES: i64 = 64 << 20;

/// Opens or creates the file, and returns the connection and the key of the store.
pub(super) fn open(
    path: &Path,
    key: Option<&Secret>,
    busy_timeout: Duration,
) -> Result<(Connection, StoreKey), StoreError> {
    network_fs::refuse(folder(path))?;
    match create_private(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(not_created(&error)),
        _ => (),
    }
    let until = Instant::now() + busy_timeout;
    loop {
        match attempt(path, key, busy_timeout) {
            // `SQLite` does not wait when another process creates the store at the same time.
            Err(StoreError::Unavailable(_)) if Instant::now() < until && is_locked(path) => {
                thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}

/// The folder of the file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Creates an empty file that only its owner can read. `SQLite` gives its other files the same permissions.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// Writes a copy into a new file, and waits until it is on the disk.
pub(super) fn back_up(connection: &Connection, to: &Path) -> Result<(), StoreError> {
    let text = to.to_str().ok_or_else(|| StoreError::Unusable("the path of the backup is not UTF-8".into()))?;
    create_private(to).map_err(|error| not_created(&error))?;
    let copy = || {
        connection.execute_batch("PRAGMA query_only = OFF").map_err(sql)?;
        connection.execute("VACUUM INTO ?1", [text]).map_err(sql)?;
        let synced = File::open(to).and_then(|file| file.sync_all()).and_then(|()| File::open(folder(to))?.sync_all());
        synced.map_err(|error| StoreError::unavailable(format!("the backup is not on the disk ({})", error.kind())))
    };
    copy().inspect_err(|_| drop(std::fs::remove_file(to)))
}

fn not_created(error: &std::io::Error) -> StoreError {
    StoreError::Unusable(format!("the file cannot be created ({})", error.kind()))
}

/// True if another connection holds the lock of the file.
fn is_locked(path: &Path) -> bool {
    let Ok(connection) = connect(path) else { return false };
    let probe = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    matches!(
        probe.map_err(|error| error.sqlite_error_code()),
        Err(Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked))
    )
}

fn attempt(path: &Path, key: Option<&Secret>, busy_timeout: Duration) -> Result<(Connection, StoreKey), StoreError> {
    let mut connection = connect(path).map_err(|error| unusable(sql(error)))?;
    busy::set(&connection, busy_timeout)?;
    configure(&connection)?;
    schema::migrate(&mut connection, &schema::STEPS, schema::OLDEST_READER).map_err(unusable)?;
    let key = store_key(&mut connection, key)?;
    Ok((connection, key))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

/// A file that cannot be opened or written is a problem of its place.
fn unusable(error: StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(source) if source.to_string().contains("opened") => {
            StoreError::Unusable(source.to_string())
        }
        StoreError::Unavailable(source) if source.to_string().contains("read-only") => {
            StoreError::Unusable(source.to_string())
        }
        error => error,
    }
}

fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let mode: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(sql).map_err(unusable)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::Unusable("the file system does not support a write-ahead log".into()));
    }
    let fullfsync =
        if cfg!(target_os = "macos") { "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;" } else { "" };
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = FULL; {fullfsync} PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; \
             PRAGMA cache_size = -{CACHE}; PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; \
             PRAGMA journal_size_limit = {LOG_BYTES}; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
        ))
        .map_err(sql)
}

/// Compares the key with that of the store, or creates the key of a new store.
fn store_key(connection: &mut Connection, key: Option<&Secret>) -> Result<StoreKey, StoreError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(sql)?;
    let read = |name: &str| -> Result<Option<String>, StoreError> {
        let query = "SELECT value FROM meta WHERE name = ?1";
        transaction.query_row(query, [name], |row| row.get(0)).optional().map_err(sql)
    };
    let write =
        |name: &str, value: &str| transaction.execute("INSERT INTO meta VALUES (?1, ?2)", [name, value]).map_err(sql);
    let Some(check) = read("key_check")? else {
        let stored = if let Some(key) = key {
            StoreKey::new(key.expose().as_bytes())
        } else {
            let text = hex::encode(StoreKey::random_bytes());
            write("key", &text)?;
            StoreKey::new(text.as_bytes())
        };
        write("key_check", &stored.check())?;
        transaction.commit().map_err(sql)?;
        return Ok(stored);
    };
    let stored = match key {
        Some(key) => Some(StoreKey::new(key.expose().as_bytes())),
        None => read("key")?.map(|text| StoreKey::new(text.as_bytes())),
    };
    stored.filter(|stored| stored.check() == check).ok_or(StoreError::WrongKey)
}

/// A separate connection for a long read or a backup, which does not hold up the thread of the store.
pub(super) fn reader(path: &Path, busy_timeout: Duration) -> Result<Connection, StoreError> {
    let connection = connect(path).map_err(sql)?;
    busy::set(&connection, busy_timeout)?;
    connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;").map_err(sql)?;
    Ok(connection)
}

//! Files that cannot be used, and failures of the disk.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::time::{Duration, Instant};

use chargeback::Secret;
use chargeback::Stage;
use chargeback::outbox::{Enqueued, OutboxStore as _, SqliteStore, StoreError};

use super::super::cases::case;
use super::{Folder, enqueue};

/// The whole error as text.
fn text(error: &StoreError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push(' ');
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

async fn filled(folder: &Folder) {
    let store = folder.open();
    for number in 0..200 {
        enqueue(&store, &number.to_string(), &case(number, Stage::Received, 3)).await.unwrap();
    }
    store.close().await;
}

#[tokio::test]
async fn a_busy_store_is_a_retryable_error() {
    let folder = Folder::new();
    let store = SqliteStore::builder(folder.db()).busy_timeout(Duration::from_millis(300)).open().unwrap();
    let other = folder.sql();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    let error = enqueue(&store, "1", &case(1, Stage::Received, 3)).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)) && text(&error).contains("write lock"), "{}", text(&error));
    assert!(start.elapsed() >= Duration::from_millis(300));
    // Reads do not need the lock.
    store.counts().await.unwrap();
    store.vendor(&chargeback::spade::ID).await.unwrap();
    let opened = SqliteStore::builder(folder.db()).busy_timeout(Duration::from_millis(100)).open();
    assert!(matches!(opened, Err(StoreError::Unavailable(_))), "{opened:?}");
    other.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(enqueue(&store, "1", &case(1, Stage::Received, 3)).await, Ok(Enqueued::New { .. })));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_not_opened() {
    let folder = Folder::new();
    for path in [folder.file("missing/store.db"), folder.file("")] {
        let error = SqliteStore::open(path).unwrap_err();
        assert!(matches!(error, StoreError::Unusable(_)), "{}", text(&error));
    }
    filled(&folder).await;
    let mut permissions = fs::metadata(folder.db()).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(folder.db(), permissions).unwrap();
    // The superuser can write to every file.
    if fs::OpenOptions::new().write(true).open(folder.db()).is_err() {
        let error = SqliteStore::open(folder.db()).unwrap_err();
        assert!(matches!(error, StoreError::Unusable(_)), "{}", text(&error));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_belongs_to_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let store = folder.open();
    enqueue(&store, "1", &case(1, Stage::Received, 3)).await.unwrap();
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        assert_eq!(fs::metadata(folder.file(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_damaged_file_is_an_error_without_its_content() {
    let folder = Folder::new();
    fs::write(folder.db(), "CB-1 is not a database, and this text is long enough for a header of one.".repeat(9))
        .unwrap();
    let error = SqliteStore::open(folder.db()).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)) && !text(&error).contains("CB-1"), "{}", text(&error));

    let folder = Folder::new();
    filled(&folder).await;
    let len = fs::metadata(folder.db()).unwrap().len();
    let mut file = fs::OpenOptions::new().write(true).open(folder.db()).unwrap();
    for page in (8..len / 4096).step_by(2) {
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0x5a; 4096]).unwrap();
    }
    drop(file);
    let store = match SqliteStore::open(folder.db()) {
        Ok(store) => store,
        Err(error) => return assert!(matches!(error, StoreError::Corrupt(_)), "{}", text(&error)),
    };
    match store.check().await {
        Ok(problems) => assert!(!problems.is_empty() && !problems.concat().contains("CB-"), "{problems:?}"),
        Err(error) => assert!(matches!(error, StoreError::Corrupt(_)), "{}", text(&error)),
    }
    let mut corrupt = 0;
    for number in 200..260 {
        match enqueue(&store, &number.to_string(), &case(number, Stage::Received, 3)).await {
            Ok(_) => (),
            Err(error @ StoreError::Corrupt(_)) => {
                assert!(!text(&error).contains("CB-"), "{}", text(&error));
                corrupt += 1;
            }
            Err(error) => panic!("{}", text(&error)),
        }
    }
    assert!(corrupt > 0);
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused_unless_it_allows_older_readers() {
    let folder = Folder::new();
    filled(&folder).await;
    let set = |name: &str, value: u32| {
        folder.sql().execute("UPDATE meta SET value = ?2 WHERE name = ?1", (name, value)).unwrap();
    };
    set("schema_version", 99);
    folder.open().close().await;
    set("oldest_reader", 98);
    let error = SqliteStore::open(folder.db()).unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, known: 1 }), "{}", text(&error));
}

#[tokio::test]
async fn the_database_of_another_application_stays_unchanged() {
    let folder = Folder::new();
    folder.sql().execute_batch("CREATE TABLE customer (name)").unwrap();
    let error = SqliteStore::open(folder.db()).unwrap_err();
    assert!(matches!(error, StoreError::Unusable(_)), "{}", text(&error));
    let tables: u32 = folder.sql().query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[tokio::test]
async fn every_process_needs_the_key_of_the_store() {
    let open = |folder: &Folder, key: Option<&str>| {
        let builder = SqliteStore::builder(folder.db());
        key.map_or(SqliteStore::builder(folder.db()), |key| builder.key(Secret::from(key))).open()
    };
    let folder = Folder::new();
    open(&folder, Some("k-1")).unwrap().close().await;
    open(&folder, Some("k-1")).unwrap().close().await;
    for key in [None, Some("k-2"), Some("")] {
        let error = open(&folder, key).unwrap_err();
        assert!(matches!(error, StoreError::WrongKey) && !text(&error).contains("k-"), "{key:?}: {}", text(&error));
    }
    let folder = Folder::new();
    open(&folder, None).unwrap().close().await;
    open(&folder, None).unwrap().close().await;
    assert!(matches!(open(&folder, Some("k-1")), Err(StoreError::WrongKey)));
}

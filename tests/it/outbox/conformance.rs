//! The conformance suite, run against each store of the crate.

use chargeback::async_trait;
use chargeback::outbox::MemoryStore;
use chargeback::sandbox::TestClock;
use chargeback::sandbox::conformance::{self, CHECKS, StoreFactory};

#[derive(Debug)]
struct InMemory;

#[async_trait]
impl StoreFactory for InMemory {
    type Store = MemoryStore;

    async fn create(&self, clock: TestClock) -> MemoryStore {
        MemoryStore::with_clock(clock)
    }
}

#[tokio::test]
async fn memory_store_conforms() {
    let report = conformance::run(&InMemory).await;
    assert_eq!(report.results().len(), CHECKS.len());
    assert!(CHECKS.len() >= 35);
    report.assert();
}

#[cfg(feature = "outbox-sqlite")]
mod sqlite {
    use std::path::PathBuf;

    use chargeback::outbox::SqliteStore;

    use super::*;

    /// One file for each check, in a folder that is deleted at the end.
    #[derive(Debug)]
    struct InFiles {
        folder: PathBuf,
        files: std::sync::atomic::AtomicU32,
    }

    impl Drop for InFiles {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    impl InFiles {
        fn path(&self) -> PathBuf {
            self.folder.join(format!("{}.db", self.files.load(std::sync::atomic::Ordering::Relaxed)))
        }
    }

    #[async_trait]
    impl StoreFactory for InFiles {
        type Store = SqliteStore;

        async fn create(&self, clock: TestClock) -> SqliteStore {
            self.files.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            SqliteStore::builder(self.path()).clock(clock).open().unwrap()
        }

        async fn reopen(&self, store: SqliteStore, clock: TestClock) -> SqliteStore {
            drop(store);
            SqliteStore::builder(self.path()).clock(clock).open().unwrap()
        }
    }

    #[tokio::test]
    async fn sqlite_store_conforms() {
        let folder = std::env::temp_dir().join(format!("chargeback-conformance-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        conformance::run(&InFiles { folder, files: 0.into() }).await.assert();
    }
}

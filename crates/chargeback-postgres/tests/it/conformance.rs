//! The conformance suite of stores.

use std::sync::Mutex;

use chargeback::async_trait;
use chargeback::sandbox::TestClock;
use chargeback::sandbox::conformance::{self, CHECKS, StoreFactory};

use crate::clocked::ClockedStore;
use crate::cluster::Database;

/// One database for each check.
#[derive(Debug, Default)]
struct InDatabases {
    url: Mutex<String>,
}

#[async_trait]
impl StoreFactory for InDatabases {
    type Store = ClockedStore;

    async fn create(&self, clock: TestClock) -> ClockedStore {
        let database = Database::new().await;
        self.url.lock().unwrap().clone_from(&database.url);
        ClockedStore::new(&database, clock).await
    }

    async fn reopen(&self, store: ClockedStore, clock: TestClock) -> ClockedStore {
        store.store.close().await;
        let database = Database { url: self.url.lock().unwrap().clone() };
        ClockedStore::new(&database, clock).await
    }
}

#[tokio::test]
async fn store_conforms() {
    let report = conformance::run(&InDatabases::default()).await;
    assert_eq!(report.results().len(), CHECKS.len());
    report.assert();
}

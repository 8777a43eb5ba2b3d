//! Histories of the model of the protocol (`tests/model`), replayed against the stores.

use chargeback::outbox::MemoryStore;

use super::replay::replay_all;

#[tokio::test]
async fn memory_store_follows_the_histories_of_the_model() {
    let replayed = replay_all(async |_, clock| MemoryStore::with_clock(clock)).await;
    assert!(replayed >= 240, "{replayed}");
}

#[cfg(feature = "outbox-sqlite")]
#[tokio::test]
async fn sqlite_store_follows_the_histories_of_the_model() {
    let folder = std::env::temp_dir().join(format!("chargeback-traces-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let open = async |line: usize, clock| {
        let path = folder.join(format!("{line}.db"));
        chargeback::outbox::SqliteStore::builder(path).clock(clock).open().unwrap()
    };
    let replayed = replay_all(open).await;
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(replayed >= 240, "{replayed}");
}

//! Histories of the model of the protocol, replayed against the store.

use chargeback::sandbox::TestClock;

use crate::clocked::ClockedStore;
use crate::cluster::{Database, execute};
use crate::replay::replay_all;

#[tokio::test]
async fn store_follows_the_histories_of_the_model() {
    let database = Database::new().await;
    let replayed = replay_all(async |_, clock: TestClock| {
        let store = ClockedStore::new(&database, clock).await;
        let tables = "report, lane, open, expiry, history, vendor, worker, erased";
        let tables: Vec<_> = tables.split(", ").map(|table| format!("chargeback.{table}")).collect();
        let empty = format!("TRUNCATE {} RESTART IDENTITY", tables.join(", "));
        execute(&database.client().await, &empty).await;
        store
    })
    .await;
    assert!(replayed >= 240, "{replayed}");
}

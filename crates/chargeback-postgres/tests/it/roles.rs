//! Roles without the right to change tables.

use chargeback::outbox::{EventKey, Lease, OutboxStore as _, Owner, StoreError};
use chargeback::{Stage, spade};
use chargeback_postgres::PgOutbox;
use tokio_postgres::error::SqlState;

use crate::cases::case;
use crate::cluster::{Database, client, execute};
use crate::support::enqueue;

/// Creates a role, and returns the URL with it.
async fn role(database: &Database, name: &str, grant: &str) -> Database {
    let name = format!("{name}_{}", std::process::id());
    let admin = database.client().await;
    let _ = admin.batch_execute(&format!("DROP OWNED BY {name}; DROP ROLE {name}")).await;
    execute(&admin, &format!("CREATE ROLE {name} LOGIN; SELECT chargeback.{grant}('{name}')")).await;
    Database { url: database.url.replace("//postgres@", &format!("//{name}@")) }
}

#[tokio::test]
async fn enqueuing_role_can_enqueue_and_nothing_else() {
    let database = Database::new().await;
    let web = role(&database, "web", "grant_enqueue").await;
    let client = client(&web.url).await;
    let outbox = PgOutbox::new([spade::ID]);
    let key = EventKey::new("test", "", "1").unwrap();
    let _ = outbox.enqueue_in(&client, &key, &case(1, Stage::Received, 3)).await.unwrap();
    for statement in [
        "SELECT count(*) FROM chargeback.report",
        "SELECT key FROM chargeback.settings",
        "DELETE FROM chargeback.lane",
        "SELECT chargeback.wake(ARRAY['spade'], now())",
        "SELECT chargeback.grant_worker(current_user)",
        "CREATE TABLE chargeback.x ()",
    ] {
        let error = client.batch_execute(statement).await.unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{statement}: {error:?}");
    }
    let error = web.builder().connect().await.unwrap_err();
    assert!(matches!(&error, StoreError::Unusable(text) if text.contains("grant_worker")), "{error:?}");
    assert_eq!(database.store().await.counts().await.unwrap()[&spade::ID].ready, 1);
}

#[tokio::test]
async fn working_role_needs_no_right_to_change_tables() {
    let database = Database::new().await;
    let worker = role(&database, "worker", "grant_worker").await;
    let error = client(&worker.url).await.batch_execute("CREATE TABLE chargeback.x ()").await.unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    let store = worker.store().await;
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    store.wait_until_due(&[spade::ID]).await.unwrap();
    let start = std::time::Instant::now();
    while !store.queue_is_running() {
        assert!(start.elapsed().as_secs() < 20, "the queue did not start");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (client, jobs) = (database.client().await, "SELECT count(*) FROM chargeback_queue._private_jobs");
    while client.query_one(jobs, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        assert!(start.elapsed().as_secs() < 20, "the job was not taken");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let owner = Owner::random();
    let lease = Lease::new(&owner, std::time::Duration::from_secs(30));
    assert_eq!(store.claim(&spade::ID, 1, lease).await.unwrap().len(), 1);
    store.sweep(std::time::Duration::ZERO, std::time::Duration::ZERO).await.unwrap();
    store.close().await;
    let error = worker.builder().migrate().await.unwrap_err();
    assert!(matches!(error, StoreError::Unusable(_)), "{error:?}");
}

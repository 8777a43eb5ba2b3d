//! The schema: its creation, its name, its versions during a deployment, and wrong databases.

use chargeback::outbox::{OutboxStore as _, StoreError};
use chargeback::{Stage, spade};
use chargeback_postgres::{PgOutbox, PgStore};

use crate::cases::case;
use crate::cluster::{Database, execute};
use crate::support::enqueue;

#[tokio::test]
async fn connect_names_the_missing_schema() {
    let database = Database::empty().await;
    let error = database.builder().connect().await.unwrap_err();
    assert!(matches!(&error, StoreError::Unusable(text) if text.contains("call `migrate` first")), "{error:?}");
}

#[tokio::test]
async fn schema_is_created_once_by_processes_at_the_same_time() {
    let database = Database::empty().await;
    let builders = (0..4).map(|_| database.builder());
    let migrated = futures_util::future::join_all(builders.map(async |builder| builder.migrate().await)).await;
    for result in migrated {
        result.unwrap();
    }
    database.builder().migrate().await.unwrap();
    let store = database.store().await;
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
}

#[tokio::test]
async fn two_schemas_in_one_database_are_separate() {
    let database = Database::empty().await;
    let mut stores = Vec::new();
    for name in ["first", "second_2"] {
        let builder = database.builder().schema(name);
        builder.migrate().await.unwrap();
        stores.push(builder.connect().await.unwrap());
    }
    enqueue(&stores[0], "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    let outbox = PgOutbox::new([spade::ID]).schema("second_2").unwrap();
    let client = database.client().await;
    for key in ["1", "2"] {
        let key = chargeback::outbox::EventKey::new("test", "", key).unwrap();
        let _ = outbox.enqueue_in(&client, &key, &case(7, Stage::Received, 3)).await.unwrap();
    }
    assert_eq!(stores[0].counts().await.unwrap()[&spade::ID].ready, 1);
    assert_eq!(stores[1].export("CB-7").await.unwrap().reports.len(), 2);
    assert!(stores[0].export("CB-7").await.unwrap().reports.is_empty());
}

#[tokio::test]
async fn schema_without_a_queue_works() {
    let database = Database::empty().await;
    let builder = database.builder().queue(false);
    builder.migrate().await.unwrap();
    let store = builder.connect().await.unwrap();
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    let client = database.client().await;
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'chargeback_queue'";
    assert_eq!(client.query_one(schemas, &[]).await.unwrap().get::<_, i64>(0), 0);
    // The queue can be added later.
    database.builder().migrate().await.unwrap();
    enqueue(&store, "2", &case(2, Stage::Received, 3), &[spade::ID]).await;
    let jobs = "SELECT count(*) FROM chargeback_queue._private_jobs";
    assert_eq!(client.query_one(jobs, &[]).await.unwrap().get::<_, i64>(0), 1);
}

/// During a rolling deployment, processes of the earlier version use the newer schema if it allows them to.
#[tokio::test]
async fn newer_schema_decides_which_versions_may_use_it() {
    let database = Database::new().await;
    let (old, client) = (database.store().await, database.client().await);
    enqueue(&old, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    let newer = "UPDATE chargeback.meta SET value = '2' WHERE name = 'schema_version'; \
                 ALTER TABLE chargeback.lane ADD COLUMN newer text; \
                 ALTER TABLE chargeback.report ADD COLUMN newer text";
    execute(&client, newer).await;
    // A running process goes on, and a process of the old version can still start.
    enqueue(&old, "2", &case(2, Stage::Received, 3), &[spade::ID]).await;
    let started = database.store().await;
    assert_eq!(started.counts().await.unwrap()[&spade::ID].ready, 2);
    let error = database.builder().migrate().await.unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 2, known: 1 }), "{error:?}");

    execute(&client, "UPDATE chargeback.meta SET value = '2' WHERE name = 'oldest_reader'").await;
    let error = database.builder().connect().await.unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 2, known: 1 }), "{error:?}");
}

#[tokio::test]
async fn schema_of_another_application_is_not_used() {
    for tables in ["CREATE TABLE chargeback.meta (name text, value text)", "CREATE TABLE chargeback.meta (x int)"] {
        let database = Database::empty().await;
        execute(&database.client().await, &format!("CREATE SCHEMA chargeback; {tables}")).await;
        for error in [database.builder().connect().await.map(drop), database.builder().queue(false).migrate().await] {
            let error = error.unwrap_err();
            assert!(matches!(error, StoreError::Unusable(_) | StoreError::Unavailable(_)), "{tables}: {error:?}");
        }
    }
}

#[tokio::test]
async fn invalid_settings_are_named() {
    let Err(StoreError::Unusable(text)) = PgStore::builder("postgres://user:hunter2@:x/") else { panic!() };
    assert!(!text.contains("hunter2"), "{text}");
    for name in ["", "Shop", "a;b", "pg_temp"] {
        let builder = PgStore::builder("postgres://nobody@127.0.0.1:1/none").unwrap().schema(name);
        let error = builder.connect().await.unwrap_err();
        assert!(matches!(&error, StoreError::Unusable(text) if text.contains("lower-case")), "{name}: {error:?}");
    }
    let refused = PgStore::builder("postgres://nobody@127.0.0.1:1/none").unwrap().connect().await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
}

//! The examples.

use chargeback::outbox::{Enqueued, Lease, OutboxStore as _, Owner};
use chargeback::{Chargeback, Stage, spade};
use chargeback_postgres::PgOutbox;

use crate::cases::case;
use crate::cluster::{Database, execute};
use crate::sqlx_example;

#[tokio::test]
async fn sqlx_stores_both_or_neither() {
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    execute(&client, "CREATE TABLE dispute (case_id text, stage text, UNIQUE (case_id, stage))").await;
    let pool = sqlx::PgPool::connect(&database.url).await.unwrap();
    let (outbox, chargeback) = (PgOutbox::new([spade::ID]), case(1, Stage::Received, 3));
    let accepted = sqlx_example::store_dispute(&pool, &outbox, "evt_1", &chargeback).await.unwrap();
    let Enqueued::New { seq } = accepted else { panic!("{accepted:?}") };
    let repeated = sqlx_example::store_dispute(&pool, &outbox, "evt_1", &chargeback).await.unwrap();
    assert_eq!(repeated, Enqueued::Duplicate { seq });
    assert_eq!(store.counts().await.unwrap()[&spade::ID].ready, 1);

    let nowhere = PgOutbox::new([]);
    sqlx_example::store_dispute(&pool, &nowhere, "evt_2", &case(2, Stage::Received, 3)).await.unwrap_err();
    let disputes: i64 = client.query_one("SELECT count(*) FROM dispute", &[]).await.unwrap().get(0);
    assert_eq!(disputes, 1, "the row of a refused event was kept");
}

#[tokio::test]
async fn sql_of_another_language_is_delivered() {
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    execute(&client, "CREATE TABLE payment (order_id text, state text)").await;
    execute(&client, include_str!("../../examples/enqueue.sql")).await;
    let owner = Owner::random();
    let lease = Lease::new(&owner, std::time::Duration::from_secs(30));
    let lane = store.claim(&spade::ID, 1, lease).await.unwrap().remove(0);
    let chargeback: Chargeback = serde_json::from_slice(&lane.payload).unwrap();
    assert_eq!(chargeback.case_id(), "CB-1");
    assert_eq!(chargeback.payment().order_id.as_deref(), Some("ORD_10726"));
}

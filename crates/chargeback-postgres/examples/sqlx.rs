//! A web service that uses sqlx: the event of a webhook and the service's own row are stored in one transaction.
//!
//! ```sh
//! DATABASE_URL=postgres://app@127.0.0.1/shop cargo run -p chargeback-postgres --example sqlx
//! ```

use chargeback::outbox::{Enqueued, EventKey};
use chargeback::{Chargeback, Reason, Stage, revcent, spade};
use chargeback_postgres::{EnqueueStatement, PgOutbox};
use sqlx::postgres::{PgPool, Postgres};
use sqlx::{AssertSqlSafe, Transaction};

/// Accepts an event in a transaction of sqlx. The other Rust libraries bind the same arguments in the same order.
///
/// # Errors
///
/// Returns the error of the database or of the encryption.
pub async fn enqueue(
    transaction: &mut Transaction<'_, Postgres>,
    outbox: &PgOutbox,
    key: &EventKey,
    chargeback: &Chargeback,
) -> Result<Enqueued, Box<dyn std::error::Error + Send + Sync>> {
    let statement = outbox.statement(key, chargeback)?;
    let (result, seq): (String, Option<i64>) = sqlx::query_as(AssertSqlSafe(statement.sql))
        .bind(statement.key)
        .bind(statement.case_id)
        .bind(statement.stage)
        .bind(statement.occurred_at)
        .bind(statement.payload)
        .bind(statement.vendors)
        .bind(statement.fingerprint)
        .fetch_one(&mut **transaction)
        .await?;
    Ok(EnqueueStatement::result(&result, seq)?)
}

/// Stores a dispute in the service's own table, and accepts its event. Both happen, or neither.
///
/// # Errors
///
/// Returns the error of the database or of the encryption.
pub async fn store_dispute(
    pool: &PgPool,
    outbox: &PgOutbox,
    event_id: &str,
    chargeback: &Chargeback,
) -> Result<Enqueued, Box<dyn std::error::Error + Send + Sync>> {
    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO dispute (case_id, stage) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(chargeback.case_id())
        .bind(chargeback.stage().as_str())
        .execute(&mut *transaction)
        .await?;
    // The last statement: it locks the case until the transaction ends.
    let key = EventKey::new("stripe", "acct_1", event_id)?;
    let accepted = enqueue(&mut transaction, outbox, &key, chargeback).await?;
    transaction.commit().await?;
    Ok(accepted)
}

#[allow(dead_code, reason = "a test includes this file as a module")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL to the URL of the database")?;
    let pool = PgPool::connect(&url).await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS dispute (case_id text, stage text, UNIQUE (case_id, stage))")
        .execute(&pool)
        .await?;
    let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
        .order_id("ORD_10726")
        .build()?;
    let outbox = PgOutbox::new([revcent::ID, spade::ID]);
    println!("{:?}", store_dispute(&pool, &outbox, "evt_1", &chargeback).await?);
    Ok(())
}

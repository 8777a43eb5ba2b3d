//! Creates or upgrades the schemas of an outbox, in a step of a deployment with a role that may create schemas:
//!
//! ```sh
//! DATABASE_URL=postgres://owner@db.example/shop cargo run -p chargeback-postgres --example migrate
//! ```

use chargeback_postgres::PgStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL to the URL of the database")?;
    PgStore::builder(&url)?.migrate().await?;
    println!("the schemas `chargeback` and `chargeback_queue` are up to date");
    Ok(())
}

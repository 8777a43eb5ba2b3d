//! The schema and its versions.

use chargeback::outbox::StoreError;
use chargeback::outbox::rows::StoreKey;
use deadpool_postgres::Pool;
use graphile_worker::Database;
use tokio_postgres::Client;

use crate::connect::Connector;
use crate::errors;
use crate::names::Schema;
use crate::queue;
use crate::shared::query;

/// The statements that lead from each version to the next one. Steps are added and never changed.
pub(crate) const STEPS: [&str; 1] = [include_str!("sql/v1.sql")];

/// The functions of the newest version, which each migration replaces.
const FUNCTIONS: &str = include_str!("sql/functions.sql");

/// The function `wake` without a job queue.
const NO_QUEUE: &str = "CREATE OR REPLACE FUNCTION :schema.wake(vendors text[], at timestamptz) RETURNS void \
     LANGUAGE sql AS $$ SELECT $$";

/// The lowest version of this crate's schema that can use a schema of the newest one. A step that an older version
/// cannot work with, such as a new name of a state, raises it.
const OLDEST_READER: u32 = 1;

/// The oldest version of the server.
const SERVER: i32 = 150_000;

fn known() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Creates or upgrades the schemas.
pub(crate) async fn migrate(connector: &Connector, schema: &Schema, with_queue: bool) -> Result<(), StoreError> {
    let (client, connection) = connector.listen(|_| true).await.map_err(|error| errors::sql(&error))?;
    check_server(&client).await?;
    if with_queue {
        let pool = connector.pool(1, "SET client_min_messages = warning".to_owned())?;
        migrate_queue(connector, pool, schema).await?;
    }
    let result = run_steps(&client, schema, with_queue).await;
    drop(client);
    // The task ends when the client is dropped.
    let _ = connection.await;
    result
}

async fn migrate_queue(connector: &Connector, pool: Pool, schema: &Schema) -> Result<(), StoreError> {
    let database = Database::new(queue::QueueDatabase::new(pool.clone(), connector.clone()));
    let migrated = graphile_worker_migrations(database, schema).await;
    pool.close();
    migrated
}

/// Migrates the queue by building a worker that is not run.
async fn graphile_worker_migrations(database: Database, schema: &Schema) -> Result<(), StoreError> {
    let options = graphile_worker::WorkerOptions::default().schema(schema.queue()).database(database);
    let worker = options.listen_os_shutdown_signals(false).init().await;
    worker.map(drop).map_err(|error| {
        let text = "the schema of the job queue cannot be migrated; use a role that may create schemas";
        tracing::debug!(%error, "the migration of the job queue failed");
        StoreError::Unusable(text.into())
    })
}

async fn check_server(client: &Client) -> Result<(), StoreError> {
    let rows = client.query("SELECT current_setting('server_version_num')::int, current_setting('fsync')", &[]).await;
    let rows = rows.map_err(|error| errors::sql(&error))?;
    let Some(row) = rows.first() else { return Ok(()) };
    let (version, fsync): (i32, &str) = (row.get(0), row.get(1));
    if fsync == "off" {
        tracing::warn!("the server has fsync = off; a crash of its machine loses reports");
    }
    if version < SERVER {
        return Err(StoreError::Unusable(format!("the server has version {version}; PostgreSQL 15 is needed")));
    }
    Ok(())
}

async fn run_steps(client: &Client, schema: &Schema, with_queue: bool) -> Result<(), StoreError> {
    let run = async |text: &str| client.batch_execute(text).await.map_err(|error| errors::sql(&error));
    loop {
        run("BEGIN").await?;
        // One process at a time migrates.
        run(&schema.apply("SELECT pg_advisory_xact_lock(hashtextextended(':name', 3))")).await?;
        let version = version(client, schema).await?;
        if version > known() {
            run("ROLLBACK").await?;
            return Err(StoreError::TooNew { found: version, known: known() });
        }
        let step = usize::try_from(version).ok().and_then(|version| STEPS.get(version));
        if version == 0 {
            run(&schema.apply("CREATE SCHEMA IF NOT EXISTS :schema")).await?;
        }
        if let Some(step) = step {
            run(&schema.apply(step)).await?;
        }
        run(&functions(schema, with_queue)).await?;
        let next = (version + 1).min(known());
        for (name, value) in [("schema_version", next), ("oldest_reader", OLDEST_READER)] {
            run(&schema.apply(&format!(
                "INSERT INTO :schema.meta (name, value) VALUES ('{name}', '{value}') \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            )))
            .await?;
        }
        run("COMMIT").await?;
        if next == known() && version + 1 >= known() {
            return Ok(());
        }
    }
}

/// The functions of the newest version.
fn functions(schema: &Schema, with_queue: bool) -> String {
    let stages: Vec<_> = chargeback::Stage::ALL.iter().map(|stage| format!("'{stage}'")).collect();
    let functions = FUNCTIONS.replace(":stages", &format!("ARRAY[{}]", stages.join(", ")));
    if with_queue {
        return schema.apply(&functions);
    }
    let (start, end) = ("CREATE OR REPLACE FUNCTION :schema.wake(", "\n$$;\n");
    let before = functions.find(start).unwrap_or(0);
    let after = functions[before..].find(end).map_or(functions.len(), |at| before + at + end.len());
    // Grants name the schema of the queue, which does not exist.
    let rest = functions[after..]
        .replace(", :queue", "")
        .replace("GRANT USAGE ON SCHEMA :queue", "GRANT USAGE ON SCHEMA :schema");
    schema.apply(&format!("{}{NO_QUEUE};\n{rest}", &functions[..before]))
}

/// Returns the version of the schema; 0 if it has no tables.
async fn version(client: &Client, schema: &Schema) -> Result<u32, StoreError> {
    let exists = client
        .query_one("SELECT to_regclass($1::text) IS NOT NULL", &[&format!("{}.meta", schema.as_str())])
        .await
        .map_err(|error| errors::sql(&error))?;
    if !exists.get::<_, bool>(0) {
        return Ok(0);
    }
    let statement = schema.apply("SELECT value FROM :schema.meta WHERE name = 'schema_version'");
    let rows = client.query(&statement, &[]).await.map_err(|error| errors::sql(&error))?;
    let text: Option<&str> = rows.first().map(|row| row.get(0));
    let version = text.and_then(|text| text.parse().ok());
    version.ok_or_else(|| StoreError::Unusable("the schema belongs to another application".into()))
}

/// Checks the version of the schema, and returns the key of the store.
pub(crate) async fn check(pool: &Pool, schema: &Schema) -> Result<StoreKey, StoreError> {
    let client = pool.get().await.map_err(errors::pool)?;
    check_server(&client).await?;
    let rows = "SELECT name, value FROM :schema.meta UNION ALL SELECT 'key', key FROM :schema.settings";
    let rows = query(&client, &schema.apply(rows), &[]).await?;
    let value = |name: &str| {
        let row = rows.iter().find(|row| row.get::<_, &str>(0) == name);
        row.map(|row| row.get::<_, String>(1))
    };
    let number = |name: &str| value(name).and_then(|text| text.parse::<u32>().ok());
    let (Some(version), Some(oldest), Some(key)) = (number("schema_version"), number("oldest_reader"), value("key"))
    else {
        return Err(StoreError::Unusable("the schema belongs to another application".into()));
    };
    if version < known() {
        return Err(StoreError::Unusable(format!(
            "the schema has version {version}, and this version of the crate needs {}; call `migrate` first",
            known()
        )));
    }
    if oldest > known() {
        return Err(StoreError::TooNew { found: version, known: known() });
    }
    Ok(StoreKey::new(key.as_bytes()))
}

//! Opens a store by its path or URL.

use std::path::Path;
use std::sync::Arc;

use chargeback::Secret;
use chargeback::outbox::{OutboxStore, SqliteStore};

use crate::args::OutboxArgs;
use crate::failure::{Exit, Failure, not_set};
use crate::output::Output;

/// An open store.
pub(super) enum Opened {
    Sqlite(SqliteStore),
    #[cfg(feature = "postgres")]
    Postgres(chargeback_postgres::PgStore),
}

/// The place of the store.
enum Place<'a> {
    File(&'a Path),
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    Url(&'a str),
}

fn place(arguments: &OutboxArgs) -> Result<Place<'_>, Failure> {
    let store = arguments.store.as_deref().map(str::trim).filter(|store| !store.is_empty()).ok_or_else(|| {
        Failure::usage("no store is given")
            .next("add --store with a SQLite file, or set CHARGEBACK_STORE to a PostgreSQL URL")
    })?;
    let is_url = ["postgres://", "postgresql://"].iter().any(|start| store.starts_with(start));
    if !is_url && is_like_url(store) {
        // The text can hold a password, so it is not shown.
        let next = "write postgres://USER:PASSWORD@HOST/DATABASE into CHARGEBACK_STORE, or give the path of a file";
        return Err(Failure::usage("the store is neither a file nor a URL of PostgreSQL").next(next));
    }
    Ok(if is_url { Place::Url(store) } else { Place::File(Path::new(store)) })
}

/// Returns true for a text that is probably a database URL or a list of connection settings.
pub(crate) fn is_like_url(store: &str) -> bool {
    let lower = store.to_ascii_lowercase();
    ["://", "password=", "host=", "dbname="].iter().any(|part| lower.contains(part))
}

impl Opened {
    /// Opens an existing store. A mistyped path must not create an empty one.
    pub(super) async fn open(arguments: &OutboxArgs) -> Result<Self, Failure> {
        match place(arguments)? {
            Place::File(path) if !path.exists() => {
                let next = "check the path; `chargeback backfill` and services create the file";
                Err(Failure::new(format!("{}: no such file", path.display())).exit(Exit::Usage).next(next))
            }
            Place::File(path) if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) => {
                let next = "check the path; `chargeback backfill` and services create the tables";
                Err(Failure::new(format!("{}: the file is empty", path.display())).exit(Exit::Usage).next(next))
            }
            Place::File(path) => {
                let mut builder = SqliteStore::builder(path);
                if let Some(name) = &arguments.store_key_env {
                    let key = std::env::var(name);
                    let key = key.map_err(|_| Failure::usage(not_set(name)))?;
                    builder = builder.key(Secret::new(key));
                }
                Ok(Self::Sqlite(builder.open()?))
            }
            Place::Url(url) => connect(url, &arguments.schema).await,
        }
    }

    pub(super) fn store(&self) -> Arc<dyn OutboxStore> {
        match self {
            Self::Sqlite(store) => Arc::new(store.clone()),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.close().await,
        }
    }
}

#[cfg(feature = "postgres")]
async fn connect(url: &str, schema: &str) -> Result<Opened, Failure> {
    let builder = chargeback_postgres::PgStore::builder(url)?.schema(schema);
    Ok(Opened::Postgres(builder.connect().await?))
}

#[cfg(not(feature = "postgres"))]
#[allow(clippy::unused_async, reason = "the same signature as with the feature")]
async fn connect(_: &str, _: &str) -> Result<Opened, Failure> {
    Err(Failure::usage("this program was built without PostgreSQL").next("install it with the feature `postgres`"))
}

/// Creates or upgrades the tables.
pub(super) async fn migrate(arguments: &OutboxArgs, output: Output) -> Result<Exit, Failure> {
    match place(arguments)? {
        Place::File(_) => {
            Opened::open(arguments).await?.close().await;
            output.done("the tables of the file are up to date")?;
        }
        #[cfg(feature = "postgres")]
        Place::Url(url) => {
            chargeback_postgres::PgStore::builder(url)?.schema(&arguments.schema).migrate().await?;
            output.done(&format!("the schema `{}` is up to date", arguments.schema))?;
        }
        #[cfg(not(feature = "postgres"))]
        Place::Url(url) => drop(connect(url, &arguments.schema).await?),
    }
    Ok(Exit::Success)
}

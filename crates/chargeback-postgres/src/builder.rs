//! The settings of a store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chargeback::outbox::StoreError;
use chargeback::{ProviderId, RateLimit};
use tokio_postgres::Config;

use crate::connect::Connector;
use crate::migrate;
use crate::names::Schema;
use crate::rate::{RateScope, VendorRate};
use crate::shared::{Shared, Wakes};
use crate::statements::Statements;

/// The longest wait for a reply of the server, in addition to the wait for a lock.
const REPLY: Duration = Duration::from_secs(10);

/// The settings of a [`PgStore`](crate::PgStore).
///
/// | Setting | Default |
/// |---|---|
/// | [`schema`](Self::schema) | `chargeback`, and `chargeback_queue` for the job queue |
/// | [`connections`](Self::connections) | at most 10 |
/// | [`lock_timeout`](Self::lock_timeout) | 5 s |
/// | [`queue`](Self::queue) | on |
/// | [`rate_limit`](Self::rate_limit) | none |
/// | TLS | as `sslmode` in the URL says: `disable`, `prefer` (default) or `require` |
///
/// A host outside of the own network needs `sslmode=require`: `prefer` continues without TLS if the server offers none.
#[must_use]
#[derive(Clone)]
pub struct PgStoreBuilder {
    config: Config,
    schema: Result<Schema, String>,
    roots: Option<Arc<[u8]>>,
    connections: usize,
    lock_timeout: Duration,
    queue: bool,
    rates: Vec<VendorRate>,
}

impl PgStoreBuilder {
    pub(crate) fn new(url: &str) -> Result<Self, StoreError> {
        // The text of the error can contain a part of the URL.
        let invalid = |_| StoreError::Unusable("the URL of the database is invalid".into());
        Ok(Self {
            config: url.parse().map_err(invalid)?,
            schema: Ok(Schema::default()),
            roots: None,
            connections: 10,
            lock_timeout: Duration::from_secs(5),
            queue: true,
            rates: Vec::new(),
        })
    }

    /// Sets the schema of the outbox: 1 to 48 lower-case letters, digits and underscores. The job queue has a schema
    /// with the suffix `_queue`. Default: `chargeback`. Every process needs the same name.
    pub fn schema(mut self, name: &str) -> Self {
        self.schema = Schema::new(name).map_err(|error| error.to_string());
        self
    }

    /// Sets the root certificates for TLS, in PEM. Default: those of the operating system.
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots = Some(pem.as_ref().into());
        self
    }

    /// Sets the largest number of connections of this store. Default: 10. The job queue of a worker has five more.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(2);
        self
    }

    /// Sets the longest wait for a case that another transaction has locked. Default: 5 s. Must be shorter than the
    /// margin of the lease, 10 s by default.
    ///
    /// A transaction that enqueues a report locks its case until it ends.
    pub const fn lock_timeout(mut self, time: Duration) -> Self {
        self.lock_timeout = time;
        self
    }

    /// Sets whether the job queue wakes workers. Default: true.
    ///
    /// Without it, each worker finds due lanes once in a second, or when another queue calls
    /// [`PgStore::wake`](crate::PgStore::wake). Use the same value in every process, and in [`migrate`](Self::migrate).
    pub const fn queue(mut self, queue: bool) -> Self {
        self.queue = queue;
        self
    }

    /// Limits the reports to a vendor for all workers in a scope. Default: no limit. Set the same limit in every worker
    /// of the scope.
    ///
    /// The limit counts reports. A report may take several requests, and retries within a report are not counted.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chargeback::{RateLimit, spade};
    /// use chargeback_postgres::{PgStore, RateScope};
    ///
    /// # fn settings() -> Result<(), chargeback::outbox::StoreError> {
    /// // Spade allows 1000 requests in five minutes for each address.
    /// let limit = RateLimit::new(900, Duration::from_secs(300));
    /// let builder = PgStore::builder("postgres://app@db.example/shop?sslmode=require")?;
    /// let builder = builder.rate_limit(spade::ID, limit, RateScope::named("eu-west"));
    /// # Ok(())
    /// # }
    /// # settings().unwrap();
    /// ```
    pub fn rate_limit(mut self, vendor: ProviderId, limit: RateLimit, scope: RateScope) -> Self {
        self.rates.retain(|rate| rate.vendor != vendor);
        self.rates.push(VendorRate { vendor, limit, scope });
        self
    }

    fn schema_name(&self) -> Result<Schema, StoreError> {
        self.schema.clone().map_err(StoreError::Unusable)
    }

    fn connector(&self) -> Result<Connector, StoreError> {
        Connector::new(self.config.clone(), self.roots.as_deref())
    }

    /// Creates the schemas, or upgrades them to the version of this crate. Needs a role that may create schemas in the
    /// database; the role owns them then. Several processes may call it at the same time.
    ///
    /// Each step is a transaction. Processes of the earlier version continue to work, unless the step does not allow
    /// them. Then they get [`StoreError::TooNew`] when they start.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Unusable`] if the role lacks a right, or if the server is older than PostgreSQL 15.
    /// - [`StoreError::TooNew`] if the schema is newer than this crate.
    /// - [`StoreError::Unavailable`] if the server cannot be reached.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        migrate::migrate(&self.connector()?, &self.schema_name()?, self.queue).await
    }

    pub(crate) async fn open(&self) -> Result<Shared, StoreError> {
        let (connector, schema) = (self.connector()?, self.schema_name()?);
        let pool = connector.pool(self.connections, self.session())?;
        let key = migrate::check(&pool, &schema).await?;
        let sql = Statements::new(&schema);
        let (rates, uses_queue, wakes) = (self.rates.clone(), self.queue, Wakes::default());
        let call_limit = self.lock_timeout + REPLY;
        Ok(Shared { pool, connector, schema, sql, key, rates, uses_queue, wakes, call_limit })
    }

    /// The settings of each connection. The tables are read by index: a plan that was made while a table was small
    /// would otherwise read all of it later. Marks must be durable when a call returns. The server ends the transaction
    /// of a process that vanished, and with it its locks.
    fn session(&self) -> String {
        let lock = self.lock_timeout.as_millis().max(1);
        format!(
            "SET lock_timeout = {lock}; SET idle_in_transaction_session_timeout = '10s'; \
             SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off; \
             SET enable_seqscan = off; SET enable_hashjoin = off; \
             SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan; SET jit = off; \
             SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
    }
}

impl fmt::Debug for PgStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgStoreBuilder")
            .field("schema", &self.schema)
            .field("connections", &self.connections)
            .field("lock_timeout", &self.lock_timeout)
            .field("queue", &self.queue)
            .field("rates", &self.rates)
            .finish_non_exhaustive()
    }
}

//! The parts that all clones of a store share.

use futures_util::future::try_join4;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chargeback::ProviderId;
use chargeback::outbox::StoreError;
use chargeback::outbox::rows::StoreKey;
use chrono::{DateTime, Utc};
use deadpool_postgres::{Object, Pool};
use tokio::sync::Notify;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use crate::connect::Connector;
use crate::errors;
use crate::load::Loaded;
use crate::names::Schema;
use crate::rate::VendorRate;
use crate::statements::Statements;
use crate::transaction::{Failure, Tx};

/// The pool and the settings of a store.
pub(crate) struct Shared {
    pub(crate) pool: Pool,
    pub(crate) connector: Connector,
    pub(crate) schema: Schema,
    pub(crate) sql: Statements,
    pub(crate) key: StoreKey,
    pub(crate) rates: Vec<VendorRate>,
    pub(crate) uses_queue: bool,
    pub(crate) wakes: Wakes,
    /// The longest time of a call of a worker.
    pub(crate) call_limit: Duration,
}

/// The waiting claims of each vendor.
#[derive(Default)]
pub(crate) struct Wakes(Mutex<HashMap<ProviderId, Arc<Notify>>>);

impl Wakes {
    pub(crate) fn of(&self, vendor: &ProviderId) -> Arc<Notify> {
        let mut vendors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(vendors.entry(vendor.clone()).or_default())
    }

    /// Wakes the claims of all vendors that wait.
    pub(crate) fn wake_all(&self) {
        for notify in self.0.lock().unwrap_or_else(PoisonError::into_inner).values() {
            notify.notify_waiters();
        }
    }
}

/// Reads the time of the row of the statement `clock`, in milliseconds.
pub(crate) fn millis(rows: &[Row]) -> Result<i64, StoreError> {
    let row = rows.first().ok_or_else(|| StoreError::unavailable("the server did not send the time"))?;
    let time: DateTime<Utc> =
        row.try_get(0).map_err(|_| StoreError::corrupt("the time of the server cannot be read"))?;
    Ok(time.timestamp_millis())
}

/// Runs one statement outside a transaction.
pub(crate) async fn query(
    client: &Object,
    text: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, StoreError> {
    let statement = client.prepare_cached(text).await.map_err(|error| errors::sql(&error))?;
    let client: &Client = client;
    client.query(&statement, parameters).await.map_err(|error| errors::sql(&error))
}

impl Shared {
    /// Ends a call when the server does not reply in time. A call that is ended closes its connection.
    pub(crate) async fn limited<R>(
        &self,
        call: impl Future<Output = Result<R, StoreError>> + Send,
    ) -> Result<R, StoreError> {
        let late = |_| StoreError::unavailable("the server did not reply in time");
        tokio::time::timeout(self.call_limit, call).await.map_err(late)?
    }

    /// Runs one statement, and returns its rows.
    pub(crate) async fn query(&self, text: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreError> {
        query(&self.pool.get().await.map_err(errors::pool)?, text, parameters).await
    }

    /// Runs one statement, and returns the number of changed rows.
    pub(crate) async fn execute(&self, text: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        let client = self.pool.get().await.map_err(errors::pool)?;
        let statement = client.prepare_cached(text).await.map_err(|error| errors::sql(&error))?;
        let client: &Client = &client;
        client.execute(&statement, parameters).await.map_err(|error| errors::sql(&error))
    }

    /// Returns the time of the server, in milliseconds.
    pub(crate) async fn now(&self) -> Result<i64, StoreError> {
        millis(&self.query(&self.sql.clock, &[]).await?)
    }

    pub(crate) fn rate(&self, vendor: &ProviderId) -> Option<&VendorRate> {
        self.rates.iter().find(|rate| rate.vendor == *vendor)
    }

    /// Locks lanes by id, and reads the reports that the rules need. Without `wait`, lanes that another transaction
    /// has locked are left out.
    pub(crate) async fn load_lanes(&self, tx: &Tx, ids: &[i64], wait: bool) -> Result<Loaded, Failure> {
        let lock = tx.statement(if wait { &self.sql.lock } else { &self.sql.lock_free }).await?;
        let reports = tx.statement(&self.sql.reports).await?;
        let clock = tx.statement(&self.sql.clock).await?;
        // Each query sees what was committed before it began, so the reports are read after the lanes are locked.
        let ((), lanes, reports, time) =
            try_join4(tx.begin(), tx.query(&lock, &[&ids]), tx.query(&reports, &[&ids]), tx.query(&clock, &[])).await?;
        let mut loaded = Loaded::new(millis(&time)?);
        loaded.add_lanes(&lanes)?;
        loaded.add_reports(&reports)?;
        Ok(loaded)
    }

    /// Writes the changed rows, and commits.
    pub(crate) async fn store(&self, tx: Tx, loaded: Loaded) -> Result<(), Failure> {
        let changed = loaded.into_changed()?;
        tx.commit(changed.writes(&self.sql, self.uses_queue)).await
    }
}

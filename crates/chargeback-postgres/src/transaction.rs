//! A transaction whose statements are sent without waiting for the replies of earlier ones.

use deadpool_postgres::{Object, Pool};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use chargeback::outbox::StoreError;

use crate::errors;
use crate::rows::Column;

/// The number of times that a transaction is run after a serialization failure or a deadlock.
pub(crate) const TRIES: usize = 4;

/// Runs a transaction, and again after a serialization failure or a deadlock. A macro, because the compiler cannot show
/// that the future of a generic function is `Send`.
macro_rules! retrying {
    ($transaction:expr) => {{
        let mut tries = 1;
        loop {
            match $transaction.await {
                Err(failure) if failure.is_serialization() && tries < crate::transaction::TRIES => tries += 1,
                result => break result.map_err(chargeback::outbox::StoreError::from),
            }
        }
    }};
}
pub(crate) use retrying;

/// A failed transaction.
pub(crate) enum Failure {
    Sql(tokio_postgres::Error),
    Store(StoreError),
}

impl Failure {
    pub(crate) fn is_serialization(&self) -> bool {
        matches!(self, Self::Sql(error) if errors::is_serialization(error))
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Sql(error) => errors::sql(&error),
            Failure::Store(error) => error,
        }
    }
}

/// An open transaction on a connection of the pool. A transaction that is dropped closes its connection, so that the
/// server rolls it back.
pub(crate) struct Tx {
    client: Option<Object>,
}

impl Tx {
    /// Takes a connection. [`begin`](Self::begin) starts the transaction.
    pub(crate) async fn new(pool: &Pool) -> Result<Self, Failure> {
        Ok(Self { client: Some(pool.get().await.map_err(errors::pool)?) })
    }

    pub(crate) fn client(&self) -> Result<&Object, Failure> {
        self.client.as_ref().ok_or_else(|| StoreError::unavailable("the transaction has ended").into())
    }

    /// Starts the transaction. Poll it before the first query.
    pub(crate) async fn begin(&self) -> Result<(), Failure> {
        Ok(self.client()?.batch_execute("BEGIN").await?)
    }

    /// Prepares a statement, once for each connection.
    pub(crate) async fn statement(&self, text: &str) -> Result<Statement, Failure> {
        Ok(self.client()?.prepare_cached(text).await?)
    }

    pub(crate) async fn query(
        &self,
        statement: &Statement,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Failure> {
        let client: &Client = self.client()?;
        Ok(client.query(statement, parameters).await?)
    }

    /// Runs a statement whose rows are not needed.
    pub(crate) async fn run(&self, text: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, Failure> {
        let statement = self.statement(text).await?;
        let client: &Client = self.client()?;
        Ok(client.execute(&statement, parameters).await?)
    }

    /// Sends statements and the commit together. The result of each statement decides: the server rolls back at the
    /// commit if one has failed.
    pub(crate) async fn commit(mut self, writes: Vec<(&str, Vec<Column<'_>>)>) -> Result<(), Failure> {
        let mut prepared = Vec::with_capacity(writes.len());
        for (text, parameters) in writes {
            prepared.push((self.statement(text).await?, parameters));
        }
        let client: &Client = self.client()?;
        let writes = futures_util::future::try_join_all(prepared.iter().map(|(statement, parameters)| async move {
            let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|column| &**column as _).collect();
            client.execute(statement, &parameters).await
        }));
        // The writes are polled first, so the commit is sent after them.
        futures_util::future::try_join(writes, client.batch_execute("COMMIT")).await?;
        self.client = None;
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

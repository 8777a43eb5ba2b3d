//! Accepting events in a transaction of the application.

use std::fmt;
use std::sync::Arc;

use chargeback::outbox::{EnqueueError, Enqueued, EventKey, NewReport, ReportSeq, Sealer, StoreError};
use chargeback::{Chargeback, ProviderId};
use chrono::{DateTime, Utc};
use tokio_postgres::GenericClient;
use tokio_postgres::types::Type;

use crate::errors;
use crate::names::Schema;

/// Accepts events in a transaction of the application: the event is accepted if and only if the transaction commits.
///
/// It has no own connection, and needs no keys of vendors. Clones share everything.
///
/// ```no_run
/// use chargeback::outbox::EventKey;
/// use chargeback::{Chargeback, revcent, spade};
/// use chargeback_postgres::PgOutbox;
///
/// async fn store(
///     client: &mut tokio_postgres::Client,
///     event_id: &str,
///     chargeback: &Chargeback,
/// ) -> Result<(), Box<dyn std::error::Error>> {
///     let outbox = PgOutbox::new([revcent::ID, spade::ID]);
///     let transaction = client.transaction().await?;
///     transaction.execute("UPDATE payment SET state = 'disputed' WHERE id = $1", &[&chargeback.case_id()]).await?;
///     // The last statement: it locks the case until the transaction ends.
///     let _ = outbox.enqueue_in(&transaction, &EventKey::new("stripe", "acct_1", event_id)?, chargeback).await?;
///     transaction.commit().await?;
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct PgOutbox {
    schema: Schema,
    vendors: Arc<[ProviderId]>,
    sealer: Option<Arc<dyn Sealer>>,
}

impl PgOutbox {
    /// Creates an outbox in the schema `chargeback`. Each report is accepted for these vendors.
    #[must_use]
    pub fn new(vendors: impl IntoIterator<Item = ProviderId>) -> Self {
        Self { schema: Schema::default(), vendors: vendors.into_iter().collect(), sealer: None }
    }

    /// Sets the schema. Default: `chargeback`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unusable`] if the name is not 1 to 48 lower-case letters, digits and underscores.
    pub fn schema(mut self, name: &str) -> Result<Self, StoreError> {
        self.schema = Schema::new(name)?;
        Ok(self)
    }

    /// Sets the encryption of payloads. Default: none. Set the same sealer in every process.
    #[must_use]
    pub fn sealer(mut self, sealer: impl Sealer) -> Self {
        self.sealer = Some(Arc::new(sealer));
        self
    }

    /// Accepts an event in a transaction. The event is durable when the transaction has committed.
    ///
    /// Call it as the last statement of the transaction. It waits for other transactions that enqueue an event of the
    /// same case. In `REPEATABLE READ`, run the transaction again after an error with the code 40001.
    ///
    /// # Errors
    ///
    /// [`EnqueueError`]; the transaction has failed then and cannot commit.
    pub async fn enqueue_in<C: GenericClient + Sync>(
        &self,
        transaction: &C,
        key: &EventKey,
        chargeback: &Chargeback,
    ) -> Result<Enqueued, EnqueueError> {
        Ok(self.statement(key, chargeback)?.run(transaction).await?)
    }

    /// Accepts several events in a transaction, ordered by case so that two transactions cannot wait for each other.
    /// The results are in the order of the events.
    ///
    /// # Errors
    ///
    /// [`EnqueueError`]; the transaction has failed then and cannot commit.
    pub async fn enqueue_all_in<C: GenericClient + Sync>(
        &self,
        transaction: &C,
        events: &[(EventKey, Chargeback)],
    ) -> Result<Vec<Enqueued>, EnqueueError> {
        let mut order: Vec<usize> = (0..events.len()).collect();
        // A stable order: the events of one case stay in their order.
        order.sort_by_key(|index| events.get(*index).map(|(_, chargeback)| chargeback.case_id()));
        let mut results = vec![Enqueued::Erased; events.len()];
        for index in order {
            if let (Some((key, chargeback)), Some(result)) = (events.get(index), results.get_mut(index)) {
                *result = self.enqueue_in(transaction, key, chargeback).await?;
            }
        }
        Ok(results)
    }

    /// Returns the statement that accepts an event, for another driver or library.
    ///
    /// # Errors
    ///
    /// [`EnqueueError::Serialize`] and [`EnqueueError::Seal`].
    pub fn statement(&self, key: &EventKey, chargeback: &Chargeback) -> Result<EnqueueStatement, EnqueueError> {
        let json = serde_json::to_vec(chargeback).map_err(|_| EnqueueError::Serialize)?;
        let report = NewReport::new(key, chargeback, &json, &self.vendors);
        let sealed = self.sealer.as_ref().map(|sealer| sealer.seal(chargeback.case_id(), &json)).transpose()?;
        let report = sealed.as_deref().map_or(report, |payload| report.sealed(payload));
        Ok(EnqueueStatement::new(&self.schema, &report))
    }
}

impl fmt::Debug for PgOutbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgOutbox").field("schema", &self.schema).field("vendors", &self.vendors).finish_non_exhaustive()
    }
}

/// The statement that accepts an event: one query with seven arguments, which returns one row with a result and a
/// number. [`result`](Self::result) reads the row.
///
/// The arguments are in the order of the fields. `Debug` shows no values.
///
/// ```
/// use chargeback::outbox::EventKey;
/// use chargeback::{Chargeback, Reason, Stage, spade};
/// use chargeback_postgres::PgOutbox;
///
/// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
///     .order_id("ORD_10726")
///     .build()?;
/// let statement = PgOutbox::new([spade::ID]).statement(&EventKey::new("stripe", "acct_1", "evt_1")?, &chargeback)?;
/// assert_eq!(statement.sql, "SELECT result, seq FROM chargeback.enqueue($1, $2, $3, $4, $5, $6, $7)");
/// assert_eq!((statement.case_id.as_str(), statement.stage), ("CB-1", "received"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnqueueStatement {
    /// The text of the query, with the parameters `$1` to `$7`.
    pub sql: String,
    /// `$1`, `text`: the key of the event.
    pub key: String,
    /// `$2`, `text`: the merchant's id of the case.
    pub case_id: String,
    /// `$3`, `text`: the stage.
    pub stage: &'static str,
    /// `$4`, `timestamptz`: the time at which the case reached the stage.
    pub occurred_at: DateTime<Utc>,
    /// `$5`, `bytea`: the JSON of the chargeback, or the sealed JSON.
    pub payload: Vec<u8>,
    /// `$6`, `text[]`: the vendors that receive the report.
    pub vendors: Vec<String>,
    /// `$7`, `bytea`: the SHA-256 of the JSON.
    pub fingerprint: Vec<u8>,
}

impl EnqueueStatement {
    pub(crate) fn new(schema: &Schema, report: &NewReport<'_>) -> Self {
        Self {
            sql: schema.apply("SELECT result, seq FROM :schema.enqueue($1, $2, $3, $4, $5, $6, $7)"),
            key: report.key.as_str().to_owned(),
            case_id: report.case_id.to_owned(),
            stage: report.stage.stage.as_str(),
            occurred_at: report.stage.occurred_at,
            payload: report.payload.to_vec(),
            vendors: report.vendors.iter().map(|vendor| vendor.as_str().to_owned()).collect(),
            fingerprint: chargeback::outbox::rows::fingerprint(report.plain).to_vec(),
        }
    }

    /// Converts the row of the query: the text `result` and the number `seq`, which is null for an erased event.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if the text is unknown.
    pub fn result(result: &str, seq: Option<i64>) -> Result<Enqueued, StoreError> {
        let seq = ReportSeq::new(seq.unwrap_or_default());
        match result {
            "new" => Ok(Enqueued::New { seq }),
            "duplicate" => Ok(Enqueued::Duplicate { seq }),
            "conflicting" => Ok(Enqueued::Conflicting { seq }),
            "erased" => Ok(Enqueued::Erased),
            _ => Err(StoreError::corrupt("the server sent an unknown result of an enqueue")),
        }
    }

    /// Runs the query. The statement has no name, so that it works behind PgBouncer in transaction mode.
    pub(crate) async fn run<C: GenericClient + Sync>(&self, client: &C) -> Result<Enqueued, StoreError> {
        let rows = client
            .query_typed(
                &self.sql,
                &[
                    (&self.key, Type::TEXT),
                    (&self.case_id, Type::TEXT),
                    (&self.stage, Type::TEXT),
                    (&self.occurred_at, Type::TIMESTAMPTZ),
                    (&self.payload, Type::BYTEA),
                    (&self.vendors, Type::TEXT_ARRAY),
                    (&self.fingerprint, Type::BYTEA),
                ],
            )
            .await
            .map_err(|error| errors::sql(&error))?;
        let row = rows.first().ok_or_else(|| StoreError::unavailable("the server sent no result"))?;
        Self::result(row.get(0), row.get(1))
    }
}

impl fmt::Debug for EnqueueStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnqueueStatement")
            .field("sql", &self.sql)
            .field("stage", &self.stage)
            .field("vendors", &self.vendors)
            .finish_non_exhaustive()
    }
}

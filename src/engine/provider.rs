//! Turns a vendor into a provider.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tracing::Instrument as _;

use super::attempt::Executed;
use super::builder::HttpProviderBuilder;
use super::clock::{Deadline, Runtime};
use super::memory::{Doubt, Memory, Turns};
use super::settings::{LossPolicy, RetryPolicy, Timeouts};
use super::throttle::Pause;
use super::trace;
use super::transport::Transport;
use crate::connector::{Connector, Operation};
use crate::error::{Delivery, Error};
use crate::model::{Chargeback, ProviderId};
use crate::provider::{Capabilities, ChargebackProvider, Plan, Receipt};

/// A vendor with everything it takes to reach it: the five vendors are this, and yours can be.
///
/// Clones share one connection pool, one order of cases and one memory. Reports of one case through one provider, or
/// clones of it, are made one after another; across processes no library can promise that without the vendor's help.
///
/// A report that the vendor throttles (429) waits for as long as the vendor asks, if its deadline allows. Others do not wait
/// for it: whoever makes many at once asks [`throttled_for`](ChargebackProvider::throttled_for) before each, as a bulk does.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::connector::Connector;
/// use chargeback::{Error, HttpProvider, LossPolicy, RetryPolicy, Timeouts};
///
/// fn connect<V: Connector>(vendor: V) -> Result<HttpProvider<V>, Error> {
///     HttpProvider::builder(vendor)
///         .timeouts(Timeouts::default().operation(Duration::from_secs(20)))
///         .retry(RetryPolicy::default().max_attempts(2))
///         .losses(LossPolicy::RefuseMeaning)
///         .build()
/// }
/// ```
pub struct HttpProvider<V: Connector> {
    pub(super) inner: Arc<Inner<V>>,
}

pub(crate) struct Inner<V> {
    pub(super) vendor: V,
    pub(super) id: ProviderId,
    pub(super) capabilities: Capabilities,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) timeouts: Timeouts,
    pub(super) retry: RetryPolicy,
    pub(super) losses: LossPolicy,
    pub(super) turns: Turns,
    pub(super) memory: Memory,
    pub(super) pause: Pause,
}

/// A vendor's reply to a native call, and how it was got.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallReceipt<R> {
    /// The vendor's reply; of one that was read back, what the record shows of it.
    pub reply: R,
    /// How many requests it took, without those that only looked after an unclear outcome; 0 if a look alone settled
    /// it.
    pub attempts: u32,
    /// Whether it was got by looking at the vendor's record, for want of a clear answer.
    pub read_back: bool,
}

impl<V: Connector> HttpProvider<V> {
    /// Builds a provider with the default transport, time limits and retry.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if a setting of the vendor is wrong or TLS cannot be set up.
    pub fn new(vendor: V) -> Result<Self, Error> {
        Self::builder(vendor).build()
    }

    /// A builder for another transport, other limits or another policy.
    pub fn builder(vendor: V) -> HttpProviderBuilder<V> {
        HttpProviderBuilder::new(vendor)
    }

    /// The vendor with its settings, as the provider was built with it.
    #[must_use]
    pub fn connector(&self) -> &V {
        &self.inner.vendor
    }

    /// Does one operation of the vendor, with the same deadline, retry and reading back as a report.
    ///
    /// One with a [`case_id`](Operation::case_id) also waits until no other report of that case runs, and what it leaves
    /// in doubt is in doubt for reports too.
    ///
    /// # Errors
    ///
    /// See [`Error`]; each says by [`delivery`](Error::delivery) whether the vendor acted.
    pub async fn call<O>(&self, operation: O) -> Result<CallReceipt<O::Reply>, Error>
    where
        O: Operation<Connector = V>,
    {
        let inner = &*self.inner;
        let span = trace::operation(&inner.id, operation.name());
        // On the heap, as a report's is: it is some 20 KiB, and callers would carry it in every future of theirs.
        let result = Box::pin(inner.call(operation)).instrument(span.clone()).await;
        trace::ended(&span, result.as_ref().err());
        let executed = result?;
        Ok(CallReceipt { reply: executed.reply, attempts: executed.attempts, read_back: executed.read_back })
    }
}

impl<V: Connector> Inner<V> {
    /// Does one operation; one that creates or changes a case of the caller's waits for the case's turn, as a report does.
    async fn call<O>(&self, mut operation: O) -> Result<Executed<O::Reply>, Error>
    where
        O: Operation<Connector = V>,
    {
        let deadline = Deadline::after(&*self.runtime, self.timeouts.operation);
        let Some(case_id) = operation.case_id().map(str::to_owned) else {
            return self.execute(&mut operation, Delivery::NotSent, deadline).await;
        };
        let result = async {
            let _turn = self.turn_of(&case_id, operation.name(), deadline).await?;
            let executed = self.execute_remembering(&mut operation, &case_id, deadline).await?;
            if let Some(vendor_case) = operation.acknowledge(&executed.reply).case_id {
                self.memory.keep(&case_id, &vendor_case);
            }
            Ok(executed)
        };
        result.await.map_err(|error| self.with_doubt(error, &case_id))
    }
}

#[async_trait]
impl<V: Connector> ChargebackProvider for HttpProvider<V> {
    fn id(&self) -> ProviderId {
        self.inner.id.clone()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.inner.capabilities
    }

    fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        self.inner.plan(chargeback)
    }

    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        let span = trace::operation(&self.inner.id, "report");
        let result = pin!(self.inner.report(chargeback)).instrument(span.clone()).await;
        trace::ended(&span, result.as_ref().err());
        if let Ok(receipt) = &result {
            trace::incomplete(&span, receipt);
        }
        result
    }

    fn assume_doubt(&self, case_id: &str) -> Result<(), Error> {
        self.inner.begin_doubt(case_id, Doubt::Assumed, "report")
    }

    fn resolve_doubt(&self, case_id: &str, found: Option<&str>) {
        self.inner.resolve_doubt(case_id, found);
    }

    fn throttled_for(&self) -> Duration {
        self.inner.pause.left(&*self.inner.runtime)
    }
}

impl<V: Connector> Clone for HttpProvider<V> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<V: Connector> fmt::Debug for HttpProvider<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpProvider")
            .field("vendor", &self.inner.vendor)
            .field("timeouts", &self.inner.timeouts)
            .field("retry", &self.inner.retry)
            .field("losses", &self.inner.losses)
            .finish_non_exhaustive()
    }
}

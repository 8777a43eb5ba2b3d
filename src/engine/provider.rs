//! A connector as a provider.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tracing::Instrument as _;

use super::attempt::Run;
use super::clock::within;
use super::core::Engine;
use super::doubt::CaseState;
use super::execute::{Executed, execute};
use super::memory::Memory;
use super::turns::{Turn, Turns};
use super::{plan, report, trace};
use crate::connector::{Case, Connector, Operation};
use crate::error::{Delivery, Error, ErrorDetails, InvalidError, TimeLimit};
use crate::model::{Chargeback, ProviderId};
use crate::provider::{
    Capabilities, ChargebackProvider, Plan, Receipt, ReportContext, Resolution, Throttled, TurnGuard,
};

/// A [`Connector`] with a transport, time limits, retries and a memory of its cases. Use it for every vendor of this
/// crate and for your own connector.
///
/// Clones share one connection pool, one order of cases and one memory. Reports of one case through one provider,
/// or its clones, run one after another. Several processes need a shared [`Ledger`](crate::lifecycle::Ledger).
///
/// A report that the vendor throttles (HTTP 429) waits as long as the vendor asks, if its deadline allows. Other
/// reports do not wait for it; bulk callers check [`throttled_for`](Throttled::throttled_for) before each report.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::connector::Connector;
/// use chargeback::{Error, HttpProvider, LossPolicy, RetryPolicy, Timeouts};
///
/// fn connect<C: Connector>(connector: C) -> Result<HttpProvider<C>, Error> {
///     HttpProvider::builder(connector)
///         .timeouts(Timeouts::default().operation(Duration::from_secs(20)))
///         .retry(RetryPolicy::default().max_attempts(2))
///         .losses(LossPolicy::RefuseMeaning)
///         .build()
/// }
/// ```
pub struct HttpProvider<C: Connector> {
    shared: Arc<Shared<C>>,
}

/// The state that clones share.
struct Shared<C> {
    engine: Engine<C>,
    turns: Turns,
    memory: Memory,
}

/// The vendor's reply to a native call.
///
/// ```
/// use chargeback::CallReceipt;
///
/// fn log<R: std::fmt::Debug>(receipt: &CallReceipt<R>) {
///     let source = if receipt.reconciled { "the vendor's record" } else { "the reply" };
///     println!("{:?} after {} requests, from {source}", receipt.reply, receipt.attempts);
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallReceipt<R> {
    /// The vendor's reply. If it was reconstructed, the state that the vendor's record shows.
    pub reply: R,
    /// The number of requests, without lookups after an unknown outcome; 0 if a lookup alone found the change.
    pub attempts: u32,
    /// True if the reply was reconstructed from the vendor's record because the request got no usable response.
    pub reconciled: bool,
}

impl<C: Connector> HttpProvider<C> {
    pub(super) fn from_engine(engine: Engine<C>) -> Self {
        Self { shared: Arc::new(Shared { engine, turns: Turns::default(), memory: Memory::default() }) }
    }

    /// Returns the connector with its settings.
    #[must_use]
    pub fn connector(&self) -> &C {
        self.shared.engine.connector()
    }

    /// Executes one operation of the connector, with the same deadline, retries and lookups as a report.
    ///
    /// An operation with a [`case_id`](Operation::case_id) waits for the turn of the case. If its outcome is
    /// unknown, the case is in doubt for later calls of [`report`](ChargebackProvider::report) too. Callers of
    /// [`report_with`](ChargebackProvider::report_with), such as a [`Reporter`](crate::Reporter) with a ledger, keep
    /// the state of the case themselves and do not see this doubt.
    ///
    /// ```
    /// use chargeback::connector::{Connector, Operation};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// async fn call<C, O>(provider: &HttpProvider<C>, operation: O) -> Result<O::Reply, Error>
    /// where
    ///     C: Connector,
    ///     O: Operation<Connector = C>,
    /// {
    ///     Ok(provider.call(operation).await?.reply)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`]. [`Error::delivery`] states whether the vendor acted.
    pub async fn call<O>(&self, operation: O) -> Result<CallReceipt<O::Reply>, Error>
    where
        O: Operation<Connector = C>,
    {
        let shared = &*self.shared;
        let span = trace::operation(shared.engine.id(), operation.name());
        // Boxed: the future has about 20 KiB and would enlarge every future of the caller.
        let result = Box::pin(shared.call(operation)).instrument(span.clone()).await;
        trace::ended(&span, result.as_ref().err());
        let executed = result?;
        Ok(CallReceipt { reply: executed.reply, attempts: executed.attempts, reconciled: executed.reconciled })
    }

    /// Returns true if an earlier report of this case through this provider may have acted and its outcome is unknown.
    ///
    /// Later reports of such a case look up the vendor's record first, and send nothing while the lookup is
    /// inconclusive. The value is also true while such a report runs, and always false for idempotent operations.
    /// The doubt is kept in memory by this provider and its clones, and lost by a restart; a
    /// [`Ledger`](crate::lifecycle::Ledger) keeps it.
    ///
    /// ```
    /// use chargeback::HttpProvider;
    /// use chargeback::connector::Connector;
    ///
    /// /// Returns the cases that a person should check with the vendor.
    /// fn in_doubt<'c, C: Connector>(provider: &HttpProvider<C>, case_ids: &[&'c str]) -> Vec<&'c str> {
    ///     case_ids.iter().copied().filter(|case_id| provider.is_in_doubt(case_id)).collect()
    /// }
    /// ```
    #[must_use]
    pub fn is_in_doubt(&self, case_id: &str) -> bool {
        self.shared.memory.is_in_doubt(case_id)
    }
}

impl<C: Connector> Shared<C> {
    /// Waits for the turn of a case, within the deadline of the operation.
    async fn turn(&self, case_id: &str, operation: &'static str, run: &Run<'_>) -> Result<Turn, Error> {
        let clock = self.engine.clock();
        let turn = within(clock, run.deadline.remaining(clock), self.turns.take(case_id)).await;
        turn.ok_or_else(|| {
            let details = ErrorDetails::new(self.engine.id().clone(), operation, Delivery::NotSent);
            Error::timeout(TimeLimit::Turn, details.retryable(true))
        })
    }

    /// Executes one operation. An operation that changes a case of the caller waits for the turn of the case.
    async fn call<O>(&self, mut operation: O) -> Result<Executed<O::Reply>, Error>
    where
        O: Operation<Connector = C>,
    {
        let run = Run::new(&self.engine);
        let Some(case_id) = operation.case_id().map(str::to_owned) else {
            return execute(&self.engine, &mut operation, Delivery::NotSent, &run).await;
        };
        let turn = self.turn(&case_id, operation.name(), &run).await;
        let mut state = CaseState::from_memory(&self.memory, &case_id);
        let result = match turn {
            Ok(_turn) => {
                let result = state.execute(&self.engine, &mut operation, &run).await;
                if let Ok(executed) = &result {
                    self.note_reported(&case_id);
                    if let Some(vendor_case) = operation.acknowledge(&executed.reply).case_id {
                        state.identify(&vendor_case);
                    }
                }
                result
            }
            Err(error) => Err(error),
        };
        result.map_err(|error| state.with_doubt(self.engine.capabilities(), error))
    }

    /// Reports with the memory of this provider.
    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        let (start, run) = (self.engine.clock().elapsed(), Run::new(&self.engine));
        let _turn = match self.turn(chargeback.case_id(), "report", &run).await {
            Ok(turn) => turn,
            Err(error) => {
                let state = CaseState::from_memory(&self.memory, chargeback.case_id());
                return Err(state.with_doubt(self.engine.capabilities(), error));
            }
        };
        let mut state = CaseState::from_memory(&self.memory, chargeback.case_id());
        let with_vendor_case = self.with_known_case(chargeback);
        let chargeback = with_vendor_case.as_deref().unwrap_or(chargeback);
        let result = report::report(&self.engine, chargeback, &mut state, &run, start).await;
        if result.is_ok() {
            self.note_reported(chargeback.case_id());
        }
        result.map_err(|error| state.with_doubt(self.engine.capabilities(), error))
    }

    /// Returns the chargeback with the vendor's case id that this provider remembers, if it lacks one.
    fn with_known_case(&self, chargeback: &Chargeback) -> Option<Box<Chargeback>> {
        let known = self.memory.vendor_case(chargeback.case_id());
        chargeback.with_vendor_case(self.engine.id(), known.as_deref())
    }

    /// Remembers an acknowledged report, except if a second one would change nothing.
    fn note_reported(&self, case_id: &str) {
        if !self.engine.capabilities().writes_are_idempotent() {
            self.memory.note_reported(case_id);
        }
    }

    /// Reports with the state that the caller keeps.
    async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
        let (start, run) = (self.engine.clock().elapsed(), Run::with_context(&self.engine, context));
        let mut state = CaseState::from_context(context, chargeback.case_id());
        let with_vendor_case = chargeback.with_vendor_case(self.engine.id(), context.known_vendor_case());
        let chargeback = with_vendor_case.as_deref().unwrap_or(chargeback);
        let result = report::report(&self.engine, chargeback, &mut state, &run, start).await;
        result.map_err(|error| state.with_doubt(self.engine.capabilities(), error))
    }
}

#[async_trait]
impl<C: Connector> ChargebackProvider for HttpProvider<C> {
    fn id(&self) -> ProviderId {
        self.shared.engine.id().clone()
    }

    fn capabilities(&self) -> &Capabilities {
        self.shared.engine.capabilities()
    }

    fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        let Shared { engine, memory, .. } = &*self.shared;
        let with_vendor_case = self.shared.with_known_case(chargeback);
        let chargeback = with_vendor_case.as_deref().unwrap_or(chargeback);
        let case_id = chargeback.case_id();
        let (in_doubt, reported) = (memory.is_in_doubt(case_id), memory.may_have_been_reported(case_id));
        plan::plan(engine, Case::new(chargeback).in_doubt(in_doubt).acknowledged_before(reported))
    }

    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        let span = trace::operation(self.shared.engine.id(), "report");
        // Pinned first, because the span would move the future.
        let result = pin!(self.shared.report(chargeback)).instrument(span.clone()).await;
        trace::report_ended(&span, &result);
        result
    }

    async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
        let span = trace::operation(self.shared.engine.id(), "report");
        let result = pin!(self.shared.report_with(chargeback, context)).instrument(span.clone()).await;
        trace::report_ended(&span, &result);
        result
    }

    async fn turn(&self, case_id: &str) -> TurnGuard {
        self.shared.turns.acquire(case_id).await
    }

    fn resolve_doubt(&self, case_id: &str, resolution: Resolution) -> Result<(), InvalidError> {
        resolution.validate()?;
        match resolution {
            Resolution::Found(vendor_case) => self.shared.memory.set_vendor_case(case_id, &vendor_case),
            Resolution::Applied => {
                self.shared.note_reported(case_id);
                self.shared.memory.end_doubt(case_id);
            }
            Resolution::NotFound => self.shared.memory.end_doubt(case_id),
        }
        Ok(())
    }
}

impl<C: Connector> Throttled for HttpProvider<C> {
    fn throttled_for(&self) -> Duration {
        self.shared.engine.throttle().left(self.shared.engine.clock())
    }
}

impl<C: Connector> Clone for HttpProvider<C> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<C: Connector> fmt::Debug for HttpProvider<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.engine.fmt(f)
    }
}

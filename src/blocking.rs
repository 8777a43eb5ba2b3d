//! Blocking calls for programs without an async runtime.
//!
//! [`Blocking`] wraps a provider or a [`Reporter`] together with its own tokio runtime. One background thread keeps
//! connections open between calls. Threads may share a `Blocking`; each call blocks the thread that makes it.
//!
//! ```
//! use chargeback::blocking::Blocking;
//! use chargeback::{Chargeback, ChargebackProvider, Error};
//!
//! fn send(spade: impl ChargebackProvider, chargeback: &Chargeback) -> Result<(), Error> {
//!     let spade = Blocking::new(spade)?;
//!     let receipt = spade.report(chargeback)?;
//!     println!("sent `{}`", receipt.stage_value());
//!     Ok(())
//! }
//! ```

use std::fmt;

use tokio::runtime::{Builder, Runtime};

use crate::error::{ConfigurationError, Error, InvalidError};
use crate::model::{Chargeback, ProviderId};
use crate::provider::{Capabilities, ChargebackProvider, Plan, Receipt, Resolution};
use crate::reporter::{Outcomes, Reporter, ResolveError};
use crate::util::violation::Violation;

/// A provider or reporter with blocking calls.
///
/// ```
/// use chargeback::blocking::Blocking;
/// use chargeback::spade::{Environment, Spade, WonMeans};
/// use chargeback::{Error, HttpProvider};
///
/// fn build() -> Result<Blocking<HttpProvider<Spade>>, Error> {
///     let spade = Spade::new("api-key", Environment::EastSandbox, WonMeans::IssuerWon);
///     Blocking::new(HttpProvider::new(spade)?)
/// }
/// assert_eq!(build()?.id(), chargeback::spade::ID);
/// # Ok::<(), Error>(())
/// ```
///
/// # Panics
///
/// The blocking calls panic inside an async runtime, because they would block its other tasks. Use the async types
/// there. Dropping a `Blocking` inside an async runtime also panics.
pub struct Blocking<T> {
    inner: T,
    runtime: Runtime,
}

impl<T> Blocking<T> {
    /// Wraps a provider or reporter and starts its runtime.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if the operating system cannot start a thread.
    pub fn new(inner: T) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("chargeback").enable_all().build();
        let runtime = runtime.map_err(|error| {
            let problem = Violation::new("runtime", format!("could not start a thread: {}", error.kind()));
            ConfigurationError::new(None, vec![problem])
        })?;
        Ok(Self { inner, runtime })
    }

    /// Returns the wrapped provider or reporter, for calls that do not block.
    pub const fn get_ref(&self) -> &T {
        &self.inner
    }

    /// Blocks until a call of the wrapped type completes, for example a native call of a vendor.
    ///
    /// ```
    /// # #[cfg(not(feature = "sandbox"))]
    /// # fn main() {}
    /// # #[cfg(feature = "sandbox")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use chargeback::blocking::Blocking;
    /// use chargeback::pipwave::{Requery, TransactionStatus};
    /// use chargeback::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let pipwave = Blocking::new(sandbox.connect(sandbox.pipwave_connector()).build()?)?;
    /// let receipt = pipwave.wait_for(|pipwave| pipwave.requery(Requery::Transaction("txn-1".into())))?;
    /// assert_eq!(receipt.reply.status, TransactionStatus::Paid);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_for<'t, F: Future>(&'t self, call: impl FnOnce(&'t T) -> F) -> F::Output {
        self.runtime.block_on(call(&self.inner))
    }
}

impl<P: ChargebackProvider> Blocking<P> {
    /// Returns the vendor's id; see [`ChargebackProvider::id`].
    pub fn id(&self) -> ProviderId {
        self.inner.id()
    }

    /// Returns the stages, reasons and fields that the vendor supports; see [`ChargebackProvider::capabilities`].
    pub fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    /// Returns the requests that [`report`](Self::report) would send; see [`ChargebackProvider::plan`].
    ///
    /// ```
    /// use chargeback::blocking::Blocking;
    /// use chargeback::{Chargeback, ChargebackProvider, Error};
    ///
    /// fn preview<P: ChargebackProvider>(provider: &Blocking<P>, chargeback: &Chargeback) -> Result<String, Error> {
    ///     Ok(provider.plan(chargeback)?.to_text())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors that `report` returns before it sends a request.
    pub fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        self.inner.plan(chargeback)
    }

    /// Sends the chargeback to the vendor and blocks until the report ends; see [`ChargebackProvider::report`].
    ///
    /// ```
    /// # #[cfg(not(feature = "sandbox"))]
    /// # fn main() {}
    /// # #[cfg(feature = "sandbox")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use chargeback::blocking::Blocking;
    /// use chargeback::sandbox::Sandbox;
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let pipwave = Blocking::new(sandbox.connect(sandbox.pipwave_connector()).build()?)?;
    /// let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    ///     .transaction_id("txn-1")
    ///     .build()?;
    /// let receipt = pipwave.report(&received)?;
    /// assert_eq!(receipt.stage_value(), "disputed");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`]. [`Error::delivery`] states whether the vendor acted.
    pub fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        self.wait_for(|provider| provider.report(chargeback))
    }

    /// Ends the doubt about a case after a person has checked with the vendor; see
    /// [`ChargebackProvider::resolve_doubt`].
    ///
    /// ```
    /// # #[cfg(not(feature = "sandbox"))]
    /// # fn main() {}
    /// # #[cfg(feature = "sandbox")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use chargeback::blocking::Blocking;
    /// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    /// use chargeback::{Chargeback, Delivery, Reason, Resolution, RetryPolicy, Stage};
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let revcent = sandbox.connect(sandbox.revcent_connector()).retry(RetryPolicy::never()).build()?;
    /// let revcent = Blocking::new(revcent)?;
    /// let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    ///     .gateway_transaction_id("gw-1")
    ///     .build()?;
    /// sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    /// assert_eq!(revcent.report(&received).unwrap_err().delivery(), Delivery::Unknown);
    ///
    /// // A person has checked RevCent's dashboard: the chargeback does not exist.
    /// revcent.resolve_doubt("CB-1", Resolution::NotFound)?;
    /// assert!(revcent.report(&received)?.wrote());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`InvalidError`] if the id of [`Resolution::Found`] is empty or longer than 255 bytes. The doubt
    /// remains.
    pub fn resolve_doubt(&self, case_id: &str, resolution: Resolution) -> Result<(), InvalidError> {
        self.inner.resolve_doubt(case_id, resolution)
    }
}

impl Blocking<Reporter> {
    /// Sends the chargeback to all vendors at the same time and blocks until all reports end; see
    /// [`Reporter::report`].
    ///
    /// ```
    /// # #[cfg(not(feature = "sandbox"))]
    /// # fn main() {}
    /// # #[cfg(feature = "sandbox")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use chargeback::blocking::Blocking;
    /// use chargeback::sandbox::Sandbox;
    /// use chargeback::{Chargeback, Reason, Reporter, Stage};
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let pipwave = sandbox.connect(sandbox.pipwave_connector()).build()?;
    /// let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
    /// let reporter = Blocking::new(Reporter::builder().required(pipwave).required(revcent).build()?)?;
    /// let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    ///     .transaction_id("txn-1")
    ///     .gateway_transaction_id("gw-1")
    ///     .build()?;
    /// assert!(reporter.report_to_all(&received).required_settled());
    /// # Ok(())
    /// # }
    /// ```
    pub fn report_to_all(&self, chargeback: &Chargeback) -> Outcomes {
        self.wait_for(|reporter| reporter.report(chargeback))
    }

    /// Sends the chargeback again to the vendors where a retry is safe and needed; see [`Reporter::retry_failed`].
    ///
    /// ```
    /// use chargeback::blocking::Blocking;
    /// use chargeback::{Chargeback, Outcomes, Reporter};
    ///
    /// fn send(reporter: &Blocking<Reporter>, chargeback: &Chargeback) -> Outcomes {
    ///     let outcomes = reporter.report_to_all(chargeback);
    ///     reporter.retry_failed(chargeback, outcomes)
    /// }
    /// ```
    pub fn retry_failed(&self, chargeback: &Chargeback, previous: Outcomes) -> Outcomes {
        self.wait_for(|reporter| reporter.retry_failed(chargeback, previous))
    }

    /// Ends the doubt about a case at one vendor; see [`Reporter::resolve_doubt`].
    ///
    /// ```
    /// use chargeback::blocking::Blocking;
    /// use chargeback::{Reporter, Resolution, ResolveError, revcent};
    ///
    /// fn not_found(reporter: &Blocking<Reporter>, case_id: &str) -> Result<(), ResolveError> {
    ///     reporter.resolve_doubt(&revcent::ID, case_id, Resolution::NotFound)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ResolveError`]. The doubt remains.
    pub fn resolve_doubt(
        &self,
        provider: &ProviderId,
        case_id: &str,
        resolution: Resolution,
    ) -> Result<(), ResolveError> {
        self.wait_for(|reporter| reporter.resolve_doubt(provider, case_id, resolution))
    }

    /// Sends each chargeback to all vendors and returns the outcomes as they arrive; see [`Reporter::report_all`].
    ///
    /// Reports that have started continue while the iterator is not polled, up to the concurrency of
    /// [`BulkOptions`](crate::BulkOptions).
    ///
    /// ```
    /// # #[cfg(not(feature = "sandbox"))]
    /// # fn main() {}
    /// # #[cfg(feature = "sandbox")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use chargeback::blocking::Blocking;
    /// use chargeback::sandbox::Sandbox;
    /// use chargeback::{BulkOptions, Chargeback, Reason, Reporter, Stage};
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let pipwave = sandbox.connect(sandbox.pipwave_connector()).build()?;
    /// let reporter = Blocking::new(Reporter::builder().required(pipwave).build()?)?;
    /// let mut chargebacks = Vec::new();
    /// for id in ["txn-1", "txn-2", "txn-3"] {
    ///     let received = Chargeback::builder(id, Stage::Received, Reason::NotReceived, chrono::Utc::now());
    ///     chargebacks.push(received.transaction_id(id).build()?);
    /// }
    /// assert_eq!(reporter.report_each(chargebacks, BulkOptions::default()).count(), 3);
    /// assert_eq!(sandbox.pipwave().cases().len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "bulk")]
    #[cfg_attr(docsrs, doc(cfg(feature = "bulk")))]
    pub fn report_each<I>(&self, chargebacks: I, bulk: crate::BulkOptions) -> impl Iterator<Item = crate::BulkOutcome>
    where
        I: IntoIterator<Item = Chargeback, IntoIter: Unpin>,
    {
        use futures_util::StreamExt as _;
        let mut report = self.inner.report_all(futures_util::stream::iter(chargebacks), bulk);
        std::iter::from_fn(move || self.runtime.block_on(report.next()))
    }
}

impl<T: fmt::Debug> fmt::Debug for Blocking<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").field("inner", &self.inner).finish_non_exhaustive()
    }
}

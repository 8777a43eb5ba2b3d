//! For programs without an async runtime: the same types, and calls that wait.
//!
//! [`Blocking`] holds a provider or a [`Reporter`] and a runtime of its own, with one thread that keeps connections alive
//! between calls. It may be shared between threads; each call waits in its own.
//!
//! ```
//! use chargeback::blocking::Blocking;
//! use chargeback::{Chargeback, ChargebackProvider, Error};
//!
//! fn tell(spade: impl ChargebackProvider, chargeback: &Chargeback) -> Result<(), Error> {
//!     let spade = Blocking::new(spade)?;
//!     let receipt = spade.report(chargeback)?;
//!     println!("told `{}`", receipt.stage_value());
//!     Ok(())
//! }
//! ```

use std::fmt;

use tokio::runtime::{Builder, Runtime};

use crate::error::{ConfigurationError, Error};
use crate::model::{Chargeback, ProviderId};
use crate::provider::{Capabilities, ChargebackProvider, Plan, Receipt, Resolution};
use crate::reporter::{Outcomes, Reporter, ResolveError};
use crate::util::violation::Violation;

/// A provider or reporter whose calls wait for their end.
///
/// # Panics
///
/// Its calls panic within an async runtime, where waiting would stop everything else: use the async types there. So does
/// dropping it.
pub struct Blocking<T> {
    inner: T,
    runtime: Runtime,
}

impl<T> Blocking<T> {
    /// Wraps it, with a runtime of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if the system gives no thread for the runtime.
    pub fn new(inner: T) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("chargeback").enable_all().build();
        let runtime = runtime.map_err(|error| {
            let problem = Violation::new("runtime", format!("the system gives no thread: {}", error.kind()));
            ConfigurationError::new(None, vec![problem])
        })?;
        Ok(Self { inner, runtime })
    }

    /// What it wraps, for calls that do not wait.
    pub const fn get_ref(&self) -> &T {
        &self.inner
    }

    /// Waits for any call of what it wraps, such as a vendor's own:
    ///
    /// ```
    /// use chargeback::blocking::Blocking;
    /// use chargeback::pipwave::{PaymentState, Pipwave, Requery};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// fn state(pipwave: &Blocking<HttpProvider<Pipwave>>) -> Result<PaymentState, Error> {
    ///     pipwave.wait_for(|pipwave| pipwave.requery(Requery::Transaction("txn-1".into())))
    /// }
    /// ```
    pub fn wait_for<'t, F: Future>(&'t self, call: impl FnOnce(&'t T) -> F) -> F::Output {
        self.runtime.block_on(call(&self.inner))
    }
}

impl<P: ChargebackProvider> Blocking<P> {
    /// The vendor's name; [`ChargebackProvider::id`].
    pub fn id(&self) -> ProviderId {
        self.inner.id()
    }

    /// What the vendor can express; [`ChargebackProvider::capabilities`].
    pub fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    /// What [`report`](Self::report) would send; [`ChargebackProvider::plan`].
    ///
    /// # Errors
    ///
    /// As `report` would give before it sends anything.
    pub fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        self.inner.plan(chargeback)
    }

    /// Tells the vendor where the chargeback stands; [`ChargebackProvider::report`].
    ///
    /// # Errors
    ///
    /// See [`Error`]; each says by [`delivery`](Error::delivery) whether the vendor acted.
    pub fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        self.wait_for(|provider| provider.report(chargeback))
    }
}

impl Blocking<Reporter> {
    /// Tells every vendor, all at once; [`Reporter::report`].
    pub fn report_to_all(&self, chargeback: &Chargeback) -> Outcomes {
        self.wait_for(|reporter| reporter.report(chargeback))
    }

    /// Tells those again of whom it is safe and needed; [`Reporter::retry_failed`].
    pub fn retry_failed(&self, chargeback: &Chargeback, before: Outcomes) -> Outcomes {
        self.wait_for(|reporter| reporter.retry_failed(chargeback, before))
    }

    /// Ends the doubt about a case at one vendor; see [`Reporter::resolve_doubt`].
    ///
    /// # Errors
    ///
    /// [`ResolveError`]; the doubt remains.
    pub fn resolve_doubt(
        &self,
        provider: &ProviderId,
        case_id: &str,
        resolution: Resolution,
    ) -> Result<(), ResolveError> {
        self.wait_for(|reporter| reporter.resolve_doubt(provider, case_id, resolution))
    }

    /// Tells every vendor of all of them, and gives the outcomes as they come; [`Reporter::report_all`].
    ///
    /// Reports run on while the iterator is not asked, up to what [`BulkOptions`](crate::BulkOptions) lets run at once.
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

//! The handle of a fake vendor.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use http::Request;

use super::fault::Fault;
use super::machine::{Machine, State, lock};
use super::recorded_case::RecordedCase;
use crate::connector::BaseUrl;

/// A fake vendor: reads the recorded cases and injects faults.
///
/// Each vendor has more methods here, for example [`lag_index`](Fake::lag_index) of RevCent.
///
/// ```
/// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
/// use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
/// # use chrono::{TimeZone, Utc};
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let time = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
///
/// let sandbox = Sandbox::in_memory();
/// let pipwave = sandbox.connect(sandbox.pipwave_connector()).build()?;
/// let fake = sandbox.pipwave();
/// assert_eq!(fake.base_url().as_str(), "https://pipwave.invalid");
///
/// let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, time)
///     .transaction_id("txn-1")
///     .build()?;
/// fake.fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(1))));
/// pipwave.report(&received).await?;
/// // The provider has repeated the request that failed.
/// assert_eq!((fake.requests(), fake.acted()), (2, 1));
/// assert_eq!(fake.case("txn-1").unwrap().state["stage"], "disputed");
/// assert!(fake.case("txn-2").is_none());
/// # Ok(())
/// # }
/// ```
pub struct Fake<M> {
    base_url: BaseUrl,
    state: Arc<Mutex<State<M>>>,
}

impl<M: Machine> Fake<M> {
    pub(super) fn new(base_url: BaseUrl, state: Arc<Mutex<State<M>>>) -> Self {
        Self { base_url, state }
    }

    /// Returns the base URL, for the connector of this vendor.
    #[must_use]
    pub const fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// Returns the cases with a reported chargeback, in the order of their first report.
    #[must_use]
    pub fn cases(&self) -> Vec<RecordedCase> {
        self.lock().machine.cases()
    }

    /// Returns the case with this [key](RecordedCase::key), or `None` if no chargeback was reported for it.
    #[must_use]
    pub fn case(&self, key: &str) -> Option<RecordedCase> {
        self.cases().into_iter().find(|case| case.key == key)
    }

    /// Limits the number of cases in memory. The cases that were opened first are removed.
    ///
    /// A later report of a removed case counts as its first one.
    ///
    /// ```
    /// # use chargeback::sandbox::Sandbox;
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::in_memory();
    /// let pipwave = sandbox.connect(sandbox.pipwave_connector()).build()?;
    /// sandbox.pipwave().keep_last(1);
    /// for id in ["txn-1", "txn-2"] {
    ///     let received = Chargeback::builder(id, Stage::Received, Reason::NotReceived, chrono::Utc::now());
    ///     pipwave.report(&received.transaction_id(id).build()?).await?;
    /// }
    /// assert_eq!(sandbox.pipwave().cases().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn keep_last(&self, cases: usize) {
        self.lock().keep_last(cases);
    }

    /// Returns the number of requests that arrived, including requests with a fault.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.lock().requests()
    }

    /// Returns the number of requests that the vendor acted on. Requests with a
    /// [fault before acting](Fault::before_acting) do not count.
    #[must_use]
    pub fn acted(&self) -> u64 {
        self.lock().acted()
    }

    /// Schedules a fault for the next request without one.
    ///
    /// A report may send several requests: RevCent's starts with a search, and Pipwave's looks up the payment after
    /// a fault. Use [`fail_next_write`](Self::fail_next_write) for a fault of the request that writes.
    pub fn fail_next(&self, fault: Fault) {
        self.fail_next_if(|_| true, fault);
    }

    /// Schedules a fault for the next writing request without one.
    ///
    /// ```
    /// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    /// #     .gateway_transaction_id("gw-1")
    /// #     .build()?;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
    /// // RevCent creates the chargeback and sends no reply.
    /// sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    /// assert!(revcent.report(&received).await?.was_reconciled());
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_next_write(&self, fault: Fault) {
        self.fail_next_if(M::is_write, fault);
    }

    /// Applies a fault to all requests without a scheduled one, until [`recover`](Self::recover).
    ///
    /// ```
    /// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    /// #     .transaction_id("txn-1")
    /// #     .build()?;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let pipwave = sandbox.connect(sandbox.pipwave_connector()).build()?;
    /// sandbox.pipwave().fail_always(Fault::before_acting(FaultKind::Unreachable));
    /// assert!(pipwave.report(&received).await.is_err());
    /// sandbox.pipwave().recover();
    /// assert!(pipwave.report(&received).await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_always(&self, fault: Fault) {
        self.lock().set_permanent(fault);
    }

    /// Applies a fault to a share of the requests without another fault, chosen at random, until
    /// [`recover`](Self::recover). The share is a number from 0 to 1.
    ///
    /// Only in memory. On loopback, a fault that closes the connection needs a scheduled or permanent fault.
    ///
    /// ```
    /// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    ///
    /// let sandbox = Sandbox::in_memory();
    /// sandbox.spade().fail_sometimes(0.1, Fault::after_acting(FaultKind::ServerError));
    /// assert_eq!(sandbox.spade().requests(), 0);
    /// ```
    pub fn fail_sometimes(&self, share: f64, fault: Fault) {
        self.lock().set_random(share, fault);
    }

    /// Schedules a fault for the next request that meets the condition and has no fault.
    ///
    /// ```
    /// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    /// #     .gateway_transaction_id("gw-1")
    /// #     .build()?;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
    /// // The first search fails and is repeated.
    /// let fault = Fault::before_acting(FaultKind::BadGatewayPage);
    /// sandbox.revcent().fail_next_if(|request| request.uri().path().ends_with("/search"), fault);
    /// assert!(revcent.report(&received).await.is_ok());
    /// assert_eq!(sandbox.revcent().requests() - sandbox.revcent().acted(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_next_if(&self, applies: impl Fn(&Request<Bytes>) -> bool + Send + 'static, fault: Fault) {
        self.lock().schedule(applies, fault);
    }

    /// Removes all faults: the scheduled ones and the one of [`fail_always`](Self::fail_always).
    ///
    /// ```
    /// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    ///
    /// let sandbox = Sandbox::in_memory();
    /// sandbox.pipwave().fail_always(Fault::before_acting(FaultKind::Unreachable));
    /// sandbox.pipwave().recover();
    /// assert_eq!(sandbox.pipwave().requests(), 0);
    /// ```
    pub fn recover(&self) {
        self.lock().clear_faults();
    }

    /// Forgets all cases, counts and faults. The limit of [`keep_last`](Self::keep_last) stays.
    ///
    /// ```
    /// use chargeback::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// sandbox.revcent().reset();
    /// assert!(sandbox.revcent().cases().is_empty());
    /// ```
    pub fn reset(&self)
    where
        M: Default,
    {
        self.lock().reset();
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<M>> {
        lock(&self.state)
    }

    pub(super) fn state(&self) -> Arc<Mutex<State<M>>> {
        Arc::clone(&self.state)
    }
}

/// The methods that the fakes of all vendors share, for programs that work with any of them.
///
/// ```
/// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
///
/// let sandbox = Sandbox::in_memory();
/// for (vendor, fake) in sandbox.fakes() {
///     fake.fail_always(Fault::before_acting(FaultKind::ServerError));
///     assert_eq!(fake.requests(), 0, "{vendor}");
/// }
/// ```
pub trait FakeVendor: fmt::Debug + Send + Sync {
    /// Returns [`Fake::base_url`].
    fn base_url(&self) -> &BaseUrl;
    /// Returns [`Fake::cases`].
    fn cases(&self) -> Vec<RecordedCase>;
    /// Returns [`Fake::requests`].
    fn requests(&self) -> u64;
    /// Returns [`Fake::acted`].
    fn acted(&self) -> u64;
    /// Calls [`Fake::fail_always`].
    fn fail_always(&self, fault: Fault);
    /// Calls [`Fake::fail_sometimes`].
    fn fail_sometimes(&self, share: f64, fault: Fault);
    /// Calls [`Fake::fail_next_write`].
    fn fail_next_write(&self, fault: Fault);
    /// Calls [`Fake::recover`].
    fn recover(&self);
    /// Calls [`Fake::reset`].
    fn reset(&self);
}

impl<M: Machine + Default> FakeVendor for Fake<M> {
    fn base_url(&self) -> &BaseUrl {
        self.base_url()
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.cases()
    }

    fn requests(&self) -> u64 {
        self.requests()
    }

    fn acted(&self) -> u64 {
        self.acted()
    }

    fn fail_always(&self, fault: Fault) {
        self.fail_always(fault);
    }

    fn fail_sometimes(&self, share: f64, fault: Fault) {
        self.fail_sometimes(share, fault);
    }

    fn fail_next_write(&self, fault: Fault) {
        self.fail_next_write(fault);
    }

    fn recover(&self) {
        self.recover();
    }

    fn reset(&self) {
        self.reset();
    }
}

impl<M> fmt::Debug for Fake<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fake").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

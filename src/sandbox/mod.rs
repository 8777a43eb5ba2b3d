//! Fakes of all vendors, for tests and examples.
//!
//! Each fake is a state machine that follows the vendor's documents. A fake checks keys, methods, paths, required
//! fields, values and lengths, and the rules of its vendor: Pipwave's signature, RevCent's frozen fields, Spade's
//! fraud fields. A fake records the accepted writes ([`Fake::cases`]) and can fail on demand ([`Fake::fail_next`]).
//!
//! A sandbox runs in one of two ways:
//!
//! | Constructor | Transport | Use |
//! |---|---|---|
//! | [`Sandbox::start`] | HTTP servers on loopback | tests of an unchanged program |
//! | [`Sandbox::in_memory`] | a [`Transport`] without sockets | thousands of runs, paused clocks |
//!
//! Paused clocks do not work with sockets.
//!
//! ```
//! use chargeback::sandbox::Sandbox;
//! use chargeback::spade::WonMeans;
//! use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage, spade};
//! # use chrono::{TimeZone, Utc};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let time = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
//!
//! let sandbox = Sandbox::in_memory();
//! let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?;
//! let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::FraudCardAbsent, time)
//!     .vendor_payment(spade::ID, "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11")
//!     .build()?;
//! spade.report(&chargeback).await?;
//! assert_eq!(sandbox.spade().cases()[0].state["state"], "chargeback_pending");
//! # Ok(())
//! # }
//! ```
//!
//! With a paused clock, time limits and delays take no real time:
//!
//! ```
//! use chargeback::sandbox::{Fault, FaultKind, Sandbox};
//! use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
//! # use chrono::{TimeZone, Utc};
//!
//! // In a test: #[tokio::test(start_paused = true)]. Needs the feature `test-util` of tokio.
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let time = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
//! let sandbox = Sandbox::in_memory();
//! let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
//! let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, time)
//!     .gateway_transaction_id("gw-1")
//!     .build()?;
//! // RevCent creates the chargeback and sends no reply. The provider finds it by a lookup.
//! sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
//! let receipt = revcent.report(&chargeback).await?;
//! assert!(receipt.was_reconciled());
//! assert_eq!(sandbox.revcent().cases().len(), 1);
//! # Ok(())
//! # }
//! ```

mod bounded_log;
#[cfg(feature = "outbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "outbox")))]
pub mod conformance;
mod connectors;
mod credentials;
mod fake;
mod fault;
mod in_memory;
mod loopback;
mod machine;
mod maxmind;
mod pipwave;
mod ravelin;
mod recorded_case;
mod revcent;
mod riskified;
mod search_index;
mod seon;
mod sift;
mod spade;
mod test_clock;
mod thirdwatch;
mod tutelar;
mod wire;

use std::fmt;
use std::sync::Arc;

use wiremock::MockServer;

pub use self::credentials::{ACCOUNT_ID, API_KEY, API_SECRET, SHOP_DOMAIN, TOKEN};
pub use self::fake::{Fake, FakeVendor};
pub use self::fault::{Fault, FaultKind};
use self::in_memory::InMemoryTransport;
pub use self::maxmind::MaxMindFake;
pub use self::pipwave::PipwaveFake;
pub use self::ravelin::RavelinFake;
pub use self::recorded_case::RecordedCase;
pub use self::revcent::RevCentFake;
pub use self::riskified::RiskifiedFake;
pub use self::seon::SeonFake;
pub use self::sift::SiftFake;
pub use self::spade::SpadeFake;
pub use self::test_clock::TestClock;
pub use self::thirdwatch::ThirdwatchFake;
pub use self::tutelar::TutelarFake;
use crate::connector::Connector;
use crate::engine::{HttpProvider, HttpProviderBuilder, Transport};
use crate::model::ProviderId;
use crate::providers;

/// One fake of each vendor.
///
/// Sandboxes share no state. Dropping a sandbox stops its servers and deletes the recorded cases.
///
/// ```
/// use chargeback::sandbox::Sandbox;
/// use chargeback::spade::WonMeans;
/// use chargeback::tutelar::DefeatedMeans;
/// use chargeback::{Chargeback, Reason, Reporter, Stage, spade};
/// # use chrono::{TimeZone, Utc};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let time = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
///
/// let sandbox = Sandbox::in_memory();
/// let reporter = Reporter::builder()
///     .required(sandbox.connect(sandbox.thirdwatch_connector()).build()?)
///     .required(sandbox.connect(sandbox.revcent_connector()).build()?)
///     .required(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build()?)
///     .required(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?)
///     .required(sandbox.connect(sandbox.pipwave_connector()).build()?)
///     .build()?;
/// let contested = Chargeback::builder("CB-1", Stage::Contested, Reason::NotReceived, time)
///     .order_id("ORD_1")
///     .transaction_id("txn-1")
///     .gateway_transaction_id("gw-1")
///     .user_id("user-1")
///     .vendor_payment(spade::ID, "0b6d1f0e")
///     .build()?;
/// assert!(reporter.report(&contested).await.required_settled());
/// assert_eq!(sandbox.thirdwatch().cases()[0].state["_chargebackState"], "_disputed");
/// assert_eq!(sandbox.revcent().cases()[0].state["representment"]["initiated"], true);
/// assert_eq!(sandbox.tutelar().cases()[0].state["status"], "contested");
/// assert_eq!(sandbox.spade().cases()[0].state["state"], "chargeback_pending");
/// assert_eq!(sandbox.pipwave().cases()[0].state["stage"], "disputed");
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    thirdwatch: Fake<ThirdwatchFake>,
    revcent: Fake<RevCentFake>,
    tutelar: Fake<TutelarFake>,
    spade: Fake<SpadeFake>,
    pipwave: Fake<PipwaveFake>,
    maxmind: Fake<MaxMindFake>,
    sift: Fake<SiftFake>,
    ravelin: Fake<RavelinFake>,
    seon: Fake<SeonFake>,
    riskified: Fake<RiskifiedFake>,
    transport: Option<InMemoryTransport>,
    // A server stops when it is dropped.
    _servers: Vec<MockServer>,
}

impl Sandbox {
    /// Starts an HTTP server for each fake, on free loopback ports. The servers run until the sandbox is dropped.
    ///
    /// ```
    /// use chargeback::HttpProvider;
    /// use chargeback::sandbox::Sandbox;
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, chrono::Utc::now())
    /// #     .transaction_id("txn-1")
    /// #     .build()?;
    ///
    /// let sandbox = Sandbox::start().await;
    /// // The default transport reaches the servers.
    /// let pipwave = HttpProvider::new(sandbox.pipwave_connector())?;
    /// pipwave.report(&received).await?;
    /// assert_eq!(sandbox.pipwave().cases()[0].key, "txn-1");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start() -> Self {
        let mut servers = Vec::new();
        Self {
            thirdwatch: loopback::serve(ThirdwatchFake::default(), "/event", &mut servers).await,
            revcent: loopback::serve(RevCentFake::default(), "", &mut servers).await,
            tutelar: loopback::serve(TutelarFake::default(), "", &mut servers).await,
            spade: loopback::serve(SpadeFake::default(), "", &mut servers).await,
            pipwave: loopback::serve(PipwaveFake::default(), "", &mut servers).await,
            maxmind: loopback::serve(MaxMindFake::default(), "", &mut servers).await,
            sift: loopback::serve(SiftFake::default(), "", &mut servers).await,
            ravelin: loopback::serve(RavelinFake::default(), "", &mut servers).await,
            seon: loopback::serve(SeonFake::default(), "", &mut servers).await,
            riskified: loopback::serve(RiskifiedFake::default(), "", &mut servers).await,
            transport: None,
            _servers: servers,
        }
    }

    /// Creates the fakes behind an in-memory transport. Their base URLs end in `.invalid`.
    ///
    /// ```
    /// use chargeback::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// assert_eq!(sandbox.spade().base_url().as_str(), "https://spade.invalid");
    /// assert!(sandbox.transport().is_some());
    /// ```
    #[must_use]
    pub fn in_memory() -> Self {
        let sandbox = Self {
            thirdwatch: in_memory::fake(ThirdwatchFake::default(), "https://thirdwatch.invalid/event"),
            revcent: in_memory::fake(RevCentFake::default(), "https://revcent.invalid"),
            tutelar: in_memory::fake(TutelarFake::default(), "https://tutelar.invalid"),
            spade: in_memory::fake(SpadeFake::default(), "https://spade.invalid"),
            pipwave: in_memory::fake(PipwaveFake::default(), "https://pipwave.invalid"),
            maxmind: in_memory::fake(MaxMindFake::default(), "https://maxmind.invalid"),
            sift: in_memory::fake(SiftFake::default(), "https://sift.invalid"),
            ravelin: in_memory::fake(RavelinFake::default(), "https://ravelin.invalid"),
            seon: in_memory::fake(SeonFake::default(), "https://seon.invalid"),
            riskified: in_memory::fake(RiskifiedFake::default(), "https://riskified.invalid"),
            transport: None,
            _servers: Vec::new(),
        };
        let transport = InMemoryTransport::default()
            .with("thirdwatch.invalid", &sandbox.thirdwatch)
            .with("revcent.invalid", &sandbox.revcent)
            .with("tutelar.invalid", &sandbox.tutelar)
            .with("spade.invalid", &sandbox.spade)
            .with("pipwave.invalid", &sandbox.pipwave)
            .with("maxmind.invalid", &sandbox.maxmind)
            .with("sift.invalid", &sandbox.sift)
            .with("ravelin.invalid", &sandbox.ravelin)
            .with("seon.invalid", &sandbox.seon)
            .with("riskified.invalid", &sandbox.riskified);
        Self { transport: Some(transport), ..sandbox }
    }

    /// Returns a builder for a provider that sends to the fakes, on loopback or in memory.
    ///
    /// ```
    /// use chargeback::sandbox::Sandbox;
    /// use chargeback::{ChargebackProvider as _, RetryPolicy};
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let revcent = sandbox.connect(sandbox.revcent_connector()).retry(RetryPolicy::never()).build()?;
    /// assert_eq!(revcent.id(), chargeback::revcent::ID);
    /// # Ok::<(), chargeback::Error>(())
    /// ```
    pub fn connect<C: Connector>(&self, connector: C) -> HttpProviderBuilder<C> {
        let builder = HttpProvider::builder(connector);
        match self.transport() {
            Some(transport) => builder.transport(transport),
            None => builder,
        }
    }

    /// Returns the in-memory transport, for example to wrap it. Returns `None` on loopback.
    #[must_use]
    pub fn transport(&self) -> Option<Arc<dyn Transport>> {
        self.transport.clone().map(|transport| Arc::new(transport) as Arc<dyn Transport>)
    }

    /// Limits the number of cases in memory for each fake; see [`Fake::keep_last`].
    ///
    /// ```
    /// use chargeback::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// sandbox.keep_last(1_000); // for a run with many cases
    /// assert!(sandbox.revcent().cases().is_empty());
    /// ```
    pub fn keep_last(&self, cases: usize) {
        self.thirdwatch.keep_last(cases);
        self.revcent.keep_last(cases);
        self.tutelar.keep_last(cases);
        self.spade.keep_last(cases);
        self.pipwave.keep_last(cases);
        self.maxmind.keep_last(cases);
        self.sift.keep_last(cases);
        self.ravelin.keep_last(cases);
        self.seon.keep_last(cases);
        self.riskified.keep_last(cases);
    }

    /// Returns all fakes with the id of their vendor.
    ///
    /// ```
    /// use chargeback::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::in_memory();
    /// let names: Vec<String> = sandbox.fakes().map(|(vendor, _)| vendor.to_string()).collect();
    /// assert_eq!(names.len(), 10);
    /// ```
    pub fn fakes(&self) -> impl Iterator<Item = (ProviderId, &dyn FakeVendor)> {
        let fakes: [(ProviderId, &dyn FakeVendor); 10] = [
            (providers::thirdwatch::ID, &self.thirdwatch),
            (providers::revcent::ID, &self.revcent),
            (providers::tutelar::ID, &self.tutelar),
            (providers::spade::ID, &self.spade),
            (providers::pipwave::ID, &self.pipwave),
            (providers::maxmind::ID, &self.maxmind),
            (providers::sift::ID, &self.sift),
            (providers::ravelin::ID, &self.ravelin),
            (providers::seon::ID, &self.seon),
            (providers::riskified::ID, &self.riskified),
        ];
        fakes.into_iter()
    }

    /// Returns the fake Thirdwatch.
    #[must_use]
    pub const fn thirdwatch(&self) -> &Fake<ThirdwatchFake> {
        &self.thirdwatch
    }

    /// Returns the fake RevCent.
    #[must_use]
    pub const fn revcent(&self) -> &Fake<RevCentFake> {
        &self.revcent
    }

    /// Returns the fake Tutelar.
    #[must_use]
    pub const fn tutelar(&self) -> &Fake<TutelarFake> {
        &self.tutelar
    }

    /// Returns the fake Spade.
    #[must_use]
    pub const fn spade(&self) -> &Fake<SpadeFake> {
        &self.spade
    }

    /// Returns the fake Pipwave.
    #[must_use]
    pub const fn pipwave(&self) -> &Fake<PipwaveFake> {
        &self.pipwave
    }

    /// Returns the fake MaxMind.
    #[must_use]
    pub const fn maxmind(&self) -> &Fake<MaxMindFake> {
        &self.maxmind
    }

    /// Returns the fake Sift.
    #[must_use]
    pub const fn sift(&self) -> &Fake<SiftFake> {
        &self.sift
    }

    /// Returns the fake Ravelin.
    #[must_use]
    pub const fn ravelin(&self) -> &Fake<RavelinFake> {
        &self.ravelin
    }

    /// Returns the fake SEON.
    #[must_use]
    pub const fn seon(&self) -> &Fake<SeonFake> {
        &self.seon
    }

    /// Returns the fake Riskified.
    #[must_use]
    pub const fn riskified(&self) -> &Fake<RiskifiedFake> {
        &self.riskified
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("in_memory", &self.transport.is_some()).finish_non_exhaustive()
    }
}

//! The five vendors as fakes, for tests and examples: strict, stateful, and able to fail on demand.
//!
//! Each vendor is a state machine that holds requests to the vendor's documents: keys, methods, paths, required fields, words,
//! lengths, Pipwave's signature, RevCent's frozen fields, Spade's rules of fraud. It records what it was told
//! ([`Fake::cases`]) and plays faults ([`Fake::fail_next`]).
//!
//! There are two skins. [`Sandbox::start`] serves on loopback, so your program runs unchanged. [`Sandbox::in_memory`] is a
//! [`Transport`], for thousands of runs under a paused clock. (Paused clocks and sockets do
//! not mix.)
//!
//! ```
//! use chargeback::sandbox::Sandbox;
//! use chargeback::spade::WonMeans;
//! use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage, spade};
//! # use chrono::{TimeZone, Utc};
//! # let when = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let sandbox = Sandbox::in_memory();
//! let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?;
//! let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::FraudCardAbsent, when)
//!     .vendor_payment(spade::ID, "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11")
//!     .build()?;
//! spade.report(&chargeback).await?;
//! assert_eq!(sandbox.spade().cases()[0].state["state"], "chargeback_pending");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

//! A fault under a paused clock takes no time, however long the vendor is silent:
//!
//! ```
//! use chargeback::sandbox::{Fault, FaultKind, Sandbox};
//! use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
//! # use chrono::{TimeZone, Utc};
//! # let when = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
//!
//! // In a test: #[tokio::test(start_paused = true)], of tokio's feature `test-util`.
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?.block_on(async {
//! let sandbox = Sandbox::in_memory();
//! let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
//! let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, when)
//!     .gateway_transaction_id("gw-1")
//!     .build()?;
//! // The chargeback is created, and RevCent's answer never comes: it is looked up, and not created twice.
//! sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
//! let receipt = revcent.report(&chargeback).await?;
//! assert!(receipt.was_reconciled());
//! assert_eq!(sandbox.revcent().cases().len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bounded_log;
mod fake;
mod fault;
mod loopback;
mod memory;
mod pipwave;
mod revcent;
mod spade;
mod thirdwatch;
mod tutelar;
mod wire;

use std::fmt;
use std::sync::Arc;

use wiremock::MockServer;

pub use self::fake::{Fake, RecordedCase};
pub use self::fault::{Fault, FaultKind};
use self::memory::Memory;
pub use self::pipwave::PipwaveFake;
pub use self::revcent::RevCentFake;
pub use self::spade::SpadeFake;
pub use self::thirdwatch::ThirdwatchFake;
pub use self::tutelar::TutelarFake;
use crate::connector::Connector;
use crate::engine::{HttpProvider, HttpProviderBuilder, Transport};
use crate::providers::pipwave::{Environment as PipwaveEnvironment, Pipwave};
use crate::providers::revcent::RevCent;
use crate::providers::spade::{Environment as SpadeEnvironment, Spade, WonMeans};
use crate::providers::thirdwatch::{Environment as ThirdwatchEnvironment, Thirdwatch};
use crate::providers::tutelar::{DefeatedMeans, Tutelar};
use crate::util::secret::Secret;

/// The API key that every fake accepts, and no other.
pub const API_KEY: &str = "sandbox-key";
/// The secret that goes with it at Tutelar and Pipwave.
pub const API_SECRET: &str = "sandbox-secret";
/// The token that Tutelar's version 2 accepts until [`Fake::expire_token`].
pub const TOKEN: &str = "sandbox-token-1";

/// Five fakes, one of each vendor, with state of their own. It is dropped with all that they recorded.
pub struct Sandbox {
    thirdwatch: Fake<ThirdwatchFake>,
    revcent: Fake<RevCentFake>,
    tutelar: Fake<TutelarFake>,
    spade: Fake<SpadeFake>,
    pipwave: Fake<PipwaveFake>,
    memory: Option<Memory>,
    // The servers stop when they are dropped.
    _servers: Vec<MockServer>,
}

impl Sandbox {
    /// Five servers on loopback, each on a free port, until the sandbox is dropped.
    pub async fn start() -> Self {
        let mut servers = Vec::new();
        Self {
            thirdwatch: loopback::serve(ThirdwatchFake::default(), "/event", &mut servers).await,
            revcent: loopback::serve(RevCentFake::default(), "", &mut servers).await,
            tutelar: loopback::serve(TutelarFake::default(), "", &mut servers).await,
            spade: loopback::serve(SpadeFake::default(), "", &mut servers).await,
            pipwave: loopback::serve(PipwaveFake::default(), "", &mut servers).await,
            memory: None,
            _servers: servers,
        }
    }

    /// Five fakes behind a transport in memory, without sockets; for paused clocks. Their addresses end in `.invalid`.
    #[must_use]
    pub fn in_memory() -> Self {
        let sandbox = Self {
            thirdwatch: memory::fake(ThirdwatchFake::default(), "https://thirdwatch.invalid/event"),
            revcent: memory::fake(RevCentFake::default(), "https://revcent.invalid"),
            tutelar: memory::fake(TutelarFake::default(), "https://tutelar.invalid"),
            spade: memory::fake(SpadeFake::default(), "https://spade.invalid"),
            pipwave: memory::fake(PipwaveFake::default(), "https://pipwave.invalid"),
            memory: None,
            _servers: Vec::new(),
        };
        let memory = Memory::default()
            .with("thirdwatch.invalid", &sandbox.thirdwatch)
            .with("revcent.invalid", &sandbox.revcent)
            .with("tutelar.invalid", &sandbox.tutelar)
            .with("spade.invalid", &sandbox.spade)
            .with("pipwave.invalid", &sandbox.pipwave);
        Self { memory: Some(memory), ..sandbox }
    }

    /// A builder of a provider that reaches the fakes: through loopback, or in memory.
    pub fn connect<V: Connector>(&self, vendor: V) -> HttpProviderBuilder<V> {
        let builder = HttpProvider::builder(vendor);
        match self.transport() {
            Some(transport) => builder.transport(transport),
            None => builder,
        }
    }

    /// The transport of a sandbox in memory, to wrap or to share; `None` on loopback.
    #[must_use]
    pub fn transport(&self) -> Option<Arc<dyn Transport>> {
        self.memory.clone().map(|memory| Arc::new(memory) as Arc<dyn Transport>)
    }

    /// Makes every fake keep only so many cases, the latest: for runs of more than memory holds.
    pub fn keep_last(&self, cases: usize) {
        self.thirdwatch.keep_last(cases);
        self.revcent.keep_last(cases);
        self.tutelar.keep_last(cases);
        self.spade.keep_last(cases);
        self.pipwave.keep_last(cases);
    }

    /// The fake Thirdwatch: what it was told, and who is tagged, and its faults.
    #[must_use]
    pub const fn thirdwatch(&self) -> &Fake<ThirdwatchFake> {
        &self.thirdwatch
    }

    /// The fake RevCent: what it was told, and how late its search finds it, and its faults.
    #[must_use]
    pub const fn revcent(&self) -> &Fake<RevCentFake> {
        &self.revcent
    }

    /// The fake Tutelar: what it was told, and which token it accepts, and its faults.
    #[must_use]
    pub const fn tutelar(&self) -> &Fake<TutelarFake> {
        &self.tutelar
    }

    /// The fake Spade: what it was told of chargebacks and the rest, and its faults.
    #[must_use]
    pub const fn spade(&self) -> &Fake<SpadeFake> {
        &self.spade
    }

    /// The fake Pipwave: what it was told, and the status of payments, and its faults.
    #[must_use]
    pub const fn pipwave(&self) -> &Fake<PipwaveFake> {
        &self.pipwave
    }

    /// Thirdwatch, with the fake's address and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn thirdwatch_connector(&self) -> Thirdwatch {
        Thirdwatch::new(API_KEY, ThirdwatchEnvironment::Staging).base_url(self.thirdwatch.base_url().clone())
    }

    /// RevCent, with the fake's address and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn revcent_connector(&self) -> RevCent {
        RevCent::new(API_KEY).base_url(self.revcent.base_url().clone())
    }

    /// Tutelar's version 1, with the fake's address and keys, for [`connect`](Self::connect).
    #[must_use]
    pub fn tutelar_connector(&self, defeated_means: DefeatedMeans) -> Tutelar {
        Tutelar::v1(API_KEY, API_SECRET, defeated_means).base_url(self.tutelar.base_url().clone())
    }

    /// Tutelar's version 2, with the fake's address and first token ([`TOKEN`]), for [`connect`](Self::connect).
    #[must_use]
    pub fn tutelar_v2_connector(&self, defeated_means: DefeatedMeans) -> Tutelar {
        Tutelar::v2(Secret::from(TOKEN), defeated_means).base_url(self.tutelar.base_url().clone())
    }

    /// Spade, with the fake's address and key, for [`connect`](Self::connect).
    #[must_use]
    pub fn spade_connector(&self, won_means: WonMeans) -> Spade {
        Spade::new(API_KEY, SpadeEnvironment::EastSandbox, won_means).base_url(self.spade.base_url().clone())
    }

    /// Pipwave, with the fake's address, key and secret, for [`connect`](Self::connect).
    #[must_use]
    pub fn pipwave_connector(&self) -> Pipwave {
        Pipwave::new(API_KEY, API_SECRET, PipwaveEnvironment::Staging).base_url(self.pipwave.base_url().clone())
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("in_memory", &self.memory.is_some()).finish_non_exhaustive()
    }
}

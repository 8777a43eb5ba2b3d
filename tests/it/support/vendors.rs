//! All vendors of the sandbox, for tests that hold for each of them.

use std::sync::Arc;

use chargeback::connector::{BaseUrl, Connector};
use chargeback::maxmind::WonTag;
use chargeback::ravelin::{Alerts, UnclearReasons};
use chargeback::sandbox::{RecordedCase, Sandbox};
use chargeback::seon::WonLabel;
use chargeback::spade::WonMeans;
use chargeback::transport::Transport;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{HttpProvider, LossPolicy, RetryPolicy, Throttled, Timeouts};

/// The settings of a provider. Default: those of the sandbox.
#[derive(Default)]
pub struct Setup {
    pub transport: Option<Arc<dyn Transport>>,
    pub retry: RetryPolicy,
    pub timeouts: Timeouts,
    pub losses: LossPolicy,
}

impl Setup {
    /// Builds a provider for a fake of this sandbox.
    pub fn build<C: Connector>(&self, sandbox: &Sandbox, connector: C) -> HttpProvider<C> {
        let builder = sandbox.connect(connector).retry(self.retry).timeouts(self.timeouts);
        let builder = builder.losses(self.losses.clone());
        match &self.transport {
            Some(transport) => builder.transport(Arc::clone(transport)).build().unwrap(),
            None => builder.build().unwrap(),
        }
    }
}

/// A vendor of the sandbox.
#[derive(Clone, Copy)]
pub struct Vendor {
    pub name: &'static str,
    /// The path of the API at the vendor's host.
    pub path: &'static str,
    pub is_idempotent: bool,
    connect: fn(&Sandbox, Option<BaseUrl>, &Setup) -> Box<dyn Throttled>,
    cases: fn(&Sandbox) -> Vec<RecordedCase>,
}

impl Vendor {
    /// Builds a provider for the fake, or for a server at this address.
    pub fn connect(&self, sandbox: &Sandbox, base: Option<BaseUrl>, setup: &Setup) -> Box<dyn Throttled> {
        (self.connect)(sandbox, base, setup)
    }

    /// The cases that the fake has recorded.
    pub fn cases(&self, sandbox: &Sandbox) -> Vec<RecordedCase> {
        (self.cases)(sandbox)
    }
}

macro_rules! vendor {
    ($name:ident $path:literal, idempotent: $idempotent:literal, |$sandbox:ident| $connector:expr) => {
        Vendor {
            name: stringify!($name),
            path: $path,
            is_idempotent: $idempotent,
            connect: |$sandbox, base, setup| {
                let connector = base.into_iter().fold($connector, |connector, base| connector.base_url(base));
                Box::new(setup.build($sandbox, connector))
            },
            cases: |sandbox| sandbox.$name().cases(),
        }
    };
}

/// All vendors, in the order of the documentation.
pub const VENDORS: [Vendor; 10] = [
    vendor!(thirdwatch "/event", idempotent: true, |s| s.thirdwatch_connector()),
    vendor!(revcent "", idempotent: false, |s| s.revcent_connector()),
    vendor!(tutelar "", idempotent: true, |s| s.tutelar_connector(DefeatedMeans::MerchantWon)),
    vendor!(spade "", idempotent: true, |s| s.spade_connector(WonMeans::MerchantWon)),
    vendor!(pipwave "", idempotent: false, |s| s.pipwave_connector()),
    vendor!(maxmind "", idempotent: true, |s| s.maxmind_connector(WonTag::Clear)),
    vendor!(sift "", idempotent: true, |s| s.sift_connector()),
    vendor!(ravelin "", idempotent: true, |s| s.ravelin_connector(Alerts::Refuse, UnclearReasons::LeaveOut)),
    vendor!(seon "", idempotent: true, |s| s.seon_connector(WonLabel::FalseAlert)),
    vendor!(riskified "", idempotent: true, |s| s.riskified_connector()),
];

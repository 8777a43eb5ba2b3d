//! The subjects of the tests: a new provider of each kind, with a fake vendor.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::maxmind::WonTag;
use chargeback::ravelin::{Alerts, UnclearReasons};
use chargeback::sandbox::{Fake, Fault, FaultKind, Sandbox};
use chargeback::seon::WonLabel;
use chargeback::spade::WonMeans;
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Chargeback, ChargebackProvider, HttpProvider, Reason, Secret, Stage, async_trait};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::custom_connector::Acme;
use crate::support::plain;

/// A provider, its fake vendor, and the requests that the vendor received.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) provider: Box<dyn ChargebackProvider>,
    pub(super) vendor: Box<dyn VendorSide>,
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Subject {
    pub(super) fn sent(&self) -> Vec<Request<Bytes>> {
        self.sent.lock().unwrap().clone()
    }

    /// The shared list of requests, for a gate that runs between them.
    pub(super) fn requests(&self) -> Arc<Mutex<Vec<Request<Bytes>>>> {
        Arc::clone(&self.sent)
    }

    pub(super) fn forget(&self) {
        self.sent.lock().unwrap().clear();
    }

    pub(super) fn remember(&self, sent: Vec<Request<Bytes>>) {
        self.sent.lock().unwrap().splice(0..0, sent);
    }
}

/// The fake vendor.
pub(super) trait VendorSide: Send + Sync {
    /// The number of requests that it has processed.
    fn acted(&self) -> u64;
    /// Its records, as JSON.
    fn holds(&self) -> Vec<Value>;
    /// Plays a fault on the next request that writes.
    fn fail_next_write(&self, fault: Fault);
    /// Sets the payment to a state in which the vendor accepts the stage.
    fn prepare(&self, stage: Stage);
}

/// Records requests and passes them on.
#[derive(Debug, Clone)]
struct Recorder {
    inner: Arc<dyn Transport>,
    requests: Arc<Mutex<Vec<Request<Bytes>>>>,
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        self.requests.lock().unwrap().push(request.clone());
        self.inner.send(request, limits).await
    }
}

fn subject<V: Connector>(
    name: &'static str,
    vendor: V,
    transport: Arc<dyn Transport>,
    vendor_side: impl VendorSide + 'static,
) -> Subject {
    let sent = Arc::default();
    let recorder = Recorder { inner: transport, requests: Arc::clone(&sent) };
    let provider = HttpProvider::builder(vendor).transport(recorder).build().unwrap();
    Subject { name, provider: Box::new(provider), vendor: Box::new(vendor_side), sent }
}

/// A fake vendor of the sandbox.
struct Sandboxed {
    sandbox: Sandbox,
    pick: fn(&Sandbox) -> &dyn FakeVendor,
}

/// The operations that all fakes of the sandbox have.
trait FakeVendor {
    fn acted(&self) -> u64;
    fn holds(&self) -> Vec<Value>;
    fn fail_where(&self, applies: fn(&Request<Bytes>) -> bool, fault: Fault);
}

macro_rules! impl_fake_vendor {
    ($($Fake:ident),+) => { $(
        impl FakeVendor for Fake<chargeback::sandbox::$Fake> {
            fn acted(&self) -> u64 {
                Fake::acted(self)
            }
            fn holds(&self) -> Vec<Value> {
                self.cases().into_iter().map(|case| case.state).collect()
            }
            fn fail_where(&self, applies: fn(&Request<Bytes>) -> bool, fault: Fault) {
                self.fail_next_if(applies, fault);
            }
        }
    )+ };
}
impl_fake_vendor!(
    ThirdwatchFake,
    RevCentFake,
    TutelarFake,
    SpadeFake,
    PipwaveFake,
    MaxMindFake,
    SiftFake,
    RavelinFake,
    SeonFake,
    RiskifiedFake
);

pub(super) fn writes(request: &Request<Bytes>) -> bool {
    // Pipwave's only read is also a POST.
    let is_write = request.method() == "POST" || request.method() == "PUT";
    is_write && !String::from_utf8_lossy(request.body()).contains("\"requery\"")
}

impl VendorSide for Sandboxed {
    fn acted(&self) -> u64 {
        (self.pick)(&self.sandbox).acted()
    }

    fn holds(&self) -> Vec<Value> {
        (self.pick)(&self.sandbox).holds()
    }

    fn fail_next_write(&self, fault: Fault) {
        (self.pick)(&self.sandbox).fail_where(writes, fault);
    }

    fn prepare(&self, stage: Stage) {
        let status = match stage {
            Stage::Won | Stage::Withdrawn | Stage::Closed => 13,
            Stage::Reversed => 15,
            _ => 10,
        };
        for payment in ["txn-1", "canary-transaction-id"] {
            self.sandbox.pipwave().set_payment(payment, status);
        }
    }
}

/// Acme, of `examples/custom_connector.rs`.
#[derive(Debug, Clone, Default)]
struct AcmeServer {
    state: Arc<Mutex<AcmeState>>,
}

#[derive(Debug, Default)]
struct AcmeState {
    phases: HashMap<String, Value>,
    faults: Vec<Fault>,
    acted: u64,
}

#[async_trait]
impl Transport for AcmeServer {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let path = request.uri().path().to_owned();
        assert_eq!(request.headers()["x-acme-key"], "k-1");
        let (reply, fault) = {
            let mut state = self.state.lock().unwrap();
            let fault = if request.method() == "POST" { state.faults.pop() } else { None };
            let before = |kind: FaultKind| fault == Some(Fault::before_acting(kind));
            if before(FaultKind::Unreachable) {
                return Err(TransportFailure::new(FailurePhase::NotSent));
            }
            if before(FaultKind::Rejection) {
                return Ok(Response::builder().status(400).body(Bytes::new()).unwrap());
            }
            if !before(FaultKind::Reset) && !before(FaultKind::Silence) {
                state.acted += 1;
                if request.method() == "POST" {
                    state.phases.insert(path.clone(), serde_json::from_slice(request.body()).unwrap());
                }
            }
            (state.phases.get(&path).cloned().unwrap_or(json!({})), fault)
        };
        match fault {
            None => Ok(Response::new(Bytes::from(reply.to_string()))),
            Some(fault) if format!("{fault:?}").contains("Silence") => std::future::pending().await,
            Some(_) => Err(TransportFailure::new(FailurePhase::MaybeSent)),
        }
    }
}

impl VendorSide for AcmeServer {
    fn acted(&self) -> u64 {
        self.state.lock().unwrap().acted
    }

    fn holds(&self) -> Vec<Value> {
        self.state.lock().unwrap().phases.values().cloned().collect()
    }

    fn fail_next_write(&self, fault: Fault) {
        self.state.lock().unwrap().faults.insert(0, fault);
    }

    fn prepare(&self, _: Stage) {}
}

fn sandboxed<V: Connector>(
    name: &'static str,
    pick: fn(&Sandbox) -> &dyn FakeVendor,
    vendor: impl FnOnce(&Sandbox) -> V,
) -> Subject {
    let sandbox = Sandbox::in_memory();
    let (vendor, transport) = (vendor(&sandbox), sandbox.transport().unwrap());
    subject(name, vendor, transport, Sandboxed { sandbox, pick })
}

/// One new subject of each kind.
pub(super) fn subjects() -> Vec<Subject> {
    let acme = Acme { base_url: "https://acme.invalid".parse().unwrap(), key: Secret::from("k-1") };
    let vendor_side = AcmeServer::default();
    vec![
        sandboxed("thirdwatch", |s| s.thirdwatch(), |s| s.thirdwatch_connector().tag_after_fraud()),
        sandboxed("revcent", |s| s.revcent(), Sandbox::revcent_connector),
        sandboxed("tutelar", |s| s.tutelar(), |s| s.tutelar_connector(DefeatedMeans::MerchantWon)),
        sandboxed("tutelar v2", |s| s.tutelar(), |s| s.tutelar_v2_connector(DefeatedMeans::MerchantLost)),
        sandboxed("spade", |s| s.spade(), |s| s.spade_connector(WonMeans::IssuerWon)),
        sandboxed("pipwave", |s| s.pipwave(), Sandbox::pipwave_connector),
        sandboxed("maxmind", |s| s.maxmind(), |s| s.maxmind_connector(WonTag::Clear)),
        sandboxed("sift", |s| s.sift(), Sandbox::sift_connector),
        sandboxed("ravelin", |s| s.ravelin(), |s| s.ravelin_connector(Alerts::Send, UnclearReasons::LeaveOut)),
        sandboxed("seon", |s| s.seon(), |s| s.seon_connector(WonLabel::FalseAlert)),
        sandboxed("riskified", |s| s.riskified(), Sandbox::riskified_connector),
        subject("acme", acme, Arc::new(vendor_side.clone()), vendor_side),
    ]
}

/// A chargeback at this stage, with a representment where the stage requires one.
pub(super) fn case_at(stage: Stage, reason: Reason) -> Chargeback {
    let mut builder = plain("case-1", stage, reason);
    if matches!(stage, Stage::Won | Stage::Lost | Stage::Reversed) {
        builder = builder.representment(chargeback::Representment::initiated());
    }
    builder.build().unwrap()
}

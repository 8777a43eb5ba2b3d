//! What every provider must do, asked through `&dyn ChargebackProvider` alone: the five vendors, Tutelar's second version,
//! and a vendor from outside the crate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chargeback::sandbox::{Fake, Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::transport::{Failure, Limits, Phase, Transport};
use chargeback::tutelar::DefeatedMeans;
use chargeback::vendor::Vendor;
use chargeback::{
    Carriage, Chargeback, ChargebackProvider, Delivery, Error, Fidelity, Field, HttpProvider, LossKind, ProviderId,
    Reason, Secret, Stage, async_trait,
};
use http::{Request, Response};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::custom_vendor::Acme;
use crate::support::{at, full, plain};

/// A provider, the vendor behind it, and what that vendor was sent.
struct Subject {
    name: &'static str,
    provider: Box<dyn ChargebackProvider>,
    vendor: Box<dyn World>,
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Subject {
    fn sent(&self) -> Vec<Request<Bytes>> {
        self.sent.lock().unwrap().clone()
    }

    fn forget(&self) {
        self.sent.lock().unwrap().clear();
    }
}

/// The vendor's side.
trait World: Send + Sync {
    /// How many requests it has worked on.
    fn acted(&self) -> u64;
    /// What it holds, in its own words.
    fn holds(&self) -> Vec<Value>;
    /// Plays a fault on the next request that writes.
    fn fail_next_write(&self, fault: Fault);
    /// Brings the payment into a state in which the vendor allows the stage.
    fn prepare(&self, stage: Stage);
}

/// Keeps what passes through.
#[derive(Debug, Clone)]
struct Recorder {
    inner: Arc<dyn Transport>,
    requests: Arc<Mutex<Vec<Request<Bytes>>>>,
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>, limits: &Limits) -> Result<Response<Bytes>, Failure> {
        self.requests.lock().unwrap().push(request.clone());
        self.inner.send(request, limits).await
    }
}

fn subject<V: Vendor>(
    name: &'static str,
    vendor: V,
    transport: Arc<dyn Transport>,
    world: impl World + 'static,
) -> Subject {
    let sent = Arc::default();
    let recorder = Recorder { inner: transport, requests: Arc::clone(&sent) };
    let provider = HttpProvider::builder(vendor).transport(recorder).build().unwrap();
    Subject { name, provider: Box::new(provider), vendor: Box::new(world), sent }
}

/// A vendor of the sandbox.
struct Sandboxed {
    sandbox: Sandbox,
    pick: fn(&Sandbox) -> &dyn Faked,
}

/// The fakes, whichever vendor they play.
trait Faked {
    fn acted(&self) -> u64;
    fn holds(&self) -> Vec<Value>;
    fn fail_where(&self, applies: fn(&Request<Bytes>) -> bool, fault: Fault);
}

macro_rules! faked {
    ($($Fake:ident),+) => { $(
        impl Faked for Fake<chargeback::sandbox::$Fake> {
            fn acted(&self) -> u64 {
                Fake::acted(self)
            }
            fn holds(&self) -> Vec<Value> {
                self.cases().into_iter().map(|case| case.state).collect()
            }
            fn fail_where(&self, applies: fn(&Request<Bytes>) -> bool, fault: Fault) {
                self.fail_next_where(applies, fault);
            }
        }
    )+ };
}
faked!(ThirdwatchFake, RevCentFake, TutelarFake, SpadeFake, PipwaveFake);

fn writes(request: &Request<Bytes>) -> bool {
    // Pipwave's one read is a POST too.
    request.method() == "POST" && !String::from_utf8_lossy(request.body()).contains("\"requery\"")
}

impl World for Sandboxed {
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

/// Acme, of `examples/custom_vendor.rs`.
#[derive(Debug, Clone, Default)]
struct AcmeWorld {
    state: Arc<Mutex<AcmeState>>,
}

#[derive(Debug, Default)]
struct AcmeState {
    phases: HashMap<String, Value>,
    faults: Vec<Fault>,
    acted: u64,
}

#[async_trait]
impl Transport for AcmeWorld {
    async fn send(&self, request: Request<Bytes>, _: &Limits) -> Result<Response<Bytes>, Failure> {
        let path = request.uri().path().to_owned();
        assert_eq!(request.headers()["x-acme-key"], "k-1");
        let (reply, fault) = {
            let mut state = self.state.lock().unwrap();
            let fault = if request.method() == "POST" { state.faults.pop() } else { None };
            let before = |kind: FaultKind| fault == Some(Fault::before_acting(kind));
            if before(FaultKind::Unreachable) {
                return Err(Failure::new(Phase::NotSent));
            }
            if before(FaultKind::Refusal) {
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
            Some(_) => Err(Failure::new(Phase::MaybeSent)),
        }
    }
}

impl World for AcmeWorld {
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

fn sandboxed<V: Vendor>(
    name: &'static str,
    pick: fn(&Sandbox) -> &dyn Faked,
    vendor: impl FnOnce(&Sandbox) -> V,
) -> Subject {
    let sandbox = Sandbox::in_memory();
    let (vendor, transport) = (vendor(&sandbox), sandbox.transport().unwrap());
    subject(name, vendor, transport, Sandboxed { sandbox, pick })
}

/// A fresh one of each.
fn subjects() -> Vec<Subject> {
    let acme = Acme { base: "https://acme.invalid".parse().unwrap(), key: Secret::from("k-1") };
    let world = AcmeWorld::default();
    vec![
        sandboxed("thirdwatch", |s| s.thirdwatch(), |s| s.thirdwatch_vendor().tag_after_fraud()),
        sandboxed("revcent", |s| s.revcent(), Sandbox::revcent_vendor),
        sandboxed("tutelar", |s| s.tutelar(), |s| s.tutelar_vendor(DefeatedMeans::MerchantWon)),
        sandboxed("tutelar v2", |s| s.tutelar(), |s| s.tutelar_v2_vendor(DefeatedMeans::MerchantLost)),
        sandboxed("spade", |s| s.spade(), |s| s.spade_vendor(WonMeans::IssuerWon)),
        sandboxed("pipwave", |s| s.pipwave(), Sandbox::pipwave_vendor),
        subject("acme", acme, Arc::new(world.clone()), world),
    ]
}

/// A chargeback of this stage that every vendor could be told, and was contested where the stage says so.
fn of(stage: Stage, reason: Reason) -> Chargeback {
    let mut builder = plain("case-1", stage, reason);
    if matches!(stage, Stage::Won | Stage::Lost | Stage::Reversed) {
        builder = builder.representment(chargeback::Representment::initiated());
    }
    builder.build().unwrap()
}

/// A stage that every one of them can be told.
const COMMON: Stage = Stage::Contested;

#[test]
fn the_trait_is_object_safe_and_its_futures_can_be_sent() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    fn anywhere<T: Send + Sync + std::fmt::Debug + 'static>(_: &T) {}
    for subject in subjects() {
        let provider: Box<dyn ChargebackProvider> = subject.provider;
        anywhere(&provider);
        let chargeback = of(COMMON, Reason::Other);
        drop(sendable(provider.report(&chargeback)));
        let shared: Arc<dyn ChargebackProvider> = Arc::from(provider);
        anywhere(&shared);
    }
}

#[test]
fn each_has_a_name_of_its_own() {
    let mut ids: Vec<ProviderId> = subjects().iter().map(|subject| subject.provider.id()).collect();
    ids.dedup();
    assert_eq!(
        ids.iter().map(ProviderId::as_str).collect::<Vec<_>>(),
        ["thirdwatch", "revcent", "tutelar", "spade", "pipwave", "acme"]
    );
}

#[tokio::test(start_paused = true)]
async fn stages_are_said_as_the_capabilities_say() {
    for &stage in Stage::ALL {
        for subject in subjects() {
            subject.vendor.prepare(stage);
            let what = format!("{} {stage}", subject.name);
            let expression = subject.provider.capabilities().stage(stage).clone();
            let chargeback = of(stage, Reason::FraudOther);
            let (plan, result) = (subject.provider.plan(&chargeback), subject.provider.report(&chargeback).await);
            if expression.fidelity() == Fidelity::Refused {
                for error in [plan.err(), result.err()] {
                    let error = error.unwrap_or_else(|| panic!("{what} is said although it cannot be"));
                    assert!(
                        matches!(&error, Error::Unsupported(error) if error.field() == Field::Stage),
                        "{what}: {error}"
                    );
                    assert_eq!(error.delivery(), Delivery::NotSent, "{what}");
                }
                assert!(subject.sent().is_empty(), "{what}: something was sent");
                continue;
            }
            let (plan, receipt) = (plan.unwrap(), result.unwrap_or_else(|error| panic!("{what}: {error}")));
            assert_eq!((plan.stage_word(), receipt.stage_word()), (expression.word(), expression.word()), "{what}");
            assert_eq!(plan.losses(), receipt.losses(), "{what}");
            let lost = receipt.losses().iter().any(|loss| loss.field() == Field::Stage);
            assert_eq!(lost, expression.fidelity() == Fidelity::Lossy, "{what}");
            assert!(receipt.is_complete() && receipt.wrote(), "{what}");
            assert_eq!(subject.vendor.holds().len(), 1, "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn reasons_are_said_as_the_capabilities_say() {
    for reason in Reason::KNOWN.iter().cloned().chain([Reason::Unknown("buyer's remorse".into())]) {
        for subject in subjects() {
            let what = format!("{} {reason:?}", subject.name);
            let expression = subject.provider.capabilities().reason(&reason).clone();
            let receipt = subject.provider.report(&of(COMMON, reason.clone())).await.unwrap();
            let lost = receipt.losses().iter().any(|loss| loss.field() == Field::Reason);
            // An unknown reason is said as "other", and that is a loss wherever "other" is a word.
            let unknown = matches!(reason, Reason::Unknown(_));
            assert_eq!(lost, unknown || expression.fidelity() == Fidelity::Lossy, "{what}: {:?}", receipt.losses());
            assert_eq!(receipt.reason_word(), expression.word(), "{what}");
        }
    }
}

/// Where the text of a field would be seen.
fn canary(field: Field) -> Option<&'static str> {
    match field {
        Field::Stage | Field::Reason => None,
        Field::CaseId => Some("canary-case-id"),
        Field::OccurredAt => Some("2026-10-06T06:30:00Z"),
        Field::NetworkCode => Some("canary-code"),
        Field::Amount => Some("987654.321"),
        Field::Currency => Some("KWD"),
        Field::OrderId => Some("canary-order-id"),
        Field::TransactionId => Some("canary-transaction-id"),
        Field::GatewayTransactionId => Some("canary-gateway-id"),
        Field::UserId => Some("canary-user-id"),
        Field::SessionId => Some("canary-session-id"),
        Field::OpenedAt => Some("2026-10-01T01:30:00Z"),
        Field::ReceivedAt => Some("2026-10-02T02:30:00Z"),
        Field::DueBy => Some("2026-10-28T23:30:00Z"),
        Field::Processor => Some("canary-processor"),
        Field::Arn => Some("canary-arn"),
        Field::CaseNumber => Some("canary-case-number"),
        Field::Notes => Some("canary-notes"),
        Field::Metadata => Some("canary-value"),
        Field::Fraud => Some("canary-fraud-notes"),
        Field::Representment => Some("2026-10-05T14:30:00Z"),
        new => panic!("{new} has no canary"),
    }
}

#[tokio::test(start_paused = true)]
async fn every_field_is_sent_or_among_the_losses_and_never_both() {
    for subject in subjects() {
        let chargeback = full(COMMON, Reason::FraudOther).build().unwrap();
        let receipt = subject.provider.report(&chargeback).await.unwrap();
        let shown = |request: &Request<Bytes>| format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
        let sent = subject.sent().iter().filter(|request| writes(request)).map(shown).collect::<Vec<_>>().join("\n");
        for field in chargeback.fields() {
            let Some(canary) = canary(field) else { continue };
            let what = format!("{} {field}", subject.name);
            let losses: Vec<LossKind> =
                receipt.losses().iter().filter(|loss| loss.field() == field).map(chargeback::Loss::kind).collect();
            assert_eq!(sent.contains(canary), !losses.contains(&LossKind::Dropped), "{what}: {losses:?} in {sent}");
            match subject.provider.capabilities().field(field) {
                Carriage::Dropped => assert_eq!(losses, [LossKind::Dropped], "{what}"),
                Carriage::Noted => assert!(losses.contains(&LossKind::Noted), "{what}"),
                _ => {}
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_needs_is_asked_for_and_nothing_is_sent() {
    for subject in subjects() {
        let foreign = ProviderId::from_static("somebody-else");
        let chargeback = Chargeback::builder("case-1", COMMON, Reason::Other, at(3, 9))
            .vendor_payment(foreign, "x")
            .build()
            .unwrap();
        for error in [subject.provider.plan(&chargeback).err(), subject.provider.report(&chargeback).await.err()] {
            let Some(Error::Invalid(error)) = error else { panic!("{}: {error:?}", subject.name) };
            assert!(!error.violations().is_empty());
            assert_eq!(error.provider(), Some(&subject.provider.id()));
        }
        assert!(subject.sent().is_empty(), "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn the_plan_is_what_is_sent() {
    for subject in subjects() {
        let chargeback = of(COMMON, Reason::FraudOther);
        let plan = subject.provider.plan(&chargeback).unwrap();
        assert!(subject.sent().is_empty(), "{}: a plan sends nothing", subject.name);
        let planned = plan.steps()[0].request().unwrap();
        let _ = subject.provider.report(&chargeback).await.unwrap();
        let sent = &subject.sent()[0];
        assert_eq!((planned.method(), planned.url()), (sent.method().as_str(), sent.uri().to_string().as_str()));
        let value = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or_default();
        let (mut planned_body, mut sent_body) = (value(planned.body().as_bytes()), value(sent.body()));
        for body in [&mut planned_body, &mut sent_body] {
            for secret in ["api_key", "signature", "timestamp"] {
                if let Some(body) = body.as_object_mut() {
                    body.remove(secret);
                }
            }
        }
        assert_eq!(planned_body, sent_body, "{}", subject.name);
        for word in [chargeback::sandbox::API_KEY, chargeback::sandbox::API_SECRET, chargeback::sandbox::TOKEN, "k-1"] {
            assert!(!plan.to_text().contains(word), "{}: {word}", subject.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_sent_is_tried_again_and_said_so() {
    for subject in subjects() {
        for _ in 0..3 {
            subject.vendor.fail_next_write(Fault::before_acting(FaultKind::Unreachable));
        }
        let receipt = subject.provider.report(&of(COMMON, Reason::FraudOther)).await.unwrap();
        assert!(!receipt.was_read_back(), "{}", subject.name);
        assert_eq!(subject.vendor.holds().len(), 1, "{}", subject.name);
    }
    for subject in subjects() {
        for _ in 0..4 {
            subject.vendor.fail_next_write(Fault::before_acting(FaultKind::Unreachable));
        }
        let error = subject.provider.report(&of(COMMON, Reason::FraudOther)).await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{}: {error}", subject.name);
        assert_eq!((error.delivery(), error.is_retryable()), (Delivery::NotSent, true), "{}", subject.name);
        assert_eq!(error.provider(), Some(&subject.provider.id()));
        assert!(subject.vendor.holds().is_empty());
        // And it can be reported again.
        assert!(subject.provider.report(&of(COMMON, Reason::FraudOther)).await.is_ok(), "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final_and_the_vendor_did_not_act() {
    for subject in subjects() {
        subject.vendor.fail_next_write(Fault::before_acting(FaultKind::Refusal));
        let error = subject.provider.report(&of(COMMON, Reason::FraudOther)).await.unwrap_err();
        assert_eq!((error.delivery(), error.is_retryable()), (Delivery::Rejected, false), "{}: {error}", subject.name);
        assert_eq!(subject.sent().iter().filter(|request| writes(request)).count(), 1, "{}", subject.name);
        assert!(subject.vendor.holds().is_empty(), "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_lost_on_the_way_back_is_recovered_and_the_vendor_holds_it_once() {
    for kind in [FaultKind::Reset, FaultKind::Silence] {
        for subject in subjects() {
            let start = Instant::now();
            subject.vendor.fail_next_write(Fault::after_acting(kind.clone()));
            let receipt = subject.provider.report(&of(COMMON, Reason::FraudOther)).await;
            let receipt = receipt.unwrap_or_else(|error| panic!("{} {kind:?}: {error}", subject.name));
            assert!(receipt.is_complete());
            assert_eq!(subject.vendor.holds().len(), 1, "{} {kind:?}", subject.name);
            assert!(start.elapsed() < Duration::from_secs(45));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_lost_on_the_way_is_told_again_or_unknown_but_never_claimed() {
    for kind in [FaultKind::Reset, FaultKind::Silence] {
        for subject in subjects() {
            let start = Instant::now();
            subject.vendor.fail_next_write(Fault::before_acting(kind.clone()));
            match subject.provider.report(&of(COMMON, Reason::FraudOther)).await {
                Ok(_) => assert_eq!(subject.vendor.holds().len(), 1, "{} {kind:?}", subject.name),
                Err(error) => {
                    assert_eq!(error.delivery(), Delivery::Unknown, "{} {kind:?}: {error}", subject.name);
                    assert!(subject.vendor.holds().is_empty());
                }
            }
            assert!(start.elapsed() <= Duration::from_secs(45));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_report_twice_is_no_error_and_no_second_case() {
    for subject in subjects() {
        let chargeback = of(COMMON, Reason::FraudOther);
        let first = subject.provider.report(&chargeback).await.unwrap();
        let second = subject.provider.report(&chargeback).await.unwrap();
        assert_eq!(first.stage_word(), second.stage_word());
        assert_eq!(first.vendor_case(), second.vendor_case());
        assert_eq!(subject.vendor.holds().len(), 1, "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn reports_of_one_case_stay_in_order() {
    for subject in subjects() {
        let provider: Arc<dyn ChargebackProvider> = Arc::from(subject.provider);
        let (early, late) = (of(Stage::Contested, Reason::FraudOther), of(Stage::Lost, Reason::FraudOther));
        // The first one is slow; the second is asked for while it runs.
        subject.vendor.fail_next_write(Fault::after_acting(FaultKind::Reset));
        let first = tokio::spawn({
            let provider = Arc::clone(&provider);
            async move { provider.report(&early).await.map(|receipt| receipt.stage_word().to_owned()) }
        });
        tokio::task::yield_now().await;
        let second = provider.report(&late).await.unwrap();
        assert!(first.is_finished(), "{}: the second overtook the first", subject.name);
        first.await.unwrap().unwrap();
        let held = subject.vendor.holds();
        assert_eq!(held.len(), 1, "{}", subject.name);
        let last = held[0].to_string();
        let word = second.stage_word().split(' ').next_back().unwrap();
        assert!(last.contains(word), "{}: {last} is not {word}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn errors_are_one_line_and_chains_do_not_repeat() {
    let faults = [
        Fault::before_acting(FaultKind::Unreachable),
        Fault::before_acting(FaultKind::Refusal),
        Fault::before_acting(FaultKind::Reset),
        Fault::before_acting(FaultKind::Silence),
    ];
    for fault in faults {
        for subject in subjects() {
            for _ in 0..8 {
                subject.vendor.fail_next_write(fault.clone());
            }
            let error = subject.provider.report(&of(COMMON, Reason::FraudOther)).await.unwrap_err();
            let mut lines = vec![error.to_string()];
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                lines.push(inner.to_string());
                source = inner.source();
            }
            assert!(lines.iter().all(|line| !line.contains('\n') && !line.is_empty()), "{lines:?}");
            assert!(lines[0].starts_with(subject.provider.id().as_str()), "{lines:?}");
            for (i, line) in lines.iter().enumerate() {
                assert!(!lines[..i].iter().any(|before| before.contains(line.as_str())), "{}: {lines:?}", subject.name);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn subjects_are_what_they_seem() {
    for subject in subjects() {
        let _ = subject.provider.report(&of(COMMON, Reason::FraudOther)).await.unwrap();
        assert!(subject.vendor.acted() >= 1, "{}", subject.name);
        assert!(!subject.sent().is_empty());
        subject.forget();
        assert!(subject.sent().is_empty());
    }
}

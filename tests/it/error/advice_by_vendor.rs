//! The next step after each fault at each vendor.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::pipwave::{self, Pipwave};
use chargeback::revcent::{CreateChargeback, FirstReport, RevCent};
use chargeback::sandbox::Sandbox;
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::{
    Advice, Chargeback, ChargebackProvider, Delivery, Error, ErrorKind, Field, HttpProvider, LookupState, LossPolicy,
    OpenGate, Reason, ReportContext, Reporter, RetryPolicy, Stage, async_trait,
};
use http::{Request, Response};

use super::{at_stage, once, spade_connector};
use crate::support::vendors::{self, VENDORS};
use crate::support::{Answer, Events, Play, Script, TRANSACTION, TestGate, at, full};

/// A fault of a request.
#[derive(Debug, Clone)]
enum Fault {
    Play(Play),
    /// The time for connecting passes, so nothing is sent.
    ConnectTimeout,
}

use Fault::ConnectTimeout;

fn status(status: u16) -> Fault {
    Fault::Play(Play::json(status, "{}"))
}

/// A transport in front of the sandbox: writes and reads end in these faults, if any. The vendor does not act.
#[derive(Debug)]
struct Faulty {
    sandbox: Arc<dyn Transport>,
    write: Option<Fault>,
    read: Option<Fault>,
}

#[async_trait]
impl Transport for Faulty {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        // Pipwave also reads by POST.
        let is_read = request.method() == "GET" || String::from_utf8_lossy(request.body()).contains("\"requery\"");
        let is_write = !is_read;
        match if is_write { &self.write } else { &self.read } {
            None => self.sandbox.send(request, limits).await,
            Some(Fault::Play(play)) => Script::new([play.clone()]).send(request, limits).await,
            Some(ConnectTimeout) => Err(TransportFailure::new(FailurePhase::NotSent).timed_out()),
        }
    }
}

/// The settings of a report: its faults, its loss policy and its lookups.
#[derive(Debug, Clone, Default)]
struct Setup {
    write: Option<Fault>,
    read: Option<Fault>,
    losses: LossPolicy,
    no_lookups: bool,
}

impl Setup {
    fn write(fault: Fault) -> Self {
        Self { write: Some(fault), ..Self::default() }
    }

    fn read(self, fault: Fault) -> Self {
        Self { read: Some(fault), ..self }
    }

    /// A provider for this vendor in front of a new sandbox.
    fn connect(&self, vendor: &str) -> Arc<dyn ChargebackProvider> {
        let sandbox = Sandbox::in_memory();
        if vendor == "revcent" {
            // Without a search at the start, only lookups read.
            let revcent = sandbox.revcent_connector().first_report(FirstReport::CreateAtOnce);
            return Arc::new(self.vendors(&sandbox).build(&sandbox, revcent));
        }
        let vendor = VENDORS.into_iter().find(|known| known.name == vendor).unwrap();
        let provider: Box<dyn ChargebackProvider> = vendor.connect(&sandbox, None, &self.vendors(&sandbox));
        Arc::from(provider)
    }

    fn build<C: Connector>(&self, sandbox: &Sandbox, connector: C) -> HttpProvider<C> {
        self.vendors(sandbox).build(sandbox, connector)
    }

    /// The settings of a provider, with the faults in front of the sandbox.
    fn vendors(&self, sandbox: &Sandbox) -> vendors::Setup {
        let transport = sandbox.transport().unwrap();
        let faulty = Faulty { sandbox: transport, write: self.write.clone(), read: self.read.clone() };
        let retry = RetryPolicy::default().max_lookups(if self.no_lookups { 0 } else { 3 });
        let losses = self.losses.clone();
        vendors::Setup { transport: Some(Arc::new(faulty)), retry, losses, ..vendors::Setup::default() }
    }

    async fn error(&self, vendor: &str, chargeback: &Chargeback) -> Error {
        self.connect(vendor).report(chargeback).await.unwrap_err()
    }

    /// The error of a report of a case in doubt.
    async fn error_in_doubt(&self, vendor: &str, chargeback: &Chargeback) -> Error {
        let context = ReportContext::new(&OpenGate).in_doubt(true);
        self.connect(vendor).report_with(chargeback, &context).await.unwrap_err()
    }
}

fn contested() -> Chargeback {
    at_stage(Stage::Contested)
}

const RETRY: Advice = Advice::RetryAt { after: None };

/// For each fault of a write: the advice at vendors with idempotent writes, at RevCent and at Pipwave.
fn faults() -> Vec<(Fault, [Advice; 3])> {
    use Advice::{FixConfiguration, NotFoundByLookup, RejectedForGood};
    let lost = [RETRY, NotFoundByLookup, NotFoundByLookup];
    vec![
        (Fault::Play(Play::NotSent), [RETRY; 3]),
        (ConnectTimeout, [RETRY; 3]),
        (Fault::Play(Play::Lost), lost),
        // Three attempts of 15 s at Pipwave leave no time for the last lookup.
        (Fault::Play(Play::Hang), [RETRY, NotFoundByLookup, Advice::LookUpLater]),
        (Fault::Play(Play::TooLarge), lost),
        (status(500), lost),
        (status(503), lost),
        (status(408), lost),
        (Fault::Play(Play::json(200, "<html>")), lost),
        (status(400), [RejectedForGood; 3]),
        (status(404), [RejectedForGood; 3]),
        (status(409), [RejectedForGood; 3]),
        (status(401), [FixConfiguration; 3]),
        (status(403), [FixConfiguration; 3]),
        (status(429), [RETRY; 3]),
        (Fault::Play(Play::retry_after(429, 90)), [Advice::RetryAt { after: Some(Duration::from_secs(90)) }; 3]),
    ]
}

#[tokio::test(start_paused = true)]
async fn fault_of_a_write_has_the_advice_of_the_table() {
    for (fault, [idempotent, revcent, pipwave]) in faults() {
        for vendor in VENDORS.map(|vendor| vendor.name) {
            let expected = match vendor {
                "revcent" => revcent,
                "pipwave" => pipwave,
                _ => idempotent,
            };
            let error = Setup::write(fault.clone()).error(vendor, &contested()).await;
            let is_throttled = matches!(&fault, Fault::Play(Play::Reply { status: 429, .. }));
            if vendor == "ravelin" && is_throttled {
                // Ravelin may process the report later.
                let later = Advice::RetryAt { after: Some(Duration::from_secs(600)) };
                assert_eq!((error.advice(), error.kind()), (later, ErrorKind::Unavailable), "{fault:?}: {error}");
                continue;
            }
            assert_eq!(error.advice(), expected, "{vendor} {fault:?}: {error}");
            assert_eq!(error.kind() == ErrorKind::RateLimited, is_throttled, "{vendor} {fault:?}: {error}");
            let is_unknown = matches!(expected, Advice::NotFoundByLookup | Advice::LookUpLater);
            assert!(!is_unknown || error.delivery() == Delivery::Unknown, "{vendor} {fault:?}: {error}");
        }
    }
}

/// For each fault of a lookup: the advice after a write with an unknown outcome.
fn lookup_faults() -> Vec<(Fault, Advice)> {
    vec![
        (Fault::Play(Play::NotSent), Advice::LookUpFailed),
        (ConnectTimeout, Advice::LookUpFailed),
        (Fault::Play(Play::Lost), Advice::LookUpFailed),
        (Fault::Play(Play::Hang), Advice::LookUpFailed),
        (Fault::Play(Play::TooLarge), Advice::LookUpFailed),
        (status(500), Advice::LookUpFailed),
        (status(503), Advice::LookUpFailed),
        (Fault::Play(Play::json(200, "<html>")), Advice::LookUpFailed),
        (status(401), Advice::FixConfiguration),
        (status(403), Advice::FixConfiguration),
        (status(404), Advice::NotFoundByLookup),
        (status(400), Advice::LookUpImpossible),
        (status(409), Advice::LookUpImpossible),
    ]
}

/// The lookup follows the write, or precedes the write of a case in doubt.
#[tokio::test(start_paused = true)]
async fn fault_of_a_lookup_has_the_advice_of_the_table() {
    for (fault, expected) in lookup_faults() {
        for vendor in ["revcent", "pipwave"] {
            let setup = Setup::write(Fault::Play(Play::Lost)).read(fault.clone());
            let error = setup.error(vendor, &contested()).await;
            assert_eq!(error.advice(), expected, "{vendor} {fault:?}: {error}");
            let error = setup.error_in_doubt(vendor, &contested()).await;
            assert_eq!(error.advice(), expected, "in doubt, {vendor} {fault:?}: {error}");
            assert_eq!(error.delivery(), Delivery::Unknown, "in doubt, {vendor} {fault:?}: {error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn failed_read_before_the_first_write_is_safe_to_repeat() {
    let sandbox = Sandbox::in_memory();
    for (fault, expected) in [
        (status(503), RETRY),
        (Fault::Play(Play::Hang), RETRY),
        (Fault::Play(Play::json(200, "<html>")), RETRY),
        (status(401), Advice::FixConfiguration),
        (status(404), Advice::RejectedForGood),
    ] {
        let setup = Setup::default().read(fault.clone());
        let error = setup.build(&sandbox, sandbox.revcent_connector()).report(&contested()).await.unwrap_err();
        assert_eq!((error.advice(), error.lookup_state()), (expected, None), "{fault:?}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn case_in_doubt_that_no_lookup_finds() {
    // RevCent's searches return nothing.
    let error = Setup::default().error_in_doubt("revcent", &contested()).await;
    assert_eq!((error.kind(), error.advice()), (ErrorKind::InDoubt, Advice::NotFoundByLookup), "{error}");
    // Pipwave's record cannot show that a dispute was won.
    let error = Setup::default().error_in_doubt("pipwave", &at_stage(Stage::Won)).await;
    assert_eq!((error.kind(), error.advice()), (ErrorKind::InDoubt, Advice::LookUpImpossible), "{error}");
    // The lookup finds the state before the report, and the next write is not sent.
    let setup = Setup::write(Fault::Play(Play::NotSent));
    let error = setup.error_in_doubt("pipwave", &contested()).await;
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Transport, Advice::LookUpLater), "{error}");
}

#[tokio::test(start_paused = true)]
async fn switched_off_lookup_can_be_made_later() {
    for vendor in ["revcent", "pipwave"] {
        let setup = Setup { no_lookups: true, ..Setup::write(Fault::Play(Play::Lost)) };
        let error = setup.error(vendor, &contested()).await;
        assert_eq!((error.advice(), error.lookup_state()), (Advice::LookUpLater, Some(LookupState::Possible)));
    }
}

#[tokio::test(start_paused = true)]
async fn write_without_a_lookup_needs_a_person() {
    let sandbox = Sandbox::in_memory();
    let revcent = Setup::write(Fault::Play(Play::Lost)).build(&sandbox, sandbox.revcent_connector());
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    let error = revcent.create_chargeback(create.clone()).await.unwrap_err();
    assert_eq!(error.advice(), Advice::LookUpImpossible, "no id to search for: {error}");
    create.third_party_chargeback_id = Some("case-1".into());
    let error = revcent.create_chargeback(create).await.unwrap_err();
    assert_eq!(error.advice(), Advice::NotFoundByLookup, "{error}");
    let void = CreateChargeback::for_transaction(TRANSACTION);
    let error = revcent.create_chargeback_and_void_transaction(void).await.unwrap_err();
    assert_eq!(error.advice(), Advice::LookUpImpossible, "{error}");
}

#[tokio::test(start_paused = true)]
async fn several_matches_and_a_record_of_another_case_are_rejected_for_good() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let create = |transaction: &str| {
        let mut create = CreateChargeback::for_transaction(transaction);
        create.third_party_chargeback_id = Some("case-1".into());
        revcent.create_chargeback(create)
    };
    create("Q4r7XkzvGqsB2oQmUwLB").await.unwrap();
    let error = revcent.report(&contested()).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Conflict, Advice::RejectedForGood), "{error}");
    let context = ReportContext::new(&OpenGate).in_doubt(true);
    let error = revcent.report_with(&contested(), &context).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::InDoubt, Advice::NotFoundByLookup), "{error}");
    create(TRANSACTION).await.unwrap();
    create(TRANSACTION).await.unwrap();
    for context in [ReportContext::new(&OpenGate), context] {
        let error = revcent.report_with(&contested(), &context).await.unwrap_err();
        assert_eq!((error.kind(), error.advice()), (ErrorKind::Conflict, Advice::RejectedForGood), "{error}");
        let Error::Conflict(conflict) = error else { unreachable!() };
        assert!(conflict.candidates().len() > 1);
    }
}

#[tokio::test(start_paused = true)]
async fn stage_policy_and_input_have_their_advice_also_in_doubt() {
    let nameless = Chargeback::builder("case-1", Stage::Contested, Reason::FraudOther, at(3, 9));
    // Each vendor requires one of the ids that are not set, or the id of the order.
    let nameless = nameless.notes("no ids").arn("74537604221431003881865").order_id("o").build();
    for vendor in VENDORS.map(|vendor| vendor.name) {
        let strict = Setup { losses: LossPolicy::Refuse(Field::ALL.to_vec()), ..Setup::default() };
        let lossy = full(Stage::Contested, Reason::FraudOther).build().unwrap();
        let alert = at_stage(Stage::Alert);
        let mut rows = vec![
            (Setup::default().error(vendor, &alert).await, Advice::UnsupportedStage),
            (Setup::default().error_in_doubt(vendor, &alert).await, Advice::UnsupportedStage),
            (strict.error(vendor, &lossy).await, Advice::RefusedByPolicy),
            (strict.error_in_doubt(vendor, &lossy).await, Advice::RefusedByPolicy),
        ];
        if !["tutelar", "sift", "ravelin", "riskified"].contains(&vendor) {
            rows.push((Setup::default().error(vendor, nameless.as_ref().unwrap()).await, Advice::FixInput));
        }
        for (error, expected) in rows {
            assert_eq!(error.advice(), expected, "{vendor}: {error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn closed_gate_is_safe_to_repeat_or_looks_up_first() {
    let gate = TestGate::new(&Events::default(), Answer::Refuse);
    for vendor in VENDORS.map(|vendor| vendor.name) {
        let provider = Setup::default().connect(vendor);
        for in_doubt in [false, true] {
            let context = ReportContext::new(&gate).in_doubt(in_doubt);
            let error = provider.report_with(&contested(), &context).await.unwrap_err();
            let expected = match (vendor, in_doubt) {
                ("revcent", true) => Advice::NotFoundByLookup,
                ("pipwave", true) => Advice::LookUpLater,
                _ => RETRY,
            };
            assert_eq!(error.advice(), expected, "{vendor} {in_doubt}: {error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn panic_of_a_report_has_the_advice_of_an_unknown_outcome() {
    // A script without replies panics.
    let revcent = RevCent::new("k").first_report(FirstReport::CreateAtOnce);
    let pipwave = Pipwave::new("k", "s", pipwave::Environment::Live);
    let reporter = Reporter::builder()
        .required(once(revcent, &Script::empty()))
        .required(once(spade_connector(), &Script::empty()))
        .required(once(pipwave, &Script::empty()))
        .build()
        .unwrap();
    let outcomes = reporter.report(&contested()).await;
    let errors: Vec<_> = outcomes.iter().map(|result| result.outcome().error().unwrap()).collect();
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::Panicked));
    let advice: Vec<_> = errors.iter().map(|error| error.advice()).collect();
    assert_eq!(advice, [Advice::LookUpLater, RETRY, Advice::LookUpLater]);
}

//! Several vendors behind one call.

#[cfg(feature = "bulk")]
mod bulk;
#[cfg(feature = "bulk")]
mod bulk_edges;
#[cfg(feature = "bulk")]
mod bulk_order;
#[cfg(feature = "bulk")]
mod bulk_throttled;

use std::time::Duration;

use chargeback::sandbox::{API_KEY, Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{
    Chargeback, Delivery, Error, Field, LossPolicy, Outcome, Outcomes, Reason, Reporter, Requirement, RetryPolicy,
    Skipped, Stage, Target, pipwave, revcent, spade, thirdwatch, tutelar,
};
use tokio::time::Instant;

use crate::support::{kind, plain};

fn of(stage: Stage) -> Chargeback {
    plain("case-1", stage, Reason::FraudOther).build().unwrap()
}

/// All five, each required, and impatient.
fn five(sandbox: &Sandbox) -> Reporter {
    fn once<V: chargeback::connector::Connector>(sandbox: &Sandbox, vendor: V) -> impl chargeback::Throttled {
        sandbox.connect(vendor).retry(RetryPolicy::never()).build().unwrap()
    }
    Reporter::builder()
        .required(once(sandbox, sandbox.thirdwatch_connector()))
        .required(once(sandbox, sandbox.revcent_connector()))
        .required(once(sandbox, sandbox.tutelar_connector(DefeatedMeans::Refuse)))
        .required(once(sandbox, sandbox.spade_connector(WonMeans::MerchantWon)))
        .best_effort(once(sandbox, sandbox.pipwave_connector()))
        .build()
        .unwrap()
}

/// One word for each vendor.
fn words(outcomes: &Outcomes) -> Vec<&'static str> {
    outcomes.iter().map(|told| told.outcome().as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn all_are_told_at_once_and_the_call_ends_with_the_slowest() {
    let sandbox = Sandbox::in_memory();
    let late = |seconds| Fault::after_acting(FaultKind::Slow(Duration::from_secs(seconds)));
    sandbox.thirdwatch().fail_next(late(4));
    sandbox.tutelar().fail_next(late(9));
    sandbox.spade().fail_next(late(2));
    sandbox.pipwave().fail_next(late(7));
    let start = Instant::now();
    let outcomes = five(&sandbox).report(&of(Stage::Contested)).await;
    assert_eq!(start.elapsed(), Duration::from_secs(9));
    assert_eq!(words(&outcomes), ["acknowledged"; 5]);
    assert!(outcomes.required_settled() && outcomes.retry_after().is_none());
    let names: Vec<_> = outcomes.iter().map(|told| told.provider().clone()).collect();
    assert_eq!(names, [thirdwatch::ID, revcent::ID, tutelar::ID, spade::ID, pipwave::ID]);
    assert_eq!(five(&sandbox).providers().collect::<Vec<_>>(), names);
}

#[tokio::test(start_paused = true)]
async fn what_befalls_one_is_told_of_it_alone() {
    let sandbox = Sandbox::in_memory();
    sandbox.thirdwatch().fail_next(Fault::before_acting(FaultKind::Rejection));
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Silence));
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Unreachable));
    sandbox.pipwave().fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(30))));
    // Tutelar has no word for it.
    let outcomes = five(&sandbox).report(&of(Stage::Received)).await;
    assert_eq!(words(&outcomes), ["failed", "unknown", "unsupported", "failed", "failed"]);
    assert!(!outcomes.required_settled());
    let required_unsettled: Vec<_> = outcomes.required_unsettled().map(|told| told.provider().to_string()).collect();
    assert_eq!(required_unsettled, ["thirdwatch", "revcent", "tutelar", "spade"], "Pipwave is told if it can be");
    let retried: Vec<_> = outcomes.iter().map(chargeback::ProviderOutcome::may_be_retried).collect();
    assert_eq!(retried, [false, true, false, true, true]);
    assert_eq!(outcomes.retry_after(), Some(Duration::from_secs(30)));
    let error = |provider: chargeback::ProviderId| outcomes.get(&provider).unwrap().outcome().error().unwrap();
    assert_eq!((kind(error(spade::ID)), error(spade::ID).delivery()), ("transport", Delivery::NotSent));
    assert_eq!(error(revcent::ID).delivery(), Delivery::Unknown);
    for told in &outcomes {
        let line = told.outcome().to_string();
        assert!(
            !line.contains('\n') && !line.contains(API_KEY) && line.starts_with(told.provider().as_str()),
            "{line}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_is_safe_and_needed_is_told_again() {
    let sandbox = Sandbox::in_memory();
    let reporter = five(&sandbox);
    sandbox.thirdwatch().fail_next(Fault::before_acting(FaultKind::Rejection));
    // RevCent acts, its answer is lost, and its index lags behind every look.
    sandbox.revcent().lag_index(4);
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Unreachable));
    let chargeback = of(Stage::Contested);
    let first = reporter.report(&chargeback).await;
    assert_eq!(words(&first), ["failed", "unknown", "acknowledged", "failed", "acknowledged"]);
    let acted = || [sandbox.thirdwatch().acted(), sandbox.tutelar().acted(), sandbox.pipwave().acted()];
    let before = acted();
    let second = reporter.retry_failed(&chargeback, first).await;
    assert_eq!(words(&second), ["failed", "acknowledged", "acknowledged", "acknowledged", "acknowledged"]);
    assert_eq!(acted(), before, "the others were left alone");
    assert_eq!((sandbox.revcent().cases().len(), sandbox.spade().cases().len()), (1, 1));
    assert!(second.get(&revcent::ID).unwrap().requirement() == Requirement::Required);
    let required = second.into_iter().filter(|told| told.requirement() == Requirement::Required);
    let receipts = required.filter(|told| told.outcome().receipt().is_some_and(chargeback::Receipt::is_complete));
    assert_eq!(receipts.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn routes_and_losses_decide_before_anything_is_sent() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).losses(LossPolicy::RefuseMeaning);
    let spade = spade.build().unwrap();
    let tutelar = sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::Refuse)).build().unwrap();
    let thirdwatch = sandbox.connect(sandbox.thirdwatch_connector()).build().unwrap();
    let reporter = Reporter::builder()
        .target(Target::required(spade))
        .target(Target::required(tutelar).filter(|c| c.stage() != Stage::Contested).filter(|c| c.amount().is_none()))
        .target(Target::best_effort(thirdwatch).filter(|c| c.payment().user_id.is_some()))
        .build()
        .unwrap();
    // Spade would merge it with "pending".
    let outcomes = reporter.report(&of(Stage::Contested)).await;
    assert_eq!(words(&outcomes), ["unsupported", "skipped", "acknowledged"]);
    let Outcome::Unsupported(Error::Unsupported(error)) = outcomes.get(&spade::ID).unwrap().outcome() else { panic!() };
    assert_eq!(error.field(), Field::Stage);
    let skipped = outcomes.get(&tutelar::ID).unwrap().outcome();
    assert!(matches!(skipped, Outcome::Skipped(Skipped::NotRouted)) && skipped.is_settled(), "{skipped}");
    assert_eq!((sandbox.spade().requests(), sandbox.tutelar().requests()), (0, 0));
    let plans = reporter.plan(&of(Stage::Contested));
    assert_eq!(
        plans.iter().map(|(id, plan)| (id.as_str(), plan.is_ok())).collect::<Vec<_>>(),
        [("spade", false), ("thirdwatch", true)]
    );
    assert_eq!(words(&reporter.report(&of(Stage::Accepted)).await), ["unsupported", "acknowledged", "acknowledged"]);
}

#[test]
fn a_reporter_has_vendors_of_different_names() {
    let sandbox = Sandbox::in_memory();
    let spade = || sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let problems = |built: Result<Reporter, Error>| match built.unwrap_err() {
        Error::Configuration(error) => error.problems().iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other}"),
    };
    assert_eq!(problems(Reporter::builder().build()), ["targets: at least one vendor is needed"]);
    let twice = Reporter::builder().required(spade()).best_effort(spade()).build();
    assert_eq!(problems(twice), ["targets: two providers have the id `spade`"]);
    let shown = format!("{:?}", Reporter::builder().required(spade()).build().unwrap());
    assert!(shown.contains("Required") && !shown.contains(API_KEY), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn dropping_the_call_drops_every_report() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::Silence));
    let reporter = five(&sandbox);
    assert!(tokio::time::timeout(Duration::from_secs(1), reporter.report(&of(Stage::Contested))).await.is_err());
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
    sandbox.spade().recover();
    assert!(reporter.report(&of(Stage::Contested)).await.required_settled());
}

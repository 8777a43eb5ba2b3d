//! Blocking calls in a program without an async runtime.

use std::time::Duration;

use chargeback::blocking::Blocking;
use chargeback::pipwave::{Requery, TransactionStatus};
use chargeback::sandbox::{API_KEY, Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{BulkOptions, BulkOutcome, Delivery, Outcome, Reason, Reporter, RetryPolicy, Stage, pipwave, spade};

use crate::reporter::fixtures::two_vendors;
use crate::reporter::numbered_case;
use crate::support::{kind, plain};

fn case(number: u32) -> chargeback::Chargeback {
    let case = plain(&format!("case-{number}"), Stage::Received, Reason::FraudOther);
    case.transaction_id(format!("txn-{number}")).vendor_payment(spade::ID, format!("e-{number}")).build().unwrap()
}

#[test]
fn threads_share_a_blocking_provider() {
    let sandbox = Sandbox::in_memory();
    let pipwave = Blocking::new(sandbox.connect(sandbox.pipwave_connector()).build().unwrap()).unwrap();
    assert_eq!((pipwave.id(), pipwave.plan(&case(0)).is_ok()), (pipwave::ID, true));
    assert_eq!(pipwave.capabilities().stage(Stage::Received).value(), "disputed");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let pipwave = &pipwave;
            scope.spawn(move || assert!(pipwave.report(&case(number)).unwrap().wrote()));
        }
    });
    assert_eq!(sandbox.pipwave().cases().len(), 8);
    let state = pipwave.wait_for(|pipwave| pipwave.requery(Requery::Transaction("txn-3".into()))).unwrap();
    assert_eq!(state.reply.status, TransactionStatus::Disputed);
    assert!(!pipwave.get_ref().is_in_doubt("case-3") && !format!("{pipwave:?}").contains(API_KEY));
}

#[test]
fn errors_and_time_limits_match_the_async_types() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::Silence));
    let limits = chargeback::Timeouts::default().attempt(Duration::from_millis(50));
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).timeouts(limits);
    let spade = Blocking::new(spade.retry(RetryPolicy::never()).build().unwrap()).unwrap();
    let error = spade.report(&case(1)).unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("timeout", Delivery::Unknown));
}

#[test]
fn reporter_and_bulk_calls_block() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).build().unwrap();
    let reporter = Reporter::builder().required(spade.build().unwrap()).required(pipwave).build().unwrap();
    let reporter = Blocking::new(reporter).unwrap();
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Unreachable));
    let outcomes = reporter.report_to_all(&case(1));
    assert!(!outcomes.required_settled());
    assert!(reporter.retry_failed(&case(1), outcomes).required_settled());
    assert!(reporter.resolve_doubt(&spade::ID, "case-1", chargeback::Resolution::NotFound).is_ok());
    assert!(
        reporter.resolve_doubt(&chargeback::revcent::ID, "case-1", chargeback::Resolution::NotFound).is_err(),
        "the reporter has no such vendor"
    );
    let done: Vec<_> = reporter.report_each((10..40).map(case).collect::<Vec<_>>(), BulkOptions::default()).collect();
    assert_eq!(done.len(), 60);
    assert!(done.iter().all(|done| matches!(done.result.outcome(), Outcome::Acknowledged(_))));
    assert_eq!(sandbox.spade().cases().len(), 31);
}

#[test]
fn blocking_inside_an_async_runtime_panics_with_a_reason() {
    let sandbox = Sandbox::in_memory();
    let spade =
        Blocking::new(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let blocking = || runtime.block_on(async { spade.report(&case(1)).map(drop) });
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(blocking)).unwrap_err();
    let message = panic.downcast_ref::<String>().map_or_else(|| *panic.downcast_ref::<&str>().unwrap(), String::as_str);
    assert!(message.contains("runtime"), "{message}");
    assert_eq!(sandbox.spade().cases().len(), 0);
}

#[test]
fn blocking_reporter_reports_every_case() {
    let sandbox = Sandbox::in_memory();
    let reporter = Blocking::new(two_vendors(&sandbox)).unwrap();
    assert!(format!("{reporter:?}").starts_with("Blocking { inner: Reporter"), "{reporter:?}");
    let outcomes: Vec<BulkOutcome> = reporter.report_each((0..3).map(numbered_case), BulkOptions::default()).collect();
    assert_eq!(outcomes.len(), 6);
}

//! What may have acted: looked up, remembered, never done twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chargeback::revcent::{CreateChargeback, FirstReport};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Field, HttpProvider, LossKind, LossPolicy, Reason, RetryPolicy, Secret,
    Stage, async_trait, revcent,
};
use http::{Request, Response};

use super::{pipwave, received, spade};
use crate::custom_connector::Acme;
use crate::support::{Play, Script, TRANSACTION, at, body, kind, plain, provider};

#[tokio::test(start_paused = true)]
async fn what_the_record_holds_is_an_acknowledgement() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    for fault in
        [FaultKind::Reset, FaultKind::Silence, FaultKind::ServerError, FaultKind::EmptyBody, FaultKind::ParkedPage]
    {
        let before = sandbox.revcent().cases().len();
        let case = plain(&format!("case-{before}"), Stage::Received, Reason::FraudOther).build().unwrap();
        sandbox.revcent().fail_next_write(Fault::after_acting(fault.clone()));
        let receipt = revcent.report(&case).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert!(receipt.was_reconciled(), "{fault:?}");
        assert_eq!(sandbox.revcent().cases().len(), before + 1, "{fault:?}");
        assert_eq!(receipt.vendor_case(), Some(sandbox.revcent().cases()[before].key.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_did_not_happen_is_never_made_twice_and_stays_unknown() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.is_retryable()), ("transport", Delivery::Unknown, false));
    assert_eq!(error.lookup_detail(), Some("looked up 3 times: no chargeback holds this case id"));
    assert!(sandbox.revcent().cases().is_empty());
    // The next report of the case looks too, and does not create while it may still appear.
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    assert!(sandbox.revcent().cases().is_empty());
    // Another case is not held up.
    let _ = revcent.report(&plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lagging_index_is_looked_at_again() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(2);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let receipt = revcent.report(&received()).await.unwrap();
    assert!(receipt.was_reconciled());
    assert_eq!(sandbox.revcent().cases().len(), 1);

    // Slower than all looks: unknown, then found by a later report through the same provider.
    sandbox.revcent().lag_index(6);
    let case = plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert_eq!(revcent.report(&case).await.unwrap_err().delivery(), Delivery::Unknown);
    for _ in 0..6 {
        if revcent.report(&case).await.is_ok() {
            break;
        }
    }
    assert!(revcent.report(&case).await.is_ok());
    assert_eq!(sandbox.revcent().cases().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_provider_remembers_the_cases_it_created() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let receipt = revcent.report(&received()).await.unwrap();
    // The index knows nothing, the provider does; and so do its clones.
    let contested = received().moved_to(Stage::Contested, at(5, 1)).unwrap();
    let second = revcent.clone().report(&contested).await.unwrap();
    assert_eq!(second.vendor_case(), receipt.vendor_case());
    assert_eq!(sandbox.revcent().cases().len(), 1);
    // A new provider does not, unless it is told.
    let restarted = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let told = contested.to_builder().vendor_case(revcent::ID, receipt.vendor_case().unwrap()).build().unwrap();
    assert!(!restarted.report(&told).await.unwrap().wrote(), "it holds all of it");
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn many_tasks_report_one_case_and_it_is_created_once() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let revcent = revcent.clone();
        tasks.spawn(async move { revcent.report(&received()).await.map(|receipt| receipt.wrote()) });
    }
    let wrote: Vec<bool> = tasks.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(wrote.iter().filter(|wrote| **wrote).count(), 1);
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_report_leaves_the_case_in_doubt() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let dropped = tokio::time::timeout(Duration::from_secs(1), revcent.report(&received())).await;
    assert!(dropped.is_err());
    // It was created, the index does not show it, and it is not created again.
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_counts_against_the_deadline() {
    let script = Script::of(vec![Play::Hang; 3]);
    let spade = provider(spade(), &script);
    let (first, second) = (spade.clone(), spade);
    let running = tokio::spawn(async move { first.report(&received()).await });
    tokio::task::yield_now().await;
    let limits_passed = second.report(&received()).await.unwrap_err();
    assert_eq!(
        (kind(&limits_passed), limits_passed.delivery(), limits_passed.attempts()),
        ("timeout", Delivery::NotSent, 0)
    );
    assert!(running.await.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_case_in_doubt_is_looked_up_before_it_is_written_again() {
    // The tag may have arrived; nobody waited for the answer.
    let script = Script::of([
        Play::Hang,
        Play::json(200, r#"{"status":200,"transaction_status":13}"#),
        Play::Lost,
        Play::json(200, r#"{"status":200,"transaction_status":10}"#),
        Play::json(200, r#"{"status":200}"#),
    ]);
    let pipwave = provider(pipwave(), &script);
    let dropped = tokio::time::timeout(Duration::from_secs(1), pipwave.report(&received())).await;
    assert!(dropped.is_err() && pipwave.is_in_doubt("case-1"));
    let receipt = pipwave.report(&received()).await.unwrap();
    assert!(receipt.was_reconciled() && receipt.wrote() && !pipwave.is_in_doubt("case-1"));
    let actions: Vec<_> = script.sent().iter().map(|sent| body(sent)["action"].clone()).collect();
    assert_eq!(actions, ["tag-chargeback", "requery"]);
    // If it is not there, it is sent again.
    let receipt = pipwave.report(&received()).await.unwrap();
    assert_eq!(receipt.attempts(), 2);
    let actions: Vec<_> = script.sent()[2..].iter().map(|sent| body(sent)["action"].clone()).collect();
    assert_eq!(actions, ["tag-chargeback", "requery", "tag-chargeback"]);
}

#[tokio::test(start_paused = true)]
async fn every_error_of_a_case_in_doubt_says_so() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    let first = revcent.report(&received()).await.unwrap_err();
    assert_eq!(first.delivery(), Delivery::Unknown);
    assert!(revcent.is_in_doubt("case-1") && revcent.clone().is_in_doubt("case-1"));
    // What is wrong with a later report says nothing of the first.
    let alert = received().moved_to(Stage::Alert, at(9, 1)).unwrap();
    let no_payment = Chargeback::builder("case-1", Stage::Received, Reason::Other, at(9, 1)).order_id("o");
    for (chargeback, expected) in [(alert, "unsupported"), (no_payment.build().unwrap(), "invalid")] {
        let error = revcent.report(&chargeback).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), error.is_retryable()), (expected, Delivery::Unknown, false));
    }
    // A search that never leaves does not either.
    for _ in 0..4 {
        sandbox.revcent().fail_next(Fault::before_acting(FaultKind::Unreachable));
    }
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::Unknown));
    assert!(sandbox.revcent().cases().is_empty());
}

#[tokio::test(start_paused = true)]
async fn somebody_who_has_looked_settles_a_doubt() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    assert!(revcent.report(&received()).await.is_err());
    // It is certain that nothing was created.
    revcent.resolve_doubt("case-1", chargeback::Resolution::NotFound).unwrap();
    assert!(!revcent.is_in_doubt("case-1"));
    assert!(revcent.report(&received()).await.unwrap().wrote());

    // It was created, and the index never shows it: the dashboard does.
    sandbox.revcent().lag_index(1000);
    let case = plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert!(revcent.report(&case).await.is_err());
    let key = sandbox.revcent().cases()[1].key.clone();
    revcent.resolve_doubt("case-2", chargeback::Resolution::Found(key.clone())).unwrap();
    let receipt = revcent.report(&case).await.unwrap();
    assert_eq!((receipt.vendor_case(), receipt.wrote()), (Some(key.as_str()), false));
    assert_eq!(sandbox.revcent().cases().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_native_create_and_a_report_of_one_case_share_turn_and_memory() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    let created = revcent.create_chargeback(create.clone()).await.unwrap();
    let receipt = revcent.report(&received()).await.unwrap();
    assert_eq!(receipt.vendor_case(), created.reply.chargeback_id.as_deref());

    create.third_party_chargeback_id = Some("case-2".into());
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert_eq!(revcent.create_chargeback(create.clone()).await.unwrap_err().delivery(), Delivery::Unknown);
    assert!(revcent.is_in_doubt("case-2"));
    let case = plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap();
    assert_eq!(revcent.report(&case).await.unwrap_err().delivery(), Delivery::Unknown);
    assert_eq!(revcent.create_chargeback(create).await.unwrap_err().delivery(), Delivery::Unknown);
    assert_eq!(sandbox.revcent().cases().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn in_doubt_a_case_is_searched_for_by_both_however_the_provider_is_set() {
    for first in [FirstReport::SearchFirst, FirstReport::SearchOwn, FirstReport::CreateAtOnce] {
        let sandbox = Sandbox::in_memory();
        let revcent = sandbox.connect(sandbox.revcent_connector().first_report(first)).build().unwrap();
        // A native create holds no key, and its own look fails.
        let mut create = CreateChargeback::for_transaction(TRANSACTION);
        create.third_party_chargeback_id = Some("case-1".into());
        sandbox.revcent().fail_always(Fault::after_acting(FaultKind::BadGatewayPage));
        assert_eq!(revcent.create_chargeback(create).await.unwrap_err().delivery(), Delivery::Unknown, "{first:?}");
        sandbox.revcent().recover();
        let receipt = revcent.report(&received()).await.unwrap();
        let searches = receipt.steps().iter().filter(|step| step.operation() == "search_chargebacks").count();
        assert_eq!((searches, sandbox.revcent().cases().len()), (2, 1), "{first:?}");
        assert!(!revcent.is_in_doubt("case-1"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_after_a_write_is_told_whatever_the_policy() {
    let script = Script::of([Play::Lost, Play::json(200, r#"{"status":200,"transaction_status":13}"#)]);
    let strict = HttpProvider::builder(pipwave()).transport(script).losses(LossPolicy::RefuseMeaning);
    let receipt = strict.build().unwrap().report(&received()).await.unwrap();
    assert!(receipt.is_complete() && receipt.was_reconciled());
    assert!(receipt.losses().iter().any(|loss| loss.field() == Field::Reason && loss.kind() == LossKind::Assumed));
}

/// Loses everything, at no cost.
#[derive(Debug, Default)]
struct Lossy(Arc<AtomicU32>);

#[async_trait]
impl Transport for Lossy {
    async fn send(&self, _: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(TransportFailure::new(FailurePhase::MaybeSent))
    }
}

#[tokio::test(start_paused = true)]
async fn no_new_doubt_is_begun_when_there_is_no_room_to_remember_it() {
    let acme = Acme { base_url: "https://acme.invalid".parse().unwrap(), key: Secret::from("k-1") };
    let lossy = Lossy::default();
    let sent = Arc::clone(&lossy.0);
    let once = RetryPolicy::never().max_lookups(0);
    let acme = HttpProvider::builder(acme).transport(lossy).retry(once).build().unwrap();
    let case = |id: &str| Chargeback::builder(id, Stage::Received, Reason::Other, at(3, 9)).order_id("o").build();
    for i in 0..65_536 {
        let error = acme.report(&case(&i.to_string()).unwrap()).await.unwrap_err();
        assert_eq!((error.delivery(), error.lookup_detail()), (Delivery::Unknown, Some("lookups are switched off")));
    }
    let error = acme.report(&case("one more").unwrap()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("not started", Delivery::NotSent));
    assert!(error.to_string().contains("resolve_doubt"), "{error}");
    assert_eq!(sent.load(Ordering::SeqCst), 65_536);
    acme.resolve_doubt("7", chargeback::Resolution::NotFound).unwrap();
    assert_eq!(acme.report(&case("one more").unwrap()).await.unwrap_err().delivery(), Delivery::Unknown);
}

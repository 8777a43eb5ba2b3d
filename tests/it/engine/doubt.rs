//! Doubt: a write with an unknown outcome is looked up, remembered, and never sent twice.

use std::time::Duration;

use chargeback::revcent::{CreateChargeback, FirstReport};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::{Chargeback, ChargebackProvider, Delivery, Field, HttpProvider, LossKind, LossPolicy, Reason, Stage};

use super::{pipwave_connector, received};
use crate::lifecycle::case_at;
use crate::support::{Play, Script, TRANSACTION, at, body, kind, plain, provider};

#[tokio::test(start_paused = true)]
async fn lookup_confirms_a_write_without_a_reply() {
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
async fn lost_create_stays_in_doubt_and_is_not_sent_again() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.is_retryable()), ("transport", Delivery::Unknown, false));
    assert_eq!(error.lookup_detail(), Some("looked up 3 times: no chargeback has this case id"));
    assert!(sandbox.revcent().cases().is_empty());
    // The next report of the case also looks it up, and creates nothing while the record may still appear.
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    assert!(sandbox.revcent().cases().is_empty());
    // Another case is not affected.
    let _ = revcent.report(&plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn lookup_is_repeated_while_the_index_lags() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(2);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let receipt = revcent.report(&received()).await.unwrap();
    assert!(receipt.was_reconciled());
    assert_eq!(sandbox.revcent().cases().len(), 1);

    // The index lags longer than all lookups: the outcome is unknown, and a later report finds the record.
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
async fn dropped_report_leaves_the_case_in_doubt() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let dropped = tokio::time::timeout(Duration::from_secs(1), revcent.report(&received())).await;
    assert!(dropped.is_err());
    // The record exists, the index does not show it, and no second one is created.
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn case_in_doubt_is_looked_up_before_the_next_write() {
    // The tag may have arrived; its report was dropped before the reply.
    let script = Script::new([
        Play::Hang,
        Play::json(200, r#"{"status":200,"transaction_status":13}"#),
        Play::Lost,
        Play::json(200, r#"{"status":200,"transaction_status":10}"#),
        Play::json(200, r#"{"status":200}"#),
    ]);
    let pipwave = provider(pipwave_connector(), &script);
    let dropped = tokio::time::timeout(Duration::from_secs(1), pipwave.report(&received())).await;
    assert!(dropped.is_err() && pipwave.is_in_doubt("case-1"));
    let receipt = pipwave.report(&received()).await.unwrap();
    // The lookup alone settled the report, so this report wrote nothing.
    assert!(receipt.was_reconciled() && !receipt.wrote() && !pipwave.is_in_doubt("case-1"));
    let actions: Vec<_> = script.sent().iter().map(|sent| body(sent)["action"].clone()).collect();
    assert_eq!(actions, ["tag-chargeback", "requery"]);
    // A tag that is missing from the record is sent again.
    let receipt = pipwave.report(&received()).await.unwrap();
    assert_eq!(receipt.attempts(), 2);
    let actions: Vec<_> = script.sent()[2..].iter().map(|sent| body(sent)["action"].clone()).collect();
    assert_eq!(actions, ["tag-chargeback", "requery", "tag-chargeback"]);
}

/// Each way in which a report of a case in doubt is settled, and whether the report sent a write that acted.
#[tokio::test(start_paused = true)]
async fn receipt_shows_whether_this_report_sent_a_write() {
    let status = |number: u32| Play::json(200, format!(r#"{{"status":200,"transaction_status":{number}}}"#));
    let tagged = || Play::json(200, r#"{"status":200}"#);
    let ways = [
        ("lookup alone", vec![status(13)], false),
        ("sent again", vec![status(10), tagged()], true),
        ("sent again, reply lost", vec![status(10), Play::Lost, status(13)], true),
        ("not sent, then sent", vec![status(10), Play::NotSent, tagged()], true),
        // The earlier tag arrived late, so the vendor rejects this one.
        ("rejected, settled by the record", vec![status(10), Play::json(200, r#"{"status":4002}"#), status(13)], false),
    ];
    for (way, plays, wrote) in ways {
        let script = Script::new([Play::Hang].into_iter().chain(plays));
        let pipwave = provider(pipwave_connector(), &script);
        assert!(tokio::time::timeout(Duration::from_secs(1), pipwave.report(&received())).await.is_err());
        let receipt = pipwave.report(&received()).await.unwrap_or_else(|error| panic!("{way}: {error}"));
        assert_eq!((receipt.wrote(), script.left()), (wrote, 0), "{way}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_error_of_a_case_in_doubt_has_unknown_delivery() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    let first = revcent.report(&received()).await.unwrap_err();
    assert_eq!(first.delivery(), Delivery::Unknown);
    assert!(revcent.is_in_doubt("case-1") && revcent.clone().is_in_doubt("case-1"));
    // An error of a later report does not resolve the doubt of the first one.
    let alert = received().moved_to(Stage::Alert, at(9, 1)).unwrap();
    let no_payment = Chargeback::builder("case-1", Stage::Received, Reason::Other, at(9, 1)).order_id("o");
    for (chargeback, expected) in [(alert, "unsupported"), (no_payment.build().unwrap(), "invalid")] {
        let error = revcent.report(&chargeback).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), error.is_retryable()), (expected, Delivery::Unknown, false));
    }
    // A search that was not sent does not resolve it either.
    for _ in 0..4 {
        sandbox.revcent().fail_next(Fault::before_acting(FaultKind::Unreachable));
    }
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::Unknown));
    assert!(sandbox.revcent().cases().is_empty());
}

#[tokio::test(start_paused = true)]
async fn resolve_doubt_ends_a_doubt() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    assert!(revcent.report(&received()).await.is_err());
    // A person is certain that nothing was created.
    revcent.resolve_doubt("case-1", chargeback::Resolution::NotFound).unwrap();
    assert!(!revcent.is_in_doubt("case-1"));
    assert!(revcent.report(&received()).await.unwrap().wrote());

    // The record exists, and only the dashboard shows it.
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
async fn case_in_doubt_runs_both_searches_for_every_first_report() {
    for first in [FirstReport::SearchFirst, FirstReport::SearchKeyOnly, FirstReport::CreateAtOnce] {
        let sandbox = Sandbox::in_memory();
        let revcent = sandbox.connect(sandbox.revcent_connector().first_report(first)).build().unwrap();
        // A native create has no key, and its lookup fails.
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
async fn losses_after_a_write_are_listed_under_every_policy() {
    let script = Script::new([Play::Lost, Play::json(200, r#"{"status":200,"transaction_status":13}"#)]);
    let strict = HttpProvider::builder(pipwave_connector()).transport(script).losses(LossPolicy::RefuseMeaning);
    let receipt = strict.build().unwrap().report(&received()).await.unwrap();
    assert!(receipt.is_complete() && receipt.was_reconciled());
    assert!(receipt.losses().iter().any(|loss| loss.field() == Field::Reason && loss.kind() == LossKind::Assumed));
}

#[tokio::test(start_paused = true)]
async fn resolving_an_older_doubt_keeps_a_newer_one() {
    let sandbox = Sandbox::in_memory();
    let provider = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().lag_index(1_000);
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    let received = case_at(Stage::Received, 1);
    let report = tokio::time::timeout(
        std::time::Duration::from_secs(1),
        chargeback::ChargebackProvider::report(&provider, &received),
    );
    let (dropped, ()) = tokio::join!(report, async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        // A person checked the vendor before this report started.
        chargeback::ChargebackProvider::resolve_doubt(&provider, "case-1", chargeback::Resolution::NotFound).unwrap();
    });
    assert!(dropped.is_err() && provider.is_in_doubt("case-1"));
    let again = chargeback::ChargebackProvider::report(&provider, &received).await.unwrap_err();
    assert_eq!((crate::support::kind(&again), sandbox.revcent().cases().len()), ("in doubt", 1));
}

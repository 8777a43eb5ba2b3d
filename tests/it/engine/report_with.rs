//! `report_with`: the caller's context alone decides, and it can only lower the limits of the provider.

use std::time::Duration;

use chargeback::{ChargebackProvider, Delivery, OpenGate, ReportContext, Resolution, Stage, Timeouts};
use tokio::time::Instant;

use super::received;
use crate::support::probe::{CREATE, PROBE, Probe, READ, WRITE, probe, reply};
use crate::support::{Events, Play, Script, at, kind};

/// The state of the case that the connector received.
fn translated(events: &Events) -> Vec<String> {
    let all = events.take();
    all.iter().filter_map(|event| event.strip_prefix("translate: ").map(str::to_owned)).collect()
}

#[tokio::test(start_paused = true)]
async fn context_decides_although_the_provider_remembers_a_doubt() {
    let (provider, script, events) = probe(&[CREATE], [Play::Lost, reply("{}"), reply("{}")]);
    assert_eq!(provider.report(&received()).await.unwrap_err().delivery(), Delivery::Unknown);
    assert!(provider.is_in_doubt("case-1"));
    // The caller knows that the case is not in doubt: nothing is looked up, and the memory keeps its doubt.
    let receipt = provider.report_with(&received(), &ReportContext::new(&OpenGate)).await.unwrap();
    assert!(receipt.wrote() && provider.is_in_doubt("case-1"));
    let state = "in doubt false, acknowledged before false, vendor case none";
    assert_eq!((translated(&events), script.left()), (vec![state.to_owned(); 2], 0));
    let paths: Vec<_> = script.calls();
    assert_eq!(paths, ["POST /create", "POST /look_up", "POST /create"]);
}

#[tokio::test(start_paused = true)]
async fn context_decides_although_the_provider_remembers_nothing() {
    let plays = [reply(r#"{"verdict":"inconclusive"}"#), reply(r#"{"case":"P-7"}"#)];
    let (provider, script, events) = probe(&[CREATE], plays);
    let context = ReportContext::new(&OpenGate).in_doubt(true).acknowledged_before(true).vendor_case("P-1");
    let error = provider.report_with(&received(), &context).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    assert_eq!(translated(&events), ["in doubt true, acknowledged before true, vendor case P-1"]);
    // The plain report does not know the state of the caller.
    assert!(!provider.is_in_doubt("case-1"));
    assert!(provider.report(&received()).await.is_ok());
    assert_eq!(
        (translated(&events), script.left()),
        (vec!["in doubt false, acknowledged before false, vendor case none".to_owned()], 0)
    );
}

#[tokio::test(start_paused = true)]
async fn vendor_case_id_goes_neither_into_the_memory_nor_out_of_it() {
    let (provider, _, events) = probe(&[READ, CREATE], vec![reply(r#"{"found":"P-2","case":"P-2"}"#); 8]);
    let none = ReportContext::new(&OpenGate);
    let receipt = provider.report_with(&received(), &none).await.unwrap();
    assert_eq!(receipt.vendor_case(), Some("P-2"));
    let _ = provider.report(&received()).await.unwrap();
    // Now the memory has the id, and `report_with` does not read it.
    let _ = provider.report_with(&received(), &none).await.unwrap();
    let _ = provider.report_with(&received(), &none.vendor_case("P-3")).await.unwrap();
    let _ = provider.plan(&received()).unwrap();
    let states = translated(&events);
    let ids: Vec<_> = states.iter().map(|state| state.rsplit(' ').next().unwrap()).collect();
    assert_eq!(ids, ["none", "none", "none", "P-3", "P-2"]);
    // An id in the chargeback takes precedence.
    let with_id = received().to_builder().vendor_case(PROBE, "P-4").build().unwrap();
    let (provider, _, events) = probe(&[WRITE], [reply("{}")]);
    let _ = provider.report_with(&with_id, &none.vendor_case("P-3")).await.unwrap();
    assert_eq!(translated(&events), ["in doubt false, acknowledged before false, vendor case P-4"]);
}

#[tokio::test(start_paused = true)]
async fn found_case_is_no_longer_in_doubt() {
    // The read finds the case, so the create is sent without a lookup, and its rejection is certain.
    let (provider, script, _) = probe(&[READ, CREATE], [reply(r#"{"found":"P-1"}"#), Play::json(400, "{}")]);
    let error = provider.report_with(&received(), &ReportContext::new(&OpenGate).in_doubt(true)).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), script.left()), ("rejected", Delivery::Rejected, 0));
}

#[tokio::test(start_paused = true)]
async fn doubt_does_not_matter_for_idempotent_writes() {
    let (provider, script, _) = probe(&[WRITE], [Play::json(400, "{}")]);
    let error = provider.report_with(&received(), &ReportContext::new(&OpenGate).in_doubt(true)).await.unwrap_err();
    assert_eq!((error.delivery(), script.left()), (Delivery::Rejected, 0));
    // A report that ends before its write keeps the doubt.
    let alert = received().moved_to(Stage::Alert, at(4, 1)).unwrap();
    let error = provider.report_with(&alert, &ReportContext::new(&OpenGate).in_doubt(true)).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("unsupported", Delivery::Unknown));
}

#[tokio::test(start_paused = true)]
async fn deadline_of_the_context_can_only_lower_the_limit() {
    for (deadline, expected) in [(10, 10), (45, 45), (3_600, 45)] {
        let (provider, _, _) = probe(&[WRITE], vec![Play::Hang; 4]);
        let start = Instant::now();
        let context = ReportContext::new(&OpenGate).deadline(start + Duration::from_secs(deadline));
        let error = provider.report_with(&received(), &context).await.unwrap_err();
        assert_eq!((kind(&error), start.elapsed().as_secs()), ("timeout", expected), "{deadline}");
    }
    // A deadline in the past sends nothing and runs no gate.
    for deadline in [Instant::now(), Instant::now().checked_sub(Duration::from_millis(1)).unwrap()] {
        let (provider, script, events) = probe(&[READ, WRITE], []);
        let context = ReportContext::new(&OpenGate).deadline(deadline);
        let error = provider.report_with(&received(), &context).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), error.attempts()), ("timeout", Delivery::NotSent, 0));
        assert!(script.sent().is_empty());
        assert_eq!(events.take().len(), 1, "only translated");
    }
    // The deadline of the provider's settings is not extended.
    let (events, script) = (Events::default(), Script::new([Play::Hang]));
    let short = Timeouts::default().operation(Duration::from_secs(2));
    let provider = Probe::new(&events, &[WRITE]).builder(&script).timeouts(short).build().unwrap();
    let start = Instant::now();
    let context = ReportContext::new(&OpenGate).deadline(start + Duration::from_secs(10));
    assert!(provider.report_with(&received(), &context).await.is_err());
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn attempts_of_the_context_can_only_lower_the_limit() {
    for (limit, expected) in [(None, 4), (Some(2), 2), (Some(4), 4), (Some(9), 4), (Some(1), 1), (Some(0), 1)] {
        let (provider, script, _) = probe(&[WRITE], vec![Play::NotSent; 4]);
        let context = ReportContext::new(&OpenGate).max_attempts(limit);
        let error = provider.report_with(&received(), &context).await.unwrap_err();
        assert_eq!((error.attempts(), script.sent().len()), (expected, expected as usize), "{limit:?}");
    }
    // Each operation has the limit, and a lookup does not count against it.
    let plays = [Play::NotSent, reply("{}"), Play::Lost, reply(r#"{"verdict":"applied"}"#)];
    let (provider, script, _) = probe(&[READ, CREATE], plays);
    let receipt = provider.report_with(&received(), &ReportContext::new(&OpenGate).max_attempts(2)).await.unwrap();
    assert_eq!((receipt.attempts(), receipt.was_reconciled(), script.left()), (3, true, 0));
}

#[tokio::test(start_paused = true)]
async fn report_with_takes_no_turn() {
    let (provider, script, _) = probe(&[WRITE], vec![reply("{}"); 2]);
    let turn = provider.turn("case-1").await;
    let start = Instant::now();
    assert!(provider.report_with(&received(), &ReportContext::new(&OpenGate)).await.is_ok());
    assert_eq!((start.elapsed(), script.left()), (Duration::ZERO, 1));
    // A plain report waits for the turn, until its deadline.
    let error = provider.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), start.elapsed().as_secs()), ("timeout", Delivery::NotSent, 45));
    drop(turn);
    assert!(provider.report(&received()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn dropped_report_with_leaves_no_doubt_in_the_memory() {
    let (provider, script, _) = probe(&[CREATE], [Play::Hang, reply("{}")]);
    let (chargeback, context) = (received(), ReportContext::new(&OpenGate));
    let dropped = tokio::time::timeout(Duration::from_secs(1), provider.report_with(&chargeback, &context)).await;
    assert!(dropped.is_err() && !provider.is_in_doubt("case-1"));
    assert!(provider.report(&chargeback).await.is_ok());
    assert_eq!(script.left(), 0);
}

#[tokio::test(start_paused = true)]
async fn doubt_that_is_resolved_during_a_report_needs_no_lookup() {
    let lost = [reply("{}"), Play::Lost, reply("{}")];
    let slow = [Play::Hang, reply("{}"), reply("{}")];
    let (provider, script, _) = probe(&[READ, CREATE], lost.into_iter().chain(slow));
    assert_eq!(provider.report(&received()).await.unwrap_err().delivery(), Delivery::Unknown);
    let chargeback = received();
    let resolve = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        provider.resolve_doubt("case-1", Resolution::NotFound).unwrap();
    };
    let (receipt, ()) = tokio::join!(provider.report(&chargeback), resolve);
    assert!(receipt.unwrap().wrote());
    assert_eq!(script.calls()[3..], ["POST /read", "POST /read", "POST /create"]);
    assert!(!provider.is_in_doubt("case-1"));
}

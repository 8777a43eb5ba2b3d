//! The gate of `report_with`: its moment, its refusal, and the end of writes.

use std::time::Duration;

use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, HttpProvider, LossPolicy, Reason, ReportContext, Stage,
};
use tokio::time::Instant;

use super::received;
use crate::support::probe::{CREATE, PAY, Probe, READ, Spec, WRITE, probe, reply};
use crate::support::{Answer, Events, Play, Script, TestGate, at, error_chain, kind};

/// The requests and gate calls, without the other events.
fn requests_and_gate(events: &Events) -> Vec<String> {
    events.take().into_iter().filter(|event| event == "gate" || event.starts_with("POST")).collect()
}

async fn report(provider: &HttpProvider<Probe>, gate: &TestGate, in_doubt: bool) -> Result<chargeback::Receipt, Error> {
    provider.report_with(&received(), &ReportContext::new(gate).in_doubt(in_doubt)).await
}

#[tokio::test(start_paused = true)]
async fn gate_runs_once_right_before_the_first_write() {
    let second = WRITE.named("second");
    let cases: &[(&[Spec], Vec<Play>, &[&str])] = &[
        (&[WRITE], vec![reply("{}")], &["gate", "POST /write"]),
        (&[READ, WRITE], vec![reply("{}"); 2], &["POST /read", "gate", "POST /write"]),
        (&[READ, CREATE, second], vec![reply("{}"); 3], &["POST /read", "gate", "POST /create", "POST /second"]),
        (&[WRITE, second.follow_up()], vec![reply("{}"); 2], &["gate", "POST /write", "POST /second"]),
        (&[READ], vec![reply("{}")], &["POST /read"]),
        // Retries do not ask again, neither of a read nor of a write.
        (
            &[READ, WRITE],
            vec![Play::Lost, reply("{}"), Play::Lost, Play::NotSent, reply("{}")],
            &["POST /read", "POST /read", "gate", "POST /write", "POST /write", "POST /write"],
        ),
        // A lookup between two attempts does not ask again.
        (
            &[CREATE],
            vec![Play::Lost, reply(r#"{"verdict":"resend"}"#), reply("{}")],
            &["gate", "POST /create", "POST /look_up", "POST /create"],
        ),
    ];
    for (steps, plays, expected) in cases {
        let (provider, script, events) = probe(steps, plays.clone());
        let _ = report(&provider, &TestGate::open(&events), false).await.unwrap();
        assert_eq!(
            (requests_and_gate(&events), script.left()),
            (expected.iter().map(ToString::to_string).collect(), 0)
        );
    }
    // For a case in doubt, the lookup comes before the gate. A lookup that finds the change needs no gate.
    for (verdict, expected) in [
        ("resend", &["POST /look_up", "gate", "POST /create"][..]),
        ("applied", &["POST /look_up"]),
        ("ambiguous", &["POST /look_up"]),
        ("inconclusive", &["POST /look_up"]),
    ] {
        let (provider, _, events) = probe(&[CREATE], [reply(&format!(r#"{{"verdict":"{verdict}"}}"#)), reply("{}")]);
        let result = report(&provider, &TestGate::open(&events), true).await;
        assert_eq!(requests_and_gate(&events), expected, "{verdict}");
        assert_eq!(result.is_ok(), matches!(verdict, "resend" | "applied"), "{verdict}");
    }
}

#[tokio::test(start_paused = true)]
async fn token_and_encoding_come_before_the_gate() {
    let (events, script) = (Events::default(), Script::new([Play::Lost, reply("{}")]));
    let provider = Probe::new(&events, &[WRITE]).with_token().provider(&script);
    let _ = report(&provider, &TestGate::open(&events), false).await.unwrap();
    let expected = [
        "translate: in doubt false, acknowledged before false, vendor case none",
        "token",
        "encode write",
        "gate",
        "POST /write",
        "token",
        "encode write",
        "POST /write",
    ];
    assert_eq!(events.take(), expected);
}

#[tokio::test(start_paused = true)]
async fn gate_does_not_run_for_a_report_that_is_refused() {
    let (provider, script, events) = probe(&[READ, WRITE], [reply(r#"{"stop":true}"#)]);
    let gate = TestGate::open(&events);
    let alert = received().moved_to(Stage::Alert, at(4, 1)).unwrap();
    let no_order =
        Chargeback::builder("case-1", Stage::Received, Reason::Other, at(3, 9)).user_id("u").build().unwrap();
    for (chargeback, expected) in [(alert, "unsupported"), (no_order, "invalid"), (received(), "conflict")] {
        let error = provider.report_with(&chargeback, &ReportContext::new(&gate)).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), (expected, Delivery::NotSent));
    }
    assert_eq!((requests_and_gate(&events), script.left()), (vec!["POST /read".to_owned()], 0));
    // The same holds for a loss that the policy refuses.
    let (events, script) = (Events::default(), Script::empty());
    let refuse = LossPolicy::Refuse(vec![chargeback::Field::Amount]);
    let strict = HttpProvider::builder(super::spade_connector()).transport(script).losses(refuse).build().unwrap();
    let amount = chargeback::Money::from_minor_units(5, chargeback::Currency::USD);
    let with_amount = received().to_builder().amount(amount).build().unwrap();
    let error = strict.report_with(&with_amount, &ReportContext::new(&TestGate::open(&events))).await.unwrap_err();
    assert_eq!((kind(&error), events.take()), ("unsupported", Vec::<String>::new()));
}

#[tokio::test(start_paused = true)]
async fn refused_gate_sends_no_write() {
    let look_up = reply(r#"{"verdict":"resend"}"#);
    for (steps, plays, in_doubt, delivery) in [
        (&[WRITE][..], vec![], false, Delivery::NotSent),
        (&[CREATE], vec![], false, Delivery::NotSent),
        (&[READ, CREATE], vec![reply("{}")], false, Delivery::NotSent),
        (&[CREATE], vec![look_up], true, Delivery::Unknown),
        (&[READ, WRITE], vec![reply("{}")], true, Delivery::Unknown),
        (&[WRITE], vec![], true, Delivery::Unknown),
    ] {
        let (provider, script, events) = probe(steps, plays);
        let error = report(&provider, &TestGate::new(&events, Answer::Refuse), in_doubt).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), script.left()), ("not started", delivery, 0));
        assert_eq!((error.attempts(), error.is_retryable()), (0, false));
        assert!(
            error_chain(&error).ends_with(" < the write gate did not allow the write < the mark could not be stored")
        );
        assert!(requests_and_gate(&events).iter().all(|event| event != "POST /write" && event != "POST /create"));
        assert!(!provider.is_in_doubt("case-1"));
    }
    // A later step does not ask again.
    let steps = [READ, WRITE.follow_up(), WRITE.named("third").follow_up()];
    let (provider, _, events) = probe(&steps, [reply("{}")]);
    let receipt = report(&provider, &TestGate::new(&events, Answer::Refuse), false).await.unwrap();
    assert_eq!(requests_and_gate(&events), ["POST /read", "gate"]);
    assert!(!receipt.wrote() && !receipt.is_complete());
}

#[tokio::test(start_paused = true)]
async fn closed_gate_ends_the_report_before_its_first_write() {
    // `may_send` is checked before the gate and again after it.
    for (may_send, expected) in [(&[false][..], &[][..]), (&[true, false], &["gate"])] {
        let (provider, _, events) = probe(&[WRITE], []);
        let error = report(&provider, &TestGate::closing(&events, may_send.to_vec()), false).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), error.attempts()), ("not started", Delivery::NotSent, 0));
        assert_eq!(requests_and_gate(&events), expected);
        assert!(error_chain(&error).ends_with("no more writes are allowed"), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn gate_that_closes_after_an_attempt_keeps_the_error_of_the_attempt() {
    for (steps, play, expected, delivery) in [
        (&[WRITE][..], Play::Lost, "transport", Delivery::Unknown),
        (&[WRITE], Play::NotSent, "transport", Delivery::NotSent),
        (&[WRITE], Play::json(503, ""), "unavailable", Delivery::Unknown),
        (&[CREATE], Play::retry_after(429, 1), "rate limited", Delivery::Rejected),
        (&[PAY], Play::NotSent, "transport", Delivery::NotSent),
    ] {
        let (provider, script, events) = probe(steps, [play]);
        let error = report(&provider, &TestGate::closing(&events, [true, true, false]), false).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), error.attempts()), (expected, delivery, 1));
        assert_eq!(script.left(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn gate_that_closes_during_a_lookup_keeps_the_unknown_outcome() {
    let (provider, script, events) = probe(&[CREATE], [Play::Lost, reply(r#"{"verdict":"resend"}"#)]);
    let error = report(&provider, &TestGate::closing(&events, [true, true, false]), false).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.attempts()), ("transport", Delivery::Unknown, 1));
    assert_eq!(
        (requests_and_gate(&events), script.left()),
        (["gate", "POST /create", "POST /look_up"].map(str::to_owned).to_vec(), 0)
    );
}

#[tokio::test(start_paused = true)]
async fn gate_that_closes_after_a_write_leaves_a_failed_step() {
    let (provider, script, events) = probe(&[WRITE, CREATE.follow_up()], [reply("{}")]);
    let receipt = report(&provider, &TestGate::closing(&events, [true, true, false]), false).await.unwrap();
    let (operation, error) = receipt.failed_step().unwrap();
    assert_eq!((operation, kind(error), receipt.wrote(), script.left()), ("create", "not started", true, 0));
}

#[tokio::test(start_paused = true)]
async fn report_ends_if_its_deadline_passes_in_the_gate() {
    // The provider does not limit the time of the gate.
    for (seconds, sent) in [(44, true), (45, false), (300, false)] {
        let (provider, script, events) = probe(&[WRITE], [reply("{}")]);
        let gate = TestGate::new(&events, Answer::OpenAfter(Duration::from_secs(seconds)));
        let start = Instant::now();
        let result = report(&provider, &gate, false).await;
        assert_eq!((start.elapsed().as_secs(), script.sent().len()), (seconds, usize::from(sent)));
        if sent {
            assert!(result.is_ok());
        } else {
            let error = result.unwrap_err();
            assert_eq!((kind(&error), error.delivery()), ("timeout", Delivery::NotSent));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn report_can_be_dropped_in_the_gate() {
    let (provider, script, events) = probe(&[READ, CREATE], vec![reply("{}"); 3]);
    let gate = TestGate::new(&events, Answer::Hang);
    let dropped = tokio::time::timeout(Duration::from_secs(9), report(&provider, &gate, false)).await;
    assert!(dropped.is_err() && !provider.is_in_doubt("case-1"));
    assert_eq!(requests_and_gate(&events), ["POST /read", "gate"]);
    assert!(provider.report(&received()).await.unwrap().wrote(), "the next report is not blocked");
    assert_eq!(script.left(), 0);
}

#[test]
fn context_shows_no_vendor_case_id_in_its_debug_output() {
    let (events, id) = (Events::default(), "canary-vendor-case");
    let gate = TestGate::open(&events);
    let context = ReportContext::new(&gate).in_doubt(true).vendor_case(id).max_attempts(3);
    assert!(!format!("{context:?}").contains("canary"), "{context:?}");
    assert_eq!((context.known_vendor_case(), context.attempt_limit()), (Some(id), Some(3)));
    assert!(context.is_in_doubt() && !context.was_acknowledged_before() && context.ends_at().is_none());
    assert!(context.gate().may_send());
}

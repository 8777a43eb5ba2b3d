//! What is sent when, how long it takes, and what is told of it.

use std::time::Duration;

use bytes::Bytes;
use chargeback::revcent::RevCent;
use chargeback::spade::{RefundFeedback, Spade, WonMeans};
use chargeback::thirdwatch::{self, Thirdwatch};
use chargeback::transport::{Jitter as _, RandomJitter, RequestLimits, Transport, TransportFailure};
use chargeback::{
    Chargeback, ChargebackProvider, HttpProvider, Reason, RetryPolicy, Stage, async_trait, revcent, spade,
};
use http::{Request, Response};
use tokio::time::Instant;

use crate::support::log_capture::{CapturedOutput, capture};
use crate::support::{ENRICHMENT, FixedClock, HalfJitter, Play, Script, kind, plain, provider};

fn spade_connector() -> Spade {
    Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon)
}

fn received() -> Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

const OK: &str = r#"{"details":"ok"}"#;

#[tokio::test]
async fn a_reply_has_256_kib_at_most_whatever_the_transport_reads() {
    let padded = |length: usize| Play::json(200, format!("{OK}{}", " ".repeat(length - OK.len())));
    let report = |play| async move { provider(spade_connector(), &Script::of([play])).report(&received()).await };
    assert!(report(padded(256 * 1024)).await.is_ok());
    let error = report(padded(256 * 1024 + 1)).await.unwrap_err();
    assert_eq!((kind(&error), error.reply_body()), ("unreadable", None));
    assert_eq!(RequestLimits::default().reply_bytes, 256 * 1024);
}

#[tokio::test(start_paused = true)]
async fn waits_double_up_to_the_longest() {
    let waits = RetryPolicy::default().max_attempts(6).backoff(Duration::from_secs(2), Duration::from_secs(10));
    let script = Script::of(vec![Play::NotSent; 5].into_iter().chain([Play::json(200, OK)]));
    let builder = HttpProvider::builder(spade_connector()).transport(script).retry(waits);
    let spade = builder.clock(FixedClock::default()).jitter(HalfJitter).build().unwrap();
    let start = Instant::now();
    let receipt = spade.report(&received()).await.unwrap();
    // Halves of 2, 4, 8, 10 and 10.
    assert_eq!((start.elapsed(), receipt.elapsed()), (Duration::from_secs(17), Duration::from_secs(17)));
    assert_eq!((receipt.attempts(), receipt.steps()[0].was_reconciled()), (6, false));
}

#[tokio::test]
async fn the_dice_fall_between_nothing_and_one() {
    let falls: Vec<f64> = (0..64).map(|_| RandomJitter.sample()).collect();
    assert!(falls.iter().all(|fall| (0.0..1.0).contains(fall)));
    assert!(falls.iter().any(|fall| *fall < 0.5) && falls.iter().any(|fall| *fall > 0.5), "{falls:?}");
}

#[tokio::test(start_paused = true)]
async fn attempts_and_looks_are_logged() {
    let output = CapturedOutput::default();
    let guard = capture(&output);
    let script = Script::of([
        Play::json(200, r#"{"code":1,"results":[]}"#),
        Play::json(200, r#"{"code":1,"results":[]}"#),
        Play::Lost,
        Play::json(200, r#"{"results":[]}"#),
    ]);
    let builder = HttpProvider::builder(RevCent::new("k")).transport(script).retry(RetryPolicy::never().max_lookups(1));
    let _ = builder.build().unwrap().report(&received()).await.unwrap_err();
    drop(guard);
    let text = output.text();
    for line in [
        "outcome=\"acknowledged\"",
        "outcome=\"lost\"",
        "attempt ended",
        "the outcome is unclear, looking up the vendor's record operation=\"create_chargeback\" lookup=1",
    ] {
        assert!(text.contains(line), "no `{line}` in {text}");
    }
}

/// A transport that takes a second.
#[derive(Debug)]
struct Slow;

#[async_trait]
impl Transport for Slow {
    async fn send(&self, _: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Response::new(Bytes::from_static(OK.as_bytes())))
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_name_no_case_wait_for_none() {
    let spade = HttpProvider::builder(spade_connector()).transport(Slow).build().unwrap();
    let start = Instant::now();
    let refund = || spade.report_refund(ENRICHMENT, RefundFeedback::default());
    let (one, two) = tokio::join!(refund(), refund());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}

#[tokio::test]
async fn a_plan_has_the_words_of_the_receipt_and_no_empty_line() {
    let spade = provider(spade_connector(), &Script::of([Play::json(200, OK)]));
    let plan = spade.plan(&received()).unwrap();
    assert_eq!((plan.stage_value(), plan.reason_value()), ("chargeback_pending", "unknown"));
    let receipt = spade.report(&received()).await.unwrap();
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("chargeback_pending", "unknown"));
    assert!(plan.to_text().contains(plan.steps()[0].request().unwrap().body()));
    // RevCent's searches have no body.
    let text = provider(RevCent::new("k"), &Script::silent()).plan(&received()).unwrap().to_text();
    assert!(text.contains("\n    GET https://") && text.contains("\n    {"), "{text}");
    assert!(text.lines().all(|line| !line.trim().is_empty()), "{text}");
}

#[test]
fn capabilities_say_what_every_report_needs() {
    let thirdwatch = provider(Thirdwatch::new("k", thirdwatch::Environment::Staging), &Script::silent());
    assert_eq!(thirdwatch.capabilities().needs(), ["a user id or a session id"]);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_was_read_back_says_so() {
    let held = r#"{"chargeback":{"id":"chargeback0000000001","third_party_chargeback_id":"case-1"}}"#;
    let known = plain("case-1", Stage::Contested, Reason::Other).vendor_case(revcent::ID, "chargeback0000000001");
    let known = known.build().unwrap();
    let first = Script::of([Play::json(200, held), Play::json(200, r#"{"code":1}"#)]);
    let _ = provider(RevCent::new("k"), &first).report(&known).await.unwrap();
    let mut record: serde_json::Value = serde_json::from_str(held).unwrap();
    let written = crate::support::body(&first.sent()[1]);
    record["chargeback"].as_object_mut().unwrap().extend(written.as_object().unwrap().clone());
    let script = Script::of([Play::json(200, held), Play::Lost, Play::json(200, record.to_string())]);
    let receipt = provider(RevCent::new("k"), &script).report(&known).await.unwrap();
    let read_back: Vec<bool> = receipt.steps().iter().map(chargeback::StepReport::was_reconciled).collect();
    assert_eq!(read_back, [false, true]);
    assert!(receipt.was_reconciled());
}

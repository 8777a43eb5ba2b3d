//! Log events of a report.

use chargeback::revcent::RevCent;
use chargeback::{ChargebackProvider, HttpProvider, ReportContext, RetryPolicy};

use super::received;
use crate::support::log_capture::{CapturedOutput, capture};
use crate::support::probe::{WRITE, probe};
use crate::support::{Answer, Play, Script, TestGate};

#[tokio::test(start_paused = true)]
async fn attempts_and_lookups_are_logged() {
    let output = CapturedOutput::default();
    let guard = capture(&output);
    let script = Script::new([
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
        "the outcome is unknown; looking up the vendor's record operation=\"create_chargeback\" lookup=1",
    ] {
        assert!(text.contains(line), "no `{line}` in {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn attempt_that_the_gate_stops_has_an_outcome() {
    let output = CapturedOutput::default();
    let guard = capture(&output);
    let (provider, _, events) = probe(&[WRITE], []);
    let gate = TestGate::new(&events, Answer::Refuse);
    assert!(provider.report_with(&received(), &ReportContext::new(&gate)).await.is_err());
    drop(guard);
    let text = output.text();
    assert!(text.contains("attempt ended outcome=\"not_sent\""), "{text}");
    assert!(text.contains("chargeback{vendor=\"probe\" operation=\"report\" outcome=\"not_sent\"}"), "{text}");
}

//! Log events of a report.

use chargeback::revcent::RevCent;
use chargeback::{ChargebackProvider, HttpProvider, RetryPolicy};

use super::received;
use crate::support::log_capture::{CapturedOutput, capture};
use crate::support::{Play, Script};

#[tokio::test(start_paused = true)]
async fn attempts_and_lookups_are_logged() {
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

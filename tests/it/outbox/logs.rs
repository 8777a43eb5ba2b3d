//! Spans of deliveries: vendor and lane, and no data of the case.

use std::time::Duration;

use chargeback::outbox::{EventKey, MemoryStore, Outbox};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Reason, Reporter, RetryPolicy, Stage};

use super::fixtures::PausedClock;
use crate::support::full;
use crate::support::log_capture::{CapturedOutput, capture};

fn reporter(sandbox: &Sandbox) -> Reporter {
    let never = RetryPolicy::never();
    Reporter::builder()
        .required(sandbox.connect(sandbox.revcent_connector()).retry(never).build().unwrap())
        .required(sandbox.connect(sandbox.thirdwatch_connector()).retry(never).build().unwrap())
        .required(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).retry(never).build().unwrap())
        .required(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(never).build().unwrap())
        .required(sandbox.connect(sandbox.pipwave_connector()).retry(never).build().unwrap())
        .build()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_delivery_has_a_span_without_planted_words() {
    let output = CapturedOutput::default();
    let _guard = capture(&output);
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1_000);
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Rejection));
    sandbox.pipwave().fail_next(Fault::before_acting(FaultKind::Unreachable));
    let outbox = Outbox::new(MemoryStore::with_clock(PausedClock::default()), reporter(&sandbox)).unwrap();
    for (event, stage) in [("canary-event-1", Stage::Received), ("canary-event-2", Stage::Contested)] {
        let case = full(stage, Reason::from("canary-reason")).build().unwrap();
        let key = EventKey::new("canary-source", "canary-account", event).unwrap();
        let _ = outbox.enqueue(&key, &case).await.unwrap();
    }
    let worker = outbox.worker().start().unwrap();
    tokio::time::sleep(Duration::from_secs(120)).await;
    worker.shutdown(Duration::from_secs(5)).await;
    let text = output.text();
    let spans: Vec<&str> = text.lines().filter(|line| line.contains("chargeback::outbox::trace: close")).collect();
    for expected in [
        r#"delivery{vendor="revcent" lane="#,
        r#"outcome="unknown" step="waits" reason="look_up"}"#,
        r#"outcome="acknowledged" step="acknowledged"}"#,
        r#"step="blocked" reason="rejected"}"#,
        r#"step="waits" reason="retry"}"#,
    ] {
        assert!(spans.iter().any(|line| line.contains(expected)), "{expected} is not in {spans:#?}");
    }
    assert!(text.lines().any(|line| line.contains("delivery{") && line.contains(":chargeback{vendor=")), "nested");
    output.check(&[]);
}

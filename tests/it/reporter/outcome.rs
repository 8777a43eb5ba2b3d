//! Outcomes for each provider.

use std::time::Duration;

use chargeback::sandbox::{API_KEY, Fault, FaultKind, Sandbox};
use chargeback::{Delivery, Reporter, RetryPolicy, Stage, revcent, spade, thirdwatch};

use super::{all_vendors, case_at, kinds, numbered_case};
use crate::support::kind;

#[tokio::test(start_paused = true)]
async fn outcome_mentions_a_failed_later_step() {
    let sandbox = Sandbox::in_memory();
    let thirdwatch = sandbox.connect(sandbox.thirdwatch_connector().tag_after_fraud()).retry(RetryPolicy::never());
    let reporter = Reporter::builder().required(thirdwatch.build().unwrap()).build().unwrap();
    let line = async || reporter.report(&numbered_case(1)).await.get(&thirdwatch::ID).unwrap().outcome().to_string();
    assert_eq!(line().await, "acknowledged");
    let is_tag = |request: &http::Request<bytes::Bytes>| request.uri().path().contains("tag");
    sandbox.thirdwatch().fail_next_if(is_tag, Fault::before_acting(FaultKind::Rejection));
    assert_eq!(line().await, "acknowledged, but a later step failed");
}

#[tokio::test(start_paused = true)]
async fn each_provider_has_its_own_outcome() {
    let sandbox = Sandbox::in_memory();
    sandbox.thirdwatch().fail_next(Fault::before_acting(FaultKind::Rejection));
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Silence));
    sandbox.spade().fail_next(Fault::before_acting(FaultKind::Unreachable));
    sandbox.pipwave().fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(30))));
    // Tutelar does not support the stage.
    let outcomes = all_vendors(&sandbox).report(&case_at(Stage::Received)).await;
    assert_eq!(kinds(&outcomes), ["failed", "unknown", "unsupported", "failed", "failed"]);
    assert!(!outcomes.required_settled());
    let required_unsettled: Vec<_> =
        outcomes.required_unsettled().map(|outcome| outcome.provider().to_string()).collect();
    assert_eq!(
        required_unsettled,
        ["thirdwatch", "revcent", "spade"],
        "Pipwave is best effort, and an unsupported stage is settled"
    );
    let retried: Vec<_> = outcomes.iter().map(chargeback::ProviderOutcome::may_be_retried).collect();
    assert_eq!(retried, [false, true, false, true, true]);
    assert_eq!(outcomes.retry_after(), Some(Duration::from_secs(30)));
    let error = |provider: chargeback::ProviderId| outcomes.get(&provider).unwrap().outcome().error().unwrap();
    assert_eq!((kind(error(spade::ID)), error(spade::ID).delivery()), ("transport", Delivery::NotSent));
    assert_eq!(error(revcent::ID).delivery(), Delivery::Unknown);
    for outcome in &outcomes {
        let line = outcome.outcome().to_string();
        assert!(
            !line.contains('\n') && !line.contains(API_KEY) && line.starts_with(outcome.provider().as_str()),
            "{line}"
        );
    }
}

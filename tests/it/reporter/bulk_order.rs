//! Bulk reports to two vendors: order of outcomes, pauses, and the lifecycle policy.

use std::time::Duration;

use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::{BulkOptions, BulkOutcome, Outcome, pipwave, spade};
use futures_util::{StreamExt as _, stream};
use tokio::time::sleep;

use super::fixtures::two_vendors;
use super::numbered_case;

#[tokio::test(start_paused = true)]
async fn equally_fast_vendors_alternate() {
    let sandbox = Sandbox::in_memory();
    let reporter = two_vendors(&sandbox);
    let mut report =
        reporter.report_all(stream::iter((0..8).map(numbered_case)), BulkOptions::default().concurrency(8));
    assert!(futures_util::poll!(report.next()).is_pending());
    let shown = format!("{report:?}");
    assert!(shown.starts_with("BulkReport { read: 8, backlogs: [8, 8], options: BulkOptions {"), "{shown}");
    assert_eq!((report.read(), report.backlogs().collect::<Vec<_>>()), (8, vec![8, 8]));
    // All reports end before the next poll.
    sleep(Duration::from_secs(60)).await;
    let outcomes: Vec<BulkOutcome> = report.collect().await;
    let vendors: Vec<_> = outcomes.iter().map(|outcome| outcome.result.provider().clone()).collect();
    assert!(vendors.chunks(2).all(|pair| *pair == [spade::ID, pipwave::ID]), "{vendors:?}");
    assert!(outcomes.iter().all(|outcome| matches!(outcome.result.outcome(), Outcome::Acknowledged(_))));
}

#[tokio::test(start_paused = true)]
async fn bulk_waits_for_the_slower_vendor() {
    for slow in [0, 1] {
        let sandbox = Sandbox::in_memory();
        let slow_reply = Fault::after_acting(FaultKind::Slow(Duration::from_secs(1)));
        if slow == 0 {
            sandbox.spade().fail_always(slow_reply);
        } else {
            sandbox.pipwave().fail_always(slow_reply);
        }
        let outcomes: Vec<BulkOutcome> = two_vendors(&sandbox)
            .report_all(stream::iter((0..9).map(numbered_case)), BulkOptions::default().concurrency(2))
            .collect()
            .await;
        assert_eq!(outcomes.len(), 18);
    }
}

//! Dropped futures and stalled vendors leave no task, no lock and no wrong state behind.

use std::sync::Arc;
use std::time::Duration;

use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Chargeback, ChargebackProvider, Delivery, Reason, Stage};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::never_twice::polled;
use crate::support::{kind, plain};

fn contested() -> Chargeback {
    plain("case-1", Stage::Contested, Reason::FraudOther).build().unwrap()
}

/// For each vendor: a provider, and a function that returns the stored cases and the processed requests of its fake.
type Providers = [(Arc<dyn ChargebackProvider>, fn(&Sandbox) -> (usize, u64)); 5];

fn providers(sandbox: &Sandbox) -> Providers {
    [
        (Arc::new(sandbox.connect(sandbox.thirdwatch_connector().tag_after_fraud()).build().unwrap()), |s| {
            (s.thirdwatch().cases().len(), s.thirdwatch().acted())
        }),
        (Arc::new(sandbox.connect(sandbox.revcent_connector()).build().unwrap()), |s| {
            (s.revcent().cases().len(), s.revcent().acted())
        }),
        (Arc::new(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::Refuse)).build().unwrap()), |s| {
            (s.tutelar().cases().len(), s.tutelar().acted())
        }),
        (Arc::new(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap()), |s| {
            (s.spade().cases().len(), s.spade().acted())
        }),
        (Arc::new(sandbox.connect(sandbox.pipwave_connector()).build().unwrap()), |s| {
            (s.pipwave().cases().len(), s.pipwave().acted())
        }),
    ]
}

/// Drops a report after its first poll, its second, and so on, until a report finishes. The vendor replies slowly,
/// so that some drops happen between the request and its reply.
#[tokio::test(start_paused = true)]
async fn report_can_be_dropped_at_any_poll() {
    for vendor in 0..5 {
        let mut finished = false;
        for polls in 1..200 {
            let sandbox = Sandbox::in_memory();
            slow(&sandbox);
            let (provider, holds) = providers(&sandbox).into_iter().nth(vendor).unwrap();
            let context = format!("{} dropped after {polls} polls", provider.id());
            let dropped = polled(polls, provider.report(&contested())).await.is_none();
            // No task continues the report, and nothing more is sent.
            assert_eq!(Handle::current().metrics().num_alive_tasks(), 0, "{context}");
            let then = holds(&sandbox);
            tokio::time::sleep(Duration::from_secs(100)).await;
            assert_eq!(holds(&sandbox), then, "{context}");
            // The next report gets the turn and finds the record.
            let receipt = provider.report(&contested()).await.unwrap_or_else(|error| panic!("{context}: {error}"));
            assert!(receipt.is_complete(), "{context}");
            assert_eq!(holds(&sandbox).0, 1, "{context}");
            if !dropped {
                finished = true;
                break;
            }
        }
        assert!(finished, "the report never finishes");
    }
}

/// Delays the replies of all vendors by one second.
fn slow(sandbox: &Sandbox) {
    let fault = || Fault::after_acting(FaultKind::Slow(Duration::from_secs(1)));
    for _ in 0..3 {
        sandbox.thirdwatch().fail_next(fault());
        sandbox.revcent().fail_next(fault());
        sandbox.tutelar().fail_next(fault());
        sandbox.spade().fail_next(fault());
        sandbox.pipwave().fail_next(fault());
    }
}

#[tokio::test(start_paused = true)]
async fn case_is_in_doubt_if_its_write_was_dropped() {
    for (seconds, in_doubt) in [(0, false), (1, false), (2, true), (3, false)] {
        let sandbox = Sandbox::in_memory();
        slow(&sandbox);
        let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
        // Two searches of a second each, then the create.
        let time = Duration::from_millis(seconds * 1_000 + 500);
        let _ = tokio::time::timeout(time, revcent.report(&contested())).await;
        assert_eq!(revcent.is_in_doubt("case-1"), in_doubt, "after {time:?}");
        assert_eq!(sandbox.revcent().cases().len(), usize::from(seconds >= 2));
    }
}

#[tokio::test(start_paused = true)]
async fn stalled_vendor_does_not_delay_other_vendors() {
    let sandbox = Sandbox::in_memory();
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::Silence));
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let tutelar = sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::Refuse)).build().unwrap();
    let start = Instant::now();
    let mut stuck = tokio::task::JoinSet::new();
    for number in 0..1_000 {
        let spade = spade.clone();
        // Some reports have the same case; those wait for each other, within their own deadlines.
        let case = plain(&format!("case-{}", number % 700), Stage::Received, Reason::FraudOther).build().unwrap();
        stuck.spawn(async move { spade.report(&case).await.unwrap_err() });
    }
    tokio::task::yield_now().await;
    assert!(tutelar.report(&contested()).await.is_ok());
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    let errors = stuck.join_all().await;
    assert!(start.elapsed() <= Duration::from_secs(46), "{:?}", start.elapsed());
    assert!(errors.iter().all(|error| kind(error) == "timeout"));
    let waited = errors.iter().filter(|error| error.delivery() == Delivery::NotSent).count();
    assert_eq!(waited, 300, "reports that never got their turn");
    // After the vendor recovers, reports succeed immediately.
    sandbox.spade().recover();
    let recovered_at = Instant::now();
    let case = plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap();
    assert!(spade.report(&case).await.is_ok() && recovered_at.elapsed() < Duration::from_secs(1));
}

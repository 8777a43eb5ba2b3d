//! The `rs` snippets of the README as programs. A test in `docs` compares each line.

use std::cell::Cell;
use std::time::Duration;

use chargeback::lifecycle::MemoryLedger;
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{
    Chargeback, ChargebackProvider as _, Delivery, Error, HttpProvider, Reason, Reporter, Stage, Timeouts,
};

use crate::support::plain;

#[tokio::test(start_paused = true)]
async fn lost_reply_is_found_by_a_lookup() -> Result<(), Error> {
    let chargeback = plain("case-1", Stage::Received, Reason::FraudOther).build()?;
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert!(revcent.report(&chargeback).await?.was_reconciled());
    assert_eq!(sandbox.revcent().cases().len(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn delivery_decides_the_next_step() {
    fn next(error: &Error) -> &'static str {
        let step = Cell::new("none");
        let (alert_person, report_again_later) = (|_: &Error| step.set("alert"), |_: &Error| step.set("again"));
        let (skip, correct_input) = (|_: &Error| step.set("skip"), |_: &Error| step.set("correct"));
        let retry_later = |_: Option<Duration>| step.set("retry");
        match (error.delivery(), error) {
            (_, Error::InDoubt(_)) => alert_person(error),
            (Delivery::Unknown, error) => report_again_later(error),
            (_, Error::Unsupported(_)) => skip(error),
            (_, Error::Invalid(_)) => correct_input(error),
            (_, error) if error.is_retryable() => retry_later(error.retry_after()),
            (Delivery::NotSent | Delivery::Rejected, error) => alert_person(error),
        }
        step.get()
    }
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let case = |id: &str, stage| plain(id, stage, Reason::FraudOther).build().unwrap();
    let report = async |case: Chargeback| next(&revcent.report(&case).await.unwrap_err());
    assert_eq!(report(case("a", Stage::Alert)).await, "skip");
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Reset));
    assert_eq!(report(case("b", Stage::Received)).await, "again");
    assert_eq!(report(case("b", Stage::Received)).await, "alert");
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::Rejection));
    assert_eq!(report(case("c", Stage::Received)).await, "alert");
    sandbox.revcent().fail_next_write(Fault::before_acting(FaultKind::TooManyRequests(Some(90))));
    assert_eq!(report(case("d", Stage::Received)).await, "retry");
}

#[tokio::test]
async fn time_limits_fit_the_grace_period() -> Result<(), Error> {
    let sandbox = Sandbox::in_memory();
    let connector = sandbox.spade_connector(WonMeans::MerchantWon);
    let timeouts = Timeouts::default().attempt(Duration::from_secs(8)).operation(Duration::from_secs(20));
    let spade = HttpProvider::builder(connector).timeouts(timeouts).build()?;
    assert_eq!(spade.id(), chargeback::spade::ID);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn reporter_sends_to_several_vendors_once() -> Result<(), Error> {
    let chargeback = plain("case-1", Stage::Received, Reason::FraudOther).build()?;
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?;
    let ledger = MemoryLedger::new();
    let reporter = Reporter::builder().required(revcent).best_effort(spade).ledger(ledger).build()?;
    for result in &reporter.report(&chargeback).await {
        println!("{}: {}", result.provider(), result.outcome());
    }
    assert!(reporter.report(&chargeback).await.required_settled());
    assert_eq!((sandbox.revcent().cases().len(), sandbox.spade().acted()), (1, 1), "the second report is skipped");
    Ok(())
}

#[cfg(feature = "bulk")]
#[tokio::test(start_paused = true)]
async fn stream_of_cases_is_reported() -> Result<(), Error> {
    use chargeback::BulkOptions;
    use futures_util::{StreamExt as _, stream};

    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?;
    let reporter = Reporter::builder().required(spade).build()?;
    let case = |number| plain(&format!("case-{number}"), Stage::Received, Reason::FraudOther).build();
    let cases: Vec<_> = (0..50).map(case).collect::<Result<_, _>>()?;
    let mut report = reporter.report_all(stream::iter(cases), BulkOptions::default().concurrency(32));
    while let Some(done) = report.next().await {
        println!("{} {}: {}", done.chargeback.case_id(), done.result.provider(), done.result.outcome());
    }
    assert_eq!(sandbox.spade().acted(), 50);
    Ok(())
}

#[cfg(feature = "outbox")]
#[tokio::test]
async fn accepted_report_is_delivered() -> Result<(), Box<dyn std::error::Error>> {
    use chargeback::outbox::{Enqueued, EventKey, LaneFilter, MemoryStore, Operator, Outbox};

    let chargeback = plain("case-1", Stage::Received, Reason::FraudOther).build()?;
    let sandbox = Sandbox::in_memory();
    let reporter = Reporter::builder().required(sandbox.connect(sandbox.revcent_connector()).build()?).build()?;
    let store = MemoryStore::new();
    let operator = Operator::new(store.clone());
    let outbox = Outbox::new(store, reporter)?;
    let worker = outbox.worker().start()?;
    let accepted = outbox.enqueue(&EventKey::new("stripe", "acct_1", "evt_1")?, &chargeback).await?;
    assert!(matches!(accepted, Enqueued::New { .. }));
    while sandbox.revcent().cases().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    worker.shutdown(Duration::from_secs(25)).await;
    for lane in operator.list(&LaneFilter::needs_attention()).await? {
        println!("{lane}");
    }
    assert_eq!(sandbox.revcent().cases().len(), 1);
    Ok(())
}

/// Is compiled, and not run: a test leaves no file behind.
#[cfg(feature = "outbox-sqlite")]
#[allow(dead_code, reason = "checks a line of the README")]
fn store() -> Result<chargeback::outbox::SqliteStore, chargeback::outbox::StoreError> {
    use chargeback::outbox::SqliteStore;

    let store = SqliteStore::open("chargebacks.db")?;
    Ok(store)
}

#[cfg(feature = "webhooks")]
mod webhooks {
    use std::sync::atomic::{AtomicU32, Ordering};

    use chargeback::Outcomes;
    use chargeback::webhooks::{Event, Mapping, ParseError, UnknownValue, stripe};
    use http::{HeaderMap, StatusCode};

    use super::*;

    /// The number of alerts and of reports for one delivery.
    #[derive(Default)]
    struct Seen {
        alerts: AtomicU32,
        reports: AtomicU32,
    }

    async fn handle(reporter: &Reporter, seen: &Seen, headers: HeaderMap, body: Vec<u8>) -> StatusCode {
        let count = |counter: &AtomicU32| assert_eq!(counter.fetch_add(1, Ordering::Relaxed), 0);
        let record = |_: &Outcomes| count(&seen.reports);
        let alert = |_: &UnknownValue| count(&seen.alerts);
        let store_and_alert = |error: &ParseError| {
            assert!(!error.payload().is_empty());
            count(&seen.alerts);
        };
        let verifier = verifier().unwrap();
        let Ok(payload) = verifier.verify(&headers, &body) else { return StatusCode::BAD_REQUEST };
        match payload.parse(&Mapping::default()) {
            Ok(Event::Dispute(dispute)) => record(&reporter.report(&dispute.chargeback).await),
            Ok(Event::Unknown(unknown)) => alert(&unknown),
            Ok(_) => (),
            Err(error) => store_and_alert(&error),
        }
        StatusCode::OK
    }

    fn verifier() -> Result<stripe::Verifier, Error> {
        let verifier = stripe::Verifier::new("whsec_...")?;
        Ok(verifier)
    }

    /// Handles a delivery signed with this secret. Returns the status, the alerts and the reports.
    async fn handled(body: String, secret: &str) -> (u16, u32, u32) {
        let signature = crate::webhooks::stripe_header(secret, chrono::Utc::now().timestamp(), &body);
        let headers = crate::webhooks::headers([("Stripe-Signature", signature.as_str())]);
        let sandbox = Sandbox::in_memory();
        let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
        let reporter = Reporter::builder().required(revcent).ledger(MemoryLedger::new()).build().unwrap();
        let seen = Seen::default();
        let status = handle(&reporter, &seen, headers, body.into_bytes()).await.as_u16();
        let (alerts, reports) = (seen.alerts.into_inner(), seen.reports.into_inner());
        assert_eq!(sandbox.revcent().cases().len(), usize::try_from(reports).unwrap());
        (status, alerts, reports)
    }

    #[tokio::test(start_paused = true)]
    async fn webhook_becomes_a_report() {
        let fixture = |name: &str| crate::webhooks::fixture("stripe", name);
        let live = |name: &str| fixture(name).replace("\"livemode\": false", "\"livemode\": true");
        let created = "charge.dispute.created-needs_response.json";
        assert_eq!(handled(live(created), "whsec_...").await, (200, 0, 1));
        assert_eq!(handled(live(created), "whsec_other").await, (400, 0, 0), "not verified");
        assert_eq!(handled(fixture(created), "whsec_...").await, (200, 0, 0), "test mode");
        for (name, alerts) in [
            ("charge.dispute.created-warning_needs_response.json", 0),
            ("charge.dispute.updated-warning_under_review.json", 0),
            ("charge.succeeded-not_a_dispute.json", 0),
            ("charge.dispute.updated-unknown_values.json", 1),
        ] {
            assert_eq!(handled(live(name), "whsec_...").await, (200, alerts, 0), "{name}");
        }
        let unknown_currency = live(created).replace("\"usd\"", "\"usdc\"");
        assert_eq!(handled(unknown_currency, "whsec_...").await, (200, 0, 1), "an optional field");
        let no_charge = live(created).replace("\"charge\": \"ch_", "\"charge_\": \"ch_");
        for unreadable in [no_charge, "[]".to_owned()] {
            assert_eq!(handled(unreadable, "whsec_...").await, (200, 1, 0), "verified and not understood");
        }
    }
}

//! `report_behind_gate`, for providers that only have `report`.

use std::time::Duration;

use chargeback::{
    Capabilities, Chargeback, ChargebackProvider, Delivery, Error, ErrorDetails, InvalidError, OpenGate, Plan,
    ProviderId, Receipt, ReportContext, Resolution, TurnGuard, Turns, async_trait, report_behind_gate,
};
use tokio::time::Instant;

use super::outside::all_exact;
use crate::engine::received;
use crate::support::{Answer, Events, TestGate, error_chain, kind};

const MAIL: ProviderId = ProviderId::from_static("mail");

/// Sends reports by mail, which takes this long.
#[derive(Debug)]
struct Mail {
    capabilities: Capabilities,
    events: Events,
    delay: Duration,
    fails: bool,
    turns: Turns,
}

impl Mail {
    fn new(events: &Events) -> Self {
        Self {
            capabilities: all_exact(),
            events: events.clone(),
            delay: Duration::from_secs(3),
            fails: false,
            turns: Turns::new(),
        }
    }

    fn idempotent(mut self) -> Self {
        self.capabilities = all_exact().with_idempotent_writes();
        self
    }
}

#[async_trait]
impl ChargebackProvider for Mail {
    fn id(&self) -> ProviderId {
        MAIL
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn plan(&self, _: &Chargeback) -> Result<Plan, Error> {
        Ok(Plan::new(MAIL))
    }

    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        let id = chargeback.vendor_reference(&MAIL).and_then(|reference| reference.case.clone());
        self.events.push(format!("report, vendor case {}", id.as_deref().unwrap_or("none")));
        tokio::time::sleep(self.delay).await;
        let details = ErrorDetails::new(MAIL, "report", Delivery::Rejected);
        if self.fails { Err(Error::rejected(details)) } else { Ok(Receipt::new(MAIL).with_wrote(true)) }
    }

    async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
        report_behind_gate(self, chargeback, context).await
    }

    async fn turn(&self, case_id: &str) -> TurnGuard {
        self.turns.acquire(case_id).await
    }

    fn resolve_doubt(&self, _: &str, resolution: Resolution) -> Result<(), InvalidError> {
        resolution.validate()
    }
}

#[tokio::test(start_paused = true)]
async fn gate_runs_before_the_report() {
    let events = Events::default();
    let gate = TestGate::open(&events);
    let receipt = Mail::new(&events).report_with(&received(), &ReportContext::new(&gate).vendor_case("M-1")).await;
    assert!(receipt.unwrap().wrote());
    assert_eq!(events.take(), ["gate", "report, vendor case M-1"]);
    // Errors of `report` are returned as they are.
    let failing = Mail { fails: true, ..Mail::new(&events) };
    let error = failing.report_with(&received(), &ReportContext::new(&gate)).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("rejected", Delivery::Rejected));
}

#[tokio::test(start_paused = true)]
async fn closed_or_refusing_gate_sends_nothing() {
    let events = Events::default();
    let gates = [
        (TestGate::closing(&events, [false]), vec![], "no more writes are allowed"),
        (TestGate::closing(&events, [true, false]), vec!["gate"], "no more writes are allowed"),
        (TestGate::new(&events, Answer::Refuse), vec!["gate"], "the mark could not be stored"),
    ];
    for (gate, expected, cause) in gates {
        let error = Mail::new(&events).report_with(&received(), &ReportContext::new(&gate)).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), error.provider()), ("not started", Delivery::NotSent, Some(&MAIL)));
        assert!(error_chain(&error).ends_with(cause), "{error:?}");
        assert_eq!(events.take(), expected);
    }
    let context = |gate| ReportContext::new(gate).in_doubt(true);
    let gate = TestGate::new(&events, Answer::Refuse);
    let error = Mail::new(&events).idempotent().report_with(&received(), &context(&gate)).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("not started", Delivery::Unknown));
}

#[tokio::test(start_paused = true)]
async fn case_in_doubt_is_sent_only_if_all_writes_are_idempotent() {
    let events = Events::default();
    let gate = TestGate::open(&events);
    let context = ReportContext::new(&gate).in_doubt(true);
    let error = Mail::new(&events).report_with(&received(), &context).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    assert_eq!(events.take(), Vec::<String>::new());
    assert!(Mail::new(&events).idempotent().report_with(&received(), &context).await.is_ok());
    assert_eq!(events.take(), ["gate", "report, vendor case none"]);
}

#[tokio::test(start_paused = true)]
async fn report_ends_at_the_deadline() {
    for idempotent in [false, true] {
        let events = Events::default();
        let mail = if idempotent { Mail::new(&events).idempotent() } else { Mail::new(&events) };
        let start = Instant::now();
        let context = ReportContext::new(&OpenGate).deadline(start + Duration::from_secs(2));
        let error = mail.report_with(&received(), &context).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), start.elapsed().as_secs()), ("timeout", Delivery::Unknown, 2));
        assert_eq!(error.is_retryable(), idempotent, "a repeat is safe only for idempotent writes");
        let context = ReportContext::new(&OpenGate).deadline(Instant::now() + Duration::from_secs(4));
        assert!(mail.report_with(&received(), &context).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_the_deadline() {
    let events = Events::default();
    let mail = Mail::new(&events);
    let gate = TestGate::open(&events);
    let passed = ReportContext::new(&gate).deadline(Instant::now());
    let error = mail.report_with(&received(), &passed).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.is_retryable()), ("timeout", Delivery::NotSent, true));
    assert_eq!(events.take(), Vec::<String>::new());
    // The gate takes more time than is left.
    let gate = TestGate::new(&events, Answer::OpenAfter(Duration::from_secs(5)));
    let context = ReportContext::new(&gate).deadline(Instant::now() + Duration::from_secs(5));
    let error = mail.report_with(&received(), &context).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("timeout", Delivery::NotSent));
    assert_eq!(events.take(), ["gate"]);
    let late = ReportContext::new(&gate).deadline(Instant::now()).in_doubt(true);
    let error = mail.idempotent().report_with(&received(), &late).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown, "the outcome of the earlier report is unknown");
}

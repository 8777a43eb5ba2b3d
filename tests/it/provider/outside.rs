//! Providers that are implemented outside the crate, without `HttpProvider`: a mock, a queue and a wrapper.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::lifecycle::MemoryLedger;
use chargeback::{
    Capabilities, Chargeback, ChargebackProvider, Delivery, Error, ErrorDetails, FieldSupport, InvalidError, Plan,
    PlannedRequest, PlannedStep, ProviderId, Receipt, ReportContext, Reporter, Resolution, Stage, StageSupport,
    StepReport, Throttled, TurnGuard, Turns, async_trait, report_behind_gate,
};
use tokio::sync::mpsc;

use crate::engine::received;
use crate::support::{Events, LoggedLedger, at};

pub const MOCK: ProviderId = ProviderId::from_static("mock");

/// Capabilities of a vendor that supports every stage exactly.
pub fn all_exact() -> Capabilities {
    Capabilities::from_mapping(
        |stage| StageSupport::exact(stage.as_str()),
        |reason| StageSupport::exact(reason.as_str().to_owned()),
        |_| FieldSupport::Sent,
    )
}

/// A mock that logs every call and returns scripted results; after the last one, it acknowledges.
#[derive(Debug)]
pub struct Mock {
    pub capabilities: Capabilities,
    pub events: Events,
    pub results: Mutex<VecDeque<Result<Receipt, Error>>>,
    pub throttled: Mutex<Duration>,
    pub turns: Turns,
    /// False for a mock that ignores the gate.
    pub runs_gate: bool,
}

impl Mock {
    pub fn new(events: &Events, results: impl IntoIterator<Item = Result<Receipt, Error>>) -> Self {
        Self {
            capabilities: all_exact(),
            events: events.clone(),
            results: Mutex::new(results.into_iter().collect()),
            throttled: Mutex::default(),
            turns: Turns::new(),
            runs_gate: true,
        }
    }

    fn next(&self) -> Result<Receipt, Error> {
        let acknowledged = || {
            let step = StepReport::acknowledged("report").with_attempts(1);
            Receipt::new(MOCK).with_stage_value("lost").with_step(step).with_wrote(true)
        };
        self.results.lock().unwrap().pop_front().unwrap_or_else(|| Ok(acknowledged()))
    }
}

#[async_trait]
impl ChargebackProvider for Mock {
    fn id(&self) -> ProviderId {
        MOCK
    }

    fn capabilities(&self) -> &Capabilities {
        self.events.push("capabilities");
        &self.capabilities
    }

    fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        self.events.push("plan");
        let request = PlannedRequest::new(http::Method::POST, "https://mock.example").with_body("{}");
        let step = PlannedStep::request_for("report", request);
        Ok(Plan::new(MOCK).with_stage_value(chargeback.stage().as_str()).with_step(step))
    }

    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        self.events.push(format!("report {}", chargeback.stage()));
        self.next()
    }

    async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
        self.events.push(format!(
            "report_with {}: in doubt {}, vendor case {}",
            chargeback.stage(),
            context.is_in_doubt(),
            context.known_vendor_case().unwrap_or("none")
        ));
        if self.runs_gate {
            context.gate().before_first_write().await.map_err(|error| {
                Error::not_started(ErrorDetails::new(MOCK, "report", Delivery::NotSent).source(error))
            })?;
        }
        self.events.push("sent");
        self.next()
    }

    async fn turn(&self, case_id: &str) -> TurnGuard {
        self.events.push("turn");
        self.turns.acquire(case_id).await
    }

    fn resolve_doubt(&self, case_id: &str, resolution: Resolution) -> Result<(), InvalidError> {
        self.events.push(format!("resolve_doubt {case_id} {resolution:?}"));
        resolution.validate()
    }
}

impl Throttled for Mock {
    fn throttled_for(&self) -> Duration {
        self.events.push("throttled_for");
        *self.throttled.lock().unwrap()
    }
}

/// Puts reports on a queue. Another task reads the queue and sends them.
#[derive(Debug)]
struct Queue {
    capabilities: Capabilities,
    sender: mpsc::Sender<String>,
    turns: Turns,
}

const QUEUE: ProviderId = ProviderId::from_static("queue");

impl Queue {
    fn new(length: usize) -> (Self, mpsc::Receiver<String>) {
        let (sender, receiver) = mpsc::channel(length);
        // The same report may be put on the queue twice.
        (Self { capabilities: all_exact().with_idempotent_writes(), sender, turns: Turns::new() }, receiver)
    }
}

#[async_trait]
impl ChargebackProvider for Queue {
    fn id(&self) -> ProviderId {
        QUEUE
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn plan(&self, _: &Chargeback) -> Result<Plan, Error> {
        Ok(Plan::new(QUEUE))
    }

    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        let details = || ErrorDetails::new(QUEUE, "enqueue", Delivery::NotSent);
        let json = serde_json::to_string(chargeback).map_err(|error| Error::rejected(details().source(error)))?;
        match self.sender.try_send(json) {
            Ok(()) => Ok(Receipt::new(QUEUE).with_stage_value(chargeback.stage().as_str()).with_wrote(true)),
            Err(full) => Err(Error::unavailable(details().retryable(true).source(full.to_string()))),
        }
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

impl Throttled for Queue {
    fn throttled_for(&self) -> Duration {
        Duration::ZERO
    }
}

/// Counts reports and forwards everything. Gives any provider a throttle of zero.
#[derive(Debug)]
struct Counted<P> {
    inner: P,
    events: Events,
}

#[async_trait]
impl<P: ChargebackProvider> ChargebackProvider for Counted<P> {
    fn id(&self) -> ProviderId {
        self.inner.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
        self.inner.plan(chargeback)
    }

    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
        self.events.push("counted");
        self.inner.report(chargeback).await
    }

    async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
        self.events.push("counted");
        self.inner.report_with(chargeback, context).await
    }

    async fn turn(&self, case_id: &str) -> TurnGuard {
        self.inner.turn(case_id).await
    }

    fn resolve_doubt(&self, case_id: &str, resolution: Resolution) -> Result<(), InvalidError> {
        self.inner.resolve_doubt(case_id, resolution)
    }
}

impl<P: ChargebackProvider> Throttled for Counted<P> {
    fn throttled_for(&self) -> Duration {
        Duration::ZERO
    }
}

/// Calls every method of a provider once.
async fn call_everything(provider: &(impl Throttled + ?Sized), gate: &crate::support::TestGate) {
    assert_eq!(provider.id(), MOCK);
    assert_eq!(provider.capabilities().stage(Stage::Lost).value(), "lost");
    assert_eq!(provider.plan(&received()).unwrap().stage_value(), "received");
    drop(provider.turn("case-1").await);
    assert!(provider.report(&received()).await.unwrap().wrote());
    let context = ReportContext::new(gate).in_doubt(true).vendor_case("M-1");
    assert!(provider.report_with(&received(), &context).await.is_ok());
    assert!(provider.resolve_doubt("case-1", Resolution::Applied).is_ok());
    assert!(provider.resolve_doubt("case-1", Resolution::Found(String::new())).is_err());
    assert_eq!(provider.throttled_for(), Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn every_pointer_forwards_every_method() {
    let events = Events::default();
    let mock = || {
        let mock = Mock::new(&events, []);
        *mock.throttled.lock().unwrap() = Duration::from_secs(7);
        mock
    };
    let gate = crate::support::TestGate::open(&events);
    call_everything(&mock(), &gate).await;
    let direct = events.take();
    assert_eq!(direct.len(), 10, "{direct:?}");
    assert!(direct.contains(&"report_with received: in doubt true, vendor case M-1".to_owned()), "{direct:?}");
    let (shared, boxed): (Arc<dyn Throttled>, Box<dyn Throttled>) = (Arc::new(mock()), Box::new(mock()));
    call_everything(&shared, &gate).await;
    assert_eq!(events.take(), direct);
    call_everything(&boxed, &gate).await;
    assert_eq!(events.take(), direct);
    call_everything(&Arc::new(Box::new(Arc::new(boxed))), &gate).await;
    assert_eq!(events.take(), direct);
}

#[tokio::test(start_paused = true)]
async fn mock_works_in_a_reporter_with_and_without_a_ledger() {
    let contested = received().moved_to(Stage::Contested, at(5, 1)).unwrap();
    let events = Events::default();
    let error = || Error::unavailable(ErrorDetails::new(MOCK, "report", Delivery::NotSent).retryable(true));
    let acknowledged = || Ok(Receipt::new(MOCK).with_wrote(true).with_vendor_case("M-7".to_owned()));
    let shared: Arc<dyn Throttled> = Arc::new(Mock::new(&events, [Err(error()), acknowledged()]));
    let reporter = Reporter::builder().required(shared).build().unwrap();
    let outcomes = reporter.report(&received()).await;
    assert_eq!(outcomes.get(&MOCK).unwrap().outcome().as_str(), "failed");
    let outcomes = reporter.retry_failed(&received(), outcomes).await;
    assert!(outcomes.required_settled());
    assert_eq!(outcomes.get(&MOCK).unwrap().outcome().receipt().unwrap().vendor_case(), Some("M-7"));
    assert_eq!(events.take(), ["report received", "report received"]);

    let unlimited =
        |results: Vec<Result<Receipt, Error>>| -> Box<dyn ChargebackProvider> { Box::new(Mock::new(&events, results)) };
    let boxed = Counted { inner: unlimited(vec![Err(error()), acknowledged()]), events: events.clone() };
    let ledger = LoggedLedger { inner: MemoryLedger::new(), events: events.clone() };
    let reporter = Reporter::builder().required(boxed).ledger(ledger).build().unwrap();
    let outcomes = reporter.report(&received()).await;
    let outcomes = reporter.retry_failed(&received(), outcomes).await;
    assert!(outcomes.required_settled() && reporter.report(&contested).await.required_settled());
    let attempt = [
        "turn",
        "ledger read",
        "counted",
        "report_with received: in doubt false, vendor case none",
        "ledger write: in flight received, acknowledged none",
        "sent",
    ];
    let expected = attempt.iter().chain(&["ledger write: in flight none, acknowledged none"]).chain(&attempt).chain(&[
        "ledger write: in flight none, acknowledged received",
        "turn",
        "ledger read",
        "counted",
        "report_with contested: in doubt false, vendor case M-7",
        "ledger write: in flight contested, acknowledged received",
        "sent",
        "ledger write: in flight none, acknowledged contested",
    ]);
    assert_eq!(events.take(), expected.copied().collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn queue_works_in_a_reporter_with_and_without_a_ledger() {
    for with_ledger in [false, true] {
        let (queue, mut reports) = Queue::new(2);
        let builder = Reporter::builder().required(queue);
        let builder = if with_ledger { builder.ledger(MemoryLedger::new()) } else { builder };
        let reporter = builder.build().unwrap();
        let stages = [Stage::Received, Stage::Contested, Stage::Won];
        let chargebacks: Vec<_> =
            (1..).zip(stages).map(|(day, stage)| received().moved_to(stage, at(day, 1))).collect();
        let mut outcomes = Vec::new();
        for chargeback in &chargebacks {
            let all = reporter.report(chargeback.as_ref().unwrap()).await;
            outcomes.push(all.get(&QUEUE).unwrap().outcome().as_str());
        }
        assert_eq!(outcomes, ["acknowledged", "acknowledged", "failed"], "the queue has room for two");
        let chargeback: Chargeback = serde_json::from_str(&reports.recv().await.unwrap()).unwrap();
        assert_eq!(&chargeback, chargebacks[0].as_ref().unwrap());
        // With room, the third report is sent, and a repeated one only without a ledger.
        let won = chargebacks[2].as_ref().unwrap();
        assert!(reporter.report(won).await.required_settled());
        let _ = reports.try_recv().unwrap();
        let again = reporter.report(won).await;
        let expected = if with_ledger { "skipped" } else { "acknowledged" };
        assert_eq!(again.get(&QUEUE).unwrap().outcome().as_str(), expected);
        assert!(again.required_settled());
    }
}

//! Helpers of the bulk tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chargeback::lifecycle::Ledger;
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::{Spade, WonMeans};
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::{
    Chargeback, HttpProvider, RateLimit, Reason, Reporter, RetryPolicy, Stage, Target, async_trait, spade,
};
use http::{Request, Response};
use tokio::time::{Instant, sleep};

use crate::support::{at, plain};

/// The stages of a case, in order.
pub const STAGES: &[Stage] = &[Stage::Contested, Stage::PreArbitration, Stage::Won];

/// The delay of [`TimedSpade`].
const DELAY: Duration = Duration::from_millis(10);

/// Chargebacks that pass through these stages, interleaved across the cases.
pub fn feed(cases: usize, steps: &'static [Stage]) -> impl Iterator<Item = Chargeback> {
    (0..cases * steps.len()).map(move |number| {
        let (case, step) = (number % cases, number / cases);
        let day = u32::try_from(step).unwrap() + 1;
        plain(&format!("case-{case}"), steps[step], Reason::FraudOther)
            .order_id(format!("order-{case}"))
            .vendor_payment(spade::ID, format!("enrichment-{case}"))
            .stage(steps[step], at(day, 1))
            .build()
            .unwrap()
    })
}

/// A reporter with one lane to Spade and at most one report in ten seconds.
pub fn rate_limited(sandbox: &Sandbox, ledger: Option<Arc<dyn Ledger>>) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let limit = RateLimit::new(1, Duration::from_secs(10));
    let builder = Reporter::builder().target(Target::required(spade.build().unwrap()).rate_limit(limit));
    match ledger {
        Some(ledger) => builder.ledger(ledger).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

/// A reporter for Spade, with an optional rate limit.
pub fn to_spade(sandbox: &Sandbox, limit: Option<RateLimit>) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let target = limit.into_iter().fold(Target::required(spade), Target::rate_limit);
    Reporter::builder().target(target).build().unwrap()
}

/// A reporter for Spade and Pipwave, without retries.
pub fn two_vendors(sandbox: &Sandbox) -> Reporter {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(RetryPolicy::never());
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).retry(RetryPolicy::never());
    Reporter::builder().required(spade.build().unwrap()).required(pipwave.build().unwrap()).build().unwrap()
}

/// Spade of the sandbox with a short delay; records the time of each request.
#[derive(Debug, Clone)]
pub struct TimedSpade {
    pub spade: Arc<dyn Transport>,
    pub start: Instant,
    pub times: Arc<Mutex<Vec<Duration>>>,
}

#[async_trait]
impl Transport for TimedSpade {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        self.times.lock().unwrap().push(self.start.elapsed());
        sleep(DELAY).await;
        self.spade.send(request, limits).await
    }
}

impl TimedSpade {
    pub fn new(sandbox: &Sandbox) -> Self {
        Self { spade: sandbox.transport().unwrap(), start: Instant::now(), times: Arc::default() }
    }

    pub fn provider(&self, sandbox: &Sandbox, retry: RetryPolicy) -> HttpProvider<Spade> {
        let spade = sandbox.spade_connector(WonMeans::MerchantWon);
        HttpProvider::builder(spade).retry(retry).transport(self.clone()).build().unwrap()
    }

    pub fn target(&self, sandbox: &Sandbox) -> Target {
        Target::required(self.provider(sandbox, RetryPolicy::default()))
    }

    pub fn sent(&self, when: impl Fn(Duration) -> bool) -> usize {
        self.times.lock().unwrap().iter().filter(|time| when(**time)).count()
    }
}

/// A reply with status 429 and this `Retry-After`.
pub fn throttled(seconds: u64) -> Fault {
    Fault::before_acting(FaultKind::TooManyRequests(Some(seconds)))
}

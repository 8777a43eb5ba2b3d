//! Time and CPU time of a `Reporter` with ten vendors, compared to the vendors alone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chargeback::connector::Connector;
use chargeback::maxmind::{MaxMind, WonTag};
use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
use chargeback::riskified::{self, Riskified};
use chargeback::seon::{self, Seon, WonLabel};
use chargeback::sift::Sift;
use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reporter, Throttled};
use serde::{Deserialize, Serialize};

use crate::cases::{self, KEY, Vendor, base};
use crate::{process, variants};

/// The time and CPU time of reports, in seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fanout {
    /// The slowest vendor alone, and its median time.
    pub slowest: (String, f64),
    /// The median time of the reporter with all ten.
    pub together: f64,
    /// The CPU time of one report to each vendor, one after the other.
    pub alone_cpu: f64,
    /// The CPU time of one report to all ten.
    pub together_cpu: f64,
}

/// Builds a provider for each of the ten vendors.
///
/// # Panics
///
/// Panics if a provider cannot be built.
fn providers(origin: &str) -> Vec<Arc<dyn Throttled>> {
    fn build(connector: impl Connector) -> Arc<dyn Throttled> {
        Arc::new(HttpProvider::new(connector).expect("a provider"))
    }
    let mut all: Vec<_> = Vendor::ALL.map(|vendor| variants::provider(vendor, origin, false)).into();
    all.extend([
        build(MaxMind::new(10_726, KEY, WonTag::NotFraud).base_url(base(origin))),
        build(Sift::new(KEY).base_url(base(origin))),
        build(Ravelin::new(KEY, Alerts::Refuse, UnclearReasons::NonFraud).base_url(base(origin))),
        build(Seon::new(KEY, seon::Environment::Eu, WonLabel::MarkedAsApproved).base_url(base(origin))),
        build(Riskified::new("shop.example", KEY, riskified::Environment::Sandbox).base_url(base(origin))),
    ]);
    all
}

/// A number of equal operations, with the time of each.
#[derive(Default)]
struct Times {
    each: Vec<f64>,
    cpu: f64,
}

impl Times {
    async fn measure<T>(&mut self, warm: bool, operation: impl Future<Output = T>) -> T {
        let (cpu, start) = (process::cpu(), Instant::now());
        let result = operation.await;
        if warm {
            self.each.push(start.elapsed().as_secs_f64());
            self.cpu += (process::cpu() - cpu).as_secs_f64();
        }
        result
    }

    fn median(&mut self) -> f64 {
        self.each.sort_unstable_by(f64::total_cmp);
        self.each[self.each.len() / 2]
    }

    fn mean_cpu(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "thousands")]
        let count = self.each.len() as f64;
        self.cpu / count
    }
}

/// Reports cases alternately to each vendor alone and to all ten at the same time.
///
/// # Panics
///
/// Panics if a report fails.
pub async fn run(origin: &str, rounds: u64) -> Fanout {
    let providers = providers(origin);
    let reporter = providers.iter().fold(Reporter::builder(), |builder, provider| builder.required(provider.clone()));
    let reporter = reporter.build().expect("a reporter");
    let mut alone: Vec<Times> = providers.iter().map(|_| Times::default()).collect();
    let mut together = Times::default();
    let warm_up = rounds / 10;
    for round in 0..rounds + warm_up {
        let warm = round >= warm_up;
        for (provider, times) in providers.iter().zip(&mut alone) {
            let case = cases::full(2 * round);
            let _ = times.measure(warm, provider.report(&case)).await.expect("a receipt");
        }
        let case: Chargeback = cases::full(2 * round + 1);
        assert!(together.measure(warm, reporter.report(&case)).await.required_settled());
    }
    let alone_cpu = alone.iter().map(Times::mean_cpu).sum();
    let times = providers.iter().zip(&mut alone).map(|(provider, times)| (provider.id().to_string(), times.median()));
    let slowest = times.max_by(|(_, one), (_, other)| one.total_cmp(other)).expect("a vendor");
    Fanout { slowest, together: together.median(), alone_cpu, together_cpu: together.mean_cpu() }
}

/// Returns a time in whole microseconds.
#[must_use]
pub fn micros(seconds: f64) -> String {
    format!("{} µs", Duration::from_secs_f64(seconds).as_micros())
}

//! Time of a `Reporter` with five vendors, compared to the slowest vendor alone.

use std::time::{Duration, Instant};

use chargeback::Reporter;

use crate::cases::{self, Vendor};
use crate::variants;

/// The median times of a report.
#[derive(Debug, Clone)]
pub struct Fanout {
    /// The time of each vendor alone.
    pub alone: Vec<(Vendor, Duration)>,
    /// The time of the reporter with all five vendors.
    pub together: Duration,
}

impl Fanout {
    /// Returns the slowest vendor.
    ///
    /// # Panics
    ///
    /// Panics if there is no vendor.
    #[must_use]
    pub fn slowest(&self) -> (Vendor, Duration) {
        *self.alone.iter().max_by_key(|(_, time)| *time).expect("a vendor")
    }
}

/// Reports cases alternately to each vendor alone and to all five at the same time.
///
/// # Panics
///
/// Panics if a report fails.
pub async fn run(origin: &str, rounds: u64) -> Fanout {
    let providers = Vendor::ALL.map(|vendor| variants::provider(vendor, origin, false));
    let reporter = providers.iter().fold(Reporter::builder(), |builder, provider| builder.required(provider.clone()));
    let reporter = reporter.build().expect("a reporter");
    let mut alone: Vec<Vec<Duration>> = vec![Vec::new(); providers.len()];
    let mut together = Vec::new();
    let warm_up = rounds / 10;
    for round in 0..rounds + warm_up {
        for (provider, times) in providers.iter().zip(&mut alone) {
            let case = cases::full(2 * round);
            let start = Instant::now();
            let _ = provider.report(&case).await.expect("a receipt");
            times.push(start.elapsed());
        }
        let case = cases::full(2 * round + 1);
        let start = Instant::now();
        assert!(reporter.report(&case).await.required_settled());
        together.push(start.elapsed());
    }
    let median = |mut times: Vec<Duration>| {
        times.drain(..usize::try_from(warm_up).expect("a number"));
        times.sort_unstable();
        times[times.len() / 2]
    };
    Fanout { alone: Vendor::ALL.into_iter().zip(alone.into_iter().map(median)).collect(), together: median(together) }
}

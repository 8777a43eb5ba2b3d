//! `Reporter` over five vendors: how long it takes, beside the slowest of them alone.

use std::time::{Duration, Instant};

use chargeback::Reporter;

use crate::cases::{self, Which};
use crate::roads::provider;

/// Median times of a report.
#[derive(Debug, Clone)]
pub struct Fanout {
    /// Of each vendor alone.
    pub alone: Vec<(Which, Duration)>,
    /// Of the reporter over all five.
    pub together: Duration,
}

impl Fanout {
    /// The slowest vendor alone.
    ///
    /// # Panics
    ///
    /// If there is no vendor.
    #[must_use]
    pub fn slowest(&self) -> (Which, Duration) {
        *self.alone.iter().max_by_key(|(_, time)| *time).expect("a vendor")
    }
}

/// Reports so many cases to each vendor alone and to all five at once, in turn.
///
/// # Panics
///
/// If a report fails.
pub async fn run(origin: &str, rounds: u64) -> Fanout {
    let members = Which::ALL.map(|which| provider(which, origin, false));
    let reporter = members.iter().fold(Reporter::builder(), |builder, member| builder.required(member.clone()));
    let reporter = reporter.build().expect("a reporter");
    let mut alone: Vec<Vec<Duration>> = vec![Vec::new(); members.len()];
    let mut together = Vec::new();
    let warm_up = rounds / 10;
    for round in 0..rounds + warm_up {
        for (member, times) in members.iter().zip(&mut alone) {
            let case = cases::full(2 * round);
            let start = Instant::now();
            let _ = member.report(&case).await.expect("a receipt");
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
    Fanout { alone: Which::ALL.into_iter().zip(alone.into_iter().map(median)).collect(), together: median(together) }
}

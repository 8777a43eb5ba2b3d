//! CPU time and memory of `report_all` with up to a million cases.

use std::time::Instant;

use chargeback::{BulkOptions, Chargeback, Reporter};
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use crate::cases::{self, Vendor};
use crate::process;
use crate::variants::{Cost, provider};

/// The cost of a run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Run {
    pub cost: Cost,
    /// Resident memory before the run.
    pub before_kib: u64,
    /// Maximum resident memory of the process.
    pub most_kib: u64,
}

/// Builds the cases lazily.
fn cases_from(first: u64, cases: u64) -> impl Iterator<Item = Chargeback> {
    (first..first + cases).map(|number| cases::case(Vendor::Spade, number))
}

/// Reports this number of cases to Spade with this concurrency, after a warm-up.
///
/// # Panics
///
/// Panics if a report fails.
pub async fn run(origin: &str, cases: u64, concurrency: usize) -> Run {
    let reporter = Reporter::builder().required(provider(Vendor::Spade, origin, false)).build().expect("a reporter");
    let bulk = BulkOptions::default().concurrency(concurrency);
    let run = async |first, cases| {
        let mut report = reporter.report_all(stream::iter(cases_from(first, cases)), bulk);
        let mut count = 0;
        while let Some(outcome) = report.next().await {
            assert!(outcome.result.outcome().receipt().is_some(), "{}", outcome.result.outcome());
            count += 1;
        }
        assert_eq!(count, cases);
    };
    run(0, 2_000).await;
    let before_kib = process::memory_kib("VmRSS");
    let (cpu, start) = (process::cpu(), Instant::now());
    run(2_000, cases).await;
    let (cpu, wall) = ((process::cpu() - cpu).as_secs_f64(), start.elapsed().as_secs_f64());
    Run { cost: Cost { cpu, wall, requests: cases }, before_kib, most_kib: process::memory_kib("VmHWM") }
}

/// Measures only the building of the cases, which `report_all` does not control.
#[must_use]
pub fn build_cases(cases: u64) -> Cost {
    let (cpu, start) = (process::cpu(), Instant::now());
    for case in cases_from(0, cases) {
        std::hint::black_box(case);
    }
    let (cpu, wall) = ((process::cpu() - cpu).as_secs_f64(), start.elapsed().as_secs_f64());
    Cost { cpu, wall, requests: cases }
}

//! `report_all` of up to a million cases: what a case costs, and how much memory it takes.

use std::time::Instant;

use chargeback::{BulkOptions, Chargeback, Reporter};
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use crate::cases::{self, Which};
use crate::process;
use crate::roads::{Took, provider};

/// What a bulk took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Run {
    pub took: Took,
    /// Resident memory before, and the most that there ever was.
    pub before_kib: u64,
    pub most_kib: u64,
}

/// The cases, made as they are read.
fn cases_from(first: u64, cases: u64) -> impl Iterator<Item = Chargeback> {
    (first..first + cases).map(|number| cases::case(Which::Spade, number))
}

/// Reports so many cases to Spade, so many at once, after a warm-up.
///
/// # Panics
///
/// If a report fails.
pub async fn run(origin: &str, cases: u64, concurrency: usize) -> Run {
    let reporter = Reporter::builder().required(provider(Which::Spade, origin, false)).build().expect("a reporter");
    let bulk = BulkOptions::default().concurrency(concurrency);
    let report = async |first, cases| {
        let mut told = reporter.report_all(stream::iter(cases_from(first, cases)), bulk);
        let mut count = 0;
        while let Some(outcome) = told.next().await {
            assert!(outcome.told.outcome().receipt().is_some(), "{}", outcome.told.outcome());
            count += 1;
        }
        assert_eq!(count, cases);
    };
    report(0, 2_000).await;
    let before_kib = process::memory_kib("VmRSS");
    let (cpu, start) = (process::cpu(), Instant::now());
    report(2_000, cases).await;
    let (cpu, wall) = ((process::cpu() - cpu).as_secs_f64(), start.elapsed().as_secs_f64());
    Run { took: Took { cpu, wall, requests: cases }, before_kib, most_kib: process::memory_kib("VmHWM") }
}

/// What making so many cases takes by itself: that is the caller's, and `report_all` reads them as they are made.
#[must_use]
pub fn making(cases: u64) -> Took {
    let (cpu, start) = (process::cpu(), Instant::now());
    for case in cases_from(0, cases) {
        std::hint::black_box(case);
    }
    let (cpu, wall) = ((process::cpu() - cpu).as_secs_f64(), start.elapsed().as_secs_f64());
    Took { cpu, wall, requests: cases }
}

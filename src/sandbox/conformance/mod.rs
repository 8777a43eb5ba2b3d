//! A conformance suite for stores of the [outbox](crate::outbox).
//!
//! Write a [`StoreFactory`] for your store and run every check:
//!
//! ```
//! use chargeback::outbox::MemoryStore;
//! use chargeback::sandbox::TestClock;
//! use chargeback::sandbox::conformance::{self, StoreFactory};
//! use chargeback::async_trait;
//!
//! #[derive(Debug)]
//! struct InMemory;
//!
//! #[async_trait]
//! impl StoreFactory for InMemory {
//!     type Store = MemoryStore;
//!
//!     async fn create(&self, clock: TestClock) -> MemoryStore {
//!         MemoryStore::with_clock(clock)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! conformance::run(&InMemory).await.assert();
//! # }
//! ```

mod checks;
mod delivery;
mod factory;
mod operator;
mod probe;
mod races;
mod upkeep;

pub use self::checks::CHECKS;
pub use self::factory::StoreFactory;
use self::probe::Probe;
use super::test_clock::TestClock;

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckResult {
    /// The stable name of the check.
    pub name: &'static str,
    /// The difference; `None` if the store conforms.
    pub problem: Option<String>,
}

/// The results of all checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    results: Vec<CheckResult>,
}

impl Report {
    /// Returns the results.
    #[must_use]
    pub fn results(&self) -> &[CheckResult] {
        &self.results
    }

    /// Returns the names of the checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &'static str> {
        self.results.iter().filter(|result| result.problem.is_some()).map(|result| result.name)
    }

    /// Panics if a check failed.
    ///
    /// # Panics
    ///
    /// Panics with the list of failed checks.
    #[allow(clippy::panic, reason = "an assertion for tests")]
    pub fn assert(&self) {
        let failed: Vec<_> = self.results.iter().filter(|result| result.problem.is_some()).collect();
        if !failed.is_empty() {
            let lines =
                failed.iter().map(|result| format!("{}: {}", result.name, result.problem.as_deref().unwrap_or("")));
            panic!("the store does not conform:\n{}", lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// Runs every check, each with a new store.
pub async fn run<F: StoreFactory>(factory: &F) -> Report {
    let mut results = Vec::new();
    for &name in CHECKS {
        results.push(run_one(factory, name).await);
    }
    Report { results }
}

/// Runs one check of [`CHECKS`] with a new store.
pub async fn run_one<F: StoreFactory>(factory: &F, name: &'static str) -> CheckResult {
    let clock = TestClock::new();
    let store = factory.create(clock.clone()).await;
    let mut probe = Probe::new(factory, store, clock);
    let problem = checks::check(&mut probe, name).await.err();
    CheckResult { name, problem }
}

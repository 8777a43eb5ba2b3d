//! Runs a case and compares its verdict with the expected one.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::case::{Built, Case, Role};
use crate::fault::{letters, names};
use crate::search::{Extent, Model, Search, search};
use crate::violation::Violation;

/// The verdict of a case.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The lines of `results.txt`, which do not depend on the machine.
    pub(crate) text: String,
    pub(crate) states: u32,
    pub(crate) time: Duration,
    /// The difference from the expected verdict.
    pub(crate) difference: Option<String>,
}

/// Runs a case. A quick run ends at the first violation of a mutation.
pub(crate) fn run(case: &Case, is_quick: bool) -> Verdict {
    match case.build() {
        Built::Outbox(model) => run_model(case, &model, is_quick),
        Built::Breaker(model) => run_model(case, &model, is_quick),
    }
}

fn run_model<M: Model>(case: &Case, model: &M, is_quick: bool) -> Verdict {
    let start = Instant::now();
    let is_partial = is_quick && case.role == Role::Mutation && !case.has_liveness;
    let search = search(model, Extent { first_only: is_partial, liveness: case.has_liveness });
    let text = describe(case, model, &search);
    let difference = difference(case, &search, is_partial);
    Verdict { text, states: search.states.len(), time: start.elapsed(), difference }
}

fn difference<S: Copy + Eq + std::hash::Hash>(case: &Case, search: &Search<S>, is_partial: bool) -> Option<String> {
    let found: Vec<(Violation, String)> =
        search.found.iter().map(|found| (found.kind, letters(&found.faults))).collect();
    let is_expected = |(kind, faults): &(Violation, String)| {
        case.expected.iter().any(|(expected, letters)| expected == kind && letters == faults)
    };
    // The first violation of a partial search may have a set of faults that the full search reduces.
    let is_same = if is_partial {
        found.iter().all(|(kind, _)| case.expected.iter().any(|(expected, _)| expected == kind)) && !found.is_empty()
    } else {
        found.iter().all(is_expected) && found.len() == case.expected.len()
    };
    let is_right = is_same && search.is_exhausted && (case.role != Role::Mutation || !found.is_empty());
    let show = |kind: &Violation, faults: &str| format!("{kind:?} {faults}");
    let found: Vec<String> = found.iter().map(|(kind, faults)| show(kind, faults)).collect();
    let expected: Vec<String> = case.expected.iter().map(|(kind, faults)| show(kind, faults)).collect();
    (!is_right).then(|| format!("{}: found [{}], expected [{}]", case.id, found.join(", "), expected.join(", ")))
}

fn describe<M: Model>(case: &Case, model: &M, search: &Search<M::State>) -> String {
    let mut text = String::new();
    let role = if case.role == Role::Mutation { "mutation: " } else { "" };
    let limit = if search.is_exhausted { "" } else { ", NOT exhausted" };
    let faults = if case.faults.is_empty() { "none" } else { case.faults };
    let _ = writeln!(text, "\n== {} {role}{}", case.id, case.title);
    let _ = writeln!(text, "   faults {faults}; {} states{limit}", search.states.len());
    if let Some(quiet) = search.quiet {
        let _ = writeln!(text, "   {quiet} quiet states");
    }
    if search.found.is_empty() {
        let _ = writeln!(text, "   all invariants hold");
    }
    for found in &search.found {
        let history = search.history(model, found.state);
        let steps: Vec<String> = history.iter().map(|(step, _)| step.text(model.lanes())).collect();
        let _ = writeln!(text, "   {} {}; needs {}", found.kind.id(), found.kind.text(), names(&found.faults));
        let _ = writeln!(text, "      {} steps: {}", steps.len(), steps.join("; "));
    }
    text
}

//! Breadth-first search. The first history that reaches a state is a shortest one.

use std::hash::Hash;

use crate::fault::{self, Counts};
use crate::states::{States, index};
use crate::step::Step;
use crate::violation::Violation;

/// The largest number of states of a case.
const MAX_STATES: u32 = 22_000_000;

/// A protocol with faults.
pub(crate) trait Model {
    type State: Copy + Eq + Hash;

    /// Returns the state before the first step.
    fn first(&self) -> Self::State;

    /// Adds every possible step from a state, with the state after it.
    fn successors(&self, state: &Self::State, out: &mut Vec<(Step, Self::State)>);

    /// Returns the invariants that a state breaks.
    fn violations(&self, state: &Self::State) -> Vec<Violation>;

    /// Returns true if nothing is under way.
    fn is_quiet(&self, state: &Self::State) -> bool;

    /// Returns the faults that may still happen.
    fn left(&self, state: &Self::State) -> Counts;

    /// Returns the names of the lanes.
    fn lanes(&self) -> &'static [&'static str];
}

/// A broken invariant with a smallest set of faults.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) kind: Violation,
    pub(crate) faults: Counts,
    pub(crate) state: u32,
}

/// The extent of a search.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extent {
    /// Ends the search at the first violation.
    pub(crate) first_only: bool,
    /// Checks that quiet is reachable from every state without further faults.
    pub(crate) liveness: bool,
}

/// All states that a model reaches.
pub(crate) struct Search<S> {
    pub(crate) states: States<S>,
    parents: Vec<u32>,
    pub(crate) found: Vec<Found>,
    /// The number of quiet states, if liveness was checked.
    pub(crate) quiet: Option<usize>,
    /// False if the search ended at the limit of states.
    pub(crate) is_exhausted: bool,
}

/// A function that sees each step: the number of the state before, the step, and both states.
pub(crate) type Visit<'a, S> = dyn FnMut(u32, &Step, &S, &S) + 'a;

/// Searches all states of a model.
pub(crate) fn search<M: Model>(model: &M, extent: Extent) -> Search<M::State> {
    visit(model, extent, &mut |_, _, _, _| ())
}

/// Searches all states of a model, and shows every step to a function.
pub(crate) fn visit<M: Model>(model: &M, extent: Extent, visit: &mut Visit<'_, M::State>) -> Search<M::State> {
    let mut search =
        Search { states: States::new(), parents: vec![0], found: Vec::new(), quiet: None, is_exhausted: true };
    search.states.add(&model.first());
    let (mut edges, mut next, mut number) = (Vec::new(), Vec::new(), 0);
    while number < search.states.len() {
        let state = *search.states.get(number);
        if search.note(model, number, &state) {
            next.clear();
            model.successors(&state, &mut next);
            for (step, after) in &next {
                visit(number, step, &state, after);
                let Some(to) = search.add(number, after) else { continue };
                if extent.liveness && model.left(after) == model.left(&state) {
                    edges.push((to, number));
                }
            }
        }
        if extent.first_only && !search.found.is_empty() {
            break;
        }
        number += 1;
    }
    if extent.liveness {
        search.check_liveness(model, edges);
    }
    search.found.sort_by_key(|found| (found.kind, found.faults));
    search
}

impl<S: Copy + Eq + Hash> Search<S> {
    fn add(&mut self, from: u32, state: &S) -> Option<u32> {
        if self.states.len() >= MAX_STATES {
            self.is_exhausted = false;
            return None;
        }
        let (number, is_new) = self.states.add(state);
        if is_new {
            self.parents.push(from);
        }
        Some(number)
    }

    /// Notes the violations of a state. Returns true if the search goes on from it.
    fn note<M: Model<State = S>>(&mut self, model: &M, number: u32, state: &S) -> bool {
        let violations = model.violations(state);
        let (budget, left) = (model.left(self.states.get(0)), model.left(state));
        let faults: Counts = std::array::from_fn(|fault| budget[fault] - left[fault]);
        for kind in violations.iter().copied() {
            let is_covered = |found: &Found| found.kind == kind && fault::is_within(&found.faults, &faults);
            if !self.found.iter().any(is_covered) {
                self.found.retain(|found| found.kind != kind || !fault::is_within(&faults, &found.faults));
                self.found.push(Found { kind, faults, state: number });
            }
        }
        violations.iter().all(|kind| kind.is_repairable())
    }

    /// Finds states from which quiet is not reachable without further faults.
    fn check_liveness<M: Model<State = S>>(&mut self, model: &M, mut edges: Vec<(u32, u32)>) {
        edges.sort_unstable();
        let is_end = |number: u32| {
            let violations = model.violations(self.states.get(number));
            !violations.iter().all(|kind| kind.is_repairable())
        };
        let is_good = |number: u32| model.is_quiet(self.states.get(number)) || is_end(number);
        let mut good: Vec<bool> = (0..self.states.len()).map(is_good).collect();
        let mut open: Vec<u32> = (0..self.states.len()).filter(|number| good[index(*number)]).collect();
        self.quiet = Some(open.len());
        while let Some(number) = open.pop() {
            let first = edges.partition_point(|edge| edge.0 < number);
            for (_, from) in edges[first..].iter().take_while(|edge| edge.0 == number) {
                if !std::mem::replace(&mut good[index(*from)], true) {
                    open.push(*from);
                }
            }
        }
        let stuck = (0..self.states.len()).find(|number| !good[index(*number)]);
        if let Some(state) = stuck {
            let (budget, left) = (model.left(self.states.get(0)), model.left(self.states.get(state)));
            let faults = std::array::from_fn(|fault| budget[fault] - left[fault]);
            self.found.push(Found { kind: Violation::NeverQuiet, faults, state });
        }
    }

    /// Returns a shortest history that reaches a state: each step with the state after it.
    pub(crate) fn history<M: Model<State = S>>(&self, model: &M, mut number: u32) -> Vec<(Step, S)> {
        let mut path = vec![number];
        while number != 0 {
            number = self.parents[index(number)];
            path.push(number);
        }
        path.reverse();
        let (mut history, mut next) = (Vec::new(), Vec::new());
        for pair in path.windows(2) {
            let (from, to) = (self.states.get(pair[0]), self.states.get(pair[1]));
            next.clear();
            model.successors(from, &mut next);
            history.extend(next.iter().find(|(_, state)| state == to).copied());
        }
        history
    }
}

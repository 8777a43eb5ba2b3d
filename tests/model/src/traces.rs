//! Histories as JSON lines, so that a test can replay them against a store. `README.md` describes the format.

use std::collections::BTreeSet;

use crate::case::{Built, Case, Role};
use crate::cases;
use crate::fault;
use crate::search::{Extent, Model, search, visit};
use crate::step::{Place, Step};

/// The cases whose histories become traces. Together, they reach every operation of the store except a failover.
const HISTORIES: [&str; 11] = ["A7", "A8", "H1", "B11", "B12", "E2", "H5", "S2", "P1", "P3", "V1"];

/// A model whose steps have a form in JSON.
pub(crate) trait Render: Model {
    /// Returns the kind of the protocol.
    fn protocol(&self) -> &'static str;

    /// Returns the arguments and results of a step, as members of an object. Each starts with a comma.
    fn details(&self, before: &Self::State, step: &Step, after: &Self::State) -> String;

    /// Returns the rows that a step of the store touches, as an object.
    fn rows(&self, step: &Step, after: &Self::State) -> String;

    /// Returns the part of the rows by which histories are chosen.
    fn summary(&self, step: &Step, after: &Self::State) -> String;

    /// Returns the outcome of a step that the rules do not allow in a state.
    fn refusal(&self, state: &Self::State, step: &Step) -> &'static str;
}

/// Returns all traces. Fails if the rules allow all histories of a mutation.
pub(crate) fn all() -> Result<String, String> {
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    for id in HISTORIES {
        if let Some(case) = cases::all().into_iter().find(|case| case.id == id) {
            match case.build() {
                Built::Outbox(model) => histories(case, &model, &mut seen, &mut lines),
                Built::Breaker(model) => histories(case, &model, &mut seen, &mut lines),
            }
        }
    }
    for case in cases::all().into_iter().filter(|case| case.role == Role::Mutation) {
        match (case.build(), case.build_corrected()) {
            (Built::Outbox(model), Built::Outbox(rules)) => mutation(case, &model, &rules, &mut lines)?,
            (Built::Breaker(model), Built::Breaker(rules)) => mutation(case, &model, &rules, &mut lines)?,
            _ => return Err(format!("{}: two protocols", case.id)),
        }
    }
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

/// Adds a shortest history for each result of a store call that no earlier trace ends with.
fn histories<M: Render>(case: &Case, model: &M, seen: &mut BTreeSet<String>, lines: &mut Vec<String>) {
    let mut ends = Vec::new();
    let search = visit(model, Extent::default(), &mut |from, step, before, after| {
        if step.op.place == Place::Store && seen.insert(key(model, before, step, after)) {
            ends.push((from, *step, *after));
        }
    });
    let mut found: Vec<(Vec<String>, String)> = Vec::new();
    for (from, step, after) in ends {
        let mut history = search.history(model, from);
        history.push((step, after));
        let faults = used(model, &history);
        found.push((steps(model, &history), faults));
    }
    // A history that another one starts with adds nothing.
    let all: Vec<Vec<String>> = found.iter().map(|(steps, _)| steps.clone()).collect();
    let is_prefix = |steps: &Vec<String>| all.iter().any(|other| other.len() > steps.len() && other.starts_with(steps));
    for (steps, faults) in found.iter().filter(|(steps, _)| !is_prefix(steps)) {
        lines.push(format!("{{{},\"steps\":[{}]}}", head(case, model, "rules", faults), steps.join(",")));
    }
}

/// Returns the part of a store call that distinguishes it from others: the call, its result and the state after it.
fn key<M: Render>(model: &M, before: &M::State, step: &Step, after: &M::State) -> String {
    let details = model.details(before, step, after).replace(|c: char| c.is_ascii_digit(), "");
    format!("{} {} {} {details} {}", model.protocol(), step.op.name, step.op.outcome, model.summary(step, after))
}

/// Adds the histories in which a mutation breaks an invariant, up to the first step that the rules do not allow.
fn mutation<M: Render>(case: &Case, model: &M, rules: &M, lines: &mut Vec<String>) -> Result<(), String> {
    let search = search(model, Extent { first_only: false, liveness: case.has_liveness });
    let mut known = BTreeSet::new();
    for found in &search.found {
        let history = search.history(model, found.state);
        // A history may end before the first call that differs.
        let Some((steps, differs)) = demanded(model, rules, &history) else { continue };
        let steps = steps.join(",");
        if known.insert(steps.clone()) {
            let head = head(case, model, "mutation", &fault::letters(&found.faults));
            let breaks = found.kind.id();
            lines.push(format!("{{{head},\"breaks\":\"{breaks}\",\"mutation\":{differs},\"steps\":[{steps}]}}"));
        }
    }
    if known.is_empty() {
        return Err(format!("{}: the rules allow the histories of the mutation", case.id));
    }
    Ok(())
}

/// Follows the history of a mutation by the rules. Returns the steps by the rules up to the first difference, and the
/// step of the mutation there.
fn demanded<M: Render>(model: &M, rules: &M, history: &[(Step, M::State)]) -> Option<(Vec<String>, String)> {
    let (mut mutated, mut state) = (model.first(), rules.first());
    let (mut steps, mut next) = (Vec::new(), Vec::new());
    for (step, after) in history {
        let shown = render(model, &mutated, step, after, step.op.outcome);
        next.clear();
        rules.successors(&state, &mut next);
        let is_same_call =
            |other: &Step| other.op.is_same_call(step.op) && (other.actor, other.lane) == (step.actor, step.lane);
        let found = next.iter().find(|(other, _)| other == step);
        let found = found.or_else(|| next.iter().find(|(other, _)| is_same_call(other)));
        let demanded = if let Some((other, by_rules)) = found {
            let demanded = render(rules, &state, other, by_rules, other.op.outcome);
            state = *by_rules;
            demanded
        } else {
            refused(rules, &state, step)
        };
        let is_different = demanded != shown;
        steps.push(demanded);
        if is_different {
            return Some((steps, shown));
        }
        mutated = *after;
    }
    let missing = missing_step(model, rules, &mutated, &state)?;
    steps.extend(missing);
    Some((steps, "{\"outcome\":\"never\"}".into()))
}

/// Finds a step that the rules allow and the mutation does not, up to the next call of the store.
fn missing_step<M: Render>(model: &M, rules: &M, mutated: &M::State, state: &M::State) -> Option<Vec<String>> {
    let (mut by_rules, mut by_mutation) = (Vec::new(), Vec::new());
    rules.successors(state, &mut by_rules);
    model.successors(mutated, &mut by_mutation);
    let is_missing = |step: &Step| by_mutation.iter().all(|(other, _)| other != step);
    let (first, after) = *by_rules.iter().find(|(step, _)| is_missing(step))?;
    let mut steps = vec![render(rules, state, &first, &after, first.op.outcome)];
    if first.op.place != Place::Store {
        by_rules.clear();
        rules.successors(&after, &mut by_rules);
        let (call, end) = by_rules.iter().find(|(step, _)| step.op.place == Place::Store)?;
        steps.push(render(rules, &after, call, end, call.op.outcome));
    }
    Some(steps)
}

fn head<M: Render>(case: &Case, model: &M, kind: &str, faults: &str) -> String {
    let (id, title, protocol) = (case.id, case.title, model.protocol());
    format!(
        "\"case\":\"{id}\",\"title\":\"{title}\",\"protocol\":\"{protocol}\",\"kind\":\"{kind}\",\
         \"faults\":\"{faults}\""
    )
}

fn used<M: Render>(model: &M, history: &[(Step, M::State)]) -> String {
    let budget = model.left(&model.first());
    let left = history.last().map_or(budget, |(_, state)| model.left(state));
    fault::letters(&std::array::from_fn(|fault| budget[fault] - left[fault]))
}

fn steps<M: Render>(model: &M, history: &[(Step, M::State)]) -> Vec<String> {
    let mut before = model.first();
    let mut shown = Vec::new();
    for (step, after) in history {
        shown.push(render(model, &before, step, after, step.op.outcome));
        before = *after;
    }
    shown
}

/// Returns a step that the rules do not allow, with the rows unchanged.
fn refused<M: Render>(rules: &M, state: &M::State, step: &Step) -> String {
    object(rules, step, rules.refusal(state, step), "", state)
}

/// Returns a step as a JSON object.
fn render<M: Render>(model: &M, before: &M::State, step: &Step, after: &M::State, outcome: &str) -> String {
    object(model, step, outcome, &model.details(before, step, after), after)
}

fn object<M: Render>(model: &M, step: &Step, outcome: &str, details: &str, after: &M::State) -> String {
    let op = step.op;
    let actor = step.actor_name().map(|actor| format!(",\"actor\":\"{actor}\"")).unwrap_or_default();
    let lane = model.lanes().get(usize::from(step.lane));
    let lane = lane.map(|lane| format!(",\"lane\":\"{lane}\"")).unwrap_or_default();
    let report = if step.report > 0 { format!(",\"report\":{}", step.report) } else { String::new() };
    let is_call = op.place == Place::Store;
    let rows = if is_call { format!(",\"rows\":{}", model.rows(step, after)) } else { String::new() };
    let (place, name) = (op.place.as_str(), op.name);
    format!("{{\"on\":\"{place}\",\"op\":\"{name}\"{actor}{lane}{report},\"outcome\":\"{outcome}\"{details}{rows}}}")
}

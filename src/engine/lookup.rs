//! Lookups of the vendor's record, after an attempt that may have acted.

use std::borrow::Cow;

use super::attempt::{Ended, Run, attempt_until};
use super::core::Engine;
use super::outcome::{History, lookup_state};
use super::trace;
use crate::connector::{Connector, LookupVerdict, Operation};
use crate::error::LookupState;

/// The largest number of requests of one lookup.
const MAX_REQUESTS: usize = 16;

/// The result of the lookups of one operation.
pub(super) enum Found<O: Operation> {
    Applied(O::Reply),
    Resend(O),
    Ambiguous(Vec<String>),
    /// Still unknown.
    Inconclusive(Inconclusive),
}

/// The state of a lookup that does not determine the outcome, with a text without data of the case.
pub(super) struct Inconclusive {
    pub(super) state: LookupState,
    pub(super) detail: Cow<'static, str>,
}

impl Inconclusive {
    pub(super) fn new(state: LookupState, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { state, detail: detail.into() }
    }
}

/// Looks up the vendor's record a limited number of times, within the deadline.
pub(super) async fn look_up<C, O>(engine: &Engine<C>, operation: &O, run: &Run<'_>) -> Found<O>
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let max_lookups = engine.retry().max_lookups;
    let detail = if max_lookups == 0 { "lookups are switched off" } else { "not looked up" };
    let mut last = Inconclusive::new(lookup_state(operation).unwrap_or(LookupState::Possible), detail);
    for lookup in 1..=max_lookups {
        // The vendor may still be processing the request, or its index may lag.
        let wait = engine.backoff(lookup);
        if wait >= run.deadline.remaining(engine.clock()) {
            let detail = format!("no time was left for a lookup; {}", last.detail);
            return Found::Inconclusive(Inconclusive::new(last.state, detail));
        }
        engine.clock().sleep(wait).await;
        trace::lookup_started(operation.name(), lookup);
        let impossible = |detail| Found::Inconclusive(Inconclusive::new(LookupState::Impossible, detail));
        match look_up_once(engine, operation, run).await {
            Ok(LookupVerdict::Applied(reply)) => return Found::Applied(reply),
            Ok(LookupVerdict::Resend(next)) => return Found::Resend(next),
            Ok(LookupVerdict::Ambiguous(ids)) => return Found::Ambiguous(ids),
            Ok(LookupVerdict::Inconclusive(detail)) => return impossible(detail),
            Ok(LookupVerdict::Continue(_)) => return impossible("the lookup needs too many requests".into()),
            Ok(LookupVerdict::Pending(detail)) => {
                last = Inconclusive::new(LookupState::NotFound, format!("looked up {lookup} times: {detail}"));
            }
            // An earlier lookup of this run did not find the record.
            Err(failed) if failed.state == LookupState::Failed && last.state == LookupState::NotFound => {
                return Found::Inconclusive(Inconclusive { state: LookupState::NotFound, ..failed });
            }
            Err(failed) => return Found::Inconclusive(failed),
        }
    }
    Found::Inconclusive(last)
}

/// Makes one lookup, with as many requests as it needs.
async fn look_up_once<C, O>(engine: &Engine<C>, operation: &O, run: &Run<'_>) -> Result<LookupVerdict<O>, Inconclusive>
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let Some(mut lookup) = operation.lookup() else {
        return Err(Inconclusive::new(LookupState::Impossible, "the vendor's API has no lookup"));
    };
    let mut replies = Vec::new();
    loop {
        let mut history = History::new();
        match attempt_until(engine, &lookup, &mut history, run).await {
            Ok(reply) => replies.push(reply),
            Err(Ended::NotEncoded(_) | Ended::NotStarted(_)) => {
                let detail = format!("{} cannot be sent", lookup.name());
                return Err(Inconclusive::new(LookupState::Impossible, detail));
            }
            Err(Ended::Problem(problem) | Ended::InDoubt(problem)) => {
                let status = problem.status.map(|status| format!(", HTTP {}", status.as_u16())).unwrap_or_default();
                let detail = format!("{} failed ({}{status})", lookup.name(), problem.outcome());
                return Err(Inconclusive::new(problem.lookup_state(), detail));
            }
        }
        match operation.verdict(&replies) {
            LookupVerdict::Continue(next) if replies.len() < MAX_REQUESTS => lookup = next,
            verdict => return Ok(verdict),
        }
    }
}

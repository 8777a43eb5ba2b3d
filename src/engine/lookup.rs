//! Lookups of the vendor's record, after an attempt that may have acted.

use std::borrow::Cow;

use super::attempt::{Ended, Run, attempt_until};
use super::core::Engine;
use super::outcome::History;
use super::trace;
use crate::connector::{Connector, LookupVerdict, Operation};

/// The largest number of requests of one lookup.
const MAX_REQUESTS: usize = 16;

/// The result of the lookups of one operation.
pub(super) enum Found<O: Operation> {
    Applied(O::Reply),
    Resend(O),
    Ambiguous(Vec<String>),
    /// Still unknown; the text holds no data of the case.
    Inconclusive(Cow<'static, str>),
}

/// Looks up the vendor's record a limited number of times, within the deadline.
pub(super) async fn look_up<C, O>(engine: &Engine<C>, operation: &O, run: &Run<'_>) -> Found<O>
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let max_lookups = engine.retry().max_lookups;
    let mut last = Cow::Borrowed(if max_lookups == 0 { "lookups are switched off" } else { "not looked up" });
    for lookup in 1..=max_lookups {
        // The vendor may still be processing the request, or its index may lag.
        let wait = engine.backoff(lookup);
        if wait >= run.deadline.remaining(engine.clock()) {
            return Found::Inconclusive(format!("no time was left for a lookup; {last}").into());
        }
        engine.clock().sleep(wait).await;
        trace::lookup_started(operation.name(), lookup);
        match look_up_once(engine, operation, run).await {
            LookupVerdict::Applied(reply) => return Found::Applied(reply),
            LookupVerdict::Resend(next) => return Found::Resend(next),
            LookupVerdict::Ambiguous(ids) => return Found::Ambiguous(ids),
            LookupVerdict::Inconclusive(detail) => return Found::Inconclusive(detail),
            LookupVerdict::Pending(detail) => last = format!("looked up {lookup} times: {detail}").into(),
            LookupVerdict::Continue(_) => {
                return Found::Inconclusive("the lookup needs too many requests".into());
            }
        }
    }
    Found::Inconclusive(last)
}

/// Makes one lookup, with as many requests as it needs.
async fn look_up_once<C, O>(engine: &Engine<C>, operation: &O, run: &Run<'_>) -> LookupVerdict<O>
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let Some(mut lookup) = operation.lookup() else {
        return LookupVerdict::Inconclusive("the vendor's API has no lookup".into());
    };
    let mut replies = Vec::new();
    loop {
        let mut history = History::new();
        match attempt_until(engine, &lookup, &mut history, run).await {
            Ok(reply) => replies.push(reply),
            Err(Ended::NotEncoded(_) | Ended::NotStarted(_)) => {
                return LookupVerdict::Inconclusive(format!("{} cannot be sent", lookup.name()).into());
            }
            Err(Ended::Problem(problem) | Ended::InDoubt(problem)) => {
                let status = problem.status.map(|status| format!(", HTTP {}", status.as_u16())).unwrap_or_default();
                let detail = format!("{} failed ({}{status})", lookup.name(), problem.outcome());
                return LookupVerdict::Inconclusive(detail.into());
            }
        }
        match operation.verdict(&replies) {
            LookupVerdict::Continue(next) if replies.len() < MAX_REQUESTS => lookup = next,
            verdict => return verdict,
        }
    }
}

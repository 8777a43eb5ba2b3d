//! Looks at the vendor's record, when an attempt may have acted.

use std::borrow::Cow;

use super::attempt::Blocked;
use super::clock::Deadline;
use super::outcome::History;
use super::provider::Inner;
use super::trace;
use crate::connector::{Connector, LookupVerdict, Operation};

/// How many questions one look may take; a vendor that needs more is not answering.
const QUESTIONS: usize = 16;

/// What looking has shown.
pub(crate) enum Looked<O: Operation> {
    Holds(O::Reply),
    Again(O),
    Several(Vec<String>),
    /// It is still unclear; in words without data.
    Unsettled(Cow<'static, str>),
}

impl<V: Connector> Inner<V> {
    /// Looks a bounded number of times, within the deadline.
    pub(crate) async fn read_back<O>(&self, operation: &O, deadline: Deadline) -> Looked<O>
    where
        O: Operation<Connector = V>,
    {
        let mut last =
            Cow::Borrowed(if self.retry.max_lookups == 0 { "looking is switched off" } else { "not looked" });
        for look in 1..=self.retry.max_lookups {
            // The vendor may still be at work on what it was sent, or its index may lag.
            let wait = self.retry.wait(look, self.runtime.random());
            if wait >= deadline.remaining(&*self.runtime) {
                return Looked::Unsettled(format!("no time was left to look; {last}").into());
            }
            self.runtime.sleep(wait).await;
            trace::looking(operation.name(), look);
            match self.look(operation, deadline).await {
                LookupVerdict::Applied(reply) => return Looked::Holds(reply),
                LookupVerdict::Resend(next) => return Looked::Again(next),
                LookupVerdict::Ambiguous(ids) => return Looked::Several(ids),
                LookupVerdict::Inconclusive(why) => return Looked::Unsettled(why),
                LookupVerdict::Pending(why) => last = format!("looked {look} times: {why}").into(),
                LookupVerdict::Continue(_) => {
                    return Looked::Unsettled("the vendor's record takes too many questions".into());
                }
            }
        }
        Looked::Unsettled(last)
    }

    /// One look: as many questions as it takes.
    async fn look<O>(&self, operation: &O, deadline: Deadline) -> LookupVerdict<O>
    where
        O: Operation<Connector = V>,
    {
        let Some(mut probe) = operation.lookup() else {
            return LookupVerdict::Inconclusive("the vendor cannot be asked".into());
        };
        let mut seen = Vec::new();
        loop {
            let mut history = History::new();
            match self.attempt_until(&probe, &mut history, deadline).await {
                Ok(reply) => seen.push(reply),
                Err(Blocked::Error(_)) => {
                    return LookupVerdict::Inconclusive(format!("{} cannot be written", probe.name()).into());
                }
                Err(Blocked::Problem(problem) | Blocked::Unclear(problem)) => {
                    let status = problem.status.map(|status| format!(", HTTP {}", status.as_u16())).unwrap_or_default();
                    return LookupVerdict::Inconclusive(
                        format!("{} failed ({}{status})", probe.name(), problem.outcome()).into(),
                    );
                }
            }
            match operation.verdict(&seen) {
                LookupVerdict::Continue(next) if seen.len() < QUESTIONS => probe = next,
                settled => return settled,
            }
        }
    }
}

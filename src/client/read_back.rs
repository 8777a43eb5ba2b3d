//! Looks at the vendor's record, when an attempt may have acted.

use std::borrow::Cow;

use super::attempts::Stopped;
use super::failure::History;
use super::provider::Inner;
use super::runtime::Deadline;
use super::trace;
use crate::vendor::{Operation, Settled, Vendor};

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

impl<V: Vendor> Inner<V> {
    /// Looks a bounded number of times, within the deadline.
    pub(crate) async fn read_back<O>(&self, operation: &O, deadline: Deadline) -> Looked<O>
    where
        O: Operation<Vendor = V>,
    {
        let mut last = Cow::Borrowed(if self.retry.looks == 0 { "looking is switched off" } else { "not looked" });
        for look in 1..=self.retry.looks {
            // The vendor may still be at work on what it was sent, or its index may lag.
            let wait = self.retry.wait(look, self.runtime.random());
            if wait >= deadline.remaining(&*self.runtime) {
                return Looked::Unsettled(format!("no time was left to look; {last}").into());
            }
            self.runtime.sleep(wait).await;
            trace::looking(operation.name(), look);
            match self.look(operation, deadline).await {
                Settled::Holds(reply) => return Looked::Holds(reply),
                Settled::Again(next) => return Looked::Again(next),
                Settled::Several(ids) => return Looked::Several(ids),
                Settled::Never(why) => return Looked::Unsettled(why),
                Settled::NotYet(why) => last = format!("looked {look} times: {why}").into(),
                Settled::Ask(_) => return Looked::Unsettled("the vendor's record takes too many questions".into()),
            }
        }
        Looked::Unsettled(last)
    }

    /// One look: as many questions as it takes.
    async fn look<O>(&self, operation: &O, deadline: Deadline) -> Settled<O>
    where
        O: Operation<Vendor = V>,
    {
        let Some(mut probe) = operation.probe() else {
            return Settled::Never("the vendor cannot be asked".into());
        };
        let mut seen = Vec::new();
        loop {
            let mut history = History::new();
            match self.attempt_until(&probe, &mut history, deadline).await {
                Ok(reply) => seen.push(reply),
                Err(Stopped::Error(_)) => return Settled::Never(format!("{} cannot be written", probe.name()).into()),
                Err(Stopped::Problem(problem) | Stopped::Unclear(problem)) => {
                    let status = problem.status.map(|status| format!(", HTTP {}", status.as_u16())).unwrap_or_default();
                    return Settled::Never(format!("{} failed ({}{status})", probe.name(), problem.outcome()).into());
                }
            }
            match operation.settle(&seen) {
                Settled::Ask(next) if seen.len() < QUESTIONS => probe = next,
                settled => return settled,
            }
        }
    }
}

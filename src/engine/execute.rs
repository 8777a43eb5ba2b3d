//! One operation to its end: attempts, and lookups while the outcome is unknown.

use super::attempt::{Ended, Run, attempt_until};
use super::core::Engine;
use super::lookup::{Found, Inconclusive, look_up};
use super::outcome::{History, Problem, lookup_state};
use crate::connector::{Connector, Operation, RetrySafety};
use crate::error::{Delivery, Error, ErrorDetails, InvalidError, LookupState};

/// An acknowledgement.
pub(super) struct Executed<R> {
    pub(super) reply: R,
    pub(super) attempts: u32,
    /// The reply was reconstructed from the vendor's record.
    pub(super) reconciled: bool,
}

/// Executes one operation.
///
/// `before` is the state of the case before the operation: `Unknown` if an earlier report may have acted. Then an
/// operation that is not idempotent starts with a lookup. After each attempt with an unknown outcome, a lookup
/// decides: the reply is reconstructed, the operation is sent again as the lookup returned it, or the error states
/// that the outcome is unknown.
///
/// `operation` ends as the operation that was last sent, since a lookup may replace it. Taken by `&mut`: moving it
/// would copy it into every enclosing future.
pub(super) async fn execute<C, O>(
    engine: &Engine<C>,
    operation: &mut O,
    before: Delivery,
    run: &Run<'_>,
) -> Result<Executed<O::Reply>, Error>
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let violations = operation.validate();
    if !violations.is_empty() {
        return Err(InvalidError::for_vendor(engine.id().clone(), Some(operation.name()), violations).into());
    }
    let mut history = History::after(before);
    if before == Delivery::Unknown && operation.retry_safety() != RetrySafety::Idempotent {
        // Lookups are rare, so reports carry a pointer to their future and not its memory.
        if let Some(reply) = Box::pin(look_up_first(engine, operation, run)).await? {
            return Ok(Executed { reply, attempts: 0, reconciled: true });
        }
    }
    let mut unclear: Option<Box<Problem>> = None;
    loop {
        let problem = match attempt_until(engine, &*operation, &mut history, run).await {
            Ok(reply) => return Ok(Executed { reply, attempts: history.attempts, reconciled: false }),
            Err(Ended::NotEncoded(error)) => return Err(error),
            // If the gate closes after a lookup, the outcome of the attempt before the lookup is kept.
            Err(Ended::NotStarted(gate)) => {
                let not_started = || {
                    let details = ErrorDetails::new(engine.id().clone(), operation.name(), Delivery::NotSent);
                    Error::not_started(details.lookup(lookup_state(operation)).source(gate))
                };
                return Err(unclear.map_or_else(not_started, |problem| error(engine, *problem, operation, &history)));
            }
            Err(Ended::Problem(problem)) => return Err(error(engine, problem, operation, &history)),
            Err(Ended::InDoubt(problem)) => problem,
        };
        match Box::pin(look_up(engine, &*operation, run)).await {
            Found::Applied(reply) => return Ok(Executed { reply, attempts: history.attempts, reconciled: true }),
            Found::Resend(next) if history.attempts < run.max_attempts => {
                *operation = next;
                unclear = Some(Box::new(problem));
            }
            found => return Err(unsettled(engine, found, problem, operation, history)),
        }
    }
}

/// The error after a lookup that does not settle the outcome.
fn unsettled<C, O>(engine: &Engine<C>, found: Found<O>, problem: Problem, operation: &O, mut history: History) -> Error
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let Inconclusive { state, detail } = match found {
        Found::Ambiguous(ids) => {
            let details = ErrorDetails::new(engine.id().clone(), operation.name(), history.delivery);
            return Error::conflict(ids, details.attempts(history.attempts));
        }
        Found::Inconclusive(inconclusive) => inconclusive,
        Found::Applied(_) | Found::Resend(_) => {
            Inconclusive::new(LookupState::NotFound, "the vendor's record does not hold the whole report")
        }
    };
    (history.lookup, history.lookup_detail) = (Some(state), Some(detail));
    error(engine, problem, operation, &history)
}

/// For a case in doubt, looks up the vendor's record before sending. Returns the reply if the record already holds the
/// change.
async fn look_up_first<C, O>(engine: &Engine<C>, operation: &mut O, run: &Run<'_>) -> Result<Option<O::Reply>, Error>
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let details = ErrorDetails::new(engine.id().clone(), operation.name(), Delivery::Unknown);
    match look_up(engine, &*operation, run).await {
        Found::Applied(reply) => Ok(Some(reply)),
        Found::Resend(next) => {
            *operation = next;
            Ok(None)
        }
        Found::Ambiguous(ids) => Err(Error::conflict(ids, details)),
        Found::Inconclusive(Inconclusive { state, detail }) => {
            Err(Error::in_doubt(details.lookup(state).lookup_detail(detail)))
        }
    }
}

fn error<C: Connector, O: Operation>(engine: &Engine<C>, problem: Problem, operation: &O, history: &History) -> Error {
    problem.into_error(engine.id().clone(), operation, history)
}

//! One operation to its end: attempts, and lookups while the outcome is unclear.

use super::attempt::{Ended, Run, attempt_until};
use super::core::Engine;
use super::lookup::{Found, look_up};
use super::outcome::{History, Problem};
use crate::connector::{Connector, Operation, RetrySafety};
use crate::error::{Delivery, Error, ErrorDetails, InvalidError};

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
/// operation that is not idempotent starts with a lookup. After each unclear attempt, a lookup decides: the reply
/// is reconstructed, the operation is sent again as the lookup returned it, or the error states that the outcome is
/// unknown.
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
    let mut in_doubt = None;
    loop {
        let problem = match attempt_until(engine, &*operation, &mut history, run).await {
            Ok(reply) => return Ok(Executed { reply, attempts: history.attempts, reconciled: false }),
            Err(ended) => to_look_up(engine, ended, in_doubt, operation, &history)?,
        };
        match Box::pin(look_up(engine, &*operation, run)).await {
            Found::Applied(reply) => {
                return Ok(Executed { reply, attempts: history.attempts, reconciled: true });
            }
            Found::Resend(next) if history.attempts < run.max_attempts => {
                *operation = next;
                in_doubt = Some(problem);
            }
            Found::Resend(_) => {
                history.lookup_detail = Some("the vendor's record does not hold the whole report".into());
                return Err(error(engine, problem, operation, &history));
            }
            Found::Ambiguous(ids) => {
                let details = ErrorDetails::new(engine.id().clone(), operation.name(), history.delivery);
                return Err(Error::conflict(ids, details.attempts(history.attempts)));
            }
            Found::Inconclusive(detail) => {
                history.lookup_detail = Some(detail);
                return Err(error(engine, problem, operation, &history));
            }
        }
    }
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
        Found::Inconclusive(detail) => Err(Error::in_doubt(details.lookup_detail(detail))),
    }
}

/// Returns the problem if the vendor may have acted, so that a lookup must decide.
///
/// `before` is the problem of the attempt before the last lookup. If the gate closes after that lookup, its outcome is
/// kept.
///
/// # Errors
///
/// Returns the final error if the attempts ended in any other way.
fn to_look_up<C: Connector, O: Operation>(
    engine: &Engine<C>,
    ended: Ended,
    before: Option<Problem>,
    operation: &O,
    history: &History,
) -> Result<Problem, Error> {
    let problem = match ended {
        Ended::InDoubt(problem) => return Ok(problem),
        Ended::NotEncoded(error) => return Err(error),
        Ended::Problem(problem) => problem,
        Ended::NotStarted(gate) => before.ok_or_else(|| {
            let details = ErrorDetails::new(engine.id().clone(), operation.name(), Delivery::NotSent);
            Error::not_started(details.source(gate))
        })?,
    };
    Err(error(engine, problem, operation, history))
}

fn error<C: Connector, O: Operation>(engine: &Engine<C>, problem: Problem, operation: &O, history: &History) -> Error {
    problem.into_error(engine.id().clone(), operation, history)
}

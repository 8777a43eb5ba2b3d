//! One operation, attempted until it is acknowledged, rejected, or must be looked up.

use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tracing::{Instrument as _, Span};

use super::clock::{Deadline, within};
use super::core::Engine;
use super::outcome::{Cause, History, Problem};
use super::retry::{Decision, Facts, Happened, decide};
use super::trace;
use super::transport::{REPLY_BYTES, TransportFailure};
use crate::connector::{Attempt, Connector, Operation, ReplyErrorKind, TokenRequest};
use crate::error::{Delivery, Error, FailurePhase, TimeLimit};
use crate::provider::{GateError, ReportContext, WriteGate};
use crate::util::secret::Secret;

/// The limits of one report or call, and its gate.
pub(super) struct Run<'r> {
    pub(super) deadline: Deadline,
    pub(super) max_attempts: u32,
    gate: Option<&'r dyn WriteGate>,
    gate_called: AtomicBool,
    gate_passed: AtomicBool,
    /// The vendor acknowledged a write of this run, or may have acted on it.
    wrote: AtomicBool,
}

impl<'r> Run<'r> {
    /// A run with the limits of the provider and without a gate.
    pub(super) fn new<C: Connector>(engine: &Engine<C>) -> Self {
        let (deadline, max_attempts) = (engine.deadline(), engine.retry().max_attempts);
        Self {
            deadline,
            max_attempts,
            gate: None,
            gate_called: AtomicBool::new(false),
            gate_passed: AtomicBool::new(false),
            wrote: AtomicBool::new(false),
        }
    }

    /// True if a write of this run was acknowledged by its reply, or may have acted. A lookup does not count.
    pub(super) fn wrote(&self) -> bool {
        self.wrote.load(Relaxed)
    }

    fn note_write(&self, reads_only: bool) {
        self.wrote.fetch_or(!reads_only, Relaxed);
    }

    /// A run with the gate and the limits of a context, which can only lower the limits of the provider.
    pub(super) fn with_context<C: Connector>(engine: &Engine<C>, context: &ReportContext<'r>) -> Self {
        let mut run = Self::new(engine);
        if let Some(end) = context.ends_at() {
            let time = end.saturating_duration_since(tokio::time::Instant::now());
            run.deadline = Deadline::after(engine.clock(), time.min(engine.timeouts().operation));
        }
        run.max_attempts = run.max_attempts.min(context.attempt_limit().unwrap_or(u32::MAX));
        run.gate = Some(context.gate());
        run
    }

    /// Asks the gate, right before a request that may change the vendor's record.
    async fn pass_gate(&self) -> Result<(), GateError> {
        let Some(gate) = self.gate else { return Ok(()) };
        let closed = || GateError::new("no more writes are allowed");
        if !gate.may_send() {
            return Err(closed());
        }
        if !self.gate_passed.load(Relaxed) {
            // A later step does not ask again after a refusal.
            if self.gate_called.swap(true, Relaxed) {
                return Err(closed());
            }
            gate.before_first_write().await?;
            self.gate_passed.store(true, Relaxed);
            // Storing a mark takes time, so a lease may have expired meanwhile.
            if !gate.may_send() {
                return Err(closed());
            }
        }
        Ok(())
    }
}

/// The end of the attempts without an acknowledgement.
pub(super) enum Ended {
    /// Final.
    Problem(Problem),
    /// The vendor may have acted, and the operation must not simply be repeated.
    InDoubt(Problem),
    /// The request could not be encoded.
    NotEncoded(Error),
    /// The gate did not allow the first write.
    NotStarted(GateError),
}

/// The failure of one attempt.
enum Failed {
    Problem(Problem),
    NotEncoded(Error),
    Gate(GateError),
}

impl From<Cause> for Failed {
    fn from(cause: Cause) -> Self {
        Self::Problem(Problem::new(cause))
    }
}

/// Attempts an operation as often as the retry decision allows.
///
/// Before each attempt, the loop checks the deadline. After a failed attempt, it records the effect on the vendor's
/// record in `history`, renews a refused token once, and asks [`decide`] whether to wait and retry, to look up the
/// record ([`Ended::InDoubt`]), or to stop. If a later request cannot be encoded or the gate closes after an
/// earlier attempt, the outcome of the earlier attempts is kept.
pub(super) async fn attempt_until<C, O>(
    engine: &Engine<C>,
    operation: &O,
    history: &mut History,
    run: &Run<'_>,
) -> Result<O::Reply, Ended>
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let mut last = None;
    loop {
        if run.deadline.remaining(engine.clock()).is_zero() {
            return Err(Ended::Problem(Problem::new(Cause::TimedOut { limit: TimeLimit::Operation, sent: false })));
        }
        history.attempts += 1;
        let span = trace::attempt(operation.name(), history.attempts);
        let token = history.next_token();
        // In a block of its own, so that this future keeps no place for the outcome.
        let problem = {
            // Pinned first: the future is large, and the span would move it.
            let outcome = pin!(attempt(engine, operation, token, &span, run)).instrument(span.clone()).await;
            match outcome {
                Ok(reply) => {
                    note_success(engine, operation.reads_only(), run, &span);
                    return Ok(reply);
                }
                Err(failed) => problem_of(failed, last.take(), history, &span)?,
            }
        };
        trace::attempt_ended(&span, problem.outcome());
        let in_doubt = history.delivery == Delivery::Unknown;
        note_problem(&problem, operation.reads_only(), history, run);
        if may_renew_token(engine, &problem, history) {
            history.renew_token();
            last = Some(Box::new(problem));
            continue;
        }
        let facts = facts(engine, &problem, history, in_doubt, run);
        if problem.happened() == Happened::Throttled {
            engine.throttle().begin(engine.clock(), facts.retry_after, facts.backoff);
        }
        match decide(problem.happened(), operation.retry_safety(), &facts) {
            Decision::Retry(wait) => engine.clock().sleep(wait).await,
            Decision::LookUp => return Err(Ended::InDoubt(problem)),
            Decision::Stop => return Err(Ended::Problem(problem)),
        }
        last = Some(Box::new(problem));
    }
}

/// Records an acknowledged attempt.
fn note_success<C: Connector>(engine: &Engine<C>, reads_only: bool, run: &Run<'_>, span: &Span) {
    trace::attempt_ended(span, "acknowledged");
    engine.throttle().ease();
    run.note_write(reads_only);
}

/// Records the effect of a failed attempt on the vendor's record.
fn note_problem(problem: &Problem, reads_only: bool, history: &mut History, run: &Run<'_>) {
    history.record(problem, reads_only);
    if problem.happened().delivery(reads_only) == Delivery::Unknown {
        run.note_write(reads_only);
    }
}

/// Returns the problem of a failed attempt, or the end of the attempts if this one could not be made. Then the outcome
/// of earlier attempts is kept.
///
/// The last problem is boxed, because most operations need one attempt.
#[expect(clippy::result_large_err, reason = "an operation ends once, so boxing its end saves nothing")]
fn problem_of(
    failed: Failed,
    last: Option<Box<Problem>>,
    history: &mut History,
    span: &Span,
) -> Result<Problem, Ended> {
    if !matches!(failed, Failed::Problem(_)) {
        trace::attempt_ended(span, "not_sent");
    }
    match failed {
        Failed::Problem(problem) => Ok(problem),
        Failed::NotEncoded(error) if history.delivery == Delivery::NotSent => Err(Ended::NotEncoded(error)),
        Failed::NotEncoded(error) => Err(Ended::Problem(Problem::new(Cause::NotEncoded(Box::new(error))))),
        Failed::Gate(error) => {
            history.attempts -= 1;
            Err(last.map_or(Ended::NotStarted(error), |last| Ended::Problem(*last)))
        }
    }
}

/// The input of the retry decision, apart from the event itself.
fn facts<C: Connector>(
    engine: &Engine<C>,
    problem: &Problem,
    history: &History,
    in_doubt: bool,
    run: &Run<'_>,
) -> Facts {
    Facts {
        attempts: history.attempts,
        max_attempts: run.max_attempts,
        in_doubt,
        remaining: run.deadline.remaining(engine.clock()),
        retry_after: problem.retry_after,
        backoff: engine.backoff(history.attempts),
    }
}

/// True if a 401 is worth a fresh token: there is a token source, and it was not asked for a fresh token yet.
fn may_renew_token<C: Connector>(engine: &Engine<C>, problem: &Problem, history: &History) -> bool {
    let rejected = matches!(&problem.cause, Cause::Rejected(r) if r.kind() == ReplyErrorKind::Authentication);
    rejected
        && problem.status == Some(http::StatusCode::UNAUTHORIZED)
        && !history.token_renewed
        && engine.connector().token_source().is_some()
}

/// Makes one attempt: token, encode, gate, send, decode.
async fn attempt<C, O>(
    engine: &Engine<C>,
    operation: &O,
    token: TokenRequest,
    span: &Span,
    run: &Run<'_>,
) -> Result<O::Reply, Failed>
where
    C: Connector,
    O: Operation<Connector = C>,
{
    let token = current_token(engine, token, run).await?;
    let attempt = Attempt::new(engine.now());
    let attempt = token.as_ref().map_or(attempt, |token| attempt.with_token(token));
    let request = engine.encode(operation, &attempt).map_err(Failed::NotEncoded)?;
    if !operation.reads_only() {
        run.pass_gate().await.map_err(Failed::Gate)?;
    }
    let remaining = run.deadline.remaining(engine.clock());
    // The token or the gate may have taken all the time that was left.
    if remaining.is_zero() {
        return Err(Cause::TimedOut { limit: TimeLimit::Operation, sent: false }.into());
    }
    let reply = match engine.send(request, remaining).await {
        Some(Ok(reply)) if reply.body().len() <= REPLY_BYTES => reply,
        Some(Ok(_)) => return Err(Cause::Failed(TransportFailure::new(FailurePhase::ReplyTooLarge)).into()),
        Some(Err(failure)) => return Err(Cause::Failed(failure).into()),
        None => {
            let whole = remaining <= engine.timeouts().attempt;
            let limit = if whole { TimeLimit::Operation } else { TimeLimit::Attempt };
            return Err(Cause::TimedOut { limit, sent: true }.into());
        }
    };
    trace::replied(span, reply.status());
    operation.decode(&reply).map_err(|error| Failed::Problem(Problem::from_reply(error, &reply, engine.now())))
}

/// Gets the token of an attempt; `None` for a connector without a token source.
async fn current_token<C: Connector>(
    engine: &Engine<C>,
    request: TokenRequest,
    run: &Run<'_>,
) -> Result<Option<Secret>, Cause> {
    let Some(source) = engine.connector().token_source() else { return Ok(None) };
    let time = run.deadline.remaining(engine.clock()).min(engine.timeouts().attempt);
    match within(engine.clock(), time, source.token(request)).await {
        Some(Ok(token)) => Ok(Some(token)),
        Some(Err(error)) => Err(Cause::NoToken(error)),
        None => Err(Cause::TimedOut { limit: TimeLimit::Token, sent: false }),
    }
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("max_attempts", &self.max_attempts).finish_non_exhaustive()
    }
}

//! One operation, tried until it is acknowledged, refused, or must be looked up.

use std::pin::pin;

use bytes::Bytes;
use http::Request;
use tracing::{Instrument as _, Span};

use super::clock::{Deadline, within};
use super::lookup::Looked;
use super::outcome::{Cause, History, Problem, cannot_tell, several};
use super::provider::Inner;
use super::retry::{Decision, Facts, Happened, decide};
use super::trace;
use super::transport::{FailurePhase, RequestLimits, TransportFailure, is_loopback};
use crate::connector::{Attempt, Connector, Operation, ReplyErrorKind, RetrySafety, TokenRequest};
use crate::error::{ConfigurationError, Delivery, Error, InvalidError};
use crate::util::violation::Violation;

/// Largest reply that is read.
pub(crate) const REPLY_BYTES: usize = 256 * 1024;

/// An acknowledgement, and how it was got.
pub(crate) struct Executed<R> {
    pub(crate) reply: R,
    pub(crate) attempts: u32,
    pub(crate) read_back: bool,
}

/// Why trying ended without an acknowledgement.
pub(crate) enum Blocked {
    /// It is final.
    Problem(Problem),
    /// It may have acted, and is not safe to repeat.
    Unclear(Problem),
    /// It could not even be written.
    Error(Error),
}

impl<V: Connector> Inner<V> {
    /// Does one operation to its end, looking at the vendor's record where the outcome is unclear.
    ///
    /// `before` is what is known of the case before it: unknown if an earlier attempt at it may have acted. The operation
    /// becomes what was last sent: reading back may change it. It is lent, since to hand it on would be to copy it into
    /// every future on the way.
    pub(crate) async fn execute<O>(
        &self,
        operation: &mut O,
        before: Delivery,
        deadline: Deadline,
    ) -> Result<Executed<O::Reply>, Error>
    where
        O: Operation<Connector = V>,
    {
        let broken = operation.validate();
        if !broken.is_empty() {
            return Err(InvalidError::of_call(self.id.clone(), Some(operation.name()), broken).into());
        }
        let mut history = History::after(before);
        if before == Delivery::Unknown && operation.retry_safety() != RetrySafety::Idempotent {
            // Looks are rare, so every report carries a pointer to them and not their room.
            if let Some(reply) = Box::pin(self.look_first(operation, deadline)).await? {
                return Ok(Executed { reply, attempts: 0, read_back: true });
            }
        }
        loop {
            let problem = match self.attempt_until(&*operation, &mut history, deadline).await {
                Ok(reply) => return Ok(Executed { reply, attempts: history.attempts, read_back: false }),
                Err(Blocked::Error(error)) => return Err(error),
                Err(Blocked::Problem(problem)) => return Err(self.error(problem, operation, &history)),
                Err(Blocked::Unclear(problem)) => problem,
            };
            match Box::pin(self.read_back(&*operation, deadline)).await {
                Looked::Holds(reply) => {
                    return Ok(Executed { reply, attempts: history.attempts, read_back: true });
                }
                Looked::Again(next) if history.attempts < self.retry.max_attempts => *operation = next,
                Looked::Again(_) => {
                    history.looked = Some("the vendor's record does not hold all of it".into());
                    return Err(self.error(problem, operation, &history));
                }
                Looked::Several(ids) => {
                    let name = operation.name();
                    return Err(several(self.id.clone(), name, history.delivery, history.attempts, ids));
                }
                Looked::Unsettled(looked) => {
                    history.looked = Some(looked);
                    return Err(self.error(problem, operation, &history));
                }
            }
        }
    }

    /// Of a case in doubt nothing is sent before the vendor's record shows that it may be. The reply, if the record holds
    /// what was to be sent already.
    async fn look_first<O>(&self, operation: &mut O, deadline: Deadline) -> Result<Option<O::Reply>, Error>
    where
        O: Operation<Connector = V>,
    {
        let (id, name) = (self.id.clone(), operation.name());
        match self.read_back(&*operation, deadline).await {
            Looked::Holds(reply) => Ok(Some(reply)),
            Looked::Again(next) => {
                *operation = next;
                Ok(None)
            }
            Looked::Several(ids) => Err(several(id, name, Delivery::Unknown, 0, ids)),
            Looked::Unsettled(looked) => Err(cannot_tell(id, name, Delivery::Unknown, looked)),
        }
    }

    fn error<O: Operation>(&self, problem: Problem, operation: &O, history: &History) -> Error {
        problem.into_error(self.id.clone(), operation.name(), operation.retry_safety(), history)
    }

    /// Attempts an operation as long as the retry decision says so.
    pub(crate) async fn attempt_until<O>(
        &self,
        operation: &O,
        history: &mut History,
        deadline: Deadline,
    ) -> Result<O::Reply, Blocked>
    where
        O: Operation<Connector = V>,
    {
        loop {
            if deadline.remaining(&*self.runtime).is_zero() {
                return Err(Blocked::Problem(Problem::new(Cause::TimedOut { whole: true, sent: false })));
            }
            history.attempts += 1;
            let span = trace::attempt(operation.name(), history.attempts);
            let ask = if history.token_refused { TokenRequest::Fresh } else { TokenRequest::Current };
            history.token_refused = false;
            // Pinned first: it is large, and the span would move it.
            let outcome = pin!(self.attempt(operation, ask, &span, deadline)).instrument(span.clone()).await;
            let problem = match outcome {
                Ok(Ok(reply)) => {
                    trace::attempt_ended(&span, "acknowledged");
                    return Ok(reply);
                }
                Ok(Err(problem)) => problem,
                // It cannot be written. What went before stays as it is.
                Err(error) if history.delivery == Delivery::NotSent => return Err(Blocked::Error(error)),
                Err(error) => return Err(Blocked::Problem(Problem::new(Cause::NotWritten(Box::new(error))))),
            };
            trace::attempt_ended(&span, problem.outcome());
            let in_doubt = history.delivery == Delivery::Unknown;
            history.record(&problem, operation.reads_only());
            if self.may_refresh_token(&problem, history) {
                history.token_refused = true;
                history.token_renewed = true;
                continue;
            }
            let facts = self.facts(&problem, history, in_doubt, deadline);
            self.note_throttled(&problem, &facts);
            match decide(problem.happened(), operation.retry_safety(), &facts) {
                Decision::Retry(wait) => self.runtime.sleep(wait).await,
                Decision::LookUp => return Err(Blocked::Unclear(problem)),
                Decision::Stop => return Err(Blocked::Problem(problem)),
            }
        }
    }

    fn note_throttled(&self, problem: &Problem, facts: &Facts) {
        if problem.happened() == Happened::Throttled {
            self.pause.begin(&*self.runtime, facts.wait());
        }
    }

    /// What the retry decision hangs on, beside what happened.
    fn facts(&self, problem: &Problem, history: &History, in_doubt: bool, deadline: Deadline) -> Facts {
        Facts {
            attempts: history.attempts,
            allowed: self.retry.max_attempts,
            in_doubt,
            remaining: deadline.remaining(&*self.runtime),
            retry_after: problem.retry_after,
            backoff: self.retry.wait(history.attempts, self.runtime.random()),
        }
    }

    /// Whether a 401 is worth a fresh token: there is a source, and it has not been asked for one yet.
    fn may_refresh_token(&self, problem: &Problem, history: &History) -> bool {
        let refused = matches!(&problem.cause, Cause::Rejected(r) if r.kind() == ReplyErrorKind::Authentication);
        refused
            && problem.status == Some(http::StatusCode::UNAUTHORIZED)
            && !history.token_renewed
            && self.vendor.token_source().is_some()
    }

    /// One attempt: token, encode, send, decode.
    async fn attempt<O>(
        &self,
        operation: &O,
        ask: TokenRequest,
        span: &Span,
        deadline: Deadline,
    ) -> Result<Result<O::Reply, Problem>, Error>
    where
        O: Operation<Connector = V>,
    {
        let runtime = &*self.runtime;
        let token = match self.vendor.token_source() {
            Some(source) => {
                let time = deadline.remaining(runtime).min(self.timeouts.attempt);
                match within(runtime, time, source.token(ask)).await {
                    Some(Ok(token)) => Some(token),
                    Some(Err(error)) => return Ok(Err(Problem::new(Cause::NoToken(error)))),
                    None => return Ok(Err(Problem::new(Cause::TimedOut { whole: false, sent: false }))),
                }
            }
            None => None,
        };
        let attempt = Attempt::new(runtime.now());
        let attempt = token.as_ref().map_or(attempt, |token| attempt.with_token(token));
        let request = self.encode(operation, &attempt)?;
        let remaining = deadline.remaining(runtime);
        let limits = RequestLimits {
            connect: self.timeouts.connect,
            attempt: self.timeouts.attempt.min(remaining),
            reply_bytes: REPLY_BYTES,
        };
        let reply = match within(runtime, limits.attempt, self.transport.send(request, &limits)).await {
            Some(Ok(reply)) if reply.body().len() <= REPLY_BYTES => reply,
            Some(Ok(_)) => {
                return Ok(Err(Problem::new(Cause::Failed(TransportFailure::new(FailurePhase::ReplyTooLarge)))));
            }
            Some(Err(failure)) => return Ok(Err(Problem::new(Cause::Failed(failure)))),
            None => {
                let whole = remaining <= self.timeouts.attempt;
                return Ok(Err(Problem::new(Cause::TimedOut { whole, sent: true })));
            }
        };
        trace::replied(span, reply.status());
        Ok(operation.decode(&reply).map_err(|refusal| Problem::of_reply(refusal, &reply, runtime.now())))
    }

    /// Writes the request, and refuses to send keys over an open line.
    pub(crate) fn encode<O>(&self, operation: &O, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Error>
    where
        O: Operation<Connector = V>,
    {
        let request = operation
            .encode(&self.vendor, attempt)
            .map_err(|broken| InvalidError::of_call(self.id.clone(), Some(operation.name()), vec![broken]))?;
        if is_safe(request.uri()) {
            Ok(request)
        } else {
            let problem = Violation::new("base_url", "not https; plain http is for loopback hosts alone");
            Err(ConfigurationError::new(Some(self.id.clone()), vec![problem]).into())
        }
    }
}

fn is_safe(uri: &http::Uri) -> bool {
    match uri.scheme_str() {
        Some("https") => uri.host().is_some_and(|host| !host.is_empty()),
        Some("http") => is_loopback(uri),
        _ => false,
    }
}

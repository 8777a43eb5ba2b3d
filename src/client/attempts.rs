//! One operation, tried until it is acknowledged, refused, or must be looked up.

use std::net::IpAddr;

use bytes::Bytes;
use http::Request;
use tracing::Instrument as _;

use super::decide::{Decision, Facts, decide};
use super::failure::{Cause, History, Problem, several};
use super::provider::Inner;
use super::read_back::Looked;
use super::runtime::{Deadline, within};
use super::trace;
use super::transport::{Failure, Limits, Phase};
use crate::error::{ConfigurationError, Error, InvalidError};
use crate::vendor::{Attempt, Operation, RefusalKind, TokenAsk, Vendor};
use crate::violation::Violation;

/// Largest reply that is read.
pub(crate) const REPLY_BYTES: usize = 256 * 1024;

/// An operation that was acknowledged.
pub(crate) struct Executed<O: Operation> {
    /// The operation as it was last sent; reading back may have changed it.
    pub(crate) operation: O,
    pub(crate) reply: O::Reply,
    pub(crate) attempts: u32,
    pub(crate) read_back: bool,
}

/// Why trying ended without an acknowledgement.
pub(crate) enum Stopped {
    /// It is final.
    Problem(Problem),
    /// It may have acted, and is not safe to repeat.
    Unclear(Problem),
    /// It could not even be written.
    Error(Error),
}

impl<V: Vendor> Inner<V> {
    /// Does one operation to its end, looking at the vendor's record where the outcome is unclear.
    pub(crate) async fn execute<O>(&self, operation: O, deadline: Deadline) -> Result<Executed<O>, Error>
    where
        O: Operation<Vendor = V>,
    {
        let broken = operation.validate();
        if !broken.is_empty() {
            return Err(InvalidError::of_call(self.id.clone(), Some(operation.name()), broken).into());
        }
        let mut history = History::new();
        let mut operation = operation;
        loop {
            let problem = match self.attempt_until(&operation, &mut history, deadline).await {
                Ok(reply) => return Ok(Executed { operation, reply, attempts: history.attempts, read_back: false }),
                Err(Stopped::Error(error)) => return Err(error),
                Err(Stopped::Problem(problem)) => return Err(self.error(problem, &operation, &history)),
                Err(Stopped::Unclear(problem)) => problem,
            };
            match self.read_back(&operation, deadline).await {
                Looked::Holds(reply) => {
                    return Ok(Executed { operation, reply, attempts: history.attempts, read_back: true });
                }
                Looked::Again(next) if history.attempts < self.retry.attempts => operation = next,
                Looked::Again(_) => {
                    history.looked = Some("the vendor's record does not show it".into());
                    return Err(self.error(problem, &operation, &history));
                }
                Looked::Several(ids) => {
                    let name = operation.name();
                    return Err(several(self.id.clone(), name, history.delivery, history.attempts, ids));
                }
                Looked::Unsettled(looked) => {
                    history.looked = Some(looked);
                    return Err(self.error(problem, &operation, &history));
                }
            }
        }
    }

    fn error<O: Operation>(&self, problem: Problem, operation: &O, history: &History) -> Error {
        problem.into_error(self.id.clone(), operation.name(), operation.repeat(), history)
    }

    /// Attempts an operation as long as the retry decision says so.
    pub(crate) async fn attempt_until<O>(
        &self,
        operation: &O,
        history: &mut History,
        deadline: Deadline,
    ) -> Result<O::Reply, Stopped>
    where
        O: Operation<Vendor = V>,
    {
        loop {
            if deadline.remaining(&*self.runtime).is_zero() {
                return Err(Stopped::Problem(Problem::new(Cause::TimedOut { whole: true, sent: false })));
            }
            history.attempts += 1;
            let span = trace::attempt(operation.name(), history.attempts);
            let outcome = self.attempt(operation, history, deadline).instrument(span.clone()).await;
            let problem = match outcome.map_err(Stopped::Error)? {
                Ok(reply) => {
                    trace::attempt_ended(&span, "acknowledged");
                    return Ok(reply);
                }
                Err(problem) => problem,
            };
            trace::attempt_ended(&span, problem.outcome());
            let in_doubt = history.delivery == crate::Delivery::Unknown;
            history.record(&problem, operation.reads_only());
            if self.may_refresh_token(&problem, history) {
                history.wants_fresh_token = true;
                continue;
            }
            let facts = Facts {
                attempts: history.attempts,
                allowed: self.retry.attempts,
                in_doubt,
                remaining: deadline.remaining(&*self.runtime),
                retry_after: problem.retry_after,
                backoff: self.retry.wait(history.attempts, self.runtime.random()),
            };
            match decide(problem.happened(), operation.repeat(), &facts) {
                Decision::Retry(wait) => self.runtime.sleep(wait).await,
                Decision::ReadBack => return Err(Stopped::Unclear(problem)),
                Decision::Stop => return Err(Stopped::Problem(problem)),
            }
        }
    }

    /// Whether a 401 is worth a fresh token: there is a source, and it has not been asked for one yet.
    fn may_refresh_token(&self, problem: &Problem, history: &History) -> bool {
        let refused = matches!(&problem.cause, Cause::Refused(r) if r.kind() == RefusalKind::Authentication);
        refused
            && problem.status == Some(http::StatusCode::UNAUTHORIZED)
            && !history.wants_fresh_token
            && self.vendor.token_source().is_some()
    }

    /// One attempt: token, encode, send, decode.
    async fn attempt<O>(
        &self,
        operation: &O,
        history: &History,
        deadline: Deadline,
    ) -> Result<Result<O::Reply, Problem>, Error>
    where
        O: Operation<Vendor = V>,
    {
        let runtime = &*self.runtime;
        let token = match self.vendor.token_source() {
            Some(source) => {
                let ask = if history.wants_fresh_token { TokenAsk::Fresh } else { TokenAsk::Current };
                match within(runtime, deadline.remaining(runtime), source.token(ask)).await {
                    Some(Ok(token)) => Some(token),
                    Some(Err(error)) => return Ok(Err(Problem::new(Cause::NoToken(error)))),
                    None => return Ok(Err(Problem::new(Cause::TimedOut { whole: true, sent: false }))),
                }
            }
            None => None,
        };
        let attempt = Attempt::at(runtime.now());
        let attempt = token.as_ref().map_or(attempt, |token| attempt.with_token(token));
        let request = self.encode(operation, &attempt)?;
        let remaining = deadline.remaining(runtime);
        let limits = Limits {
            connect: self.timeouts.connect,
            attempt: self.timeouts.attempt.min(remaining),
            reply_bytes: REPLY_BYTES,
        };
        let reply = match within(runtime, limits.attempt, self.transport.send(request, &limits)).await {
            Some(Ok(reply)) if reply.body().len() <= REPLY_BYTES => reply,
            Some(Ok(_)) => return Ok(Err(Problem::new(Cause::Failed(Failure::new(Phase::TooLarge))))),
            Some(Err(failure)) => return Ok(Err(Problem::new(Cause::Failed(failure)))),
            None => {
                let whole = remaining <= self.timeouts.attempt;
                return Ok(Err(Problem::new(Cause::TimedOut { whole, sent: true })));
            }
        };
        trace::replied(reply.status());
        Ok(operation.decode(&reply).map_err(|refusal| Problem::of_reply(refusal, &reply, runtime.now())))
    }

    /// Writes the request, and refuses to send keys over an open line.
    pub(crate) fn encode<O>(&self, operation: &O, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Error>
    where
        O: Operation<Vendor = V>,
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
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        _ => false,
    }
}

//! The interface of the fakes, and the faults that are injected into them.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::json as value;

use super::fault::{Fault, FaultKind};
use super::recorded_case::RecordedCase;
use super::wire::{Reply, empty, page, retry_after};

/// A fake vendor as a pure state machine: a request goes in, a reply comes out.
pub trait Machine: Send + 'static {
    /// Checks a request against the vendor's documents, applies it, and returns the reply.
    ///
    /// # Errors
    ///
    /// Returns the vendor's error reply if a check fails.
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply>;

    /// Returns true if a request would change the vendor's record. By default, every `POST` does.
    fn is_write(request: &Request<Bytes>) -> bool
    where
        Self: Sized,
    {
        request.method() == Method::POST
    }

    /// Returns the recorded cases in the order of their first write.
    fn cases(&self) -> Vec<RecordedCase>;

    /// Keeps only this number of cases from now on, the latest ones.
    fn keep_last(&mut self, cases: usize);

    /// Builds the vendor's error reply to a rejected request, with its usual status.
    fn rejection(&self) -> Reply;

    /// Builds the vendor's server error, with HTTP 500.
    fn server_error(&self) -> Reply;
}

/// A fake vendor with its scheduled faults and its counters.
pub(super) struct State<M> {
    pub(super) machine: M,
    scheduled: VecDeque<ScheduledFault>,
    permanent: Option<Fault>,
    /// The share of the requests without another fault that have this fault.
    random: Option<(f64, Fault)>,
    kept: Option<usize>,
    requests: u64,
    acted: u64,
}

type Condition = Box<dyn Fn(&Request<Bytes>) -> bool + Send>;

/// A fault, and the condition on the request that it applies to.
struct ScheduledFault {
    applies: Condition,
    fault: Fault,
}

/// The reaction of a fake to a request.
pub(super) enum Reaction {
    Reply { reply: Response<Bytes>, delay: Duration },
    Unreachable,
    Reset,
    Silence,
}

impl Reaction {
    fn reply(reply: impl Into<Response<Bytes>>) -> Self {
        Self::Reply { reply: reply.into(), delay: Duration::ZERO }
    }
}

impl<M: Machine> State<M> {
    pub(super) const fn new(machine: M) -> Self {
        Self { machine, scheduled: VecDeque::new(), permanent: None, random: None, kept: None, requests: 0, acted: 0 }
    }

    pub(super) const fn requests(&self) -> u64 {
        self.requests
    }

    pub(super) const fn acted(&self) -> u64 {
        self.acted
    }

    /// Schedules a fault for the next request that meets the condition.
    pub(super) fn schedule(&mut self, applies: impl Fn(&Request<Bytes>) -> bool + Send + 'static, fault: Fault) {
        self.scheduled.push_back(ScheduledFault { applies: Box::new(applies), fault });
    }

    /// Sets the fault of all requests without a scheduled one.
    pub(super) fn set_permanent(&mut self, fault: Fault) {
        self.permanent = Some(fault);
    }

    /// Sets the fault of a share of the requests without another one.
    pub(super) fn set_random(&mut self, share: f64, fault: Fault) {
        self.random = Some((share, fault));
    }

    pub(super) fn clear_faults(&mut self) {
        self.scheduled.clear();
        self.permanent = None;
        self.random = None;
    }

    pub(super) fn keep_last(&mut self, cases: usize) {
        self.kept = Some(cases);
        self.machine.keep_last(cases);
    }

    /// Forgets the cases, the faults and the counts. The largest number of cases stays.
    pub(super) fn reset(&mut self)
    where
        M: Default,
    {
        let kept = self.kept;
        *self = Self::new(M::default());
        if let Some(cases) = kept {
            self.keep_last(cases);
        }
    }

    /// Returns the fault that the next call of [`react`](Self::react) would apply to this request.
    pub(super) fn fault(&self, request: &Request<Bytes>) -> Option<&Fault> {
        let scheduled = self.scheduled.iter().find(|scheduled| (scheduled.applies)(request));
        scheduled.map(|scheduled| &scheduled.fault).or(self.permanent.as_ref())
    }

    fn take_fault(&mut self, request: &Request<Bytes>) -> Option<Fault> {
        let position = self.scheduled.iter().position(|scheduled| (scheduled.applies)(request));
        let scheduled = position.and_then(|position| self.scheduled.remove(position));
        let random = || self.random.clone().filter(|(share, _)| fastrand::f64() < *share).map(|(_, fault)| fault);
        scheduled.map(|scheduled| scheduled.fault).or_else(|| self.permanent.clone()).or_else(random)
    }

    /// Handles one request: with its fault if it has one, and as the vendor would otherwise.
    pub(super) fn react(&mut self, request: &Request<Bytes>) -> Reaction {
        let fault = self.take_fault(request);
        if fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Unreachable && !fault.acts) {
            return Reaction::Unreachable;
        }
        self.requests += 1;
        let Some(fault) = fault else { return Reaction::reply(self.act(request)) };
        let reply = if fault.acts { Some(self.act(request)) } else { None };
        match fault.kind {
            FaultKind::Unreachable | FaultKind::Reset => Reaction::Reset,
            FaultKind::Silence => Reaction::Silence,
            FaultKind::Slow(delay) => {
                let reply = reply.unwrap_or_else(|| self.act(request)).into();
                Reaction::Reply { reply, delay }
            }
            FaultKind::Rejection => Reaction::reply(self.machine.rejection()),
            FaultKind::RejectionInOk => Reaction::reply(self.machine.rejection().with_status(200)),
            FaultKind::Unauthorized => Reaction::reply(Reply::new(401, value!({ "message": "unauthorized" }))),
            FaultKind::TooManyRequests(seconds) => {
                let reply = Reply::new(429, value!({ "message": "too many requests" }));
                Reaction::reply(retry_after(reply.into(), seconds))
            }
            FaultKind::ServerError => Reaction::reply(self.machine.server_error()),
            FaultKind::BadGatewayPage => Reaction::reply(page(502, "502 Bad Gateway")),
            FaultKind::ParkedPage => Reaction::reply(page(200, "This domain is for sale")),
            FaultKind::EmptyBody => Reaction::reply(empty(200)),
            FaultKind::ChangedKeys => Reaction::reply(Reply::new(200, value!({ "outcome": { "kind": "fine" } }))),
        }
    }

    fn act(&mut self, request: &Request<Bytes>) -> Reply {
        self.acted += 1;
        let (Ok(reply) | Err(reply)) = self.machine.handle(request);
        reply
    }
}

/// Locks a state. A poisoned lock is ignored: a fake that panicked has already failed its test.
pub(super) fn lock<M>(state: &Mutex<State<M>>) -> MutexGuard<'_, State<M>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

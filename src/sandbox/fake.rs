//! A vendor's state machine, and the handle that tests hold.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::Value;

use super::bounded_log::Shelf;
use super::fault::{Fault, FaultKind};
use super::wire::{empty, json, page, retry_after};
use crate::connector::BaseUrl;

/// What a fake has recorded of one case, or of what its vendor has instead: a payment, an order, an enrichment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedCase {
    /// What the vendor knows it by: RevCent's chargeback id, Tutelar's order id, Spade's enrichment id, Pipwave's
    /// `txn_id` or `pw_id`; at Thirdwatch the transaction, else order, user or session.
    pub key: String,
    /// Where it stands, as JSON in the vendor's words: the record at RevCent, the last accepted body or words
    /// elsewhere.
    pub state: Value,
    /// Everything that was accepted, as JSON, oldest first. What was refused is not in it.
    pub history: Vec<Value>,
}

/// Cases by key, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Records {
    cases: Shelf<RecordedCase>,
    numbers: HashMap<String, usize>,
}

impl Records {
    /// Records what was accepted, and where the case stands now.
    pub(super) fn accept(&mut self, key: &str, state: Value, told: Value) {
        let known = self.numbers.get(key).and_then(|&number| self.cases.get_mut(number));
        if let Some(case) = known {
            case.state = state;
            case.history.push(told);
            return;
        }
        let (number, gone) = self.cases.add(RecordedCase { key: key.to_owned(), state, history: vec![told] });
        self.numbers.insert(key.to_owned(), number);
        for case in gone {
            self.numbers.remove(&case.key);
        }
    }

    pub(super) fn all(&self) -> Vec<RecordedCase> {
        self.cases.iter().cloned().collect()
    }

    pub(super) fn keep_last(&mut self, cases: usize) {
        self.cases.keep_last(cases);
    }
}

/// A vendor as a pure state machine: request in, reply out.
pub trait Machine: Send + 'static {
    /// Acts on a request, as the vendor's documents say, and answers.
    fn handle(&mut self, request: &Request<Bytes>) -> Response<Bytes>;

    /// Whether a request would change something: a `POST`, unless the vendor reads by that too.
    fn is_write(request: &Request<Bytes>) -> bool
    where
        Self: Sized,
    {
        request.method() == Method::POST
    }

    /// What was recorded, in the order in which the cases came.
    fn cases(&self) -> Vec<RecordedCase>;

    /// Keeps only so many cases from now on, the latest.
    fn keep_last(&mut self, cases: usize);

    /// The vendor's own refusal, with its usual status.
    fn refusal(&self) -> Response<Bytes>;

    /// The vendor's own server error, with HTTP 500.
    fn server_error(&self) -> Response<Bytes>;
}

/// A fake vendor: ask it what it was told, and make it fail.
pub struct Fake<M> {
    base_url: BaseUrl,
    pub(super) state: Arc<Mutex<State<M>>>,
}

/// The machine, its script, and what it has seen.
pub(super) struct State<M> {
    pub(super) machine: M,
    script: VecDeque<Scripted>,
    always: Option<Fault>,
    requests: u64,
    acted: u64,
}

type Applies = Box<dyn Fn(&Request<Bytes>) -> bool + Send>;

/// A fault, and which request it is for.
struct Scripted {
    applies: Applies,
    fault: Fault,
}

/// What becomes of a request.
pub(super) enum Played {
    Reply { reply: Response<Bytes>, delay: Duration },
    Unreachable,
    Reset,
    Silence,
}

impl<M: Machine> State<M> {
    pub(super) const fn new(machine: M) -> Self {
        Self { machine, script: VecDeque::new(), always: None, requests: 0, acted: 0 }
    }

    /// The fault that the script has for this request.
    pub(super) fn scripted(&self, request: &Request<Bytes>) -> Option<&Fault> {
        let scripted = self.script.iter().find(|scripted| (scripted.applies)(request)).map(|scripted| &scripted.fault);
        scripted.or(self.always.as_ref())
    }

    /// Plays one request, by the script or as the vendor would.
    pub(super) fn play(&mut self, request: &Request<Bytes>) -> Played {
        let place = self.script.iter().position(|scripted| (scripted.applies)(request));
        let fault = place.and_then(|place| self.script.remove(place)).map(|scripted| scripted.fault);
        let fault = fault.or_else(|| self.always.clone());
        if fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Unreachable && !fault.acts) {
            return Played::Unreachable;
        }
        self.requests += 1;
        let Some(fault) = fault else { return self.answer(request) };
        let honest = if fault.acts { Some(self.act(request)) } else { None };
        let reply = match fault.kind {
            FaultKind::Unreachable | FaultKind::Reset => return Played::Reset,
            FaultKind::Silence => return Played::Silence,
            FaultKind::Slow(delay) => {
                let reply = honest.unwrap_or_else(|| self.act(request));
                return Played::Reply { reply, delay };
            }
            FaultKind::ReplyError => self.machine.refusal(),
            FaultKind::RefusalInOk => {
                let mut reply = self.machine.refusal();
                *reply.status_mut() = http::StatusCode::OK;
                reply
            }
            FaultKind::Unauthorized => json(401, &serde_json::json!({ "message": "unauthorized" })),
            FaultKind::TooManyRequests(seconds) => {
                retry_after(json(429, &serde_json::json!({ "message": "too many requests" })), seconds)
            }
            FaultKind::ServerError => self.machine.server_error(),
            FaultKind::BadGatewayPage => page(502, "502 Bad Gateway"),
            FaultKind::ParkedPage => page(200, "This domain is for sale"),
            FaultKind::EmptyBody => empty(200),
            FaultKind::ChangedKeys => json(200, &serde_json::json!({ "outcome": { "kind": "fine" } })),
        };
        Played::Reply { reply, delay: Duration::ZERO }
    }

    fn answer(&mut self, request: &Request<Bytes>) -> Played {
        Played::Reply { reply: self.act(request), delay: Duration::ZERO }
    }

    fn act(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.acted += 1;
        self.machine.handle(request)
    }
}

impl<M: Machine> Fake<M> {
    pub(super) fn new(base_url: BaseUrl, state: Arc<Mutex<State<M>>>) -> Self {
        Self { base_url, state }
    }

    /// Its address, for a vendor's `at`.
    #[must_use]
    pub const fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// What it was told of chargebacks, in the order in which the cases came.
    #[must_use]
    pub fn cases(&self) -> Vec<RecordedCase> {
        self.lock().machine.cases()
    }

    /// One case by the vendor's [key](RecordedCase::key) of it; `None` if it was told of none.
    #[must_use]
    pub fn case(&self, key: &str) -> Option<RecordedCase> {
        self.cases().into_iter().find(|case| case.key == key)
    }

    /// Keeps only so many cases from now on, the latest that were opened: for runs of more than memory holds. What is
    /// told of one that is gone counts as the first of it.
    pub fn keep_last(&self, cases: usize) {
        self.lock().machine.keep_last(cases);
    }

    /// How many requests have arrived, those that faults were played on included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.lock().requests
    }

    /// How many requests it has worked on; less than those that arrived if faults came first.
    #[must_use]
    pub fn acted(&self) -> u64 {
        self.lock().acted
    }

    /// Makes the next request that has no fault yet fail so.
    ///
    /// A report may begin with a search (RevCent's does) and look at the record after a fault (Pipwave's requery): each is
    /// a request. To hit what a report writes, use [`fail_next_write`](Self::fail_next_write).
    pub fn fail_next(&self, fault: Fault) {
        self.fail_next_where(|_| true, fault);
    }

    /// Makes the next request that writes, and has no fault yet, fail so.
    ///
    /// ```
    /// # use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    /// # let sandbox = Sandbox::in_memory();
    /// // RevCent creates the chargeback, and its answer never comes.
    /// sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Silence));
    /// ```
    pub fn fail_next_write(&self, fault: Fault) {
        self.fail_next_where(M::is_write, fault);
    }

    /// Makes every request without a fault of its own fail so, until [`recover`](Self::recover): the vendor is down.
    pub fn fail_always(&self, fault: Fault) {
        self.lock().always = Some(fault);
    }

    /// Makes the next request that has no fault yet, and that this is true of, fail so.
    pub fn fail_next_where(&self, applies: impl Fn(&Request<Bytes>) -> bool + Send + 'static, fault: Fault) {
        self.lock().script.push_back(Scripted { applies: Box::new(applies), fault });
    }

    /// Takes back all faults: those that have not been played, and the one that always is.
    pub fn recover(&self) {
        let mut state = self.lock();
        state.script.clear();
        state.always = None;
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<M>> {
        lock(&self.state)
    }
}

/// A machine that panicked has failed its test already; its state is shown all the same.
pub(super) fn lock<M>(state: &Mutex<State<M>>) -> MutexGuard<'_, State<M>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<M> fmt::Debug for Fake<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fake").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

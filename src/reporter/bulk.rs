//! Reports by the thousand.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt as _};
use tokio::task::JoinSet;

use super::rate_limit::Gate;
use super::stop::Stop;
use super::{Outcome, Prepared, ProviderOutcome, Reporter, Sending};
use crate::error::Error;
use crate::model::Chargeback;

/// How a bulk is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkOptions {
    /// How many reports run at once at each vendor. Default 16.
    pub concurrency: usize,
    /// How many chargebacks a vendor may be behind the one that is read next. Default 1,024. It bounds the memory, and
    /// how far a slow vendor lets the others run ahead.
    pub max_backlog: usize,
    /// How often a report that a vendor throttles is made again, after the pause that the vendor asks for. Default 8.
    pub max_throttle_retries: u32,
}

impl Default for BulkOptions {
    fn default() -> Self {
        Self { concurrency: 16, max_backlog: 1_024, max_throttle_retries: 8 }
    }
}

impl BulkOptions {
    /// Sets how many reports run at once at each vendor; at least one does.
    #[must_use]
    pub const fn concurrency(mut self, reports: usize) -> Self {
        self.concurrency = reports;
        self
    }

    /// Sets how many chargebacks a vendor may be behind; at least as many as run at once.
    #[must_use]
    pub const fn max_backlog(mut self, chargebacks: usize) -> Self {
        self.max_backlog = chargebacks;
        self
    }

    /// Sets how often a throttled report is made again.
    #[must_use]
    pub const fn max_throttle_retries(mut self, times: u32) -> Self {
        self.max_throttle_retries = times;
        self
    }
}

/// What became of one chargeback at one vendor.
#[derive(Debug)]
#[non_exhaustive]
pub struct BulkOutcome {
    /// Which one of the stream it was, counted from 0.
    pub index: u64,
    /// The chargeback.
    pub chargeback: Arc<Chargeback>,
    /// What became of it, and at which vendor.
    pub told: ProviderOutcome,
}

/// One chargeback on its way to one vendor.
#[derive(Clone)]
struct Item {
    index: u64,
    chargeback: Arc<Chargeback>,
    max_throttle_retries: u32,
}

/// What a task ended in that has no outcome: a panic, or nothing if the runtime that it ran in has ended.
type Broken = Option<Box<dyn std::any::Any + Send>>;

/// The way to one vendor: cases side by side, the reports of one case one after another.
struct Lane {
    member: usize,
    gate: Arc<Gate>,
    /// Without an outcome, what was stopped before it was sent.
    running: JoinSet<(Item, Option<ProviderOutcome>)>,
    ready: VecDeque<Item>,
    /// The cases that run or are ready, and what waits for each.
    cases: HashMap<Box<str>, VecDeque<Item>>,
    backlog: usize,
}

impl Lane {
    fn push(&mut self, item: Item) {
        self.backlog += 1;
        if let Some(waiting) = self.cases.get_mut(item.chargeback.case_id()) {
            waiting.push_back(item);
        } else {
            self.cases.insert(item.chargeback.case_id().into(), VecDeque::new());
            self.ready.push_back(item);
        }
    }

    /// The case's next report may begin.
    fn finished(&mut self, case_id: &str) {
        self.backlog -= 1;
        if let Some(next) = self.cases.get_mut(case_id).and_then(VecDeque::pop_front) {
            self.ready.push_back(next);
        } else {
            self.cases.remove(case_id);
        }
    }

    /// Begins what there is room for.
    fn start(&mut self, reporter: &Reporter, stop: &Stop, concurrency: usize) {
        while self.running.len() < concurrency
            && let Some(item) = self.ready.pop_front()
        {
            let (reporter, member) = (reporter.clone(), self.member);
            let (gate, stop) = (Arc::clone(&self.gate), stop.clone());
            self.running.spawn(async move {
                let member = &reporter.inner.members[member];
                let told = match reporter.inner.prepare(member, &item.chargeback).await {
                    Prepared::Ended(told) => Some(told),
                    Prepared::Ready(sending) => through(&gate, &stop, sending).await,
                };
                (item, told)
            });
        }
    }

    /// The next that has ended; `None` if it was throttled and begins again, or was stopped before it was sent. A panic is
    /// one of a route or a ledger.
    fn poll_ended(&mut self, most: u32, context: &mut Context<'_>) -> Poll<Result<Option<BulkOutcome>, Broken>> {
        let (mut item, told) = match self.running.poll_join_next(context) {
            Poll::Ready(Some(Ok(ended))) => ended,
            Poll::Ready(Some(Err(failed))) => return Poll::Ready(Err(failed.try_into_panic().ok())),
            Poll::Ready(None) | Poll::Pending => return Poll::Pending,
        };
        match told.as_ref().map(|told| &told.outcome) {
            Some(Outcome::Failed(error @ Error::RateLimited(_)) | Outcome::Unknown(error @ Error::RateLimited(_))) => {
                self.gate.throttle(error.retry_after());
            }
            Some(Outcome::Acknowledged(_)) => self.gate.ease(),
            _ => {}
        }
        let is_throttled = |told: &ProviderOutcome| matches!(told.outcome, Outcome::Failed(Error::RateLimited(_)));
        if item.max_throttle_retries < most && told.as_ref().is_some_and(is_throttled) {
            item.max_throttle_retries += 1;
            self.ready.push_front(item);
            return Poll::Ready(Ok(None));
        }
        self.finished(item.chargeback.case_id());
        let Item { index, chargeback, .. } = item;
        Poll::Ready(Ok(told.map(|told| BulkOutcome { index, chargeback, told })))
    }
}

/// Sends it when the vendor's pace lets it, unless the bulk is stopped before. What makes no request waits for nothing.
async fn through(gate: &Gate, stop: &Stop, sending: Sending<'_>) -> Option<ProviderOutcome> {
    let provider = &*sending.member.provider;
    // To be prepared may have taken its time.
    if stop.is_stopped() {
        return None;
    }
    if !(gate.holds_up(provider) && sending.is_refused_at_once()) {
        // The gate is asked first, so that what may pass is not turned back.
        if let Either::Right(_) = select(pin!(gate.pass(provider)), pin!(stop.stopped())).await {
            return None;
        }
    }
    Some(sending.send().await)
}

/// The outcomes of a bulk, as they come; see [`Reporter::report_all`].
#[must_use = "a stream does nothing unless it is polled"]
pub struct BulkReport<S> {
    reporter: Reporter,
    input: Option<S>,
    lanes: Vec<Lane>,
    bulk: BulkOptions,
    read: u64,
    /// Which lane is asked first, so that none is favoured.
    first: usize,
    stop: Stop,
}

impl<S> BulkReport<S> {
    /// A handle that ends the bulk early.
    #[must_use]
    pub fn stop_handle(&self) -> Stop {
        self.stop.clone()
    }

    /// How many chargebacks have been read.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.read
    }

    /// How many reports wait or run at each vendor, in the order in which the vendors were added.
    pub fn backlogs(&self) -> impl Iterator<Item = usize> {
        self.lanes.iter().map(|lane| lane.backlog)
    }
}

impl<S: Stream<Item = Chargeback> + Unpin> BulkReport<S> {
    /// Reads while a lane has nothing to begin and every lane has room: what is read early is cold when it is sent, and
    /// told to nobody after a stop.
    fn read_input(&mut self, context: &mut Context<'_>) {
        let concurrency = self.bulk.concurrency.max(1);
        let max_backlog = self.bulk.max_backlog.max(concurrency);
        while let Some(input) = &mut self.input
            && !self.stop.is_stopped()
            && self.lanes.iter().any(|lane| lane.running.len() + lane.ready.len() < concurrency)
            && self.lanes.iter().all(|lane| lane.backlog < max_backlog)
        {
            match input.poll_next_unpin(context) {
                Poll::Ready(Some(chargeback)) => {
                    let item = Item { index: self.read, chargeback: Arc::new(chargeback), max_throttle_retries: 0 };
                    self.read += 1;
                    for lane in &mut self.lanes {
                        lane.push(item.clone());
                    }
                }
                Poll::Ready(None) => self.input = None,
                Poll::Pending => break,
            }
        }
    }

    /// Forgets what has not begun.
    fn let_go(&mut self) {
        self.input = None;
        for lane in &mut self.lanes {
            lane.ready.clear();
            lane.cases.values_mut().for_each(VecDeque::clear);
            lane.backlog = lane.running.len();
        }
    }
}

impl<S: Stream<Item = Chargeback> + Unpin> Stream for BulkReport<S> {
    type Item = BulkOutcome;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<BulkOutcome>> {
        let this = &mut *self;
        this.stop.wakes(context.waker());
        loop {
            this.read_input(context);
            // Asked again each time: what follows in a case must not be sent once what comes before it was turned back.
            if this.stop.is_stopped() {
                this.let_go();
            }
            for lane in &mut this.lanes {
                lane.start(&this.reporter, &this.stop, this.bulk.concurrency.max(1));
            }
            let mut room = false;
            let max_throttle_retries = if this.stop.is_stopped() { 0 } else { this.bulk.max_throttle_retries };
            for turn in 0..this.lanes.len() {
                let place = (this.first + turn) % this.lanes.len();
                match this.lanes[place].poll_ended(max_throttle_retries, context) {
                    Poll::Ready(Ok(Some(ended))) => {
                        this.first = place + 1;
                        return Poll::Ready(Some(ended));
                    }
                    Poll::Ready(Ok(None)) => room = true,
                    Poll::Ready(Err(broken)) => {
                        // Whoever catches a panic finds a bulk that ends.
                        this.stop.stop();
                        this.let_go();
                        if let Some(panic) = broken {
                            std::panic::resume_unwind(panic);
                        }
                        room = true;
                    }
                    Poll::Pending => {}
                }
            }
            if this.input.is_none() && this.lanes.iter().all(|lane| lane.backlog == 0) {
                return Poll::Ready(None);
            }
            // Input and tasks have all been asked, and wake this task.
            if !room {
                return Poll::Pending;
            }
        }
    }
}

impl Reporter {
    /// Tells every vendor of every chargeback of a stream, and gives the outcomes as they come: one for each chargeback
    /// at each vendor.
    ///
    /// - The reports of one case are made in the order of the stream, at each vendor; different cases run side by side.
    /// - A slow vendor holds up the others only when it is [`max_backlog`](BulkOptions::max_backlog) too far; the stream is read no faster
    ///   than that, so memory is bounded, and only while a vendor has room to begin something.
    /// - Each vendor has its [pace](super::Member::pace), which only what is sent uses up, and which all bulks of a reporter
    ///   share. One that answers "too many requests" is left alone as a whole for as long as it asks, an hour at most: nothing
    ///   more begins, and what runs already is finished.
    /// - What fails otherwise is not made again within the bulk, after the provider's own attempts: the outcome says what
    ///   may be retried. Later reports of the same case go on; they look first where the outcome is unknown.
    /// - With a ledger the bulk can be run again after it broke off: what was acknowledged is skipped as a refresh or as
    ///   stale, and what was under way is told again.
    /// - [`Stop`] ends it early: what was being sent is finished, and what was not has no outcome. Dropping it drops what
    ///   runs.
    ///
    /// It needs tokio's runtime when it is polled, always the same one: with the runtime, what it runs ends without an
    /// outcome, and then the bulk ends as if it had been stopped.
    ///
    /// ```
    /// use chargeback::{BulkOptions, Chargeback, Reporter};
    /// use futures_util::{StreamExt as _, stream};
    ///
    /// async fn tell_all(reporter: &Reporter, cases: Vec<Chargeback>) {
    ///     let mut report = reporter.report_all(stream::iter(cases), BulkOptions::default().concurrency(32));
    ///     let stop = report.stop_handle(); // for a signal: `stop.stop()` finishes what runs
    ///     while let Some(done) = report.next().await {
    ///         println!("{} {}: {}", done.chargeback.case_id(), done.told.provider(), done.told.outcome());
    ///     }
    ///     let _whole = !stop.is_stopped();
    /// }
    /// ```
    pub fn report_all<S>(&self, chargebacks: S, bulk: BulkOptions) -> BulkReport<S>
    where
        S: Stream<Item = Chargeback> + Unpin,
    {
        let lane = |(place, member): (usize, &super::Target)| Lane {
            member: place,
            gate: Arc::clone(&member.gate),
            running: JoinSet::new(),
            ready: VecDeque::new(),
            cases: HashMap::new(),
            backlog: 0,
        };
        BulkReport {
            reporter: self.clone(),
            input: Some(chargebacks),
            lanes: self.inner.members.iter().enumerate().map(lane).collect(),
            bulk,
            read: 0,
            first: 0,
            stop: Stop::default(),
        }
    }
}

impl<S> fmt::Debug for BulkReport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkReport")
            .field("read", &self.read)
            .field("backlogs", &self.backlogs().collect::<Vec<_>>())
            .field("bulk", &self.bulk)
            .finish_non_exhaustive()
    }
}

//! Reports of a stream of chargebacks.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt as _};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::bulk_options::{BulkOptions, BulkOutcome};
use super::core::Reporter;
use super::deliver::{Delivering, Prepared};
use super::gate::MAX_BACKOFF;
use super::isolate;
use super::outcome::{Outcome, ProviderOutcome};
use super::stop::Stop;
use super::target::Target;
use crate::error::Error;
use crate::model::Chargeback;

/// One chargeback for one vendor.
#[derive(Clone)]
struct Item {
    index: u64,
    chargeback: Arc<Chargeback>,
    throttle_retries: u32,
    /// Set after a 429 from a provider that does not report its back-off.
    not_before: Option<Instant>,
}

impl Item {
    /// Sets the time of the next attempt if the report was throttled and the provider does not report its back-off:
    /// the time that the error asks for, at most one hour. Without such a time, it doubles from 1 s to 60 s.
    fn back_off(&mut self, target: &Target, result: &ProviderOutcome) {
        if let Outcome::Failed(error @ Error::RateLimited(_)) = result.outcome()
            && isolate::throttled_for(target).is_zero()
        {
            let doubled = || Duration::from_secs(1 << self.throttle_retries.min(6)).min(MAX_BACKOFF_WITHOUT_TIME);
            self.not_before = Some(Instant::now() + error.retry_after().unwrap_or_else(doubled).min(MAX_BACKOFF));
        }
    }
}

/// The longest back-off after a 429 without a time.
const MAX_BACKOFF_WITHOUT_TIME: Duration = Duration::from_secs(60);

/// A panic of a task, or `None` if its runtime has ended.
type Panicked = Option<Box<dyn std::any::Any + Send>>;

/// The queue of one vendor: cases run concurrently, the reports of one case one after another.
struct Lane {
    target: usize,
    /// The outcome is `None` if the bulk was stopped before the report was sent.
    running: JoinSet<(Item, Option<ProviderOutcome>)>,
    ready: VecDeque<Item>,
    /// The cases that run or are ready, each with its waiting reports.
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

    /// Makes the next report of the case ready.
    fn finished(&mut self, case_id: &str) {
        self.backlog -= 1;
        if let Some(next) = self.cases.get_mut(case_id).and_then(VecDeque::pop_front) {
            self.ready.push_back(next);
        } else {
            self.cases.remove(case_id);
        }
    }

    /// Starts reports up to the concurrency.
    fn start(&mut self, reporter: &Reporter, stop: &Stop, concurrency: usize) {
        while self.running.len() < concurrency
            && let Some(mut item) = self.ready.pop_front()
        {
            let (reporter, stop, index) = (reporter.clone(), stop.clone(), self.target);
            self.running.spawn(async move {
                let target = &reporter.targets()[index];
                let result = match reporter.prepare(target, &item.chargeback).await {
                    Prepared::Ended(result) => Some(result),
                    Prepared::Ready(delivering) => {
                        send_when_allowed(target, &stop, item.not_before.take(), delivering).await
                    }
                };
                if let Some(result) = &result {
                    item.back_off(target, result);
                }
                (item, result)
            });
        }
    }

    /// Polls for the next report that has ended. `Ok(None)`: the report was throttled and is ready again, or the
    /// bulk was stopped before it was sent. `Err`: the task ended without an outcome.
    fn poll_ended(
        &mut self,
        max_throttle_retries: u32,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<BulkOutcome>, Panicked>> {
        let (mut item, result) = match self.running.poll_join_next(context) {
            Poll::Ready(Some(Ok(ended))) => ended,
            Poll::Ready(Some(Err(failed))) => return Poll::Ready(Err(failed.try_into_panic().ok())),
            Poll::Ready(None) | Poll::Pending => return Poll::Pending,
        };
        if item.throttle_retries < max_throttle_retries
            && let Some(Outcome::Failed(Error::RateLimited(_))) = result.as_ref().map(ProviderOutcome::outcome)
        {
            item.throttle_retries += 1;
            self.ready.push_front(item);
            return Poll::Ready(Ok(None));
        }
        self.finished(item.chargeback.case_id());
        let Item { index, chargeback, .. } = item;
        Poll::Ready(Ok(result.map(|result| BulkOutcome { index, chargeback, result })))
    }
}

/// Sends a report when the rate limit and the back-off of the vendor allow, unless the bulk is stopped before.
async fn send_when_allowed(
    target: &Target,
    stop: &Stop,
    not_before: Option<Instant>,
    delivering: Delivering<'_>,
) -> Option<ProviderOutcome> {
    match isolate::before_sending(target, may_be_sent(target, stop, not_before, &delivering)).await {
        Ok(true) => Some(delivering.send().await),
        Ok(false) => None,
        Err(panicked) => Some(panicked),
    }
}

/// Waits until a report may be sent. Returns false if the bulk was stopped before. A report that fails before its first
/// request does not wait.
async fn may_be_sent(target: &Target, stop: &Stop, not_before: Option<Instant>, delivering: &Delivering<'_>) -> bool {
    let provider = &*target.provider;
    // Reading the ledger may have taken some time.
    if stop.is_stopped() {
        return false;
    }
    let waits = not_before.is_some() || target.gate.delays(provider);
    if !(waits && delivering.fails_at_once()) {
        let allowed = async {
            if let Some(time) = not_before {
                tokio::time::sleep_until(time).await;
            }
            target.gate.pass(provider).await;
        };
        // The gate is polled first, so a report that may be sent is not discarded.
        if let Either::Right(_) = select(pin!(allowed), pin!(stop.stopped())).await {
            return false;
        }
    }
    true
}

/// A stream of the outcomes of a bulk, created by [`Reporter::report_all`].
///
/// ```
/// use chargeback::{BulkOptions, Chargeback, Reporter};
/// use futures_util::{StreamExt as _, stream};
///
/// async fn send(reporter: &Reporter, cases: Vec<Chargeback>) -> u64 {
///     let mut report = reporter.report_all(stream::iter(cases), BulkOptions::default());
///     while let Some(done) = report.next().await {
///         println!("{}: {}", done.index, done.result.outcome());
///     }
///     report.read()
/// }
/// ```
#[must_use = "a stream does nothing unless it is polled"]
pub struct BulkReport<S> {
    reporter: Reporter,
    input: Option<S>,
    lanes: Vec<Lane>,
    options: BulkOptions,
    read: u64,
    /// The lane that is polled first. The lanes rotate, so that no vendor is preferred.
    first: usize,
    stop: Stop,
}

impl<S> BulkReport<S> {
    /// Returns a handle that ends the bulk early.
    #[must_use]
    pub fn stop_handle(&self) -> Stop {
        self.stop.clone()
    }

    /// Returns the number of chargebacks that were read from the stream.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.read
    }

    /// Returns the number of reports that wait or run at each vendor, in the order in which the vendors were added.
    ///
    /// ```
    /// use chargeback::{BulkReport, Reporter};
    ///
    /// fn show<S>(reporter: &Reporter, report: &BulkReport<S>) {
    ///     for (provider, waiting) in reporter.providers().zip(report.backlogs()) {
    ///         println!("{provider}: {waiting} reports wait or run");
    ///     }
    /// }
    /// ```
    pub fn backlogs(&self) -> impl Iterator<Item = usize> {
        self.lanes.iter().map(|lane| lane.backlog)
    }
}

impl<S: Stream<Item = Chargeback> + Unpin> BulkReport<S> {
    /// Reads from the stream while a lane can start a report and every lane has room. Items that are read too early
    /// would be dropped by a stop.
    fn read_input(&mut self, context: &mut Context<'_>) {
        let concurrency = self.options.concurrency.max(1);
        let max_backlog = self.options.max_backlog.max(concurrency);
        while let Some(input) = &mut self.input
            && !self.stop.is_stopped()
            && self.lanes.iter().any(|lane| lane.running.len() + lane.ready.len() < concurrency)
            && self.lanes.iter().all(|lane| lane.backlog < max_backlog)
        {
            match input.poll_next_unpin(context) {
                Poll::Ready(Some(chargeback)) => {
                    let item = Item {
                        index: self.read,
                        chargeback: Arc::new(chargeback),
                        throttle_retries: 0,
                        not_before: None,
                    };
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

    /// Drops the reports that have not started.
    fn drop_waiting(&mut self) {
        self.input = None;
        for lane in &mut self.lanes {
            lane.ready.clear();
            lane.cases.values_mut().for_each(VecDeque::clear);
            lane.backlog = lane.running.len();
        }
    }
}

impl<S: Stream<Item = Chargeback> + Unpin> BulkReport<S> {
    /// Polls each lane once, starting with the one after the last that had an outcome. Returns an outcome, or
    /// whether some lane made progress.
    fn poll_lanes(&mut self, context: &mut Context<'_>) -> Result<BulkOutcome, bool> {
        let mut progress = false;
        let max_throttle_retries = if self.stop.is_stopped() { 0 } else { self.options.max_throttle_retries };
        for turn in 0..self.lanes.len() {
            let index = (self.first + turn) % self.lanes.len();
            match self.lanes[index].poll_ended(max_throttle_retries, context) {
                Poll::Ready(Ok(Some(ended))) => {
                    self.first = index + 1;
                    return Ok(ended);
                }
                Poll::Ready(Ok(None)) => progress = true,
                Poll::Ready(Err(panicked)) => {
                    // A caller that catches the panic gets a bulk that ends.
                    self.stop.stop();
                    self.drop_waiting();
                    if let Some(panic) = panicked {
                        std::panic::resume_unwind(panic);
                    }
                    progress = true;
                }
                Poll::Pending => {}
            }
        }
        Err(progress)
    }
}

impl<S: Stream<Item = Chargeback> + Unpin> Stream for BulkReport<S> {
    type Item = BulkOutcome;

    /// Reads from the input, starts reports and polls them, until there is an outcome, nothing is left, or every
    /// lane and the input are pending. A stop is checked in each round: a later report of a case must not be sent
    /// after an earlier one was dropped.
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<BulkOutcome>> {
        let this = &mut *self;
        this.stop.wakes(context.waker());
        loop {
            this.read_input(context);
            if this.stop.is_stopped() {
                this.drop_waiting();
            }
            for lane in &mut this.lanes {
                lane.start(&this.reporter, &this.stop, this.options.concurrency.max(1));
            }
            let progress = match this.poll_lanes(context) {
                Ok(ended) => return Poll::Ready(Some(ended)),
                Err(progress) => progress,
            };
            if this.input.is_none() && this.lanes.iter().all(|lane| lane.backlog == 0) {
                return Poll::Ready(None);
            }
            // The input and the tasks were all polled and wake this task.
            if !progress {
                return Poll::Pending;
            }
        }
    }
}

impl Reporter {
    /// Reports every chargeback of a stream to every vendor, and returns a stream of the outcomes: one for each
    /// chargeback at each vendor.
    ///
    /// - At each vendor, the reports of one case run in the order of the stream; different cases run concurrently.
    /// - A slow vendor delays the others only if it is more than [`max_backlog`](BulkOptions::max_backlog) behind.
    ///   The input is read no faster than that, and only while some vendor can start a report, so the memory is
    ///   bounded.
    /// - Each vendor has its [rate limit](Target::rate_limit). Only reports that are sent count, and all bulks of a
    ///   reporter share the limit. After an HTTP 429, no report to that vendor starts until the vendor's back-off
    ///   has passed, at most one hour; reports that already run are finished. If the provider reports no back-off
    ///   ([`Throttled`](crate::Throttled)), only the throttled report waits: as long as its error asks, otherwise 1 s,
    ///   doubled each time up to 60 s.
    /// - A report that fails for another reason is not repeated by the bulk, after the attempts of the provider.
    ///   Its outcome states whether it may be retried. Later reports of the same case go on; they look up the
    ///   vendor's record first if the outcome is unknown.
    /// - A panic in a filter, a provider or a ledger is the outcome of its report
    ///   ([`Error::Panicked`](crate::Error::Panicked)). The bulk goes on.
    /// - With a ledger, an interrupted bulk can be run again: acknowledged reports are skipped as refresh or stale, and
    ///   reports that were in flight are sent again.
    /// - [`Stop`] ends the bulk early: reports that are being sent are finished, and the others have no outcome.
    ///   Dropping the stream drops the running reports.
    ///
    /// Poll the stream on one tokio runtime only. If that runtime shuts down, running reports have no outcome and the
    /// stream ends.
    ///
    /// ```
    /// use chargeback::{BulkOptions, Chargeback, Reporter};
    /// use futures_util::{StreamExt as _, stream};
    ///
    /// async fn report_all(reporter: &Reporter, cases: Vec<Chargeback>) {
    ///     let mut report = reporter.report_all(stream::iter(cases), BulkOptions::default().concurrency(32));
    ///     let stop = report.stop_handle(); // for a signal handler: `stop.stop()` finishes the running reports
    ///     while let Some(done) = report.next().await {
    ///         println!("{} {}: {}", done.chargeback.case_id(), done.result.provider(), done.result.outcome());
    ///     }
    ///     let _complete = !stop.is_stopped();
    /// }
    /// ```
    pub fn report_all<S>(&self, chargebacks: S, options: BulkOptions) -> BulkReport<S>
    where
        S: Stream<Item = Chargeback> + Unpin,
    {
        let lane = |target| Lane {
            target,
            running: JoinSet::new(),
            ready: VecDeque::new(),
            cases: HashMap::new(),
            backlog: 0,
        };
        BulkReport {
            reporter: self.clone(),
            input: Some(chargebacks),
            lanes: (0..self.targets().len()).map(lane).collect(),
            options,
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
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

//! The loop that claims and sends the lanes of one vendor.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::select;
use std::pin::pin;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::deliver::{Claimed, Shared, Vendor, deliver};
use super::gate::LeaseEnd;
use super::leased::Finished;
use super::observe::{OutboxEvent, StoreOperation};
use super::vendor_state::{Admission, VendorEvent};

/// The wait after a failed claim.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// The longest wait for a phase of the vendor: an operator may end it earlier.
const LONGEST_HOLD: Duration = Duration::from_secs(5);

/// The duration of a claimed lane's wait from which no lanes are claimed ahead.
const SLOW: Duration = Duration::from_secs(1);

/// The end of a pump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Runs until the worker is stopped.
    Serve,
    /// Ends when no lane is due.
    Drain,
}

/// The result of a task of the pump.
enum Ended {
    Delivered,
    Claimed {
        lanes: Vec<Claimed>,
        limit: usize,
        is_probe: bool,
    },
    /// Nothing is due.
    Nothing,
    /// The worker stops.
    Stopped,
}

/// Claims and sends the lanes of a vendor.
pub(super) struct Pump {
    shared: Arc<Shared>,
    vendor: Arc<Vendor>,
    mode: Mode,
    stop: watch::Receiver<bool>,
    tasks: JoinSet<Ended>,
    buffer: VecDeque<Claimed>,
    running: usize,
    limit: usize,
    is_probe: bool,
    claim: Claim,
    /// The last lane waited for long in the buffer, so no lanes are claimed ahead.
    is_slow: bool,
}

/// The task that claims lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    Idle,
    Running,
    /// Nothing is due, and the pump only drains.
    Done,
}

impl Pump {
    pub(super) fn new(shared: Arc<Shared>, vendor: Arc<Vendor>, mode: Mode, stop: watch::Receiver<bool>) -> Self {
        let limit = shared.settings.concurrency;
        Self {
            shared,
            vendor,
            mode,
            stop,
            tasks: JoinSet::new(),
            buffer: VecDeque::new(),
            running: 0,
            limit,
            is_probe: false,
            claim: Claim::Idle,
            is_slow: false,
        }
    }

    /// Runs until the worker stops and the running reports have ended. Dropping the future ends the reports.
    pub(super) async fn run(mut self) {
        if self.mode == Mode::Serve {
            let mut stop = self.stop.clone();
            self.tasks.spawn(async move {
                // An error means that the worker is gone.
                let _ = stop.wait_for(|stopped| *stopped).await;
                Ended::Stopped
            });
        }
        loop {
            // After a rate limit or an outage, lanes that were claimed ahead wait like all others.
            if self.shared.is_stopping() || !self.is_probe && !self.vendor.view.may_send() {
                self.release_buffer().await;
            }
            self.start_tasks();
            let Some(ended) = self.tasks.join_next().await else { return };
            match ended {
                Ok(Ended::Delivered) => self.running -= 1,
                Ok(Ended::Claimed { lanes, limit, is_probe }) => {
                    (self.claim, self.limit, self.is_probe) = (Claim::Idle, limit, is_probe);
                    self.buffer.extend(lanes);
                }
                Ok(Ended::Stopped) => (),
                Ok(Ended::Nothing) => {
                    self.claim = if self.mode == Mode::Drain { Claim::Done } else { Claim::Idle };
                }
                // A task catches the panics of its report, so only the runtime's shutdown ends it.
                Err(_) => return,
            }
        }
    }

    fn start_tasks(&mut self) {
        while self.running < self.limit
            && let Some(claimed) = self.buffer.pop_front()
        {
            self.is_slow = claimed.at.elapsed() > SLOW;
            self.running += 1;
            let (shared, vendor, is_probe) = (Arc::clone(&self.shared), Arc::clone(&self.vendor), self.is_probe);
            self.tasks.spawn(async move {
                deliver(&shared, &vendor, claimed, is_probe).await;
                Ended::Delivered
            });
            if self.claim == Claim::Done {
                self.claim = Claim::Idle;
            }
        }
        let ahead = if self.is_slow || self.is_probe { 0 } else { self.limit };
        let wanted = (self.limit + ahead).saturating_sub(self.running + self.buffer.len());
        let few = self.buffer.len() <= ahead / 2 && wanted > 0;
        if few && self.claim == Claim::Idle && !self.shared.is_stopping() {
            // A probe is one report at a time.
            if self.is_probe && self.running > 0 {
                return;
            }
            self.claim = Claim::Running;
            let (shared, vendor, mode) = (Arc::clone(&self.shared), Arc::clone(&self.vendor), self.mode);
            let (stop, running) = (self.stop.clone(), self.running + self.buffer.len());
            self.tasks.spawn(claim(shared, vendor, mode, stop, running, ahead));
        }
    }

    async fn release_buffer(&mut self) {
        let lease = self.shared.lease(self.vendor.idempotent);
        for claimed in self.buffer.drain(..) {
            // A lane that cannot be released is claimed again when its lease ends.
            let _ = self.shared.store.finish(&claimed.lane, Finished::released(), lease, false).await;
        }
    }
}

/// Claims lanes. Waits until lanes are due, unless the pump only drains.
async fn claim(
    shared: Arc<Shared>,
    vendor: Arc<Vendor>,
    mode: Mode,
    mut stop: watch::Receiver<bool>,
    running: usize,
    ahead: usize,
) -> Ended {
    loop {
        if shared.is_stopping() {
            return Ended::Nothing;
        }
        let wait = match round(&shared, &vendor, running, ahead).await {
            Round::Claimed(ended) => return ended,
            Round::Nothing | Round::Hold(_) if mode == Mode::Drain => return Ended::Nothing,
            Round::Nothing => None,
            Round::Hold(time) => Some(time.min(LONGEST_HOLD)),
        };
        let waiting = async {
            match wait {
                Some(time) => tokio::time::sleep(time).await,
                None => {
                    if shared.store.wait_until_due(std::slice::from_ref(&vendor.view.id)).await.is_err() {
                        tokio::time::sleep(STORE_RETRY).await;
                    }
                }
            }
        };
        let stopped = async {
            // An error means that the worker is gone.
            let _ = stop.wait_for(|stopped| *stopped).await;
        };
        select(pin!(waiting), pin!(stopped)).await;
    }
}

enum Round {
    Claimed(Ended),
    Nothing,
    Hold(Duration),
}

async fn round(shared: &Shared, vendor: &Vendor, running: usize, ahead: usize) -> Round {
    let (store, observer) = (&*shared.store, &*shared.observer);
    let failed = |operation| {
        observer.observe(&OutboxEvent::StoreFailed { operation });
        Round::Hold(STORE_RETRY)
    };
    let admission = match vendor.view.admission(store).await {
        Ok(admission) => admission,
        Err(error) => {
            tracing::warn!(vendor = vendor.view.id.as_str(), %error, "the state of the vendor could not be read");
            return failed(StoreOperation::Claim);
        }
    };
    let (wanted, limit, is_probe) = match admission {
        Admission::Paused => return Round::Hold(LONGEST_HOLD),
        Admission::Wait(time) => return Round::Hold(time),
        Admission::Probe => {
            let started = VendorEvent::ProbeStarted(shared.settings.lease);
            match vendor.view.observe(store, observer, &started).await {
                Ok(true) => (1, 1, true),
                Ok(false) => return Round::Hold(STORE_RETRY),
                Err(_) => return failed(StoreOperation::SetVendor),
            }
        }
        Admission::Claim(limit) => {
            let ahead = if limit < shared.settings.concurrency { 0 } else { ahead };
            ((limit + ahead).saturating_sub(running), limit, false)
        }
    };
    if wanted == 0 {
        // A ramp after an outage: the running reports end first.
        return Round::Claimed(Ended::Claimed { lanes: Vec::new(), limit, is_probe: false });
    }
    claim_lanes(shared, vendor, wanted, limit, is_probe).await
}

async fn claim_lanes(shared: &Shared, vendor: &Vendor, wanted: usize, limit: usize, is_probe: bool) -> Round {
    let (store, observer) = (&*shared.store, &*shared.observer);
    let (end, at) = (LeaseEnd::after(shared.settings.lease), Instant::now());
    let lanes = match store.claim(&vendor.view.id, wanted, shared.lease(vendor.idempotent)).await {
        Ok(lanes) => lanes,
        Err(error) => {
            tracing::warn!(vendor = vendor.view.id.as_str(), %error, "lanes could not be claimed");
            observer.observe(&OutboxEvent::StoreFailed { operation: StoreOperation::Claim });
            return Round::Hold(STORE_RETRY);
        }
    };
    if lanes.is_empty() {
        if is_probe {
            let _ = vendor.view.observe(store, observer, &VendorEvent::ProbeUnused).await;
        }
        return Round::Nothing;
    }
    observer.observe(&OutboxEvent::Claimed { vendor: &vendor.view.id, lanes: lanes.len() });
    let lanes = lanes.into_iter().map(|lane| Claimed { lane, end, at }).collect();
    Round::Claimed(Ended::Claimed { lanes, limit, is_probe })
}

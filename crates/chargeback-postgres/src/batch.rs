//! Calls of several lanes in one transaction.
//!
//! Marks, extensions and results that wait at the same time share a transaction, its round trips and its write to the
//! disk. A lane that another transaction has locked gets an own transaction, so that it does not hold up the
//! others.

use std::sync::{Arc, Weak};
use std::time::Duration;

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::rows::OwnedLease;
use chargeback::outbox::{Finished, LeasedLane, StoreError};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::load::Loaded;
use crate::shared::Shared;
use crate::transaction::{Failure, Tx, retrying};

/// The largest number of calls in one transaction.
const LARGEST: usize = 128;

/// The number of transactions at a time.
const AT_ONCE: usize = 3;

/// A call on a lane.
#[derive(Clone)]
pub(crate) enum Call {
    Mark { stage: ReportedStage, time: Duration },
    Extend { time: Duration },
    Finish { finished: Finished, lease: OwnedLease, take_next: bool },
}

/// A call, its lane, and its caller.
struct Waiting {
    lane: LeasedLane,
    call: Call,
    reply: oneshot::Sender<Reply>,
}

type Reply = Result<Option<LeasedLane>, StoreError>;

/// The queue of calls.
pub(crate) struct Batches {
    calls: mpsc::UnboundedSender<Waiting>,
}

/// The number of calls that may wait for a locked case at a time: a third of the connections.
fn waiting_places(shared: &Shared) -> usize {
    (shared.pool.status().max_size / 3).max(1)
}

impl Batches {
    pub(crate) fn start(shared: &Arc<Shared>) -> Self {
        let (calls, waiting) = mpsc::unbounded_channel();
        let alone = Arc::new(Semaphore::new(waiting_places(shared)));
        tokio::spawn(run(Arc::downgrade(shared), waiting, alone));
        Self { calls }
    }

    /// Runs a call. The call goes on if the caller stops waiting.
    pub(crate) async fn call(&self, lane: &LeasedLane, call: Call) -> Reply {
        let (reply, result) = oneshot::channel();
        let stopped = || StoreError::unavailable("the store was dropped");
        self.calls.send(Waiting { lane: lane.clone(), call, reply }).map_err(|_| stopped())?;
        result.await.unwrap_or_else(|_| Err(stopped()))
    }
}

async fn run(shared: Weak<Shared>, mut waiting: mpsc::UnboundedReceiver<Waiting>, alone: Arc<Semaphore>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(first) = waiting.recv().await {
        // The semaphore is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Some(shared) = shared.upgrade() else { return };
        let mut batch = vec![first];
        while batch.len() < LARGEST
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        let alone = Arc::clone(&alone);
        tokio::spawn(async move {
            run_batch(&shared, batch, &alone).await;
            drop(place);
        });
    }
}

/// Runs the calls in one transaction. Calls of locked lanes, and calls of a failed transaction, are run one by one.
async fn run_batch(shared: &Arc<Shared>, batch: Vec<Waiting>, alone: &Arc<Semaphore>) {
    let calls: Vec<&Waiting> = batch.iter().collect();
    let results = transaction(shared, &calls, false).await;
    let failed = matches!(&results, Err(Failure::Sql(error)) if !error.is_closed());
    let results = match results {
        Ok(results) => results,
        // One call may have a value that the server does not accept.
        Err(_) if failed => batch.iter().map(|_| None).collect(),
        Err(failure) => {
            let error = StoreError::from(failure);
            batch.iter().map(|_| Some(Err(again(&error)))).collect()
        }
    };
    for (waiting, result) in batch.into_iter().zip(results) {
        match result {
            Some(result) => drop(waiting.reply.send(result)),
            None => drop(tokio::spawn(run_alone(Arc::clone(shared), waiting, Arc::clone(alone)))),
        }
    }
}

/// Another value of the same error, for the other callers.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Corrupt(source) => StoreError::corrupt(source.to_string()),
        StoreError::Unusable(text) => StoreError::Unusable(text.clone()),
        StoreError::Unavailable(source) => StoreError::unavailable(source.to_string()),
        other => StoreError::unavailable(other.to_string()),
    }
}

async fn run_alone(shared: Arc<Shared>, waiting: Waiting, alone: Arc<Semaphore>) {
    // The semaphore is never closed.
    let Ok(_place) = alone.acquire().await else { return };
    let result = retrying!(transaction(&shared, &[&waiting], true));
    let missing = || Err(StoreError::unavailable("the lane could not be locked"));
    drop(waiting.reply.send(result.and_then(|mut results| results.pop().flatten().unwrap_or_else(missing))));
}

/// Runs calls in one transaction. The result of a call whose lane is locked by another transaction is `None`.
async fn transaction(shared: &Shared, calls: &[&Waiting], wait: bool) -> Result<Vec<Option<Reply>>, Failure> {
    let mut ids: Vec<i64> = calls.iter().map(|waiting| waiting.lane.id.get()).collect();
    ids.sort_unstable();
    ids.dedup();
    let tx = Tx::new(&shared.pool).await?;
    let mut loaded = shared.load_lanes(&tx, &ids, wait).await?;
    let results: Vec<_> = calls
        .iter()
        .map(|waiting| (wait || loaded.has(waiting.lane.id)).then(|| apply(shared, &mut loaded, waiting)))
        .collect();
    shared.store(tx, loaded).await?;
    Ok(results)
}

fn apply(shared: &Shared, loaded: &mut Loaded, waiting: &Waiting) -> Reply {
    let lane = &waiting.lane;
    match &waiting.call {
        Call::Mark { stage, time } => loaded.set.mark_in_flight(lane, *stage, *time).map(|()| None),
        Call::Extend { time } => loaded.set.extend(lane, *time).map(|()| None),
        Call::Finish { finished, lease, take_next } => {
            // The next report counts against a rate limit, which only a claim reads.
            let take_next = *take_next && shared.rate(&lane.vendor).is_none();
            loaded.set.finish(lane, finished.clone(), lease.get(), take_next)
        }
    }
}

//! Enqueues the rows of a file.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use chargeback::Chargeback;
use chargeback::outbox::{Enqueued, EventKey, Outbox};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::progress::Progress;
use super::stop::Stop;
use super::unreadable::Unreadable;
use crate::failure::{Failure, chain};
use crate::input::{Content, Input};

/// The number of cases that are enqueued at the same time. The rows of one case are enqueued in their order.
const LANES: usize = 64;

/// The number of rows that wait in each lane.
const BACKLOG: usize = 16;

/// The rows of the file, by result.
#[derive(Debug, Default)]
pub(super) struct Fed {
    pub(super) new: u64,
    pub(super) duplicates: u64,
    pub(super) other: u64,
    pub(super) unreadable: Unreadable,
    /// Rows whose case, stage and time were accepted before with other data.
    pub(super) changed: Vec<u64>,
    pub(super) erased: u64,
}

#[derive(Default)]
struct Counts {
    new: AtomicU64,
    duplicates: AtomicU64,
    erased: AtomicU64,
    failed: AtomicBool,
}

/// Returns the key of a row. The same report has the same key in each run and in each
/// format. The key is a hash, so that the
/// store keeps no case id in it.
fn key(chargeback: &Chargeback) -> Result<EventKey, Failure> {
    let parts = [chargeback.case_id(), chargeback.stage().as_str(), &chargeback.occurred_at().to_rfc3339()];
    let digest = Sha256::digest(parts.join("\0"));
    EventKey::new("backfill", "", &hex::encode(digest)).map_err(|error| Failure::new(chain(&error)))
}

/// Enqueues all rows, and returns early at a stop or at an error of the store.
pub(super) async fn feed(
    input: &Input,
    outbox: &Outbox,
    progress: &Arc<Progress>,
    stop: &Stop,
) -> Result<Fed, Failure> {
    let counts = Arc::new(Counts::default());
    let (mut senders, mut tasks) = (Vec::new(), Vec::new());
    for _ in 0..LANES {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        senders.push(sender);
        let context = (outbox.clone(), Arc::clone(&counts), Arc::clone(progress));
        tasks.push(tokio::spawn(enqueue(receiver, context)));
    }
    let mut fed = Fed::default();
    for row in input.rows()? {
        if stop.is_stopped() || counts.failed.load(Ordering::Relaxed) {
            break;
        }
        progress.read();
        match row.content {
            Content::Chargeback(chargeback) => {
                let mut hasher = DefaultHasher::new();
                chargeback.case_id().hash(&mut hasher);
                let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or(0);
                if senders[lane].send((row.line, chargeback)).await.is_err() {
                    break;
                }
            }
            Content::Other(_) => fed.other += 1,
            Content::Unreadable(reason) => fed.unreadable.push(row.line, reason),
        }
    }
    drop(senders);
    for task in tasks {
        fed.changed.extend(task.await.map_err(|error| Failure::at("a task ended", error))??);
    }
    fed.changed.sort_unstable();
    fed.new = counts.new.load(Ordering::Relaxed);
    fed.duplicates = counts.duplicates.load(Ordering::Relaxed);
    fed.erased = counts.erased.load(Ordering::Relaxed);
    Ok(fed)
}

type Context = (Outbox, Arc<Counts>, Arc<Progress>);

/// Enqueues the rows of one lane. Returns the rows that were accepted before with other data.
async fn enqueue(
    mut rows: mpsc::Receiver<(u64, Box<Chargeback>)>,
    (outbox, counts, progress): Context,
) -> Result<Vec<u64>, Failure> {
    let mut changed = Vec::new();
    while let Some((line, chargeback)) = rows.recv().await {
        let enqueued = outbox.enqueue(&key(&chargeback)?, &chargeback).await.map_err(|error| {
            counts.failed.store(true, Ordering::Relaxed);
            let next = "every accepted row is safe; correct the cause and run the same command again";
            Failure::at("the store", chain(&error)).next(next)
        })?;
        match enqueued {
            Enqueued::New { .. } => {
                counts.new.fetch_add(1, Ordering::Relaxed);
                progress.enqueued();
            }
            Enqueued::Duplicate { .. } => {
                counts.duplicates.fetch_add(1, Ordering::Relaxed);
            }
            Enqueued::Conflicting { .. } => changed.push(line),
            _ => {
                counts.erased.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    Ok(changed)
}

//! One report of a case at a time.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::provider::TurnGuard;

/// A lock for each case: reports of one case run one after another, in the order of the calls.
///
/// Use it to implement [`ChargebackProvider::turn`](crate::ChargebackProvider::turn). Clones share the locks. The size
/// grows with the number of cases that run or wait, not with the number of cases seen.
///
/// ```
/// use chargeback::Turns;
///
/// # async fn example() {
/// let turns = Turns::new();
/// let first = turns.acquire("case-1").await;
/// let other = turns.acquire("case-2").await; // another case does not wait
/// drop((first, other));
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example());
/// ```
#[derive(Clone, Default)]
pub struct Turns {
    slots: Arc<Slots>,
}

type Slots = Mutex<HashMap<Arc<str>, Slot>>;

/// The lock of one case, and the number of guards and waiters that use it.
#[derive(Default)]
struct Slot {
    users: usize,
    lock: Arc<AsyncMutex<()>>,
}

/// A turn. Other reports of the case wait while it lives.
pub(crate) struct Turn {
    // Fields are dropped in this order: the lock is released before the slot is removed.
    _guard: OwnedMutexGuard<()>,
    _ticket: Ticket,
}

/// A place in the queue of a case. Dropping it removes the slot if no one else uses it.
struct Ticket {
    slots: Arc<Slots>,
    case_id: Arc<str>,
}

impl Turns {
    /// Creates a set of locks without cases.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until no other report of the case runs, and returns the turn.
    ///
    /// ```
    /// use chargeback::Turns;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let turns = Turns::new();
    /// let turn = turns.acquire("CB-1").await;
    /// // Other reports of `CB-1` wait here.
    /// drop(turn);
    /// # }
    /// ```
    pub async fn acquire(&self, case_id: &str) -> TurnGuard {
        TurnGuard::new(self.take(case_id).await)
    }

    pub(super) async fn take(&self, case_id: &str) -> Turn {
        let (lock, ticket) = self.queue(case_id);
        Turn { _guard: lock.lock_owned().await, _ticket: ticket }
    }

    fn queue(&self, case_id: &str) -> (Arc<AsyncMutex<()>>, Ticket) {
        let case_id = Arc::<str>::from(case_id);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(Arc::clone(&case_id)).or_default();
        slot.users += 1;
        (Arc::clone(&slot.lock), Ticket { slots: Arc::clone(&self.slots), case_id })
    }

    fn cases(&self) -> usize {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl fmt::Debug for Turns {
    /// Shows the number of cases, and no case id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Turns({} cases)", self.cases())
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // Users are counted under the map's lock, so a slot is removed exactly when its last user leaves.
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get_mut(&self.case_id) {
            slot.users -= 1;
            if slot.users == 0 {
                slots.remove(&self.case_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;

    async fn polled_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        tokio::select! { biased; output = future => Some(output), () = std::future::ready(()) => None }
    }

    #[tokio::test]
    async fn one_case_waits_and_another_does_not() {
        let turns = Turns::default();
        let first = turns.acquire("a").await;
        let other = turns.acquire("b").await;
        let mut second = Box::pin(turns.acquire("a"));
        assert!(polled_once(&mut second).await.is_none());
        drop(first);
        let second = second.await;
        drop((second, other));
        assert_eq!(turns.cases(), 0);
    }

    #[tokio::test]
    async fn dropped_waiter_leaves_nothing_behind() {
        let turns = Turns::default();
        let first = turns.acquire("a").await;
        {
            let mut second = Box::pin(turns.acquire("a"));
            assert!(polled_once(&mut second).await.is_none());
        }
        assert_eq!(turns.cases(), 1);
        drop(first);
        assert_eq!(turns.cases(), 0);
    }

    /// Many tasks take, drop and give up turns of few cases at once. A slot that leaks stays in the map, and a slot
    /// that is removed too early lets two tasks run at once.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn race_leaks_no_slot_and_lets_one_run_at_a_time() {
        const CASES: [&str; 2] = ["a", "b"];
        let turns = Turns::default();
        let running = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..8_u64 {
            let (turns, running) = (turns.clone(), Arc::clone(&running));
            tasks.spawn(async move {
                let mut dice = fastrand::Rng::with_seed(task);
                for _ in 0..2_000 {
                    let case = dice.usize(0..CASES.len());
                    let mut turn = Box::pin(turns.take(CASES[case]));
                    let taken = if dice.bool() { Some(turn.await) } else { polled_once(&mut turn).await };
                    let Some(taken) = taken else { continue };
                    assert_eq!(running[case].fetch_add(1, SeqCst), 0, "two turns of one case");
                    if dice.bool() {
                        tokio::task::yield_now().await;
                    }
                    running[case].fetch_sub(1, SeqCst);
                    drop(taken);
                }
            });
        }
        tasks.join_all().await;
        assert_eq!(turns.cases(), 0);
    }
}

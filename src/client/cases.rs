//! What a provider keeps of its cases: whose turn it is, which id the vendor gave, and what is in doubt.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// How many cases are remembered; some 20 MiB at the very most.
const REMEMBERED: usize = 65_536;

/// Lets one report of a case through at a time, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    slots: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
}

/// A turn: while it lives, no other report of the case runs.
#[derive(Debug)]
pub(crate) struct Turn<'t> {
    // Fields drop in this order: the lock is let go before the ticket looks whether the slot is still wanted.
    _held: OwnedMutexGuard<()>,
    _ticket: Ticket<'t>,
}

/// A place in the queue; it tidies up even if its owner stops waiting.
#[derive(Debug)]
struct Ticket<'t> {
    turns: &'t Turns,
    case_id: &'t str,
    slot: Arc<AsyncMutex<()>>,
}

impl Turns {
    /// Waits for the case's turn.
    pub(crate) async fn of<'t>(&'t self, case_id: &'t str) -> Turn<'t> {
        let slot = Arc::clone(locked(&self.slots).entry(case_id.to_owned()).or_default());
        let ticket = Ticket { turns: self, case_id, slot };
        let held = Arc::clone(&ticket.slot).lock_owned().await;
        Turn { _held: held, _ticket: ticket }
    }

    #[cfg(test)]
    fn waiting(&self) -> usize {
        locked(&self.slots).len()
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut slots = locked(&self.turns.slots);
        // Clones are made from the map alone, and the map is locked: two are the map's and this one.
        if Arc::strong_count(&self.slot) == 2 {
            slots.remove(self.case_id);
        }
    }
}

/// What the provider has learnt of cases since it was made.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    cases: HashMap<String, Entry>,
    oldest_first: VecDeque<String>,
}

#[derive(Debug, Default, Clone)]
struct Entry {
    vendor_case: Option<String>,
    in_doubt: bool,
}

impl Memory {
    /// The vendor's id of the case, if a receipt had one.
    pub(crate) fn vendor_case(&self, case_id: &str) -> Option<String> {
        locked(&self.known).cases.get(case_id).and_then(|entry| entry.vendor_case.clone())
    }

    /// Whether an earlier report of the case may have acted without anybody knowing.
    pub(crate) fn is_in_doubt(&self, case_id: &str) -> bool {
        locked(&self.known).cases.get(case_id).is_some_and(|entry| entry.in_doubt)
    }

    /// Keeps the vendor's id of the case, which is then in doubt no longer.
    pub(crate) fn keep(&self, case_id: &str, vendor_case: &str) {
        let entry = Entry { vendor_case: Some(vendor_case.to_owned()), in_doubt: false };
        *locked(&self.known).entry(case_id) = entry;
    }

    /// Notes that something is about to be sent that must not be sent twice.
    pub(crate) fn begin_doubt(&self, case_id: &str) {
        locked(&self.known).entry(case_id).in_doubt = true;
    }

    /// Notes that it is known what became of it.
    pub(crate) fn end_doubt(&self, case_id: &str) {
        let mut known = locked(&self.known);
        if let Some(entry) = known.cases.get_mut(case_id) {
            entry.in_doubt = false;
        }
    }
}

impl Known {
    fn entry(&mut self, case_id: &str) -> &mut Entry {
        if !self.cases.contains_key(case_id) {
            self.make_room();
            self.oldest_first.push_back(case_id.to_owned());
        }
        self.cases.entry(case_id.to_owned()).or_default()
    }

    /// Forgets the oldest case; one in doubt only if there are none but such at the front.
    fn make_room(&mut self) {
        if self.oldest_first.len() < REMEMBERED {
            return;
        }
        for _ in 0..64 {
            let Some(case_id) = self.oldest_first.pop_front() else { return };
            if self.cases.get(&case_id).is_some_and(|entry| entry.in_doubt) {
                self.oldest_first.push_back(case_id);
            } else {
                self.cases.remove(&case_id);
                return;
            }
        }
        if let Some(case_id) = self.oldest_first.pop_front() {
            self.cases.remove(&case_id);
        }
    }
}

/// The lock is held for a few map operations that do not panic; if one ever did, the map is still a map.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_case_waits_and_another_does_not() {
        let turns = Turns::default();
        let first = turns.of("a").await;
        let other = turns.of("b").await;
        let mut second = Box::pin(turns.of("a"));
        assert!(futures_ready(&mut second).await.is_none());
        drop(first);
        let second = second.await;
        drop((second, other));
        assert_eq!(turns.waiting(), 0);
    }

    #[tokio::test]
    async fn who_stops_waiting_leaves_nothing_behind() {
        let turns = Turns::default();
        let first = turns.of("a").await;
        {
            let mut second = Box::pin(turns.of("a"));
            assert!(futures_ready(&mut second).await.is_none());
        }
        assert_eq!(turns.waiting(), 1);
        drop(first);
        assert_eq!(turns.waiting(), 0);
    }

    /// Polls once.
    async fn futures_ready<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        tokio::select! { biased; output = future => Some(output), () = std::future::ready(()) => None }
    }

    #[test]
    fn memory_is_bounded_and_keeps_what_is_in_doubt() {
        let memory = Memory::default();
        memory.begin_doubt("doubtful");
        for i in 0..REMEMBERED + 10 {
            memory.keep(&format!("case-{i}"), "vendor-case");
        }
        let known = locked(&memory.known);
        assert_eq!(known.cases.len(), REMEMBERED);
        assert_eq!(known.oldest_first.len(), REMEMBERED);
        drop(known);
        assert!(memory.is_in_doubt("doubtful"));
        assert_eq!(memory.vendor_case("case-0"), None);
        memory.end_doubt("doubtful");
        assert!(!memory.is_in_doubt("doubtful"));
    }
}

//! What a provider keeps of its cases: whose turn it is, which id the vendor gave, and what is in doubt.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// How many vendor's ids are remembered, and how many cases may be in doubt at once; some 10 MiB if all are.
const REMEMBERED: usize = 65_536;

/// The longest vendor's id that is remembered, in bytes. The five vendors' have 20 to 36.
const LONGEST_ID: usize = 255;

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

/// A case id, cut to a size that does not grow with it. Half of SHA-256 has no two alike in practice.
type CaseHash = [u8; 16];

/// What the provider has learnt of cases since it was made.
///
/// Vendors' ids are forgotten, the oldest first, when there are too many: they spare a search. Doubts are never
/// forgotten, since they keep a case from being created twice; when there are too many, no new one may arise.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    known: Mutex<Known>,
    doubts: Mutex<HashMap<CaseHash, Doubt>>,
}

/// Why a case is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// This provider sent what must not be sent twice.
    Own,
    /// Somebody says that another did, who may have sent only what is safe to repeat.
    Assumed,
}

#[derive(Debug, Default)]
struct Known {
    vendor_cases: HashMap<CaseHash, Box<str>>,
    oldest_first: VecDeque<CaseHash>,
}

impl Memory {
    /// The vendor's id of the case, if it is known.
    pub(crate) fn vendor_case(&self, case_id: &str) -> Option<String> {
        let known = locked(&self.known);
        // Most vendors give no ids, and most cases are in no doubt: then there is nothing to hash for.
        if known.vendor_cases.is_empty() {
            return None;
        }
        known.vendor_cases.get(&hash(case_id)).map(|id| id.clone().into_string())
    }

    /// Whether an earlier report of the case may have acted without anybody knowing.
    pub(crate) fn is_in_doubt(&self, case_id: &str) -> bool {
        let doubts = locked(&self.doubts);
        !doubts.is_empty() && doubts.contains_key(&hash(case_id))
    }

    /// Keeps the vendor's id of the case, which is then in doubt no longer.
    pub(crate) fn keep(&self, case_id: &str, vendor_case: &str) {
        self.end_doubt(case_id);
        if !vendor_case.is_empty() && vendor_case.len() <= LONGEST_ID {
            locked(&self.known).insert(hash(case_id), vendor_case);
        }
    }

    /// Notes that something is about to be sent that must not be sent twice, or may have been; `false` if there is no
    /// room to note it.
    #[must_use]
    pub(crate) fn begin_doubt(&self, case_id: &str, doubt: Doubt) -> bool {
        let mut doubts = locked(&self.doubts);
        let case = hash(case_id);
        if doubts.len() >= REMEMBERED && !doubts.contains_key(&case) {
            return false;
        }
        let known = doubts.entry(case).or_insert(doubt);
        if doubt == Doubt::Own {
            *known = Doubt::Own;
        }
        true
    }

    /// Notes that all that is written of the case is safe to repeat, so that a doubt that was but assumed is none.
    pub(crate) fn nothing_to_doubt(&self, case_id: &str) {
        let mut doubts = locked(&self.doubts);
        if doubts.is_empty() {
            return;
        }
        let case = hash(case_id);
        if doubts.get(&case) == Some(&Doubt::Assumed) {
            doubts.remove(&case);
        }
    }

    /// Notes that it is known what became of it.
    pub(crate) fn end_doubt(&self, case_id: &str) {
        let mut doubts = locked(&self.doubts);
        if !doubts.is_empty() {
            doubts.remove(&hash(case_id));
        }
    }
}

impl Known {
    fn insert(&mut self, case: CaseHash, vendor_case: &str) {
        if self.vendor_cases.insert(case, vendor_case.into()).is_some() {
            return;
        }
        self.oldest_first.push_back(case);
        if self.oldest_first.len() > REMEMBERED
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.vendor_cases.remove(&oldest);
        }
    }
}

fn hash(case_id: &str) -> CaseHash {
    let digest = Sha256::digest(case_id);
    std::array::from_fn(|i| digest[i])
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
        assert!(polled_once(&mut second).await.is_none());
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
            assert!(polled_once(&mut second).await.is_none());
        }
        assert_eq!(turns.waiting(), 1);
        drop(first);
        assert_eq!(turns.waiting(), 0);
    }

    async fn polled_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        tokio::select! { biased; output = future => Some(output), () = std::future::ready(()) => None }
    }

    #[test]
    fn vendors_ids_are_forgotten_oldest_first() {
        let memory = Memory::default();
        for i in 0..REMEMBERED + 10 {
            memory.keep(&format!("case-{i}"), "vendor-case");
        }
        memory.keep("long", &"x".repeat(LONGEST_ID + 1));
        let known = locked(&memory.known);
        assert_eq!((known.vendor_cases.len(), known.oldest_first.len()), (REMEMBERED, REMEMBERED));
        drop(known);
        assert_eq!((memory.vendor_case("case-9"), memory.vendor_case("long")), (None, None));
        assert_eq!(memory.vendor_case("case-10").as_deref(), Some("vendor-case"));
    }

    #[test]
    fn doubts_are_never_forgotten_and_have_an_end() {
        let memory = Memory::default();
        for i in 0..REMEMBERED {
            assert!(memory.begin_doubt(&format!("case-{i}"), Doubt::Own));
        }
        assert!(!memory.begin_doubt("one more", Doubt::Own));
        assert!(memory.begin_doubt("case-0", Doubt::Own), "it is in doubt already");
        for i in 0..REMEMBERED + 10 {
            memory.keep(&format!("other-{i}"), "vendor-case");
        }
        assert!(memory.is_in_doubt("case-0"));
        memory.keep("case-0", "vendor-case");
        memory.end_doubt("case-1");
        assert!(!memory.is_in_doubt("case-0") && !memory.is_in_doubt("case-1"));
        assert!(memory.begin_doubt("one more", Doubt::Own));
    }
}

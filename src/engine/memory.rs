//! The provider's memory of its cases: ids that the vendor gave, cases that were reported, and cases in doubt.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::provider::vendor_case_rule;

/// The largest number of vendor ids and of cases in doubt; about 10 MiB if both are full.
const CAPACITY: usize = 65_536;

/// The largest number of reported cases. A full table has about 34 MiB, and needs half of that in addition while it
/// grows.
const REPORTED_CAPACITY: usize = 1_048_576;

/// The first 128 bits of the SHA-256 of a case id: collisions are not a practical concern.
type CaseHash = [u8; 16];

/// The provider's memory of its cases since it was built.
///
/// | Table | Limit | At the limit |
/// |---|---|---|
/// | vendor ids | 65,536 | The oldest id is evicted: ids only save a search. |
/// | reported cases, 16 bytes each | 1,048,576 | Every other case may have been reported too. |
/// | cases in doubt | 65,536 | No new doubt can begin. |
///
/// Reported cases and doubts are never evicted, because they prevent a second create.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    known: Mutex<Known>,
    reported: Mutex<HashSet<CaseHash>>,
    doubts: Mutex<HashSet<CaseHash>>,
}

#[derive(Debug, Default)]
struct Known {
    vendor_cases: HashMap<CaseHash, Box<str>>,
    oldest_first: VecDeque<CaseHash>,
}

/// The table of cases in doubt is full.
#[derive(Debug, thiserror::Error)]
#[error("too many cases are in doubt; check them with the vendor, then call resolve_doubt")]
pub(crate) struct TableFull;

impl Memory {
    /// The vendor's id of the case, if known.
    pub(crate) fn vendor_case(&self, case_id: &str) -> Option<String> {
        let known = locked(&self.known);
        // Most vendors give no ids, so the map is usually empty and needs no hash.
        if known.vendor_cases.is_empty() {
            return None;
        }
        known.vendor_cases.get(&hash(case_id)).map(|id| id.clone().into_string())
    }

    /// True if an earlier report of the case was acknowledged, or if that cannot be excluded because the table is full.
    pub(crate) fn may_have_been_reported(&self, case_id: &str) -> bool {
        let reported = locked(&self.reported);
        reported.len() >= REPORTED_CAPACITY || (!reported.is_empty() && reported.contains(&hash(case_id)))
    }

    /// Notes that the vendor has acknowledged a report of the case.
    pub(crate) fn note_reported(&self, case_id: &str) {
        let mut reported = locked(&self.reported);
        if reported.len() < REPORTED_CAPACITY {
            reported.insert(hash(case_id));
        }
    }

    /// True if an earlier report of the case may have acted and its outcome is unknown.
    pub(crate) fn is_in_doubt(&self, case_id: &str) -> bool {
        let doubts = locked(&self.doubts);
        !doubts.is_empty() && doubts.contains(&hash(case_id))
    }

    /// Stores the vendor's id of the case, and ends its doubt. An id that breaks the rules of
    /// [`Resolution::Found`](crate::Resolution::Found) is not stored.
    pub(crate) fn set_vendor_case(&self, case_id: &str, vendor_case: &str) {
        self.note_reported(case_id);
        self.end_doubt(case_id);
        if vendor_case_rule(vendor_case).is_none() {
            locked(&self.known).insert(hash(case_id), vendor_case);
        }
    }

    /// Notes that a request which is not idempotent may be sent.
    pub(crate) fn begin_doubt(&self, case_id: &str) -> Result<(), TableFull> {
        let mut doubts = locked(&self.doubts);
        let case = hash(case_id);
        if doubts.len() >= CAPACITY && !doubts.contains(&case) {
            return Err(TableFull);
        }
        doubts.insert(case);
        Ok(())
    }

    /// Notes that the outcome is known.
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
        if self.oldest_first.len() > CAPACITY
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

/// The lock protects a few map operations. If one panicked, the map would still be valid.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::VENDOR_CASE_BYTES;

    #[test]
    fn an_unusable_vendor_id_ends_the_doubt_and_is_not_stored() {
        for id in ["", " ", "\t\r\n", "\u{a0}", &"x".repeat(VENDOR_CASE_BYTES + 1)] {
            let memory = Memory::default();
            assert!(memory.begin_doubt("case").is_ok());
            memory.set_vendor_case("case", id);
            assert_eq!(memory.vendor_case("case"), None, "{id:?}");
            assert!(memory.may_have_been_reported("case") && !memory.is_in_doubt("case"), "{id:?}");
            memory.set_vendor_case("case", "vendor-case");
            memory.set_vendor_case("case", id);
            assert_eq!(memory.vendor_case("case").as_deref(), Some("vendor-case"), "{id:?}");
        }
    }

    #[test]
    fn vendor_ids_are_evicted_oldest_first() {
        let memory = Memory::default();
        for i in 0..CAPACITY + 10 {
            memory.set_vendor_case(&format!("case-{i}"), "vendor-case");
        }
        memory.set_vendor_case("long", &"x".repeat(VENDOR_CASE_BYTES + 1));
        let known = locked(&memory.known);
        assert_eq!((known.vendor_cases.len(), known.oldest_first.len()), (CAPACITY, CAPACITY));
        drop(known);
        assert_eq!((memory.vendor_case("case-9"), memory.vendor_case("long")), (None, None));
        assert_eq!(memory.vendor_case("case-10").as_deref(), Some("vendor-case"));
    }

    #[test]
    fn a_reported_case_is_remembered_after_its_vendor_id_is_evicted() {
        let memory = Memory::default();
        memory.set_vendor_case("first", "vendor-case");
        memory.set_vendor_case("long", &"x".repeat(VENDOR_CASE_BYTES + 1));
        memory.note_reported("without an id");
        for i in 0..=CAPACITY {
            memory.set_vendor_case(&format!("case-{i}"), "vendor-case");
        }
        assert_eq!(memory.vendor_case("first"), None);
        for case in ["first", "long", "without an id"] {
            assert!(memory.may_have_been_reported(case), "{case}");
        }
        assert!(!memory.may_have_been_reported("never"));
    }

    #[test]
    fn a_full_table_of_reported_cases_excludes_no_case() {
        let memory = Memory::default();
        let numbers = (0..u128::try_from(REPORTED_CAPACITY - 1).unwrap()).map(u128::to_be_bytes);
        locked(&memory.reported).extend(numbers);
        assert!(!memory.may_have_been_reported("never"));
        memory.note_reported("last");
        memory.note_reported("one more");
        assert_eq!(locked(&memory.reported).len(), REPORTED_CAPACITY);
        for case in ["last", "one more", "never"] {
            assert!(memory.may_have_been_reported(case), "{case}");
        }
    }

    #[test]
    fn doubts_are_never_evicted() {
        let memory = Memory::default();
        for i in 0..CAPACITY {
            assert!(memory.begin_doubt(&format!("case-{i}")).is_ok());
        }
        assert!(memory.begin_doubt("one more").is_err());
        assert!(memory.begin_doubt("case-0").is_ok(), "the case is in doubt already");
        for i in 0..CAPACITY + 10 {
            memory.set_vendor_case(&format!("other-{i}"), "vendor-case");
        }
        assert!(memory.is_in_doubt("case-0"));
        memory.set_vendor_case("case-0", "vendor-case");
        memory.end_doubt("case-1");
        assert!(!memory.is_in_doubt("case-0") && !memory.is_in_doubt("case-1"));
        assert!(memory.begin_doubt("one more").is_ok());
    }
}

//! A counting allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// False while time is measured.
static ON: AtomicBool = AtomicBool::new(false);
static MADE: AtomicU64 = AtomicU64::new(0);
static GROWN: AtomicU64 = AtomicU64::new(0);
static FREED: AtomicU64 = AtomicU64::new(0);

fn count(counter: &AtomicU64) {
    if ON.load(Relaxed) {
        counter.fetch_add(1, Relaxed);
    }
}

/// The system allocator with counters.
pub struct Counting;

// SAFETY: each call is forwarded unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(&MADE);
        // SAFETY: the caller fulfils the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(&FREED);
        // SAFETY: the caller fulfils the same contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(&GROWN);
        // SAFETY: the caller fulfils the same contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Numbers of calls since the start of counting.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub made: u64,
    /// Reallocations, which replace an earlier allocation.
    pub grown: u64,
    pub freed: u64,
}

/// Returns the current counts. The first call starts counting. The counts are meaningful only with one running
/// thread.
#[must_use]
pub fn counts() -> Counts {
    ON.store(true, Relaxed);
    Counts { made: MADE.load(Relaxed), grown: GROWN.load(Relaxed), freed: FREED.load(Relaxed) }
}

impl Counts {
    /// Returns the difference from earlier counts.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self { made: self.made - before.made, grown: self.grown - before.grown, freed: self.freed - before.freed }
    }
}

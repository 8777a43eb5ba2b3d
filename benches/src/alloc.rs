//! An allocator that counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Off where time is measured.
static ON: AtomicBool = AtomicBool::new(false);
static MADE: AtomicU64 = AtomicU64::new(0);
static GROWN: AtomicU64 = AtomicU64::new(0);
static FREED: AtomicU64 = AtomicU64::new(0);

fn count(counter: &AtomicU64) {
    if ON.load(Relaxed) {
        counter.fetch_add(1, Relaxed);
    }
}

/// The system's allocator, counted.
pub struct Counting;

// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(&MADE);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(&FREED);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(&GROWN);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// Allocations since counting began.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub made: u64,
    /// Made larger, so that what was there before was of no use.
    pub grown: u64,
    pub freed: u64,
}

/// The counts now; the first call begins to count. One thread at a time counts something meaningful.
#[must_use]
pub fn counts() -> Counts {
    ON.store(true, Relaxed);
    Counts { made: MADE.load(Relaxed), grown: GROWN.load(Relaxed), freed: FREED.load(Relaxed) }
}

impl Counts {
    /// What was counted since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self { made: self.made - before.made, grown: self.grown - before.grown, freed: self.freed - before.freed }
    }
}

//! The trait, its capabilities, plans, receipts and losses.

mod capabilities;
mod losses;
mod plan;
mod pointers;
mod receipt;

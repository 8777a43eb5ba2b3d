//! The trait, its capabilities, plans, receipts and losses.

mod capabilities;
mod gated;
mod losses;
pub mod outside;
mod plan;
mod pointers;
mod receipt;

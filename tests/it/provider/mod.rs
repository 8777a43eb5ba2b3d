//! The trait, its capabilities, plans, receipts and losses.

mod losses;

//! A filter for late, repeated and impossible stages.
//!
//! ```
//! use chargeback::lifecycle::{Action, Lifecycle, MemoryLedger};
//! use chargeback::{Chargeback, Error, Outcomes, Reporter, Throttled};
//!
//! async fn send(spade: impl Throttled, chargeback: &Chargeback) -> Result<Outcomes, Error> {
//!     let reporter = Reporter::builder()
//!         .required(spade)
//!         .ledger(MemoryLedger::new())
//!         .lifecycle(Lifecycle::default().illegal(Action::Report))
//!         .build()?;
//!     Ok(reporter.report(chargeback).await)
//! }
//! ```
//!
//! Feeds repeat events, and deliver them late and out of order. Three parts decide which of them reach a vendor:
//!
//! - [`Stage::transition_to`](crate::Stage::transition_to) classifies the transition between two stages.
//! - A [`Ledger`] stores the last reported stage of each case at each vendor.
//! - A [`Lifecycle`] maps each kind of transition to an [`Action`].
//!
//! The [`Reporter`](crate::Reporter) applies them.
//!
//! # Transitions
//!
#![doc = include_str!("../../docs/lifecycle.svg")]
//!
#![doc = include_str!("transitions.md")]

mod judge;
mod ledger;
mod memory_ledger;
mod transition;

pub use self::judge::{Action, Lifecycle};
pub use self::ledger::{Ledger, LedgerEntry, LedgerError, ReportedStage, Version, Versioned};
pub use self::memory_ledger::MemoryLedger;
pub use self::transition::Transition;

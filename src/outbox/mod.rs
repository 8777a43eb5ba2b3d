//! Durable delivery across crashes, restarts and processes.
//!
//! A chargeback that the outbox has accepted reaches every vendor that it was accepted for, in the order of its case,
//! or a person is asked. No case is created twice. This holds across crashes, restarts, deploys and any number of
//! processes; the [limits](#guarantees-and-limits) are listed below.
//!
//! | Part | Task |
//! |---|---|
//! | [`Enqueuer`] | accepts events durably; needs no keys of vendors |
//! | [`Outbox`] and its [`Worker`] | deliver the accepted reports to the vendors of a [`Reporter`](crate::Reporter) |
//! | [`Operator`] | shows the lanes that need a person, and changes them; needs no keys of vendors |
//! | [`OutboxStore`] | keeps everything; several processes share one store, for example `SqliteStore` |
//!
//! A **lane** is one case at one vendor. It has at most one report that is being sent, the **head**; later reports of
//! the case wait behind it. The lane also stores the state of the case at the vendor, so the outbox needs no ledger.
//!
#![doc = include_str!("../../docs/outbox.svg")]
//!
#![doc = include_str!("guide.md")]

mod core;
mod decide;
mod deliver;
mod doubts;
mod enqueue;
mod entry;
mod gate;
mod hashes;
mod ids;
mod key;
mod lane;
mod leased;
mod memory;
#[cfg(feature = "metrics")]
mod metrics;
mod observe;
mod operate;
mod operator;
mod pump;
mod report;
mod rules;
mod schedule;
mod seal;
mod settings;
#[cfg(feature = "outbox-sqlite")]
mod sqlite;
mod state;
mod store;
mod store_error;
mod tables;
mod trace;
mod vendor_state;
mod vendor_view;
mod worker;
mod working_set;

pub use self::core::{Outbox, OutboxError};
pub use self::doubts::{DoubtDecision, DoubtRecord, ImportedDoubts};
pub use self::enqueue::{EnqueueError, Enqueuer};
pub use self::ids::{LaneId, Owner, ReportSeq};
pub use self::key::EventKey;
pub use self::leased::{FinishDetail, Finished, Lease, LeasedLane, MarkChange, Next};
pub use self::memory::MemoryStore;
#[cfg(feature = "metrics")]
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
pub use self::metrics::MetricsObserver;
pub use self::observe::{LaneStep, Observer, OutboxEvent, StoreOperation};
pub use self::operate::{
    AcceptedReport, Act, CaseExport, Counts, HistoryEntry, LaneFilter, LaneSummary, Seen, Swept, VendorCounts,
};
pub use self::operator::{ActError, Operator};
pub use self::report::{Enqueued, NewReport};
pub use self::schedule::Schedule;
pub use self::seal::{SealError, Sealer};
#[cfg(feature = "outbox-sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "outbox-sqlite")))]
pub use self::sqlite::{SqliteStore, SqliteStoreBuilder};
pub use self::state::{LaneState, PassedAs, Resend, WaitReason};
pub use self::store::OutboxStore;
pub use self::store_error::StoreError;
pub use self::vendor_state::{Admission, VendorEvent, VendorPhase, VendorState};
/// Rows and rules for the stores of this workspace. They have no stable interface.
#[doc(hidden)]
pub mod rows {
    pub use super::entry::{entry, other_fields};
    pub use super::hashes::{StoreKey, fingerprint};
    pub use super::lane::Lane;
    pub use super::leased::OwnedLease;
    pub use super::report::StoredReport;
    pub use super::tables::{HistoryRow, VendorRow};
    pub use super::working_set::{Changes, WorkingSet, vendor_row, vendor_state};
}
pub use self::worker::{ShutdownSummary, Worker, WorkerBuilder, WorkerError};

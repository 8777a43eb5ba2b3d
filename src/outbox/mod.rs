//! Durable delivery across crashes, restarts and processes.

mod core;
mod decide;
mod deliver;
mod enqueue;
mod gate;
mod hashes;
mod ids;
mod key;
mod lane;
mod leased;
mod memory;
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
mod vendor_state;
mod vendor_view;
mod worker;

pub use self::core::{Outbox, OutboxError};
pub use self::enqueue::{EnqueueError, Enqueuer};
pub use self::ids::{LaneId, Owner, ReportSeq};
pub use self::key::EventKey;
pub use self::leased::{FinishDetail, Finished, Lease, LeasedLane, MarkChange, Next};
pub use self::memory::MemoryStore;
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
pub use self::worker::{ShutdownSummary, Worker, WorkerBuilder, WorkerError};

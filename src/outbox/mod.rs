//! Durable delivery across crashes, restarts and processes.

mod hashes;
mod ids;
mod key;
mod lane;
mod leased;
mod memory;
mod operate;
mod report;
mod rules;
mod state;
mod store;
mod store_error;
mod tables;
mod vendor_state;

pub use self::ids::{LaneId, Owner, ReportSeq};
pub use self::key::EventKey;
pub use self::leased::{FinishDetail, Finished, Lease, LeasedLane, MarkChange, Next};
pub use self::memory::MemoryStore;
pub use self::operate::{
    AcceptedReport, Act, CaseExport, Counts, HistoryEntry, LaneFilter, LaneSummary, Seen, Swept, VendorCounts,
};
pub use self::report::{Enqueued, NewReport};
pub use self::state::{LaneState, PassedAs, Resend, WaitReason};
pub use self::store::OutboxStore;
pub use self::store_error::StoreError;
pub use self::vendor_state::{Admission, VendorEvent, VendorPhase, VendorState};

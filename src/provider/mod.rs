//! The trait through which an application reports, and its results.

mod capabilities;
mod context;
mod gated;
mod loss;
mod plan;
mod receipt;
mod record;
mod traits;
mod turn;

pub use self::capabilities::{Capabilities, Fidelity, FieldSupport, StageSupport};
#[cfg(test)]
pub(crate) use self::context::VENDOR_CASE_BYTES;
pub(crate) use self::context::vendor_case_rule;
pub use self::context::{GateError, OpenGate, ReportContext, Resolution, WriteGate};
pub use self::gated::report_behind_gate;
pub use self::loss::{Loss, LossKind};
pub use self::plan::{Plan, PlannedRequest, PlannedStep};
pub use self::receipt::{Receipt, StepOutcome, StepReport};
pub use self::record::{ReceiptRecord, StepRecord};
pub use self::traits::{ChargebackProvider, Throttled};
pub use self::turn::TurnGuard;

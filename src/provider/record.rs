//! Storable copies of receipts.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::loss::Loss;
use super::receipt::{Receipt, StepOutcome, StepReport};
use crate::error::ErrorRecord;
use crate::model::ProviderId;
use crate::util::redact::Presence;

/// The facts of a [`Receipt`], for a database or a log file.
///
/// The record holds ids of the case and the call. Keys, personal data and text that the vendor wrote are left out. Read
/// the record with serde; fields that a newer version adds are ignored.
///
/// ```
/// use chargeback::{ProviderId, Receipt, ReceiptRecord};
///
/// let receipt = Receipt::new(ProviderId::from_static("acme")).with_stage_value("lost");
/// let record = ReceiptRecord::from(&receipt);
/// let json = serde_json::to_string(&record)?;
/// assert_eq!(serde_json::from_str::<ReceiptRecord>(&json)?, record);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReceiptRecord {
    /// The vendor.
    pub provider: ProviderId,
    /// The stage value that was sent.
    pub stage_value: String,
    /// The reason value that was sent.
    pub reason_value: String,
    /// The fields that the vendor did not get, or did not get exactly.
    #[serde(default)]
    pub losses: Vec<Loss>,
    /// The steps in order.
    #[serde(default)]
    pub steps: Vec<StepRecord>,
    /// The vendor's id of the case. `Debug` does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_case: Option<String>,
    /// True if the vendor's record was changed.
    pub wrote: bool,
    /// The duration of the report in milliseconds.
    pub elapsed_ms: u64,
}

/// One step of a [`ReceiptRecord`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StepRecord {
    /// The name of the operation.
    pub operation: String,
    /// The error if the step failed after the report itself was acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorRecord>,
    /// The number of requests.
    pub attempts: u32,
    /// True if the acknowledgement was reconstructed from the vendor's record.
    pub reconciled: bool,
    /// The vendor's id of the call. `Debug` does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl From<&Receipt> for ReceiptRecord {
    fn from(receipt: &Receipt) -> Self {
        Self {
            provider: receipt.provider().clone(),
            stage_value: receipt.stage_value().to_owned(),
            reason_value: receipt.reason_value().to_owned(),
            losses: receipt.losses().to_vec(),
            steps: receipt.steps().iter().map(StepRecord::from).collect(),
            vendor_case: receipt.vendor_case().map(str::to_owned),
            wrote: receipt.wrote(),
            elapsed_ms: whole_millis(receipt.elapsed()),
        }
    }
}

impl From<&StepReport> for StepRecord {
    fn from(step: &StepReport) -> Self {
        Self {
            operation: step.operation().to_owned(),
            error: match step.outcome() {
                StepOutcome::Acknowledged => None,
                StepOutcome::Failed(error) => Some(error.record()),
            },
            attempts: step.attempts(),
            reconciled: step.was_reconciled(),
            request_id: step.request_id().map(str::to_owned),
        }
    }
}

fn whole_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for ReceiptRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptRecord")
            .field("provider", &self.provider)
            .field("stage_value", &self.stage_value)
            .field("losses", &self.losses)
            .field("steps", &self.steps)
            .field("vendor_case", &Presence::new(self.vendor_case.as_ref()))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StepRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepRecord")
            .field("operation", &self.operation)
            .field("error", &self.error)
            .field("attempts", &self.attempts)
            .field("reconciled", &self.reconciled)
            .finish_non_exhaustive()
    }
}

//! Storable copies of outcomes.

use serde::{Deserialize, Serialize};

use super::outcome::{Blocked, Outcome, OutcomeKind, ProviderOutcome, Requirement, Skipped};
use crate::error::ErrorRecord;
use crate::lifecycle::Transition;
use crate::model::ProviderId;
use crate::provider::ReceiptRecord;

/// The facts of a [`ProviderOutcome`], for a database or a log file.
///
/// The record holds ids of the case and the call. Keys, personal data and text that the vendor wrote are left out. Read
/// the record with serde; fields that a newer version adds are ignored.
///
/// ```
/// use chargeback::{Chargeback, OutcomeRecord, Reporter};
///
/// async fn report(reporter: &Reporter, chargeback: &Chargeback) -> Result<(), serde_json::Error> {
///     for result in &reporter.report(chargeback).await {
///         println!("{}", serde_json::to_string(&OutcomeRecord::from(result))?);
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutcomeRecord {
    /// The vendor.
    pub provider: ProviderId,
    /// The importance of the vendor.
    pub requirement: Requirement,
    /// The kind of the outcome.
    pub kind: OutcomeKind,
    /// The transition for which the report was skipped or blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// The receipt of an acknowledged report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptRecord>,
    /// The error of an unsupported, failed or unknown report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorRecord>,
    /// True if the ledger could not be read or written.
    #[serde(default)]
    pub ledger_failed: bool,
    /// The text of the outcome.
    pub message: String,
}

impl From<&ProviderOutcome> for OutcomeRecord {
    fn from(result: &ProviderOutcome) -> Self {
        let outcome = result.outcome();
        let transition = match outcome {
            Outcome::Skipped(Skipped::Step(step)) | Outcome::Blocked(Blocked::Step(step)) => Some(*step),
            _ => None,
        };
        Self {
            provider: result.provider().clone(),
            requirement: result.requirement(),
            kind: outcome.kind(),
            transition,
            receipt: outcome.receipt().map(ReceiptRecord::from),
            error: outcome.error().map(ErrorRecord::from),
            ledger_failed: result.ledger_error().is_some() || matches!(outcome, Outcome::Blocked(Blocked::Ledger(_))),
            message: outcome.to_string(),
        }
    }
}

//! The proof that a vendor was told.

use std::fmt;
use std::time::Duration;

use super::Loss;
use crate::error::Error;
use crate::model::ProviderId;
use crate::util::redact::Presence;

/// The vendor's acknowledgement of a report.
///
/// A report may take several steps. The report itself is acknowledged, or there would be an error in place of the
/// receipt; a step that comes *after* it (Thirdwatch's tag) may have failed, so ask [`is_complete`](Self::is_complete).
#[must_use = "a receipt may tell of a failed step, of losses, and of the vendor's case id that later reports need"]
#[derive(Debug)]
pub struct Receipt {
    pub(crate) provider: ProviderId,
    pub(crate) stage_value: String,
    pub(crate) reason_value: String,
    pub(crate) losses: Vec<Loss>,
    pub(crate) steps: Vec<StepReport>,
    pub(crate) vendor_case: Option<String>,
    pub(crate) wrote: bool,
    pub(crate) elapsed: Duration,
}

impl Receipt {
    /// The vendor that was told.
    #[must_use]
    pub const fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// The vendor's word that the stage was sent as, to the letter; empty if its translation names none.
    #[must_use]
    pub fn stage_value(&self) -> &str {
        &self.stage_value
    }

    /// The vendor's word that the reason was sent as, to the letter; empty if it went out as free text or not at all.
    #[must_use]
    pub fn reason_value(&self) -> &str {
        &self.reason_value
    }

    /// What the vendor was not told, or not told exactly.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The steps that were taken, in order, reads included.
    #[must_use]
    pub fn steps(&self) -> &[StepReport] {
        &self.steps
    }

    /// Whether every step succeeded. If not, the report itself is acknowledged all the same.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed_step().is_none()
    }

    /// The first step that failed after the report was acknowledged, and why.
    #[must_use]
    pub fn failed_step(&self) -> Option<(&'static str, &Error)> {
        self.steps.iter().find_map(|step| match &step.outcome {
            StepOutcome::Failed(error) => Some((step.operation, error)),
            StepOutcome::Acknowledged => None,
        })
    }

    /// Whether anything was written. `false` if the vendor's record already held all of it.
    #[must_use]
    pub const fn wrote(&self) -> bool {
        self.wrote
    }

    /// The vendor's id of the case; `None` from a vendor that gives none. Keep it, and give it to the next report with
    /// [`vendor_case`](crate::ChargebackBuilder::vendor_case).
    #[must_use]
    pub fn vendor_case(&self) -> Option<&str> {
        self.vendor_case.as_deref()
    }

    /// The vendor's id of the last call that had one, for its support desk. Of the five, RevCent gives one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| step.request_id.as_deref())
    }

    /// What the vendor wrote last. It may repeat what was sent, people's data included: mind where it is shown.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| step.message.as_deref())
    }

    /// How many requests were made for the steps, without those that only looked after an unclear outcome.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.steps.iter().map(|step| step.attempts).sum()
    }

    /// Whether an acknowledgement was got by looking at the vendor's record, after an attempt without a clear answer.
    #[must_use]
    pub fn was_reconciled(&self) -> bool {
        self.steps.iter().any(|step| step.read_back)
    }

    /// How long the report took in all, waits and looks included.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

/// One step of a report, and how it went.
pub struct StepReport {
    pub(crate) operation: &'static str,
    pub(crate) outcome: StepOutcome,
    pub(crate) attempts: u32,
    pub(crate) read_back: bool,
    pub(crate) request_id: Option<String>,
    pub(crate) message: Option<String>,
}

/// Whether a step was acknowledged, or failed after the report itself had been.
#[non_exhaustive]
#[derive(Debug)]
pub enum StepOutcome {
    /// The vendor acknowledged it, by its answer or in its record.
    Acknowledged,
    /// It failed, after the report itself had been acknowledged.
    Failed(Error),
}

impl StepReport {
    /// The operation that was sent: `create_chargeback`.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether it was acknowledged; the error if it failed.
    #[must_use]
    pub const fn outcome(&self) -> &StepOutcome {
        &self.outcome
    }

    /// How many requests it took, without those that only looked after an unclear outcome.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether it was acknowledged by looking at the vendor's record.
    #[must_use]
    pub const fn was_reconciled(&self) -> bool {
        self.read_back
    }
}

impl fmt::Debug for StepReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepReport")
            .field("operation", &self.operation)
            .field("outcome", &self.outcome)
            .field("attempts", &self.attempts)
            .field("read_back", &self.read_back)
            .field("request_id", &Presence::new(self.request_id.as_ref()))
            .field("message", &Presence::new(self.message.as_ref()))
            .finish()
    }
}

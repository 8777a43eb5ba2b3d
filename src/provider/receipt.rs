//! The acknowledgement of a report.

use std::fmt;
use std::time::Duration;

use super::loss::Loss;
use crate::error::Error;
use crate::model::{ProviderId, is_blank_id};
use crate::util::redact::Presence;

/// The vendor's acknowledgement of a report.
///
/// A report may take several steps. The report itself is acknowledged; otherwise the call returns an error. A step that
/// comes after the report, such as Thirdwatch's tag, may have failed: check [`is_complete`](Self::is_complete).
///
/// A `Receipt` cannot be cloned or stored. [`ReceiptRecord`](crate::ReceiptRecord) is a storable copy of its facts.
///
/// Providers outside this crate create receipts with [`new`](Self::new) and the `with_*` methods:
///
/// ```
/// use chargeback::{ProviderId, Receipt, StepReport};
///
/// let receipt = Receipt::new(ProviderId::from_static("acme"))
///     .with_stage_value("lost")
///     .with_step(StepReport::acknowledged("report").with_attempts(1))
///     .with_vendor_case("A-17".to_owned())
///     .with_wrote(true);
/// assert!(receipt.is_complete());
/// assert_eq!(receipt.vendor_case(), Some("A-17"));
/// ```
#[must_use = "a receipt lists losses, failed steps and the vendor's case id that later reports need"]
pub struct Receipt {
    provider: ProviderId,
    stage_value: String,
    reason_value: String,
    losses: Vec<Loss>,
    steps: Vec<StepReport>,
    vendor_case: Option<String>,
    wrote: bool,
    elapsed: Duration,
}

impl Receipt {
    /// Creates an empty receipt of this vendor.
    pub const fn new(provider: ProviderId) -> Self {
        Self {
            provider,
            stage_value: String::new(),
            reason_value: String::new(),
            losses: Vec::new(),
            steps: Vec::new(),
            vendor_case: None,
            wrote: false,
            elapsed: Duration::ZERO,
        }
    }

    /// Sets the stage value that was sent.
    pub fn with_stage_value(mut self, value: impl Into<String>) -> Self {
        self.stage_value = value.into();
        self
    }

    /// Sets the reason value that was sent.
    pub fn with_reason_value(mut self, value: impl Into<String>) -> Self {
        self.reason_value = value.into();
        self
    }

    /// Adds losses.
    ///
    /// ```
    /// use chargeback::{Field, Loss, LossKind, ProviderId, Receipt};
    ///
    /// let loss = Loss::new(Field::Notes, LossKind::Dropped, "");
    /// let receipt = Receipt::new(ProviderId::from_static("acme")).with_losses([loss]);
    /// assert_eq!(receipt.losses()[0].field(), Field::Notes);
    /// ```
    pub fn with_losses(mut self, losses: impl IntoIterator<Item = Loss>) -> Self {
        self.losses.extend(losses);
        self
    }

    /// Adds a step.
    pub fn with_step(mut self, step: StepReport) -> Self {
        self.steps.push(step);
        self
    }

    pub(crate) fn with_steps(mut self, steps: Vec<StepReport>) -> Self {
        self.steps = steps;
        self
    }

    /// Sets the vendor's id of the case. An empty id, or one that is only white space, is no id.
    pub fn with_vendor_case(mut self, vendor_case: impl Into<Option<String>>) -> Self {
        self.vendor_case = vendor_case.into().filter(|id| !is_blank_id(id));
        self
    }

    /// Sets whether this report sent a write. Default: false.
    pub const fn with_wrote(mut self, wrote: bool) -> Self {
        self.wrote = wrote;
        self
    }

    /// Sets the duration of the whole report. Default: zero.
    pub const fn with_elapsed(mut self, elapsed: Duration) -> Self {
        self.elapsed = elapsed;
        self
    }

    /// Returns the vendor.
    #[must_use]
    pub const fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// Returns the stage value that was sent, exactly as on the wire; empty if the connector did not name one.
    #[must_use]
    pub fn stage_value(&self) -> &str {
        &self.stage_value
    }

    /// Returns the reason value that was sent, exactly as on the wire; empty if the reason was sent as free text or not
    /// at all.
    #[must_use]
    pub fn reason_value(&self) -> &str {
        &self.reason_value
    }

    /// Returns the fields that the vendor did not get, or did not get exactly.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// Returns the steps in order, including reads.
    #[must_use]
    pub fn steps(&self) -> &[StepReport] {
        &self.steps
    }

    /// Returns true if every step succeeded. The report itself is acknowledged in either case.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed_step().is_none()
    }

    /// Returns the operation and the error of the first step that failed after the report was acknowledged.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId, Receipt, StepReport};
    ///
    /// let acme = ProviderId::from_static("acme");
    /// let error = Error::unavailable(ErrorDetails::new(acme.clone(), "tag", Delivery::NotSent));
    /// let receipt = Receipt::new(acme)
    ///     .with_step(StepReport::acknowledged("report").with_attempts(2))
    ///     .with_step(StepReport::failed("tag", error));
    /// assert_eq!(receipt.failed_step().map(|(operation, _)| operation), Some("tag"));
    /// assert_eq!((receipt.is_complete(), receipt.attempts()), (false, 2));
    /// ```
    #[must_use]
    pub fn failed_step(&self) -> Option<(&'static str, &Error)> {
        self.steps.iter().find_map(|step| match &step.outcome {
            StepOutcome::Failed(error) => Some((step.operation, error)),
            StepOutcome::Acknowledged => None,
        })
    }

    /// Returns true if this report sent a write that the vendor acknowledged or may have acted on.
    ///
    /// Returns false if the vendor's record already had the whole report. An earlier write with an unknown outcome may
    /// have changed the record; a report that only looks it up returns false.
    #[must_use]
    pub const fn wrote(&self) -> bool {
        self.wrote
    }

    /// Returns the vendor's id of the case; `None` from a vendor that gives cases no ids. Store it and pass it to
    /// the next report with [`vendor_case`](crate::ChargebackBuilder::vendor_case).
    ///
    /// ```
    /// use chargeback::{Chargeback, InvalidError, Receipt};
    ///
    /// /// Adds the vendor's id of the case, so that the next report needs no search.
    /// fn with_case(chargeback: &Chargeback, receipt: &Receipt) -> Result<Chargeback, InvalidError> {
    ///     match receipt.vendor_case() {
    ///         Some(id) => chargeback.to_builder().vendor_case(receipt.provider().clone(), id).build(),
    ///         None => Ok(chargeback.clone()),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn vendor_case(&self) -> Option<&str> {
        self.vendor_case.as_deref()
    }

    /// Returns the vendor's id of the last call that had one, for its support desk. RevCent sends such an id.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| step.request_id.as_deref())
    }

    /// Returns the vendor's last message. The message may repeat personal data of the request: do not log it.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| step.message.as_deref())
    }

    /// Returns the number of requests of all steps, without lookups after an unknown outcome.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.steps.iter().map(|step| step.attempts).sum()
    }

    /// Returns true if an acknowledgement was reconstructed from the vendor's record, because the request got no usable
    /// response.
    #[must_use]
    pub fn was_reconciled(&self) -> bool {
        self.steps.iter().any(|step| step.reconciled)
    }

    /// Returns the duration of the whole report, including waits and lookups.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

/// One step of a report and its outcome.
///
/// ```
/// use chargeback::{StepOutcome, StepReport};
///
/// let step = StepReport::acknowledged("create_chargeback").with_attempts(2).with_request_id("call-1".to_owned());
/// assert!(matches!(step.outcome(), StepOutcome::Acknowledged));
/// assert_eq!((step.operation(), step.request_id()), ("create_chargeback", Some("call-1")));
/// ```
pub struct StepReport {
    operation: &'static str,
    outcome: StepOutcome,
    attempts: u32,
    reconciled: bool,
    request_id: Option<String>,
    message: Option<String>,
}

/// The outcome of a step.
///
/// ```
/// use chargeback::{Receipt, StepOutcome};
///
/// fn log(receipt: &Receipt) {
///     for step in receipt.steps() {
///         match step.outcome() {
///             StepOutcome::Failed(error) => eprintln!("{}: {error}", step.operation()),
///             _ => println!("{}: acknowledged after {} requests", step.operation(), step.attempts()),
///         }
///     }
/// }
/// ```
#[non_exhaustive]
#[derive(Debug)]
pub enum StepOutcome {
    /// The vendor acknowledged the step, by its reply or in its record.
    Acknowledged,
    /// The step failed after the report itself was acknowledged.
    Failed(Error),
}

impl StepReport {
    /// Creates the report of an acknowledged step, with the name of its operation.
    #[must_use]
    pub const fn acknowledged(operation: &'static str) -> Self {
        Self {
            operation,
            outcome: StepOutcome::Acknowledged,
            attempts: 0,
            reconciled: false,
            request_id: None,
            message: None,
        }
    }

    /// Creates the report of a step that failed after the report itself was acknowledged.
    #[must_use]
    pub fn failed(operation: &'static str, error: Error) -> Self {
        let attempts = error.attempts();
        Self { outcome: StepOutcome::Failed(error), attempts, ..Self::acknowledged(operation) }
    }

    /// Sets the number of requests.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets whether the acknowledgement was reconstructed from the vendor's record.
    #[must_use]
    pub const fn with_reconciled(mut self, reconciled: bool) -> Self {
        self.reconciled = reconciled;
        self
    }

    /// Sets the vendor's id of the call.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<Option<String>>) -> Self {
        self.request_id = id.into();
        self
    }

    /// Sets the vendor's message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Option<String>>) -> Self {
        self.message = message.into();
        self
    }

    /// Returns the name of the operation: `create_chargeback`.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the outcome.
    #[must_use]
    pub const fn outcome(&self) -> &StepOutcome {
        &self.outcome
    }

    /// Returns the number of requests, without lookups after an unknown outcome.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns true if the acknowledgement was reconstructed from the vendor's record.
    #[must_use]
    pub const fn was_reconciled(&self) -> bool {
        self.reconciled
    }

    /// Returns the vendor's id of the call, for its support desk.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("provider", &self.provider)
            .field("stage_value", &self.stage_value)
            .field("losses", &self.losses)
            .field("steps", &self.steps)
            .field("vendor_case", &Presence::new(self.vendor_case.as_ref()))
            .field("wrote", &self.wrote)
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StepReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepReport")
            .field("operation", &self.operation)
            .field("outcome", &self.outcome)
            .field("attempts", &self.attempts)
            .field("reconciled", &self.reconciled)
            .field("request_id", &Presence::new(self.request_id.as_ref()))
            .field("message", &Presence::new(self.message.as_ref()))
            .finish()
    }
}

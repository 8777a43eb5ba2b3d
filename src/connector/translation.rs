//! A chargeback in a vendor's format: the steps of a report, and the steps that follow from a reply.

use std::borrow::Cow;
use std::fmt;

use super::operation::Operation;
use crate::model::{Chargeback, Field, Reason};
use crate::provider::Loss;
use crate::util::violation::{Violation, join};

/// A chargeback in a vendor's format: the steps of the report, the sent values and the losses.
///
/// ```
/// use chargeback::connector::Translation;
/// use chargeback::{Field, Loss, LossKind};
///
/// let translation = Translation::new("set_phase")
///     .values("open", "fraud")
///     .losses([Loss::new(Field::NetworkCode, LossKind::Dropped, "")])
///     .and_then("add_note");
/// assert_eq!(translation.steps().copied().collect::<Vec<_>>(), ["set_phase", "add_note"]);
/// ```
///
/// In a connector, the steps are values of [`Connector::Step`](super::Connector::Step).
#[must_use]
pub struct Translation<S> {
    pub(crate) steps: Vec<Planned<S>>,
    pub(crate) stage_value: Cow<'static, str>,
    pub(crate) reason_value: Cow<'static, str>,
    pub(crate) losses: Vec<Loss>,
}

impl<S> Translation<S> {
    /// Creates a translation whose first step makes the report or leads to it.
    pub fn new(step: S) -> Self {
        Self {
            steps: vec![Planned { step, follow_up: false }],
            stage_value: Cow::Borrowed(""),
            reason_value: Cow::Borrowed(""),
            losses: Vec::new(),
        }
    }

    /// Sets the vendor's values of stage and reason, for plan and receipt. Pass values of the vendor's API and no free
    /// text.
    pub fn values(mut self, stage: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        self.stage_value = stage.into();
        self.reason_value = reason.into();
        self
    }

    /// Appends losses. The engine adds the fields that the capabilities list as noted or dropped.
    pub fn losses(mut self, losses: impl IntoIterator<Item = Loss>) -> Self {
        if self.losses.is_empty() {
            // Collecting a `Vec` reuses its memory.
            self.losses = losses.into_iter().collect();
        } else {
            self.losses.extend(losses);
        }
        self
    }

    /// Returns the steps in order, for tests of a connector.
    pub fn steps(&self) -> impl Iterator<Item = &S> {
        self.steps.iter().map(|planned| &planned.step)
    }

    /// Appends a step after the report. If the step fails, the report counts as sent, and the receipt lists the
    /// failure.
    pub fn and_then(mut self, step: S) -> Self {
        self.steps.push(Planned { step, follow_up: true });
        self
    }
}

impl<S> fmt::Debug for Translation<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Translation")
            .field("steps", &self.steps.len())
            .field("stage_value", &self.stage_value)
            .field("reason_value", &self.reason_value)
            .field("losses", &self.losses)
            .finish()
    }
}

/// A step, and whether the report counts as sent without it.
pub(crate) struct Planned<S> {
    pub(crate) step: S,
    pub(crate) follow_up: bool,
}

/// A chargeback to report, and the state of the case at the vendor.
///
/// ```
/// use chargeback::connector::Case;
/// use chargeback::{Chargeback, Reason, Stage};
/// use chrono::Utc;
///
/// let chargeback = Chargeback::builder("case-1", Stage::Received, Reason::FraudOther, Utc::now())
///     .order_id("ORD_1")
///     .build()?;
/// let case = Case::new(&chargeback).in_doubt(true);
/// assert_eq!(case.chargeback().case_id(), "case-1");
/// assert!(case.is_in_doubt() && !case.was_acknowledged_before());
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    chargeback: &'a Chargeback,
    in_doubt: bool,
    acknowledged_before: bool,
}

impl<'a> Case<'a> {
    /// Creates a case that is not in doubt. The engine does this for each report; call it in tests of a connector.
    #[must_use]
    pub const fn new(chargeback: &'a Chargeback) -> Self {
        Self { chargeback, in_doubt: false, acknowledged_before: false }
    }

    /// Sets whether the case is in doubt. Default: false.
    #[must_use]
    pub const fn in_doubt(mut self, in_doubt: bool) -> Self {
        self.in_doubt = in_doubt;
        self
    }

    /// Sets whether the vendor has acknowledged an earlier report of the case. Default: false.
    #[must_use]
    pub const fn acknowledged_before(mut self, acknowledged: bool) -> Self {
        self.acknowledged_before = acknowledged;
        self
    }

    /// Returns the chargeback, with the vendor's case id if the provider or the caller knows it.
    #[must_use]
    pub const fn chargeback(&self) -> &'a Chargeback {
        self.chargeback
    }

    /// Returns true if an earlier report of this case may have acted and its outcome is unknown. A record that a lookup
    /// does not find may still appear.
    #[must_use]
    pub const fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// Returns true if the vendor has acknowledged an earlier report of this case, or if that cannot be excluded.
    ///
    /// The caller of [`report_with`](crate::ChargebackProvider::report_with) passes this state. For plain reports,
    /// a provider without [idempotent writes](crate::Capabilities::writes_are_idempotent) remembers up to 1,048,576
    /// cases. At this limit, the value is true for every case.
    ///
    /// If this is true and the vendor's id of the case is not known, search for the case before you create it.
    #[must_use]
    pub const fn was_acknowledged_before(&self) -> bool {
        self.acknowledged_before
    }
}

/// A step that the vendor has acknowledged, and the reply.
///
/// ```
/// use chargeback::connector::{CompletedStep, Operation};
///
/// /// Returns the first hit of the last step, if the step is a search.
/// fn first_hit<S: Operation<Reply = Vec<String>>>(completed: &[CompletedStep<S>]) -> Option<&str> {
///     let last = completed.last()?;
///     (last.step.name() == "search").then(|| last.reply.first().map(String::as_str))?
/// }
/// ```
#[non_exhaustive]
pub struct CompletedStep<S: Operation> {
    /// The operation as it was last sent. A lookup may have replaced the planned one.
    pub step: S,
    /// The vendor's reply, or the reply that a lookup reconstructed.
    pub reply: S::Reply,
}

impl<S: Operation> CompletedStep<S> {
    /// Creates a completed step. The engine does this for each acknowledged step; call it in tests of a connector.
    pub const fn new(step: S, reply: S::Reply) -> Self {
        Self { step, reply }
    }
}

impl<S: Operation> fmt::Debug for CompletedStep<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletedStep").field("operation", &self.step.name()).finish_non_exhaustive()
    }
}

/// The consequences of a reply: further steps, further losses, and the vendor's id of the case.
///
/// ```
/// use chargeback::connector::NextSteps;
///
/// /// Returns the step after a search for the record of the case.
/// fn after_search(found: Option<&str>) -> NextSteps<&'static str> {
///     match found {
///         Some(id) => NextSteps::with("edit").case_id(id),
///         None => NextSteps::with("create"),
///     }
/// }
///
/// assert_eq!(format!("{:?}", after_search(None)), "NextSteps { steps: 1, losses: [], .. }");
/// ```
#[must_use]
pub struct NextSteps<S> {
    pub(crate) steps: Vec<Planned<S>>,
    pub(crate) losses: Vec<Loss>,
    pub(crate) case_id: Option<String>,
}

impl<S> NextSteps<S> {
    /// Continues with the remaining steps of the translation. Without one, the report is complete.
    pub const fn as_planned() -> Self {
        Self { steps: Vec::new(), losses: Vec::new(), case_id: None }
    }

    /// Inserts a step before the remaining steps. If the step fails before anything was written, the report fails.
    pub fn with(step: S) -> Self {
        Self { steps: vec![Planned { step, follow_up: false }], ..Self::as_planned() }
    }

    /// Sets the vendor's id of the case, if a read shows it. The receipt has the id, and later reports through the
    /// provider start from it.
    pub fn case_id(mut self, id: impl Into<String>) -> Self {
        self.case_id = Some(id.into());
        self
    }

    /// Appends losses that only the reply shows.
    pub fn losses(mut self, losses: impl IntoIterator<Item = Loss>) -> Self {
        self.losses.extend(losses);
        self
    }
}

impl<S> fmt::Debug for NextSteps<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextSteps")
            .field("steps", &self.steps.len())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}

/// A possible reply to a step. A plan shows the steps that follow from each.
///
/// ```
/// use chargeback::connector::{Operation, PossibleReply};
///
/// /// Returns the replies that lead to different steps: no record, or one.
/// fn possible_replies<S: Operation<Reply = Vec<String>>>(search: &S) -> Vec<PossibleReply<S>> {
///     vec![
///         PossibleReply::new("no record has this case id", Vec::new()),
///         PossibleReply::new("one record has this case id", vec!["[id of the record]".to_owned()]),
///     ]
/// }
/// ```
pub struct PossibleReply<S: Operation> {
    pub(crate) condition: &'static str,
    pub(crate) reply: S::Reply,
}

impl<S: Operation> PossibleReply<S> {
    /// Creates a reply under a condition: `no chargeback has this case id`.
    pub const fn new(condition: &'static str, reply: S::Reply) -> Self {
        Self { condition, reply }
    }
}

impl<S: Operation> fmt::Debug for PossibleReply<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PossibleReply").field("condition", &self.condition).finish_non_exhaustive()
    }
}

/// The reason why a chargeback cannot be reported.
///
/// ```
/// use chargeback::connector::TranslateError;
/// use chargeback::{Chargeback, Reason, Stage};
/// use chrono::Utc;
///
/// let alert = Chargeback::builder("case-1", Stage::Alert, Reason::FraudOther, Utc::now())
///     .order_id("ORD_1")
///     .build()?;
/// let error = TranslateError::unsupported_stage(&alert, "supported: open, closed");
/// assert_eq!(error.to_string(), "stage 'alert' is not supported (supported: open, closed)");
/// # Ok::<(), chargeback::Error>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranslateError {
    /// The chargeback lacks required data or breaks a rule of the vendor. The report ends in
    /// [`Error::Invalid`](crate::Error::Invalid).
    #[error("not valid for the vendor: {}", join(.0))]
    Invalid(Vec<Violation>),
    /// The vendor has no value for the content of a field. The report ends in
    /// [`Error::Unsupported`](crate::Error::Unsupported).
    #[error("{field} '{value}' is not supported ({detail})")]
    Unsupported {
        /// The field of the model.
        field: Field,
        /// The stable value of the model, such as the name of a stage; no free text.
        value: String,
        /// The explanation, without data of the case. Errors and logs show it.
        detail: Cow<'static, str>,
    },
    /// Several records of the vendor match the case; the list has the vendor's ids. The report ends in
    /// [`Error::Conflict`](crate::Error::Conflict).
    #[error("{} records of the vendor match the case", .0.len())]
    Ambiguous(Vec<String>),
    /// The vendor's record does not show the case yet, and still may. The text has no data of the case. The report ends
    /// in [`Error::InDoubt`](crate::Error::InDoubt) for a case in doubt, and otherwise in
    /// [`Error::Conflict`](crate::Error::Conflict).
    #[error("{0}")]
    Pending(Cow<'static, str>),
    /// The vendor's record does not show whether the report may be sent. The text has no data of the case. The report
    /// ends in [`Error::InDoubt`](crate::Error::InDoubt) for a case in doubt, and otherwise in
    /// [`Error::Conflict`](crate::Error::Conflict).
    #[error("{0}")]
    Inconclusive(Cow<'static, str>),
}

impl TranslateError {
    /// Creates an error for a stage that the vendor does not support.
    pub fn unsupported_stage(chargeback: &Chargeback, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Unsupported { field: Field::Stage, value: chargeback.stage().to_string(), detail: detail.into() }
    }

    /// Creates an error for a reason that the vendor does not support. The text of an unknown reason is left out,
    /// because errors show the value.
    ///
    /// ```
    /// use chargeback::connector::TranslateError;
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let reason = Reason::from("text of a person");
    /// let received = Chargeback::builder("CB-1", Stage::Received, reason, chrono::Utc::now())
    ///     .order_id("ORD-1")
    ///     .build()?;
    /// let error = TranslateError::unsupported_reason(&received, "no value for it");
    /// assert_eq!(error.to_string(), "reason 'unknown' is not supported (no value for it)");
    /// # Ok::<(), chargeback::InvalidError>(())
    /// ```
    pub fn unsupported_reason(chargeback: &Chargeback, detail: impl Into<Cow<'static, str>>) -> Self {
        let value = match chargeback.reason() {
            Reason::Unknown(_) => "unknown",
            known => known.as_str(),
        };
        Self::Unsupported { field: Field::Reason, value: value.to_owned(), detail: detail.into() }
    }
}

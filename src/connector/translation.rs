//! A chargeback in a vendor's words: steps, losses, and what comes after a reply.

use std::borrow::Cow;
use std::fmt;

use super::Operation;
use crate::model::{Chargeback, Field};
use crate::provider::Loss;
use crate::util::violation::Violation;

/// A chargeback in a vendor's words: the steps that tell it, and what gets lost.
#[must_use]
pub struct Translation<S> {
    pub(crate) steps: Vec<Planned<S>>,
    pub(crate) stage_value: Cow<'static, str>,
    pub(crate) reason_value: Cow<'static, str>,
    pub(crate) losses: Vec<Loss>,
}

impl<S> Translation<S> {
    /// Starts with the step that makes the report, or that leads to it.
    pub fn new(step: S) -> Self {
        Self {
            steps: vec![Planned { step, follow_up: false }],
            stage_value: Cow::Borrowed(""),
            reason_value: Cow::Borrowed(""),
            losses: Vec::new(),
        }
    }

    /// The vendor's words for stage and reason, for plan and receipt. Words of the vendor's only, no free text.
    pub fn words(mut self, stage: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        self.stage_value = stage.into();
        self.reason_value = reason.into();
        self
    }

    /// Lists losses, after those that are listed already. Fields that the capabilities call noted or dropped are added
    /// by themselves.
    pub fn losses(mut self, losses: impl IntoIterator<Item = Loss>) -> Self {
        if self.losses.is_empty() {
            // Takes over a list that was made for this.
            self.losses = losses.into_iter().collect();
        } else {
            self.losses.extend(losses);
        }
        self
    }

    /// The steps, in order, for tests of a vendor without a provider.
    pub fn steps(&self) -> impl Iterator<Item = &S> {
        self.steps.iter().map(|planned| &planned.step)
    }

    /// Adds a step after the report. If it fails, the report stands, and the receipt tells of it.
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

/// A step, and whether the report stands without it.
pub(crate) struct Planned<S> {
    pub(crate) step: S,
    pub(crate) follow_up: bool,
}

/// What is known of a case while its steps are taken.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    chargeback: &'a Chargeback,
    in_doubt: bool,
    acknowledged_before: bool,
}

impl<'a> Case<'a> {
    /// A case of which nothing is in doubt, to try a vendor's translation without a provider.
    #[must_use]
    pub const fn new(chargeback: &'a Chargeback) -> Self {
        Self::with_state(chargeback, false, false)
    }

    pub(crate) const fn with_state(chargeback: &'a Chargeback, in_doubt: bool, acknowledged_before: bool) -> Self {
        Self { chargeback, in_doubt, acknowledged_before }
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

    /// The chargeback that is reported, with the vendor's case id if an earlier receipt of this provider had one.
    #[must_use]
    pub const fn chargeback(&self) -> &'a Chargeback {
        self.chargeback
    }

    /// Whether an earlier report of this case through this provider may have acted without anybody knowing. What is not
    /// found then may still appear.
    #[must_use]
    pub const fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }
}

/// A step that has been acknowledged, and its reply.
pub struct CompletedStep<S: Operation> {
    /// The operation as it was last sent; reading back may have changed it.
    pub step: S,
    /// What the vendor answered, or what was read back in place of an answer.
    pub reply: S::Reply,
}

impl<S: Operation> fmt::Debug for CompletedStep<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletedStep").field("operation", &self.step.name()).finish_non_exhaustive()
    }
}

/// What comes after a step: more steps, more losses, and which case it turned out to be.
#[must_use]
pub struct NextSteps<S> {
    pub(crate) steps: Vec<Planned<S>>,
    pub(crate) losses: Vec<Loss>,
    pub(crate) case_id: Option<String>,
}

impl<S> NextSteps<S> {
    /// Go on with the steps of the translation; if none is left, the report is complete.
    pub const fn as_planned() -> Self {
        Self { steps: Vec::new(), losses: Vec::new(), case_id: None }
    }

    /// Do this step next, before those that the translation planned. If it fails before anything was written, the
    /// report fails.
    pub fn with(step: S) -> Self {
        Self { steps: vec![Planned { step, follow_up: false }], ..Self::as_planned() }
    }

    /// What was read shows that this is the vendor's id of the case. The receipt has it, and later reports through the
    /// provider start from it.
    pub fn case_id(mut self, id: impl Into<String>) -> Self {
        self.case_id = Some(id.into());
        self
    }

    /// Lists losses that only the reply showed.
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

/// A kind of answer that a step may get, for a plan.
pub struct PossibleReply<S: Operation> {
    pub(crate) condition: &'static str,
    pub(crate) reply: S::Reply,
}

impl<S: Operation> PossibleReply<S> {
    /// Under this condition (`no chargeback holds this case id`), this reply.
    pub const fn new(condition: &'static str, reply: S::Reply) -> Self {
        Self { condition, reply }
    }
}

impl<S: Operation> fmt::Debug for PossibleReply<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PossibleReply").field("condition", &self.condition).finish_non_exhaustive()
    }
}

/// Why a chargeback is not reported.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranslateError {
    /// It lacks or breaks what the vendor asks for. It ends in [`Error::Invalid`](crate::Error::Invalid).
    Invalid(Vec<Violation>),
    /// The vendor has no way to say it. It ends in [`Error::Unsupported`](crate::Error::Unsupported).
    Unsupported {
        /// The field of the model that cannot be said.
        field: Field,
        /// The stable word, such as a stage's name; no free text.
        value: String,
        /// The explanation, without data of the case; errors and logs show it.
        detail: Cow<'static, str>,
    },
    /// Several cases at the vendor answer to the case id; these are the vendor's ids of them.
    Ambiguous(Vec<String>),
    /// The vendor's record does not show whether the report may be sent. The text holds no data of the case. Becomes
    /// [`Error::InDoubt`](crate::Error::InDoubt) for a case in doubt, and otherwise
    /// [`Error::Conflict`](crate::Error::Conflict).
    Inconclusive(Cow<'static, str>),
}

impl TranslateError {
    /// The vendor cannot express this stage.
    pub fn unsupported_stage(chargeback: &Chargeback, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Unsupported { field: Field::Stage, value: chargeback.stage().to_string(), detail: detail.into() }
    }
}

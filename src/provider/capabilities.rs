//! What a vendor can express, as data.

use std::borrow::Cow;

use crate::model::{Field, Reason, Stage};
use crate::util::string_enum::string_enum;

string_enum! {
    /// How well a vendor expresses a stage or reason.
    pub enum Fidelity {
        /// The vendor has a word with this very meaning.
        Exact = "exact",
        /// It is sent, and a part of the meaning is lost; the loss is on plan and receipt.
        Lossy = "lossy",
        /// It is refused before anything is written.
        Unsupported = "unsupported",
    }
}

string_enum! {
    /// What becomes of a field of the model.
    pub enum FieldSupport {
        /// It is sent in a field that the vendor has for it.
        Sent = "sent",
        /// It is sent as free text or a free key, listed as [`LossKind::Noted`](crate::LossKind::Noted).
        Noted = "noted",
        /// It is not sent, and listed as [`LossKind::Dropped`](crate::LossKind::Dropped).
        Dropped = "dropped",
    }
}

/// How a vendor expresses one stage or reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageSupport {
    fidelity: Fidelity,
    word: Cow<'static, str>,
    only_if: Option<&'static str>,
    setting: Option<&'static str>,
}

impl StageSupport {
    /// By a word of the vendor, with this fidelity. The word is empty where free text says it.
    pub fn new(fidelity: Fidelity, word: impl Into<Cow<'static, str>>) -> Self {
        Self { fidelity, word: word.into(), only_if: None, setting: None }
    }

    /// The vendor has a word with this very meaning.
    pub fn exact(word: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Fidelity::Exact, word)
    }

    /// The vendor has a word that says less or other; empty where free text says it.
    pub fn lossy(word: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Fidelity::Lossy, word)
    }

    /// The vendor has no word, and a report is refused before anything is written.
    #[must_use]
    pub const fn refused() -> Self {
        Self { fidelity: Fidelity::Unsupported, word: Cow::Borrowed(""), only_if: None, setting: None }
    }

    /// It is so under a condition on the case, in words (`it was contested`), and refused otherwise.
    #[must_use]
    pub const fn only_if(mut self, condition: &'static str) -> Self {
        self.only_if = Some(condition);
        self
    }

    /// It hangs on a setting of the provider, by this name: `won_means`.
    #[must_use]
    pub const fn by_setting(mut self, setting: &'static str) -> Self {
        self.setting = Some(setting);
        self
    }

    /// How well the vendor's word keeps the meaning.
    #[must_use]
    pub const fn fidelity(&self) -> Fidelity {
        self.fidelity
    }

    /// The vendor's word to the letter; empty if it is refused, or sent as free text.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }

    /// The condition without which it is refused, in words; `None` if there is none.
    #[must_use]
    pub const fn condition(&self) -> Option<&'static str> {
        self.only_if
    }

    /// The name of the setting that decides it; `None` if none does.
    #[must_use]
    pub const fn setting(&self) -> Option<&'static str> {
        self.setting
    }
}

/// What a vendor can express, as data: ask before you report, or show it to people.
#[derive(Debug, Clone)]
pub struct Capabilities {
    stages: Vec<(Stage, StageSupport)>,
    reasons: Vec<(Reason, StageSupport)>,
    unknown_reason: StageSupport,
    fields: Vec<(Field, FieldSupport)>,
    needs: &'static [&'static str],
}

impl Capabilities {
    /// Asks a vendor's mapping about every stage, every known reason, an unknown one and every field.
    ///
    /// Give it the functions that the vendor's translation itself uses, so that the two cannot differ.
    pub fn ask(
        stage: impl Fn(Stage) -> StageSupport,
        reason: impl Fn(&Reason) -> StageSupport,
        field: impl Fn(Field) -> FieldSupport,
    ) -> Self {
        Self {
            stages: Stage::ALL.iter().map(|&s| (s, stage(s))).collect(),
            reasons: Reason::ALL.iter().map(|r| (r.clone(), reason(r))).collect(),
            unknown_reason: reason(&Reason::from("")),
            fields: Field::ALL.iter().map(|&f| (f, field(f))).collect(),
            needs: &[],
        }
    }

    /// Says in words what every report to this vendor must have: `the enrichment id of the payment`. Without this call,
    /// nothing.
    #[must_use]
    pub const fn needing(mut self, needs: &'static [&'static str]) -> Self {
        self.needs = needs;
        self
    }

    /// How the vendor expresses a stage: its word, and how well.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> &StageSupport {
        const REFUSED: StageSupport = StageSupport::refused();
        self.stages.iter().find(|(s, _)| *s == stage).map_or(const { &REFUSED }, |(_, expression)| expression)
    }

    /// How the vendor expresses a reason. Every [`Unknown`](Reason::Unknown) one goes the same way.
    #[must_use]
    pub fn reason(&self, reason: &Reason) -> &StageSupport {
        self.reasons.iter().find(|(r, _)| r == reason).map_or(&self.unknown_reason, |(_, expression)| expression)
    }

    /// What becomes of a field that is set: whether it is sent in a field of its own, as a note, or not at all.
    #[must_use]
    pub fn field(&self, field: Field) -> FieldSupport {
        self.fields.iter().find(|(f, _)| *f == field).map_or(FieldSupport::Dropped, |(_, carriage)| *carriage)
    }

    /// What every report must have, in words for people; `or` in an entry leaves a choice.
    #[must_use]
    pub const fn needs(&self) -> &'static [&'static str] {
        self.needs
    }
}

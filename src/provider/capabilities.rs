//! The values that a vendor's API can express, as data.

use std::borrow::Cow;

use serde::Serialize;

use crate::error::LookupState;
use crate::model::{Field, Reason, Stage};
use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback";
    /// The precision with which a vendor's API expresses a stage or reason.
    pub enum Fidelity {
        /// The vendor has a value with exactly this meaning.
        Exact = "exact",
        /// The value is sent and a part of the meaning is lost. Plan and receipt list the loss.
        Lossy = "lossy",
        /// The report fails before anything is written.
        Unsupported = "unsupported",
    }
}

string_enum! {
    path = "chargeback";
    /// The way in which a field of the model is sent.
    ///
    #[doc = include_str!("fields.md")]
    pub enum FieldSupport {
        /// The vendor has a field for it.
        Sent = "sent",
        /// Sent as free text or under a free key, and listed as [`LossKind::Noted`](crate::LossKind::Noted).
        Noted = "noted",
        /// Not sent, and listed as [`LossKind::Dropped`](crate::LossKind::Dropped).
        Dropped = "dropped",
    }
}

/// The vendor's value for one stage or reason, and its precision.
///
/// ```
/// use chargeback::{Fidelity, StageSupport};
///
/// let support = StageSupport::lossy("chargeback_pending").by_setting("pending_means");
/// assert_eq!(support.fidelity(), Fidelity::Lossy);
/// assert_eq!((support.value(), support.setting()), ("chargeback_pending", Some("pending_means")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageSupport {
    fidelity: Fidelity,
    #[serde(skip_serializing_if = "str::is_empty")]
    value: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    setting: Option<&'static str>,
}

impl StageSupport {
    fn new(fidelity: Fidelity, value: impl Into<Cow<'static, str>>) -> Self {
        Self { fidelity, value: value.into(), condition: None, setting: None }
    }

    /// Creates the support by a value with exactly this meaning.
    pub fn exact(value: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Fidelity::Exact, value)
    }

    /// Creates the support by a value with another or a wider meaning; empty for free text.
    pub fn lossy(value: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Fidelity::Lossy, value)
    }

    /// Creates the support without a value: a report fails before anything is written.
    #[must_use]
    pub const fn unsupported() -> Self {
        Self { fidelity: Fidelity::Unsupported, value: Cow::Borrowed(""), condition: None, setting: None }
    }

    /// Adds a condition on the case, as text (`it was contested`). Without the condition the stage is unsupported.
    ///
    /// ```
    /// use chargeback::StageSupport;
    ///
    /// let support = StageSupport::exact("won").only_if("it was contested");
    /// assert_eq!(support.condition(), Some("it was contested"));
    /// ```
    #[must_use]
    pub const fn only_if(mut self, condition: &'static str) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Names the setting of the provider that decides the value: `won_means`.
    #[must_use]
    pub const fn by_setting(mut self, setting: &'static str) -> Self {
        self.setting = Some(setting);
        self
    }

    /// Returns the precision.
    #[must_use]
    pub const fn fidelity(&self) -> Fidelity {
        self.fidelity
    }

    /// Returns the vendor's value exactly as on the wire; empty if unsupported or sent as free text.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the condition without which the stage is unsupported; `None` without a condition.
    #[must_use]
    pub const fn condition(&self) -> Option<&'static str> {
        self.condition
    }

    /// Returns the name of the setting that decides the value; `None` if no setting does.
    #[must_use]
    pub const fn setting(&self) -> Option<&'static str> {
        self.setting
    }
}

/// The values that a vendor's API can express, as data. Check it before you report, or show it to people.
///
/// ```
/// use chargeback::{ChargebackProvider, Fidelity, Stage};
///
/// fn can_report(provider: &dyn ChargebackProvider, stage: Stage) -> bool {
///     provider.capabilities().stage(stage).fidelity() != Fidelity::Unsupported
/// }
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Capabilities {
    stages: Vec<(Stage, StageSupport)>,
    reasons: Vec<(Reason, StageSupport)>,
    unknown_reason: StageSupport,
    fields: Vec<(Field, FieldSupport)>,
    needs: &'static [&'static str],
    idempotent_writes: bool,
    lookup: bool,
}

impl Capabilities {
    /// Creates capabilities from the mapping functions of a connector: for every stage, every known reason, an unknown
    /// reason and every field.
    ///
    /// Pass the functions that the translation itself uses, so that capabilities and translation cannot differ.
    ///
    /// ```
    /// use chargeback::{Capabilities, Fidelity, FieldSupport, Reason, Stage, StageSupport};
    ///
    /// let stage = |stage: Stage| match stage {
    ///     Stage::Received => StageSupport::exact("open"),
    ///     Stage::Won | Stage::Reversed => StageSupport::lossy("closed"),
    ///     _ => StageSupport::unsupported(),
    /// };
    /// let capabilities = Capabilities::from_mapping(stage, |_| StageSupport::lossy(""), |_| FieldSupport::Dropped);
    /// assert_eq!(capabilities.stage(Stage::Received).value(), "open");
    /// assert_eq!(capabilities.stage(Stage::Alert).fidelity(), Fidelity::Unsupported);
    /// assert_eq!(capabilities.reason(&Reason::Duplicate).value(), "");
    /// ```
    pub fn from_mapping(
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
            idempotent_writes: false,
            lookup: false,
        }
    }

    /// Sets the data that every report to this vendor needs, as text: `the enrichment id of the payment`. Default:
    /// none.
    #[must_use]
    pub const fn needing(mut self, needs: &'static [&'static str]) -> Self {
        self.needs = needs;
        self
    }

    /// Declares that every write of a report is idempotent: sending it again does not change the result. Default:
    /// false.
    #[must_use]
    pub const fn with_idempotent_writes(mut self) -> Self {
        self.idempotent_writes = true;
        self
    }

    /// Declares that the vendor's record can be looked up after a write with an unknown outcome: the next report of the
    /// case starts with a lookup. Default: false.
    ///
    /// ```
    /// use chargeback::{Capabilities, FieldSupport, StageSupport};
    ///
    /// let exact = |_| StageSupport::exact("open");
    /// let capabilities = Capabilities::from_mapping(exact, |_| StageSupport::lossy(""), |_| FieldSupport::Sent);
    /// assert!(!capabilities.can_look_up());
    /// assert!(capabilities.with_lookup().can_look_up());
    /// ```
    #[must_use]
    pub const fn with_lookup(mut self) -> Self {
        self.lookup = true;
        self
    }

    /// Returns the vendor's value for a stage, and its precision.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> &StageSupport {
        const UNSUPPORTED: StageSupport = StageSupport::unsupported();
        self.stages.iter().find(|(s, _)| *s == stage).map_or(const { &UNSUPPORTED }, |(_, support)| support)
    }

    /// Returns the vendor's value for a reason. All [`Unknown`](Reason::Unknown) reasons have the same support.
    #[must_use]
    pub fn reason(&self, reason: &Reason) -> &StageSupport {
        self.reasons.iter().find(|(r, _)| r == reason).map_or(&self.unknown_reason, |(_, support)| support)
    }

    /// Returns the way in which a field is sent.
    #[must_use]
    pub fn field(&self, field: Field) -> FieldSupport {
        self.fields.iter().find(|(f, _)| *f == field).map_or(FieldSupport::Dropped, |(_, support)| *support)
    }

    /// Returns the data that every report needs, as text for people; an `or` in an entry leaves a choice.
    ///
    /// ```
    /// use chargeback::{ChargebackProvider, FieldSupport, Field};
    ///
    /// fn describe(provider: &dyn ChargebackProvider) {
    ///     let capabilities = provider.capabilities();
    ///     println!("{} needs {}", provider.id(), capabilities.needs().join(", "));
    ///     for field in Field::ALL.iter().filter(|field| capabilities.field(**field) == FieldSupport::Dropped) {
    ///         println!("{field} is not sent");
    ///     }
    /// }
    /// ```
    #[must_use]
    pub const fn needs(&self) -> &'static [&'static str] {
        self.needs
    }

    /// Returns true if every write of a report is idempotent.
    #[must_use]
    pub const fn writes_are_idempotent(&self) -> bool {
        self.idempotent_writes
    }

    /// Returns true if the vendor's record can be looked up after a write with an unknown outcome.
    #[must_use]
    pub const fn can_look_up(&self) -> bool {
        self.lookup
    }

    /// The state of the lookup of a case in doubt, before a lookup.
    pub(crate) const fn lookup_state(&self) -> LookupState {
        if self.lookup { LookupState::Possible } else { LookupState::Impossible }
    }
}

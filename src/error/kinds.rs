//! One struct per kind of error, with private fields.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::{Context, Delivery, FailurePhase};
use crate::model::{EARLIER, Field, ProviderId};
use crate::util::violation::{self, Violation};

/// The provider cannot be built as it is configured. It names settings and rules, and no value of theirs.
#[derive(Debug)]
pub struct ConfigurationError {
    provider: Option<ProviderId>,
    problems: Vec<Violation>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ConfigurationError {
    pub(crate) const fn new(provider: Option<ProviderId>, problems: Vec<Violation>) -> Self {
        Self { provider, problems, source: None }
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Everything that is wrong, such as every environment variable that is missing.
    #[must_use]
    pub fn problems(&self) -> &[Violation] {
        &self.problems
    }

    /// The vendor, if it is a vendor's configuration.
    #[must_use]
    pub const fn provider(&self) -> Option<&ProviderId> {
        self.provider.as_ref()
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.provider {
            Some(provider) => write!(f, "{provider} configuration: ")?,
            None => f.write_str("configuration: ")?,
        }
        f.write_str(&violation::join(&self.problems))
    }
}

impl StdError for ConfigurationError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The vendor has no way to say it. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsupportedError {
    provider: ProviderId,
    field: Field,
    value: String,
    why: Cow<'static, str>,
    pub(super) delivery: Delivery,
}

impl UnsupportedError {
    pub(crate) const fn new(provider: ProviderId, field: Field, value: String, why: Cow<'static, str>) -> Self {
        Self { provider, field, value, why, delivery: Delivery::NotSent }
    }

    /// The vendor that cannot be told.
    #[must_use]
    pub const fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// The field of the model that cannot be said.
    #[must_use]
    pub const fn field(&self) -> Field {
        self.field
    }

    /// The stable word that cannot be said, such as a stage's name; empty where it would be free text.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Why not, in words for people and logs, without data.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for UnsupportedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot express {}", self.provider, self.field)?;
        if !self.value.is_empty() {
            write!(f, " `{}`", self.value)?;
        }
        write!(f, ": {}; nothing was written", self.why)?;
        f.write_str(if self.delivery == Delivery::Unknown { EARLIER } else { "" })
    }
}

impl StdError for UnsupportedError {}

/// A refusal or failure that the vendor itself reported.
#[derive(Debug)]
pub struct VendorError {
    what: &'static str,
    pub(crate) context: Box<Context>,
}

impl VendorError {
    pub(crate) fn new(what: &'static str, context: Context) -> Self {
        Self { what, context: Box::new(context) }
    }

    /// The vendor's own error code, as it was sent; `None` if it gave none.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.context.vendor_code.as_deref()
    }

    /// What the vendor wrote. It may repeat what was sent, people's data included: mind where it is shown.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.context.vendor_message.as_deref()
    }
}

impl fmt::Display for VendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.context.write_line(f, self.what)
    }
}

impl StdError for VendorError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.context.source.as_deref().map(|source| source as _)
    }
}

/// The case's state at the vendor does not allow it, several cases answer to one id, or the vendor's record does not
/// tell what to do; then [`Error::looked`](crate::Error::looked) says why.
#[derive(Debug)]
pub struct ConflictError {
    candidates: Vec<String>,
    pub(crate) context: Box<Context>,
}

impl ConflictError {
    pub(crate) fn new(candidates: Vec<String>, context: Context) -> Self {
        Self { candidates, context: Box::new(context) }
    }

    /// The vendor's ids of the cases among which it cannot be decided; empty for another kind of conflict.
    #[must_use]
    pub fn candidates(&self) -> &[String] {
        &self.candidates
    }
}

impl fmt::Display for ConflictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.candidates.len() {
            0 => self.context.write_line(f, "conflicts with the state of the case at the vendor"),
            n => self.context.write_line(f, &format!("{n} cases at the vendor answer to this case id")),
        }
    }
}

impl StdError for ConflictError {}

/// The connection failed, or what it brought was no HTTP reply.
#[derive(Debug)]
pub struct TransportError {
    phase: FailurePhase,
    pub(crate) context: Box<Context>,
}

impl TransportError {
    pub(crate) fn new(phase: FailurePhase, context: Context) -> Self {
        Self { phase, context: Box::new(context) }
    }

    /// How far the last attempt came. Earlier ones may have come further: [`Error::delivery`](crate::Error::delivery)
    /// says what all of them mean together.
    #[must_use]
    pub const fn phase(&self) -> FailurePhase {
        self.phase
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.context.write_line(f, "the connection failed")
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.context.source.as_deref().map(|source| source as _)
    }
}

/// No answer in time: within one attempt, or within the whole operation.
#[derive(Debug)]
pub struct TimeoutError {
    whole: bool,
    pub(crate) context: Box<Context>,
}

impl TimeoutError {
    pub(crate) fn new(whole: bool, context: Context) -> Self {
        Self { whole, context: Box::new(context) }
    }

    /// Whether the time for the whole operation ran out, and not that of one attempt.
    #[must_use]
    pub const fn is_deadline(&self) -> bool {
        self.whole
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.context.write_line(f, if self.whole { "the deadline passed" } else { "no answer in time" })
    }
}

impl StdError for TimeoutError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.context.source.as_deref().map(|source| source as _)
    }
}

/// A reply that the vendor's documents do not know: a page, a fragment, a missing proof of success.
#[derive(Debug)]
pub struct UnreadableError {
    pub(crate) context: Box<Context>,
}

impl UnreadableError {
    pub(crate) fn new(context: Context) -> Self {
        Self { context: Box::new(context) }
    }

    /// The first 8 KiB of the reply; empty if it was too large to be read. It may hold people's data: mind where it is
    /// shown.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.context.body.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for UnreadableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.context.write_line(f, "the reply is not one that the vendor documents")
    }
}

impl StdError for UnreadableError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.context.source.as_deref().map(|source| source as _)
    }
}

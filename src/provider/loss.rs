//! What is lost on the way to a vendor.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use super::{Fidelity, StageSupport};
use crate::model::Field;
use crate::util::string_enum::string_enum;

impl LossKind {
    /// Whether it is sent all the same, if not as it was: everything but [`Dropped`](Self::Dropped).
    #[must_use]
    pub const fn is_sent(self) -> bool {
        !matches!(self, Self::Dropped)
    }
}

string_enum! {
    /// How something is lost on the way to a vendor.
    pub enum LossKind {
        /// The vendor has one word for this and another meaning.
        Merged = "merged",
        /// The vendor has no place for it; it is not sent.
        Dropped = "dropped",
        /// It was cut to the vendor's limit.
        Truncated = "truncated",
        /// The vendor's documents leave the meaning open; the detail says what was taken for granted.
        Assumed = "assumed",
        /// It is sent as free text, which the vendor keeps and does not interpret.
        Noted = "noted",
    }
}

/// One thing that the vendor is not told, or not told exactly.
///
/// It names the field and holds no value of it, so it may be logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    field: Field,
    kind: LossKind,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: Cow<'static, str>,
}

impl Loss {
    /// A loss. The detail may name the vendor's words but hold no value of the caller's; it may be empty.
    pub fn new(field: Field, kind: LossKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { field, kind, detail: detail.into() }
    }

    /// What is lost by an expression that is not exact.
    pub(crate) fn of_expression(field: Field, expression: &StageSupport) -> Option<Self> {
        (expression.fidelity() == Fidelity::Lossy)
            .then(|| Self::new(field, LossKind::Merged, format!("sent as `{}`", expression.word())))
    }

    /// The field of the model that is not told, or not exactly.
    #[must_use]
    pub const fn field(&self) -> Field {
        self.field
    }

    /// How it is lost; [`LossPolicy`](crate::LossPolicy) decides by it.
    #[must_use]
    pub const fn kind(&self) -> LossKind {
        self.kind
    }

    /// What becomes of it, in words for people and logs; may be empty. It holds no value of the chargeback's.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.kind)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}

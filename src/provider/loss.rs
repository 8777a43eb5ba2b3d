//! The fields that a vendor does not get exactly.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::capabilities::{Fidelity, StageSupport};
use crate::model::Field;
use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback";
    /// The way in which a field is lost.
    pub enum LossKind {
        /// The vendor has one value for this and another meaning.
        Merged = "merged",
        /// The vendor has no field for it; it is not sent.
        Dropped = "dropped",
        /// Cut to the vendor's limit.
        Truncated = "truncated",
        /// The vendor's documents leave the meaning open. The detail states the assumption.
        Assumed = "assumed",
        /// Sent as free text, which the vendor stores and does not interpret.
        Noted = "noted",
    }
}

impl LossKind {
    /// Returns true if the field is sent in some form: for every kind except [`Dropped`](Self::Dropped).
    ///
    /// ```
    /// use chargeback::LossKind;
    ///
    /// assert!(LossKind::Noted.is_sent());
    /// assert!(!LossKind::Dropped.is_sent());
    /// ```
    #[must_use]
    pub const fn is_sent(self) -> bool {
        !matches!(self, Self::Dropped)
    }
}

/// One field that the vendor does not get, or does not get exactly.
///
/// A loss names the field and holds no value of the chargeback, so it may be logged.
///
/// ```
/// use chargeback::{Field, Loss, LossKind};
///
/// let loss = Loss::new(Field::Stage, LossKind::Merged, "sent as `chargeback_pending`");
/// assert_eq!(loss.to_string(), "stage merged (sent as `chargeback_pending`)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    field: Field,
    kind: LossKind,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    detail: Cow<'static, str>,
}

impl Loss {
    /// Creates a loss. The detail may name the vendor's values but must not hold a value of the chargeback; it may be
    /// empty.
    pub fn new(field: Field, kind: LossKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { field, kind, detail: detail.into() }
    }

    /// Creates the loss of a stage or reason that is sent with another meaning; `None` for an exact value.
    ///
    /// ```
    /// use chargeback::{Field, Loss, LossKind, StageSupport};
    ///
    /// let loss = Loss::from_support(Field::Stage, &StageSupport::lossy("closed")).expect("a lossy value");
    /// assert_eq!((loss.kind(), loss.detail()), (LossKind::Merged, "sent as `closed`"));
    /// assert_eq!(Loss::from_support(Field::Stage, &StageSupport::exact("open")), None);
    /// ```
    #[must_use]
    pub fn from_support(field: Field, support: &StageSupport) -> Option<Self> {
        (support.fidelity() == Fidelity::Lossy)
            .then(|| Self::new(field, LossKind::Merged, format!("sent as `{}`", support.value())))
    }

    /// Returns the field of the model.
    #[must_use]
    pub const fn field(&self) -> Field {
        self.field
    }

    /// Returns the kind of the loss. [`LossPolicy`](crate::LossPolicy) decides by it.
    #[must_use]
    pub const fn kind(&self) -> LossKind {
        self.kind
    }

    /// Returns the explanation as text for people and logs; may be empty.
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

//! The result of mapping a stage or a reason of the model to a vendor's value.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::model::{Field, Rfc3339, TimeText};
use crate::provider::{Fidelity, Loss, StageSupport};
use crate::util::string_enum::WireText;
use crate::util::violation::Violation;

/// A vendor's value for a stage or a reason, and how much of the meaning the value keeps.
///
/// A connector has two mapping functions, which serve both the capabilities and the translation:
///
/// - `fn stage(..) -> Option<Mapped<V>>`; `None` for a stage that the vendor does not support.
/// - `fn reason(..) -> Mapped<V>`; every reason can be sent, if only as free text.
///
/// A reason that is sent only as free text has no value: `V` is then an `Option`, or `&'static str` with an empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mapped<V> {
    pub(crate) value: V,
    pub(crate) fidelity: Fidelity,
}

impl<V> Mapped<V> {
    /// The value has exactly the meaning of the stage or reason.
    pub(crate) const fn exact(value: V) -> Self {
        Self { value, fidelity: Fidelity::Exact }
    }

    /// The value has a wider or a different meaning.
    pub(crate) const fn lossy(value: V) -> Self {
        Self { value, fidelity: Fidelity::Lossy }
    }
}

impl<V: WireText> Mapped<V> {
    /// Returns the value's text as it is sent, for plans and receipts.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        self.value.wire_text()
    }

    /// Returns the entry for the connector's capabilities.
    pub(crate) fn support(&self) -> StageSupport {
        match self.fidelity {
            Fidelity::Exact => StageSupport::exact(self.text()),
            _ => StageSupport::lossy(self.text()),
        }
    }

    /// Returns the loss to list for this field; `None` if the value is exact.
    pub(crate) fn loss(&self, field: Field) -> Option<Loss> {
        Loss::from_support(field, &self.support())
    }
}

/// Returns the capabilities entry of a mapped stage; `None` is an unsupported stage.
pub(crate) fn stage_support<V: WireText>(mapped: Option<Mapped<V>>) -> StageSupport {
    mapped.map_or_else(StageSupport::unsupported, |mapped| mapped.support())
}

/// Formats a time of the model as RFC 3339, and records a violation if its year has no four digits.
pub(crate) fn rfc3339(field: &'static str, at: DateTime<Utc>, violations: &mut Vec<Violation>) -> Option<Rfc3339> {
    let time = Rfc3339::try_from(at).ok();
    if time.is_none() {
        violations.push(TimeText::violation(field));
    }
    time
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::LossKind;

    #[test]
    fn an_exact_value_has_no_loss() {
        let mapped = Mapped::exact("won");
        assert_eq!(mapped.support(), StageSupport::exact("won"));
        assert_eq!(mapped.loss(Field::Stage), None);
    }

    #[test]
    fn a_lossy_value_is_merged() {
        let mapped = Mapped::lossy("lost");
        assert_eq!(mapped.support(), StageSupport::lossy("lost"));
        assert_eq!(mapped.loss(Field::Stage), Some(Loss::new(Field::Stage, LossKind::Merged, "sent as `lost`")));
    }

    #[test]
    fn free_text_has_no_value() {
        assert_eq!(Mapped::lossy(None::<&'static str>).support(), StageSupport::lossy(""));
    }

    #[test]
    fn no_value_is_unsupported() {
        assert_eq!(stage_support(None::<Mapped<&'static str>>), StageSupport::unsupported());
        assert_eq!(stage_support(Some(Mapped::exact("won"))), StageSupport::exact("won"));
    }
}

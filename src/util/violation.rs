//! A rule that input breaks.

use std::borrow::Cow;
use std::fmt;

/// One rule that one field breaks: `payment.order_id: longer than 40 characters`.
///
/// It names the field and the rule and never repeats the value, so it may be logged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Violation {
    field: Cow<'static, str>,
    rule: Cow<'static, str>,
}

impl Violation {
    /// Names a field by its path and the rule that it breaks.
    ///
    /// Neither text may hold the value of the field: it ends in errors and logs.
    pub fn new(field: impl Into<Cow<'static, str>>, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), rule: rule.into() }
    }

    /// The path of the field, as in the model (`payment.order_id`) or the vendor's request (`representment.outcome`).
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The rule in English words, for people and logs: `longer than 40 characters`. Not a stable code.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.rule)
    }
}

impl std::error::Error for Violation {}

/// Joins violations for one line of an error.
pub(crate) fn join(violations: &[Violation]) -> String {
    let mut line = String::new();
    for (i, violation) in violations.iter().enumerate() {
        if i > 0 {
            line.push_str("; ");
        }
        line.push_str(&violation.to_string());
    }
    line
}

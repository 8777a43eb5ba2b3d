//! A broken rule of an input.

use std::borrow::Cow;
use std::fmt;

/// A rule that a field breaks: `payment.order_id: longer than 40 characters`.
///
/// A violation names the field and the rule and never contains the value, so it can be logged.
///
/// ```
/// use chargeback::Violation;
///
/// let violation = Violation::new("payment.order_id", "must not be longer than 40 characters");
/// assert_eq!(violation.to_string(), "payment.order_id: must not be longer than 40 characters");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Violation {
    field: Cow<'static, str>,
    rule: Cow<'static, str>,
}

impl Violation {
    /// Creates a violation from the path of a field and the rule that it breaks.
    ///
    /// Neither text may contain the value of the field, because errors and logs show both.
    ///
    /// ```
    /// use chargeback::Violation;
    ///
    /// let violation = Violation::new("metadata", format!("must not have more than {} names", 20));
    /// assert_eq!((violation.field(), violation.rule()), ("metadata", "must not have more than 20 names"));
    /// ```
    pub fn new(field: impl Into<Cow<'static, str>>, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), rule: rule.into() }
    }

    /// Returns the path of the field in the model (`payment.order_id`) or in the vendor's request
    /// (`representment.outcome`).
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the rule in English, for people and logs: `longer than 40 characters`. The text is not a stable code.
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

/// Joins violations into one line with `; `.
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

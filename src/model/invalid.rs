//! The error for invalid input.

use std::fmt;

use super::provider_id::ProviderId;
use crate::util::violation::{self, Violation};

/// Appended to the text of an error if an earlier report of the case is in doubt.
pub(crate) const EARLIER: &str = "; an earlier report of the case may have acted";

/// Input that breaks rules of the model or of a vendor. Nothing was sent.
///
/// The error names fields and rules, and contains no values.
///
/// ```
/// use chargeback::{Chargeback, Reason, Stage};
///
/// let builder = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?);
/// let error = builder.order_id("").build().unwrap_err();
/// assert_eq!(error.violations()[0].field(), "payment.order_id");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidError {
    provider: Option<ProviderId>,
    operation: Option<&'static str>,
    violations: Vec<Violation>,
    earlier_in_doubt: bool,
}

impl InvalidError {
    /// Creates an error that lists all broken rules. Neither fields nor rules may hold the value of a field.
    #[must_use]
    pub const fn new(violations: Vec<Violation>) -> Self {
        Self { provider: None, operation: None, violations, earlier_in_doubt: false }
    }

    /// Creates an error for rules of a vendor; `operation` is `None` for rules about a report as a whole.
    ///
    /// ```
    /// use chargeback::{InvalidError, ProviderId, Violation};
    ///
    /// let rules = vec![Violation::new("payment.order_id", "must not be empty")];
    /// let error = InvalidError::for_vendor(ProviderId::from_static("acme"), None, rules);
    /// assert_eq!(error.to_string(), "acme: invalid: payment.order_id: must not be empty");
    /// ```
    #[must_use]
    pub const fn for_vendor(provider: ProviderId, operation: Option<&'static str>, violations: Vec<Violation>) -> Self {
        Self { provider: Some(provider), operation, violations, earlier_in_doubt: false }
    }

    /// Records that an earlier report of the case may have acted.
    pub(crate) const fn note_case_in_doubt(&mut self) {
        self.earlier_in_doubt = true;
    }

    pub(crate) const fn is_of_case_in_doubt(&self) -> bool {
        self.earlier_in_doubt
    }

    /// Returns every broken rule with its field.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Returns the vendor whose rules are broken, or `None` for rules of the model.
    #[must_use]
    pub const fn provider(&self) -> Option<&ProviderId> {
        self.provider.as_ref()
    }

    /// Returns the operation whose rules are broken, or `None` for rules of the model or of a report.
    #[must_use]
    pub const fn operation(&self) -> Option<&'static str> {
        self.operation
    }
}

impl fmt::Display for InvalidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.provider, self.operation) {
            (Some(provider), Some(operation)) => write!(f, "{provider} {operation}: ")?,
            (Some(provider), None) => write!(f, "{provider}: ")?,
            (None, _) => {}
        }
        write!(f, "invalid: {}", violation::join(&self.violations))?;
        f.write_str(if self.earlier_in_doubt { EARLIER } else { "" })
    }
}

impl std::error::Error for InvalidError {}

//! The error for a value that the vendor cannot express, and for a refused loss.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::model::{EARLIER, Field, ProviderId};

/// A value that the vendor's API cannot express, or a loss that the [`LossPolicy`](crate::LossPolicy) refuses.
///
/// Nothing was sent that could change the vendor's record.
///
/// ```
/// use chargeback::{Field, ProviderId, UnsupportedError};
///
/// let supported = "supported: contested, accepted";
/// let error = UnsupportedError::new(ProviderId::from_static("acme"), Field::Stage, "received", supported);
/// let text = "acme does not support stage 'received' (supported: contested, accepted); nothing was sent";
/// assert_eq!(error.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsupportedError {
    provider: ProviderId,
    field: Field,
    value: String,
    detail: Cow<'static, str>,
    refused_by_policy: bool,
    earlier_in_doubt: bool,
}

impl UnsupportedError {
    /// Creates an error for a field of the model that the vendor cannot express.
    ///
    /// `value` is a stable name such as `received`, or empty for free text. `detail` follows in parentheses in the
    /// error's text, for example `supported: contested, accepted`. Neither may hold personal data.
    pub fn new(
        provider: ProviderId,
        field: Field,
        value: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            provider,
            field,
            value: value.into(),
            detail: detail.into(),
            refused_by_policy: false,
            earlier_in_doubt: false,
        }
    }

    /// Creates an error for a loss of this field that the [`LossPolicy`](crate::LossPolicy) refuses.
    ///
    /// `detail` follows in parentheses in the error's text and must not hold personal data.
    ///
    /// ```
    /// use chargeback::{Advice, Error, Field, ProviderId, UnsupportedError};
    ///
    /// let detail = "notes dropped; the loss policy refuses this loss";
    /// let error = UnsupportedError::refused_loss(ProviderId::from_static("acme"), Field::Notes, detail);
    /// assert!(error.is_refused_by_policy());
    /// assert_eq!(Error::from(error).advice(), Advice::RefusedByPolicy);
    /// ```
    pub fn refused_loss(provider: ProviderId, field: Field, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { refused_by_policy: true, ..Self::new(provider, field, "", detail) }
    }

    pub(super) const fn note_case_in_doubt(&mut self) {
        self.earlier_in_doubt = true;
    }

    pub(super) const fn is_of_case_in_doubt(&self) -> bool {
        self.earlier_in_doubt
    }

    /// Returns the vendor.
    #[must_use]
    pub const fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// Returns the field of the model that the vendor cannot express.
    #[must_use]
    pub const fn field(&self) -> Field {
        self.field
    }

    /// Returns the stable name of the unsupported value, such as a stage; empty for free text.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns true if the [`LossPolicy`](crate::LossPolicy) refuses a loss: the vendor can express the rest.
    #[must_use]
    pub const fn is_refused_by_policy(&self) -> bool {
        self.refused_by_policy
    }

    /// Returns the explanation as text for people and logs. The text holds no data of the case.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for UnsupportedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not support {}", self.provider, self.field)?;
        if !self.value.is_empty() {
            write!(f, " '{}'", self.value)?;
        }
        write!(f, " ({}); nothing was sent", self.detail)?;
        f.write_str(if self.earlier_in_doubt { EARLIER } else { "" })
    }
}

impl StdError for UnsupportedError {}

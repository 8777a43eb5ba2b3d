//! Placeholders for personal data in `Debug` output.

use std::fmt;

/// Shows in `Debug` whether a value is present, and hides the value.
pub(crate) struct Presence(pub(crate) bool);

impl Presence {
    pub(crate) fn new<T>(value: Option<&T>) -> Self {
        Self(value.is_some())
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { "[redacted]" } else { "none" })
    }
}

//! What `Debug` shows in place of people's data.

use std::fmt;

/// Prints whether something is there, never what.
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

/// Cuts text to at most `limit` characters (code points, as JSON Schema counts); says whether it had to.
pub(crate) fn truncate(text: &str, limit: usize) -> (&str, bool) {
    // No text has more characters than bytes.
    let beyond = if text.len() > limit { text.char_indices().nth(limit) } else { None };
    match beyond {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

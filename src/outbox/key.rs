//! The key of an event, by which a repeated event is recognised.

use std::fmt;

use crate::model::InvalidError;
use crate::util::violation::Violation;

/// The largest length of a key, in bytes.
const KEY_BYTES: usize = 255;

/// The key of an event: its source, the merchant's account there, and the event's id.
///
/// An outbox accepts each key once. Use values that stay the same when the source repeats the event. `Debug` does not
/// show the key.
///
/// ```
/// use chargeback::outbox::EventKey;
///
/// let key = EventKey::new("stripe", "acct_1", "evt_17")?;
/// assert_eq!(key.as_str(), "stripe/acct_1/evt_17");
/// assert!(EventKey::new("stripe", "acct_1", "").is_err());
/// # Ok::<(), chargeback::InvalidError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EventKey(String);

impl EventKey {
    /// Creates a key. Different parts give different keys: `%` and `/` within a part are escaped.
    ///
    /// `account` may be empty for a source with one account.
    ///
    /// # Errors
    ///
    /// [`InvalidError`] if the source or the id is empty, or if the key is longer than 255 bytes.
    pub fn new(source: &str, account: &str, id: &str) -> Result<Self, InvalidError> {
        let mut problems = Vec::new();
        for (field, part) in [("key.source", source), ("key.id", id)] {
            if part.trim().is_empty() {
                problems.push(Violation::new(field, "must not be empty"));
            }
        }
        let escaped = [source, account, id].map(|part| part.replace('%', "%25").replace('/', "%2F"));
        let key = escaped.join("/");
        if key.len() > KEY_BYTES {
            problems.push(Violation::new("key", "must not be longer than 255 bytes"));
        }
        if problems.is_empty() { Ok(Self(key)) } else { Err(InvalidError::new(problems)) }
    }

    /// Returns the key as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventKey([redacted])")
    }
}

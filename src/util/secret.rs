//! Keys and passwords.

use std::fmt;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// A key, password or token that only [`expose`](Self::expose) shows.
///
/// `Debug` prints a fixed text, the type has no `Display` and no `Serialize`, and the memory is overwritten on drop.
///
/// ```
/// use chargeback::Secret;
///
/// let key = Secret::from("k-123456");
/// assert_eq!(format!("{key:?}"), "Secret([redacted])");
/// assert_eq!(key.expose(), "k-123456");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a secret without trimming. Other copies in the program are not overwritten.
    ///
    /// ```
    /// use chargeback::Secret;
    ///
    /// let key = Secret::new(String::from("k-123456"));
    /// assert!(!key.is_blank());
    /// ```
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.len() == text.capacity() {
            return Self(SecretString::from(text));
        }
        // Giving back spare capacity may move the text and leave the old one in memory.
        Self::joined(&[&Zeroizing::new(text)])
    }

    /// Joins these parts without leaving a part of the result elsewhere in memory.
    pub(crate) fn joined(parts: &[&str]) -> Self {
        let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            text.push_str(part);
        }
        Self(SecretString::from(text))
    }

    /// Returns the secret text. Keep it out of logs and errors.
    ///
    /// ```
    /// use chargeback::Secret;
    ///
    /// let secret = Secret::from("api-key");
    /// assert_eq!(secret.expose(), "api-key");
    /// assert!(!format!("{secret:?}").contains("api-key"));
    /// ```
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns true if the secret is empty or only white space. No vendor issues such a key.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.expose().trim().is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

//! Keys and passwords.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A key, password or token that shows itself to nobody who does not ask.
///
/// `Debug` prints a fixed word, there is no `Display` and no `Serialize`, and the memory is overwritten on drop.
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
    /// Wraps a secret as it is, without trimming. Other copies that the program holds are not overwritten.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The secret itself. Keep it out of logs and errors.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether it is empty or only white space, which no vendor's key is.
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

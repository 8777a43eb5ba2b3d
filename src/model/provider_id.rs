//! The names of vendors.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of a vendor, such as `thirdwatch` or `spade`, or of a vendor that you add.
///
/// [References to vendors](crate::Chargeback::vendor_reference), receipts, errors and log lines use this name.
///
/// A name has 1 to 64 characters from `a-z`, `0-9`, `_` and `-`.
///
/// ```
/// use chargeback::ProviderId;
///
/// const ACME: ProviderId = ProviderId::from_static("acme");
/// assert_eq!(ACME.as_str(), "acme");
/// assert_eq!("acme".parse::<ProviderId>()?, ACME);
/// assert!("Acme!".parse::<ProviderId>().is_err());
/// # Ok::<(), chargeback::ParseProviderIdError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderId(Cow<'static, str>);

impl ProviderId {
    /// Creates a name from a constant.
    ///
    /// ```
    /// use chargeback::ProviderId;
    ///
    /// pub const ID: ProviderId = ProviderId::from_static("acme");
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the text is not a name. In a `const` this is a compile error.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        assert!(is_name(name), "a provider id must have 1 to 64 characters from a-z, 0-9, _ and -");
        Self(Cow::Borrowed(name))
    }

    /// Returns the name, as receipts, errors and logs show it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 64 {
        return false;
    }
    let mut i = 0;
    while i < bytes.len() {
        if !matches!(bytes[i], b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-') {
            return false;
        }
        i += 1;
    }
    true
}

impl FromStr for ProviderId {
    type Err = ParseProviderIdError;

    /// Parses an exact name.
    ///
    /// # Errors
    ///
    /// Returns [`ParseProviderIdError`] if the text does not have 1 to 64 characters from `a-z`, `0-9`, `_` and `-`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_name(text) { Ok(Self(Cow::Owned(text.to_owned()))) } else { Err(ParseProviderIdError(())) }
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProviderId({})", self.0)
    }
}

// Allows lookups by `&str` in a map keyed by `ProviderId`. `Hash`, `Eq` and `Ord` are those of the text.
impl Borrow<str> for ProviderId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ProviderId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Serialize for ProviderId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ProviderId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Error of `FromStr` for [`ProviderId`]: the text is not a name.
///
/// ```
/// use chargeback::ProviderId;
///
/// assert!("acme-eu".parse::<ProviderId>().is_ok());
/// let error = "Acme EU".parse::<ProviderId>().unwrap_err();
/// assert_eq!(error.to_string(), "not a provider id of 1 to 64 characters from a-z, 0-9, _ and -");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a provider id of 1 to 64 characters from a-z, 0-9, _ and -")]
pub struct ParseProviderIdError(());

//! Names of vendors.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of a vendor: `thirdwatch`, `spade`, or your own.
///
/// It keys [`vendor references`](crate::Chargeback::vendor_reference), receipts, errors and log lines. The set is
/// open: a vendor that you add picks its own.
///
/// A name has 1 to 64 characters out of `a-z`, `0-9`, `_` and `-`.
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
    /// Makes a name from a constant.
    ///
    /// # Panics
    ///
    /// If the text is not a name; in a `const` that is a compile error.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        assert!(is_name(name), "a provider id is 1 to 64 of a-z, 0-9, _ and -");
        Self(Cow::Borrowed(name))
    }

    /// The name as text, as it stands in receipts, errors and logs.
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

    /// Reads a name to the letter.
    ///
    /// # Errors
    ///
    /// [`ParseProviderIdError`] if it has not 1 to 64 characters out of `a-z`, `0-9`, `_` and `-`.
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

// So that a map keyed by `ProviderId` can be asked with a `&str`; `Hash`, `Eq` and `Ord` are those of the text.
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

/// The text is not a provider's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a provider id is 1 to 64 characters of a-z, 0-9, _ and -")]
pub struct ParseProviderIdError(());

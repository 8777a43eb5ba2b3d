//! Text outside the known names of an open enum.

use std::fmt;
use std::marker::PhantomData;

/// Text that is not a known name of the open enum `T`, such as [`Reason`](crate::Reason).
///
/// Only the conversions of `T` create this type: `T::from` and `str::parse` return the named variant for a known
/// name. An unknown variant can therefore never hold a known name, and serde reads back the same value that it
/// wrote.
///
/// `Debug` does not show the text because it may hold personal data. `Display` and [`as_str`](Self::as_str) show it.
///
/// ```
/// use chargeback::Reason;
///
/// assert_eq!(Reason::from("duplicate"), Reason::Duplicate);
/// let Reason::Unknown(value) = Reason::from("buyer's remorse") else { panic!("the name is not known") };
/// assert_eq!(value.as_str(), "buyer's remorse");
/// assert_eq!(format!("{value:?}"), "UnknownValue([redacted])");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownValue<T> {
    text: String,
    // `fn() -> T` keeps the type `Send` and `Sync`, and allows `T` to contain it.
    kind: PhantomData<fn() -> T>,
}

impl<T> UnknownValue<T> {
    /// Wraps text. The caller has checked that it is not a known name of `T`.
    pub(crate) const fn new(text: String) -> Self {
        Self { text, kind: PhantomData }
    }

    /// Returns the text exactly as it was read.
    ///
    /// ```
    /// use chargeback::Network;
    ///
    /// let Network::Other(value) = Network::from("elo") else { panic!("the name is not known") };
    /// assert_eq!(value.as_str(), "elo");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T> AsRef<str> for UnknownValue<T> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<T> fmt::Display for UnknownValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<T> fmt::Debug for UnknownValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnknownValue([redacted])")
    }
}

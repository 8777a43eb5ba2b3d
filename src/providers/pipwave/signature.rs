//! Pipwave's request signature.
//!
//! ```
//! use chargeback::Secret;
//! use chargeback::pipwave::signature::{Timestamp, sign};
//! use chargeback::pipwave::{ChargebackStage, TagChargeback};
//!
//! let (key, secret) = (Secret::from("test_key"), Secret::from("test_secret"));
//! let tag = TagChargeback::for_transaction("ORDER-1", ChargebackStage::Disputed);
//! let signed = tag.signed(&key, &secret, &Timestamp::Seconds(1_456_790_400)).signature().to_owned();
//! let pairs = [
//!     ("action", "tag-chargeback"),
//!     ("timestamp", "1456790400"),
//!     ("api_key", "test_key"),
//!     ("txn_id", "ORDER-1"),
//!     ("stage", "disputed"),
//! ];
//! assert_eq!(sign(pairs, &secret), signed);
//! ```
//!
//! The signature is the lower-case hexadecimal SHA-1 of `key:value` pairs. The pairs include the secret, are sorted by
//! key in ascending byte order, and are joined without a separator.
//!
//! The algorithm is the vendor's and is weak: without a separator, different requests can share a signature, and
//! `reason` is not signed. TLS protects the call.
//!
//! The page "Signature" omits the sort, but the vendor's sample code, plugins and server-side model all sort. Text is
//! signed as UTF-8, like in the PHP clients. The Android client uses ISO 8859-1, which differs for ids that are not
//! ASCII.

use std::fmt;
use std::io::Write as _;

use serde::Serialize;
use sha1::{Digest as _, Sha1};

use crate::util::secret::Secret;

/// Signs these pairs and the secret. The order of the pairs does not matter.
///
/// ```
/// use chargeback::Secret;
/// use chargeback::pipwave::signature::sign;
///
/// let pairs = [
///     ("action", "tag-chargeback"),
///     ("timestamp", "1456790400"),
///     ("api_key", "test_key"),
///     ("txn_id", "ORDER-1"),
///     ("stage", "disputed"),
/// ];
/// assert_eq!(sign(pairs, &Secret::from("test_secret")), "454e162253f748d15c3fd7e31c2e4cd06714343b");
/// ```
pub fn sign<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, api_secret: &'a Secret) -> String {
    let secret = ("api_secret", api_secret.expose());
    let mut pairs: Vec<_> = pairs.into_iter().chain([secret]).map(Some).collect();
    Signature::new(&mut pairs).as_str().to_owned()
}

/// A signature as it is sent: 40 lower-case hexadecimal digits.
pub(super) struct Signature([u8; 40]);

impl Signature {
    /// Signs these pairs, which must include the secret. Absent pairs are `None`. The pairs are sorted in place.
    pub(super) fn new(pairs: &mut [Option<(&str, &str)>]) -> Self {
        pairs.sort_unstable();
        let mut hash = Sha1::new();
        for (key, value) in pairs.iter().flatten() {
            hash.update(*key);
            hash.update(":");
            hash.update(*value);
        }
        let mut digits = [0; 40];
        // Cannot fail: 20 bytes are 40 digits.
        let _ = hex::encode_to_slice(hash.finalize(), &mut digits);
        Self(digits)
    }

    pub(super) fn as_str(&self) -> &str {
        // Cannot fail: the digits are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The time of a call, as it is sent and signed.
///
/// ```
/// use chargeback::pipwave::signature::Timestamp;
///
/// assert_eq!(serde_json::to_string(&Timestamp::Seconds(1_456_790_400))?, "1456790400");
/// assert_eq!(serde_json::to_string(&Timestamp::Text("1456790400".into()))?, r#""1456790400""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Timestamp {
    /// Unix seconds as a JSON number, like in the PHP clients. This crate sends this form.
    Seconds(i64),
    /// Unix seconds as JSON text, like in the Android client.
    Text(String),
}

impl Timestamp {
    /// Returns the time as text, with `buffer` as storage. An `i64` has at most 20 characters.
    pub(super) fn text<'t>(&'t self, buffer: &'t mut [u8; 20]) -> &'t str {
        match self {
            Self::Seconds(seconds) => {
                let mut rest = &mut buffer[..];
                // Cannot fail: the buffer has room, and digits are ASCII.
                let _ = write!(rest, "{seconds}");
                let length = 20 - rest.len();
                std::str::from_utf8(&buffer[..length]).unwrap_or_default()
            }
            Self::Text(text) => text,
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => seconds.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_and_absent_pairs_do_not_matter() {
        let signature = Signature::new(&mut [Some(("b", "2")), None, Some(("a", "1"))]);
        assert_eq!(signature.as_str(), Signature::new(&mut [Some(("a", "1")), Some(("b", "2"))]).as_str());
        // SHA-1 of `a:1b:2`.
        assert_eq!(signature.as_str(), hex::encode(Sha1::digest("a:1b:2")));
    }

    #[test]
    fn the_secret_is_one_of_the_pairs() {
        let signature = sign([("txn_id", "t"), ("api_key", "k")], &Secret::from("s"));
        assert_eq!(signature, hex::encode(Sha1::digest("api_key:kapi_secret:stxn_id:t")));
    }

    #[test]
    fn every_time_fits_the_buffer() {
        for seconds in [0, 1_456_790_400, i64::MAX, i64::MIN] {
            assert_eq!(Timestamp::Seconds(seconds).text(&mut [0; 20]), seconds.to_string());
        }
        assert_eq!(Timestamp::Text("1e3".into()).text(&mut [0; 20]), "1e3");
    }
}

//! Pipwave's request signature.
//!
//! Lower-case hexadecimal SHA-1 of `key:value` pairs, joined with nothing between, keys in ascending byte order, the secret as
//! one of the pairs. It is the vendor's algorithm, whatever one would choose today: without a separator, different
//! requests can share a signature, and `reason` is not signed at all. TLS is what protects the call.
//!
//! The page "Signature" forgets the sort; the vendor's sample code, plugins and server-side model all sort. Text is
//! signed as UTF-8, as the PHP clients do (the Android client uses ISO 8859-1, which differs for ids that are not ASCII).

use std::fmt;
use std::io::Write as _;

use serde::Serialize;
use sha1::{Digest as _, Sha1};

use crate::util::secret::Secret;

/// The signature over these pairs and the secret. The order of the pairs does not matter.
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
    let mut pairs: Vec<(&str, &str)> = pairs.into_iter().chain([secret]).collect();
    Signature::over(&mut pairs).as_str().to_owned()
}

/// A signature as it is sent: 40 hexadecimal digits in small letters.
pub(super) struct Signature([u8; 40]);

impl Signature {
    /// Over these pairs, of which the secret is one.
    pub(super) fn over(pairs: &mut [(&str, &str)]) -> Self {
        pairs.sort_unstable();
        let mut hash = Sha1::new();
        for (key, value) in pairs {
            hash.update(*key);
            hash.update(":");
            hash.update(*value);
        }
        let mut digits = [0; 40];
        // Twenty bytes are forty digits, so it fits.
        let _ = hex::encode_to_slice(hash.finalize(), &mut digits);
        Self(digits)
    }

    pub(super) fn as_str(&self) -> &str {
        // Digits are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The time of a call, as it is sent and signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Timestamp {
    /// Unix seconds as a JSON number, as the PHP clients send them and this crate does.
    Seconds(i64),
    /// The same as JSON text, as the Android client sends them.
    Text(String),
}

impl Timestamp {
    /// As text, written into this if it is none yet: an `i64` has at most 20 characters.
    pub(super) fn text<'t>(&'t self, room: &'t mut [u8; 20]) -> &'t str {
        match self {
            Self::Seconds(seconds) => {
                let mut left = &mut room[..];
                // There is room, so it cannot fail; and digits are ASCII.
                let _ = write!(left, "{seconds}");
                let length = 20 - left.len();
                std::str::from_utf8(&room[..length]).unwrap_or_default()
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
